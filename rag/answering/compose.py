"""The last stage of a question's way: what was read → the answer a reader sees.

Markers count from 1. Without a language model the evidence is quoted; :mod:`rag.answering.writing`
composes with one.
"""

from __future__ import annotations

import time
from collections.abc import Generator as Generation
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

from rag.answering.disagreement import disagreeing
from rag.answering.phrases import (
    abstention_text,
    another_text,
    nearest_text,
    see_also_text,
    unverified_text,
)
from rag.answering.verification import Support, clause_span
from rag.reading.evidence import Evidence
from rag.reading.reader import Reading
from rag.retrieval.query import Query
from rag.text.language import detect_language
from rag.types import Answer, Citation, Claim, Hit, Span

NO_EVIDENCE = "no_evidence"
QUOTING_MODEL = "none"
# Evidence less likely than this to answer is quoted as the nearest there is.
SURE = 0.7
# The answer stands in one of the first three sentences for nine of ten questions.
_MOST_QUOTES = 3
# A quoted sentence longer than this is cut to the clauses that hold the claim's words.
_LONG_QUOTE = 240


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages are known."""

    passages: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """The instant answer: the best evidence, quoted. A generated one may follow."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Piece:
    """Some more of the model's text, markers as the model wrote them, not yet checked."""

    text: str


Event: TypeAlias = Retrieved | Quoted | Piece
# Events on the way to an answer, which is what is returned.
Steps: TypeAlias = Generation[Event, None, Answer]


@dataclass
class Clock:
    """Seconds since the start at which each stage ended."""

    started: float = field(default_factory=time.perf_counter)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, stage: str) -> None:
        """Note the first time that ``stage`` ends."""
        self.marks.setdefault(stage, self.now())

    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence of the model, its best support, and whether, unsupported, it is close enough in
    meaning to be shown as a reading that was not verified.
    """

    text: str
    support: Support
    close: bool = False


class Composer(Protocol):
    """Makes the answer of what was read."""

    @property
    def name(self) -> str:
        """The model that writes, as answers name it."""

    def compose(self, draft: Draft) -> Steps:
        """Events, and the answer, which is never one that declines."""


class Quoter:
    """Answers with the evidence, word for word."""

    name = QUOTING_MODEL

    def compose(self, draft: Draft) -> Steps:
        """See :class:`Composer`."""
        answer = draft.quote()
        yield Quoted(answer)
        return answer


QUOTER = Quoter()


@dataclass(frozen=True)
class Draft:
    """What every way of answering shares: the question as ``asked`` and as understood, the passages
    and what was read in them, the language to answer in, and the clock.
    """

    asked: str
    query: Query
    language: str
    hits: tuple[Hit, ...]
    reading: Reading
    clock: Clock
    tokens: dict[str, int] = field(default_factory=dict)

    def decline(self, model: str) -> Answer:
        """Say that the articles do not answer, and what in them comes nearest."""
        text = _Text(self.language)
        for item in self.reading.evidence[:_MOST_QUOTES]:
            text.quote(item)
        nearest = tuple(citation for claim in text.claims for citation in claim.citations)
        said = abstention_text(self.language)
        return replace(self._answer(said, (), model, None, reason=NO_EVIDENCE), nearest=nearest)

    def quote(self) -> Answer:
        """The best evidence, word for word."""
        text = self._text()
        self._quote(text)
        self.clock.mark("quoted")
        return self._answer(text.shown, text.claims, QUOTING_MODEL, None)

    def doubt(self, model: str, raw: str) -> Answer:
        """Quote the evidence though the model finds no answer in it, and say that it may not be."""
        text = _Text(self.language, sure=False)
        self._quote(text)
        return self._answer(text.shown, text.claims, model, raw)

    def conclude(self, checked: Sequence[Verified], model: str, raw: str) -> Answer:
        """The supported sentences, with what other articles say differently, and the evidence
        that is nearly as likely to hold the answer. When none is supported, it is quoted.
        """
        text = self._text()
        for item in checked:
            if item.support.enough:
                text.say(item)
        for item in (item for item in checked if item.support.enough):
            for other in disagreeing(item.text, item.support.evidence, self.reading.evidence):
                if other not in text.cited:
                    text.differ(other)
        self._quote(text)
        return self._answer(text.shown, text.claims, model, raw)

    def translate(self, readings: Sequence[Verified], model: str, raw: str) -> Answer:
        """The likely evidence, each with the sentence that reads it in another language: stated
        where it is supported and the likeliest, else after the quotation, labelled as not verified.
        The likeliest sentence has its reading unless a number or a name in it is made up; of
        others, which may have nothing to do with the question, a reading that strays is left out.
        """
        first = self.reading.evidence[0]
        text = self._text()
        for item in readings:
            if item.support.enough and item.support.evidence is first:
                text.say(item)
            else:
                text.quote(item.support.evidence)
                near = item.close or item.support.enough
                if near or (item.support.true and item.support.evidence is first):
                    text.read(item)
        self._quote(text)
        return self._answer(text.shown, text.claims, model, raw)

    @property
    def quotable(self) -> Sequence[Evidence]:
        """The evidence likely enough to hold the answer to be shown."""
        evidence = self.reading.evidence
        return evidence if self.reading.several else evidence[:_MOST_QUOTES]

    def _text(self) -> _Text:
        return _Text(self.language, sure=self.reading.likelihood >= SURE)

    def _quote(self, text: _Text) -> None:
        """Quote the likely evidence that is not cited yet."""
        quotable = self.quotable
        for item in quotable:
            if len(text.cited) < len(quotable) and item not in text.cited:
                text.quote(item)

    def _answer(
        self,
        text: str,
        claims: tuple[Claim, ...],
        model: str,
        raw: str | None,
        reason: str | None = None,
    ) -> Answer:
        return Answer(
            question=self.asked,
            language=self.language,
            answered=reason is None,
            reason=reason,
            text=text,
            claims=claims,
            passages=self.hits,
            model=model,
            timings={**self.clock.marks, "total": self.clock.now()},
            raw=raw,
            tokens=dict(self.tokens),
            confidence=self.reading.likelihood,
            resolved=self.query.text if self.asked != self.query.text else None,
        )


class _Text:
    """An answer as it is put together: its lines, its claims, its markers in order of first use."""

    def __init__(self, language: str, *, sure: bool = True) -> None:
        """An empty answer in ``language``; unless ``sure``, a quotation that begins it is called
        the nearest there is.
        """
        self._language = language
        self._sure = sure
        self._numbers: dict[tuple[str, Span], int] = {}
        self.cited: list[Evidence] = []
        self._lines: list[str] = []
        self._claims: list[Claim] = []

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What it claims so far."""
        return tuple(self._claims)

    @property
    def shown(self) -> str:
        """What is read: a line for each claim."""
        return "\n".join(self._lines)

    def say(self, checked: Verified) -> None:
        """A supported sentence of the model."""
        item = checked.support.evidence
        citation = self._cite(item, _tight(checked.text, item))
        self._claims.append(Claim(checked.text, True, checked.support.score, (citation,)))
        self._lines.append(f"{checked.text} [{citation.n}]")

    def quote(self, item: Evidence) -> None:
        """A sentence of the evidence, word for word; after the first, as one to be seen also."""
        citation = self._cite(item, item.span)
        quoted = f"«{item.text}» [{citation.n}]"
        if self._claims:
            quoted = see_also_text(self._language, quoted)
        elif not self._sure:
            quoted = nearest_text(self._language, quoted)
        self._lines.append(quoted)
        self._claims.append(Claim(item.text, True, 1.0, (citation,)))

    def differ(self, item: Evidence) -> None:
        """What another article says differently."""
        citation = self._cite(item, item.span)
        quoted = f"«{item.text}» [{citation.n}]"
        self._claims.append(Claim(item.text, True, 1.0, (citation,)))
        self._lines.append(another_text(self._language, item.article.date, quoted))

    def read(self, checked: Verified) -> None:
        """A sentence of the model that was not verified, after the quotation it reads."""
        item = checked.support.evidence
        citation = self._cite(item, item.span)
        self._claims.append(Claim(checked.text, False, checked.support.score, (citation,)))
        said = unverified_text(self._language, checked.text)
        self._lines.append(f"{said} [{citation.n}]")

    def _cite(self, item: Evidence, span: Span) -> Citation:
        if item not in self.cited:
            self.cited.append(item)
        n = self._numbers.setdefault((item.article.id, span), len(self._numbers) + 1)
        quote = span.of(item.article.text)
        return Citation(n, item.article.ref, span.start, span.end, quote)


def _tight(claim: str, item: Evidence) -> Span:
    """The sentence of ``item`` or, where that is long, its clauses that hold the claim's words."""
    if len(item.text) <= _LONG_QUOTE or item.article.language != detect_language(claim):
        return item.span
    clause = clause_span(claim, item.text)
    return Span(item.span.start + clause.start, item.span.start + clause.end)
