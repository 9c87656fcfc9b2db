"""The limit to one thread is the process's, and holds until the last that wants it is done."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
from threadpoolctl import ThreadpoolController

from rag.models.threads import one_blas_thread


def blas_threads() -> set[int]:
    assert np.__version__
    return {
        one["num_threads"] for one in ThreadpoolController().info() if one["user_api"] == "blas"
    }


def test_the_first_to_leave_does_not_lift_the_limit_of_another() -> None:
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        with ExitStack() as first, ExitStack() as second:
            first.enter_context(one_blas_thread())
            second.enter_context(one_blas_thread())
            first.close()
            assert blas_threads() == {1}
        assert blas_threads() == before
