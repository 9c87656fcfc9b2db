"""A question → what the page shows of it, step by step: progress, quotes, draft, answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.compose import Quoted, Retrieved, Writing
from rag.answering.pipeline import Request
from rag.chat.exchange import Conversation, Exchange
from rag.chat.markup import Markup
from rag.chat.render import answer_html, note_html
from rag.chat.words import Words, words
from rag.errors import MusnadError, UsageError
from rag.filters import Filter, Period
from rag.service.service import Service, Waiting
from rag.types import Answer

# The assistant's message as it is now, and the exchange as far as it has come.
Shown = tuple[Markup, Exchange]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader set: see the settings drawer. Dates are as typed, corpora by name."""

    quoting: bool = False
    passages: int | None = None
    since: str = ""
    until: str = ""
    language: str | None = None
    corpora: tuple[str, ...] = ()

    def period(self, said: Words) -> Period:
        """The dates as a period.

        Raises:
            UsageError: one is no date, or the first is after the last; said in ``said``.
        """
        for value in (self.since, self.until):
            try:
                Period.parse(value.strip() or None, None)
            except UsageError as error:
                raise UsageError(said.bad_date.format(value=value)) from error
        try:
            return Period.parse(self.since.strip() or None, self.until.strip() or None)
        except UsageError as error:
            raise UsageError(said.bad_period.format(since=self.since, until=self.until)) from error


class Respondent:
    """Answers readers' questions, one at a time by the model, all at once by quoting."""

    def __init__(self, service: Service) -> None:
        """Answers by ``service``."""
        self._service = service

    def check(self, question: str, said: Words) -> None:
        """Refuse what is no question.

        Raises:
            UsageError: it is empty or too long; said in ``said``.
        """
        most = self._service.library.settings.question_characters
        if not question.strip():
            raise UsageError(said.empty_question)
        if len(question) > most:
            raise UsageError(said.long_question.format(n=len(question), most=most))

    def respond(
        self, question: str, talk: Conversation, choices: Choices, language: str
    ) -> Iterator[Shown]:
        """The message growing, for a ``question`` after ``talk``; the last is the one to keep.

        What fails is said in the message, in the reader's ``language``.
        """
        said, trouble = words(language), ""
        yield note_html(said.searching), Exchange(question, end="stopped")
        try:
            where = Filter(choices.period(said))
        except UsageError as error:
            trouble = str(error)
        else:
            try:
                yield from self._answered(question, talk, choices, where, said)
            except MusnadError as error:
                trouble = f"{said.failed} {error}"
        if trouble:
            yield note_html(trouble, "trouble"), Exchange(question, None, "failed", trouble)

    def _answered(
        self, question: str, talk: Conversation, choices: Choices, where: Filter, said: Words
    ) -> Iterator[Shown]:
        index, language = len(talk.exchanges), said.language
        quoting = choices.quoting or not self._service.loader.ready
        request = Request(question, where, talk.history, choices.passages, choices.language)
        events = self._service.ask(request, choices.corpora, quoting=quoting)
        note = said.quoting_meanwhile if quoting and not choices.quoting else ""
        exchange = Exchange(question, end="stopped")
        reading, shown = said.searching, Markup()
        for event in events:
            match event:
                case Retrieved(passages):
                    found = said.counted("passage", len(passages))
                    reading = said.reading.format(passages=found)
                    yield note_html(reading), exchange
                case Quoted(answer):
                    exchange = Exchange(question, answer, "stopped")
                    yield answer_html(answer, index, language, note=reading), exchange
                    shown = answer_html(answer, index, language, note=said.writing)
                case Waiting() if exchange.answer:
                    before = line_note(event, said)
                    yield answer_html(exchange.answer, index, language, note=before), exchange
                case Writing():
                    # Said again and again: where a reader can stop what is being written.
                    yield shown, exchange
                case Answer() as answer:
                    shown = answer_html(answer, index, language, note=note)
                    yield shown, Exchange(question, answer)

    def ask(self, question: str) -> Answer:
        """The answer alone, as programs ask for it; waits in the same line.

        Raises:
            MusnadError: as :meth:`Service.ask`.
        """
        *_, answer = self._service.ask(Request(question))
        assert isinstance(answer, Answer)
        return answer


def line_note(waiting: Waiting, said: Words) -> str:
    """How many are ahead and, where that can be told, for how long."""
    told = said.waiting.format(people=said.counted("person", waiting.ahead))
    if waiting.seconds is None:
        return told
    seconds = said.counted("second", max(1, round(waiting.seconds)))
    return f"{told} {said.waiting_for.format(seconds=seconds)}"
