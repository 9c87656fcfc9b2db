"""Many ask at once: who is written for, who is quoted to, and what going away frees."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from libraries import again

from rag.answering.compose import Quoted, Writing
from rag.answering.pipeline import Request
from rag.library import Library
from rag.models.protocols import Generator, Message
from rag.service.service import Service, Told, Waiting
from rag.types import Answer

QUESTION = "كم شخصا سقط في حادث موسكو؟"


class PatientGenerator:
    """Writes nothing, piece by piece, until it may; ``writing`` are those it is at work for."""

    name = "patient"

    def __init__(self) -> None:
        self.may = False
        self.writing: list[object] = []

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Iterator[str]:
        at_work = object()
        self.writing.append(at_work)
        try:
            while not self.may:
                yield ""
            yield "NOT FOUND"
        finally:
            self.writing.remove(at_work)


@pytest.fixture
def generator() -> PatientGenerator:
    return PatientGenerator()


def service_of(seeded: Library, generator: Generator, **settings: Any) -> Service:
    """Over the seeds, its model there."""
    # A model that was chosen writes every answer.
    settled = replace(seeded.settings, llm="patient", **settings)
    library = again(seeded, settled, generator=generator)
    service = Service(library)
    service.start()
    while not service.loader.ready:
        time.sleep(0.01)
    return service


def until(events: Iterator[Told], kinds: type | tuple[type, ...]) -> Told:
    """The first event of one of the ``kinds``."""
    return next(event for event in events if isinstance(event, kinds))


def test_one_who_goes_away_frees_the_place(seeded: Library, generator: PatientGenerator) -> None:
    service = service_of(seeded, generator)
    with ExitStack() as stack:
        first, second, third = (
            stack.enter_context(closing(service.ask(Request(QUESTION)))) for _ in range(3)
        )
        until(first, Writing)
        assert until(second, Waiting) == Waiting(1, None)
        assert until(third, Waiting) == Waiting(2, None)
        second.close()
        started = time.monotonic()
        first.close()
        assert generator.writing == []
        until(third, Writing)
        assert time.monotonic() - started < 1
        generator.may = True
        answer = until(third, Answer)
        assert isinstance(answer, Answer)
        assert answer.model == "patient"


def test_several_slots_write_at_once(seeded: Library, generator: PatientGenerator) -> None:
    service = service_of(seeded, generator, llm_slots=2)
    with ExitStack() as stack:
        asked = [stack.enter_context(closing(service.ask(Request(QUESTION)))) for _ in range(3)]
        until(asked[0], Writing)
        until(asked[1], Writing)
        until(asked[2], Waiting)
        assert len(generator.writing) == 2


def test_where_too_many_wait_one_is_quoted_to_at_once(
    seeded: Library, generator: PatientGenerator
) -> None:
    service = service_of(seeded, generator, llm_waiting=1)
    with ExitStack() as stack:
        for kind in (Writing, Waiting):
            until(stack.enter_context(closing(service.ask(Request(QUESTION)))), kind)
        *_, answer = service.ask(Request(QUESTION))
        assert isinstance(answer, Answer)
        assert (answer.answered, answer.model) == (True, "none")


@pytest.mark.parametrize("before", [0, 1])
def test_after_its_time_a_question_is_answered_by_what_was_quoted(
    seeded: Library, generator: PatientGenerator, before: int
) -> None:
    service = service_of(seeded, generator, answer_seconds=0)
    with service._line.join() if before else ExitStack():
        events = list(service.ask(Request(QUESTION)))
    (quoted,) = (event.answer for event in events if isinstance(event, Quoted))
    assert events[-1] is quoted
    assert [type(event) for event in events].count(Waiting) == before
    assert generator.writing == []
