"""The line in front of the model: first come, first served, and each knows its place."""

from __future__ import annotations

import threading
import time

from rag.chat.waiting import Line


def test_places_in_line_and_moving_up() -> None:
    line = Line()
    first, second, third = line.join(), line.join(), line.join()
    assert [line.ahead(ticket) for ticket in (first, second, third)] == [0, 1, 2]
    assert list(first.waiting()) == []
    with second:
        pass
    assert line.ahead(third) == 1
    line.leave(first)
    line.leave(first)
    assert line.ahead(third) == 0


def test_two_places_let_two_through() -> None:
    line = Line(places=2)
    tickets = [line.join() for _ in range(4)]
    assert [line.ahead(ticket) for ticket in tickets] == [0, 0, 1, 2]


def test_one_who_waits_is_told_at_once_when_somebody_leaves() -> None:
    line = Line()
    first, second = line.join(), line.join()
    waiting = second.waiting(heartbeat=30)
    assert next(waiting) == 1
    threading.Timer(0.05, line.leave, [first]).start()
    started = time.monotonic()
    assert list(waiting) == []
    assert time.monotonic() - started < 5


def test_a_heartbeat_lets_one_who_waits_go_away() -> None:
    line = Line()
    line.join()
    ticket = line.join()
    waiting = ticket.waiting(heartbeat=0.01)
    assert [next(waiting), next(waiting)] == [1, 1]
    with ticket:
        waiting.close()
    assert line.ahead(line.join()) == 1
