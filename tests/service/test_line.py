"""The line in front of the model: first come, first served, and each knows its place."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

from rag.service.line import Line


def test_places_in_line_and_moving_up() -> None:
    line = Line()
    with ExitStack() as first, ExitStack() as second, ExitStack() as third:
        ahead = [stack.enter_context(line.join()) for stack in (first, second, third)]
        assert list(ahead[0]) == []
        assert [next(ahead[1]), next(ahead[2])] == [1, 2]
        second.close()
        assert next(ahead[2]) == 1
        first.close()
        assert list(ahead[2]) == []


def test_one_who_waits_is_told_at_once_when_somebody_leaves() -> None:
    line = Line()
    with ExitStack() as first:
        first.enter_context(line.join())
        with line.join(heartbeat=30) as waiting:
            assert next(waiting) == 1
            threading.Timer(0.05, first.close).start()
            started = time.monotonic()
            assert list(waiting) == []
            assert time.monotonic() - started < 5


def test_a_heartbeat_lets_one_who_waits_go_away() -> None:
    line = Line()
    with line.join():
        with line.join(heartbeat=0.01) as waiting:
            assert [next(waiting), next(waiting)] == [1, 1]
            waiting.close()
        with line.join() as waiting:
            assert next(waiting) == 1
