"""How often requests and log-ins may come, by a clock that the test puts forward."""

from __future__ import annotations

from server.doors import Clock

from rag.server.limits import Rate, Slowdown


def test_a_burst_then_so_many_a_second() -> None:
    clock = Clock()
    rate = Rate(2, burst=3, clock=clock)
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 1 / 2]
    assert rate.wait("b") == 0
    clock.now += 0.5
    assert [rate.wait("a") for _ in range(2)] == [0, 1 / 2]
    clock.now += 3600
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 1 / 2]


def test_pauses_double_to_a_minute_and_are_forgotten() -> None:
    clock = Clock()
    slow = Slowdown(free=3, clock=clock)
    assert [slow.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    pauses = []
    for _ in range(9):
        pauses.append(slow.wait("a"))
        clock.now += pauses[-1]
        assert slow.wait("a") == 0
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert slow.wait("b") == 0
    clock.now += 900.5
    assert [slow.wait("a") for _ in range(4)] == [0, 0, 0, 1]


def test_what_did_not_fail_does_not_count() -> None:
    slow = Slowdown(free=1, clock=Clock())
    for _ in range(5):
        assert slow.wait("a") == 0
        slow.forgive("a")
    assert [slow.wait("a"), slow.wait("a")] == [0, 1]
    slow.forget("a")
    assert slow.wait("a") == 0


def test_made_up_names_do_not_fill_the_memory() -> None:
    slow = Slowdown(free=1, clock=Clock())
    for n in range(10_500):
        slow.wait(n)
    assert len(slow._failed) == 10_000
    assert slow.wait(10_499) == 1
