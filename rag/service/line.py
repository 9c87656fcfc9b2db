"""The line in front of the language model: first come, first served, and each knows its place.

Gradio's own queue would hold back the whole question; here only the writing waits, while the
quoted answer is already read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import NamedTuple

# How often one who waits is told, though nothing has changed: a generator that nobody reads any
# more is then closed.
HEARTBEAT_SECONDS = 1.0
# How much the last one counts in the mean of how long they take.
_LATEST = 0.2


class Place(NamedTuple):
    """So many have to leave first, which takes about so many seconds, if that can be told yet."""

    ahead: int
    seconds: float | None


class _Ticket:
    """``served`` is when it came to the front."""

    served: float | None = None


class Line:
    """Lets ``slots`` through at a time, while ``most`` wait."""

    def __init__(self, slots: int = 1, most: int = 32) -> None:
        """Nobody waits yet."""
        self._slots = slots
        self._most = most
        self._tickets: list[_Ticket] = []
        self._moved = threading.Condition()
        self._mean: float | None = None

    def __len__(self) -> int:
        """How many stand in it, those that are let through among them."""
        return len(self._tickets)

    @contextmanager
    def join(self, heartbeat: float = HEARTBEAT_SECONDS) -> Iterator[Generator[Place] | None]:
        """Stand at the end of the line, as long as the ``with`` lasts.

        Given is the place, each time that it changes and at every ``heartbeat``, in seconds; it
        ends at the front. ``None`` is given where too many wait already.
        """
        ticket = _Ticket()
        with self._moved:
            full = len(self._tickets) == self._slots + self._most
            if not full:
                self._tickets.append(ticket)
                self._serve()
        if full:
            yield None
            return
        try:
            yield self._places(ticket, heartbeat)
        finally:
            with self._moved:
                self._leave(ticket)

    def _serve(self) -> None:
        for ticket in self._tickets[: self._slots]:
            if ticket.served is None:
                ticket.served = time.monotonic()

    def _leave(self, ticket: _Ticket) -> None:
        self._tickets.remove(ticket)
        if ticket.served is not None:
            took = time.monotonic() - ticket.served
            mean = took if self._mean is None else self._mean
            self._mean = mean + _LATEST * (took - mean)
        self._serve()
        self._moved.notify_all()

    def _places(self, ticket: _Ticket, heartbeat: float) -> Generator[Place]:
        def ahead() -> int:
            return max(0, self._tickets.index(ticket) - self._slots + 1)

        def moved() -> bool:
            return ahead() != told

        while True:
            with self._moved:
                told = ahead()
                mean = self._mean
            if not told:
                return
            yield Place(told, None if mean is None else told * mean / self._slots)
            with self._moved:
                self._moved.wait_for(moved, heartbeat)
