"""The line in front of the one language model: first come, first served, and each knows its place.

Gradio's own queue would hold back the whole question; here only the writing waits, while the
quoted answer is already read.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

# How often one who waits is told, though nothing has changed: a generator that nobody reads any
# more is then closed.
HEARTBEAT_SECONDS = 1.0


class Line:
    """Lets one at a time through."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._tickets: list[object] = []
        self._moved = threading.Condition()

    def __len__(self) -> int:
        """How many stand in it, the one that is let through among them."""
        return len(self._tickets)

    @contextmanager
    def join(self, heartbeat: float = HEARTBEAT_SECONDS) -> Iterator[Generator[int]]:
        """Stand at the end of the line, as long as the ``with`` lasts.

        Given is how many are ahead, each time that changes and at every ``heartbeat``, in seconds;
        it ends at the front.
        """
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        try:
            yield self._ahead(ticket, heartbeat)
        finally:
            with self._moved:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    def _ahead(self, ticket: object, heartbeat: float) -> Generator[int]:
        def moved() -> bool:
            return self._tickets.index(ticket) != ahead

        while ahead := self._tickets.index(ticket):
            yield ahead
            with self._moved:
                self._moved.wait_for(moved, heartbeat)
