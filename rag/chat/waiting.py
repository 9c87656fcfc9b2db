"""The line in front of the one language model: first come, first served, and each knows its place.

Gradio's own queue would hold back the whole question; here only the writing waits, while the
quoted answer is already read.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager


class Line:
    """Lets ``places`` at a time through."""

    def __init__(self, places: int = 1) -> None:
        """Nobody waits yet."""
        self._places = places
        self._tickets: list[Ticket] = []
        self._moved = threading.Condition()

    def join(self) -> Ticket:
        """A place at the end of the line; leave it by closing the ticket."""
        with self._moved:
            self._tickets.append(Ticket(self))
            return self._tickets[-1]

    def ahead(self, ticket: Ticket) -> int:
        """How many stand before ``ticket`` that it has to wait for."""
        with self._moved:
            return max(0, self._tickets.index(ticket) - self._places + 1)

    def leave(self, ticket: Ticket) -> None:
        """Let those behind move up. Leaving twice does no harm."""
        with self._moved:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    def wait(self, ticket: Ticket, seen: int, seconds: float) -> None:
        """Until not ``seen`` stand before ``ticket``, or ``seconds`` have passed."""
        with self._moved:
            self._moved.wait_for(lambda: self.ahead(ticket) != seen, seconds)


class Ticket(AbstractContextManager["Ticket"]):
    """A place in a line, to be used in a ``with``."""

    def __init__(self, line: Line) -> None:
        """Made by :meth:`Line.join`."""
        self._line = line

    def waiting(self, heartbeat: float = 1.0) -> Generator[int]:
        """How many are ahead, each time that changes and at every ``heartbeat``; ends at the front.

        The heartbeat lets a generator that nobody reads any more be closed.
        """
        while ahead := self._line.ahead(self):
            yield ahead
            self._line.wait(self, ahead, heartbeat)

    def __exit__(self, *error: object) -> None:
        """Leave the line."""
        self._line.leave(self)
