"""The line in front of the model: first come, first served, and each knows its place."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from rag.service.line import Line, Place


def test_places_in_line_and_moving_up() -> None:
    line = Line()
    with ExitStack() as first, ExitStack() as second, ExitStack() as third:
        turns = [stack.enter_context(line.join()) for stack in (first, second, third)]
        one, two, three = (turn for turn in turns if turn)
        assert list(one) == []
        assert [next(two).ahead, next(three).ahead] == [1, 2]
        second.close()
        assert next(three).ahead == 1
        first.close()
        assert list(three) == []


def test_one_who_waits_is_told_at_once_when_somebody_leaves() -> None:
    line = Line()
    with ExitStack() as first:
        first.enter_context(line.join())
        with line.join(heartbeat=30) as waiting:
            assert waiting
            assert next(waiting).ahead == 1
            threading.Timer(0.05, first.close).start()
            started = time.monotonic()
            assert list(waiting) == []
            assert time.monotonic() - started < 5


def test_a_heartbeat_lets_one_who_waits_go_away() -> None:
    line = Line()
    with line.join():
        with line.join(heartbeat=0.01) as waiting:
            assert waiting
            assert [next(waiting).ahead, next(waiting).ahead] == [1, 1]
            waiting.close()
        with line.join() as waiting:
            assert waiting
            assert next(waiting).ahead == 1


def test_several_slots_serve_several_at_once() -> None:
    line = Line(slots=2)
    with ExitStack() as stack:
        turns = [stack.enter_context(line.join()) for _ in range(4)]
        one, two, three, four = (turn for turn in turns if turn)
        assert list(one) == list(two) == []
        assert [next(three).ahead, next(four).ahead] == [1, 2]


def test_no_more_than_the_most_wait() -> None:
    line = Line(most=1)
    with ExitStack() as stack:
        turns = [stack.enter_context(line.join()) for _ in range(4)]
        assert [turn is None for turn in turns] == [False, False, True, True]
    with line.join() as turn:
        assert turn


def test_the_wait_is_estimated_from_how_long_the_last_ones_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("rag.service.line.time.monotonic", lambda: now)
    line = Line()
    with line.join(), line.join() as waiting:
        assert waiting
        assert next(waiting) == Place(1, None)
    for took in (10, 5):
        with line.join():
            now += took
    mean = 0.8 * (0.8 * 0 + 0.2 * 10) + 0.2 * 5
    with line.join(), line.join(), line.join() as waiting:
        assert waiting
        ahead, seconds = next(waiting)
        assert ahead == 2
        assert seconds == pytest.approx(2 * mean)
