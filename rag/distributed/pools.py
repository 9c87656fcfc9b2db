"""Workers that do tasks, and how work goes through them: in order, and so much of it at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
# Shares under way for each worker: one it is at, the others for when nobody is there to give more.
_AHEAD = 4


class WorkerDied(Exception):
    """A task ended its worker, and another one when it was done again."""


class Reply(Protocol[Result_co]):
    """What a task will have given."""

    def result(self) -> Result_co:
        """It, once it is there; or raises what the task raised.

        Raises:
            WorkerDied: it never will be.
        """


class Pool(Protocol):
    """Workers, in whatever processes. A task whose worker dies is done again, once."""

    @property
    def size(self) -> int:
        """How many tasks are done at a time, at present."""

    @property
    def threads(self) -> int:
        """How many threads a task may use."""

    def submit(
        self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]
    ) -> Reply[Result]:
        """Have a worker call ``task`` with ``share``; both are pickled."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None:
        """Stop the workers, whatever they are at."""


class Done(NamedTuple, Generic[Item, Result]):
    """Items of a share and what the task gave for them; ``None`` of one that ends its workers."""

    items: Sequence[Item]
    result: Result | None


def in_order(
    pool: Pool,
    task: Callable[[Sequence[Item]], Result],
    shares: Iterable[Sequence[Item]],
    *,
    weigh: Callable[[Sequence[Item]], int] = lambda share: 1,
    most: int | None = None,
) -> Iterator[list[Done[Item, Result]]]:
    """What ``task`` gives for each share, in the order of ``shares``. These are taken as others are
    done, so that those under way weigh at most ``most``, or are so many for each worker.

    A share that ends its workers is done in halves, so that only the item that does is lost.
    """
    under_way: deque[tuple[Sequence[Item], Reply[Result] | None]] = deque()
    weight = 0
    for share in shares:
        under_way.append((share, pool.submit(task, share) if share else None))
        weight += weigh(share)
        while weight > (_AHEAD * pool.size if most is None else most):
            weight -= weigh(under_way[0][0])
            yield list(_done(pool, task, *under_way.popleft()))
    while under_way:
        yield list(_done(pool, task, *under_way.popleft()))


def _done(
    pool: Pool,
    task: Callable[[Sequence[Item]], Result],
    share: Sequence[Item],
    reply: Reply[Result] | None,
) -> Iterator[Done[Item, Result]]:
    if reply is None:
        return
    try:
        yield Done(share, reply.result())
    except WorkerDied:
        if len(share) == 1:
            yield Done(share, None)
            return
        middle = len(share) // 2
        for half in (share[:middle], share[middle:]):
            yield from _done(pool, task, half, pool.submit(task, half))
