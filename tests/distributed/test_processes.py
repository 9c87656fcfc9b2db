"""Tasks that go through processes: in order, bounded, done again when a process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fake_tasks import Inline, once_deadly, process, refuse, squares

from rag.distributed.pools import Done, in_order
from rag.distributed.processes import Processes
from rag.errors import MusnadError

# Starts a worker, tells of its process, and goes on for long.
_PARENT = """
import time
from fake_tasks import process
from rag.distributed.processes import Processes
if __name__ == "__main__":
    with Processes(1) as pool:
        print(pool.submit(process, [0.0]).result(), flush=True)
        time.sleep(60)
"""


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_results_come_in_the_order_of_the_shares_and_what_kills_is_lost_alone() -> None:
    with Processes(2) as pool:
        done = list(in_order(pool, squares, [[1, 2], [], [11, 12, 13, 14], [3]]))
        assert done == [
            [Done([1, 2], [1, 4])],
            [],
            [Done([11, 12], [121, 144]), Done([13], None), Done([14], [196])],
            [Done([3], [9])],
        ]


def test_a_share_whose_worker_died_is_done_again(tmp_path: Path) -> None:
    with Processes(1) as pool:
        first = pool.submit(process, [0.0]).result()
        second = pool.submit(once_deadly, [tmp_path / "mark"]).result()
        assert (tmp_path / "mark").exists()
        assert second not in (first, os.getpid())
        # The new one is kept, as the former was.
        assert pool.submit(process, [0.0]).result() == second


def test_what_a_task_raises_is_raised_and_its_worker_goes_on() -> None:
    with Processes(1) as pool:
        worker = pool.submit(process, [0.0]).result()
        with pytest.raises(ValueError, match="no") as raised:
            pool.submit(refuse, ["no"]).result()
        assert "in refuse" in raised.value.__notes__[0]
        assert pool.submit(process, [0.0]).result() == worker


@pytest.mark.parametrize(
    ("weigh", "most", "expected"),
    # The share that is handed on and four for each of three workers; or up to a weight of 10.
    [(lambda share: 1, None, 13), (lambda share: share[0], 10, 5)],
)
def test_shares_are_taken_as_others_are_done(
    weigh: Callable[[Sequence[int]], int], most: int | None, expected: int
) -> None:
    taken: list[int] = []

    def shares() -> Iterator[list[int]]:
        for n in range(1, 40):
            taken.append(n)
            yield [n]

    results = in_order(Inline(3), lambda share: share[0], shares(), weigh=weigh, most=most)
    assert next(results) == [Done([1], 1)]
    assert len(taken) == expected
    assert [part.result for [part] in results] == list(range(2, 40))


def test_leaving_ends_what_is_under_way() -> None:
    started = time.monotonic()
    with Processes(1) as pool:
        worker = pool.submit(process, [0.0]).result()
        pool.submit(process, [60.0])
    assert time.monotonic() - started < 30
    assert not alive(worker)


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    path = os.pathsep.join(sys.path)
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    ) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.send_signal(signal.SIGKILL)
    assert gone(worker)


def test_a_program_whose_workers_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.spawn.get_executable", lambda: b"/bin/false")
    with Processes(1) as pool, pytest.raises(MusnadError, match="does not start"):
        pool.submit(process, [0.0]).result()
