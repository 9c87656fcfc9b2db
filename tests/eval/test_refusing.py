"""System calls of a child, refused one at a time: what C libraries write is among them."""

from __future__ import annotations

import errno
import platform
from collections.abc import Callable
from functools import partial
from pathlib import Path

import faiss
import numpy as np
import pytest

from eval.refusing import SHORT, Ended, refusing

pytestmark = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="its calls are Linux's"
)
WORDS = b"0123456789"


def ended(folder: Path, nth: int, error: int, work: Callable[[], object]) -> Ended:
    def done() -> int:
        work()
        return 0

    try:
        return refusing(folder, nth, error, done)
    except OSError as unasked:
        pytest.skip(str(unasked))


def test_each_call_is_refused_in_its_turn(tmp_path: Path) -> None:
    folder = tmp_path / "watched"
    folder.mkdir()

    def work() -> None:
        (tmp_path / "elsewhere").write_bytes(WORDS)
        (folder / "a").write_bytes(WORDS)
        (folder / "a").rename(folder / "b")
        (folder / "b").unlink()

    called = [ended(folder, n, errno.ENOSPC, work) for n in range(5)]
    refused = ["openat a", "write a", "rename b", "unlink b", None]
    assert [one.refused for one in called] == refused
    assert [one.code for one in called] == [70] * 4 + [0]
    assert "No space left on device" in called[0].said
    assert called[-1].said == ""


def test_half_is_written_and_then_the_rest(tmp_path: Path) -> None:
    def work() -> None:
        with (tmp_path / "a").open("wb", buffering=0) as stream:
            assert stream.write(WORDS) == 5
            assert stream.write(WORDS[5:]) == 5

    assert ended(tmp_path, 0, SHORT, work) == Ended(0, "", "write a")
    assert (tmp_path / "a").read_bytes() == WORDS


def test_what_c_libraries_write_is_asked_about(tmp_path: Path) -> None:
    index, file = faiss.IndexFlatIP(4), str(tmp_path / "file.npy")
    for write in (partial(faiss.write_index, index, file), partial(np.save, file, np.arange(4))):
        calls = [ended(tmp_path, n, errno.EIO, write) for n in (0, 1)]
        assert [one.refused for one in calls] == ["openat file.npy", "write file.npy"]
