"""The last stage of a question's way: what was read → the answer a reader sees.

Markers count from 1. Without a language model the evidence is quoted; :mod:`rag.answering.writing`
composes with one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator as Generation
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from rag.answering.figures import disagreeing
from rag.answering.prompts import phrase
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


class Retrieved(NamedTuple):
    """The passages are known."""

    passages: tuple[Hit, ...]


class Quoted(NamedTuple):
    """The instant answer: the best evidence, quoted. A generated one may follow."""

    answer: Answer


class Writing(NamedTuple):
    """The model has written some more. What it wrote is not told before it is checked."""


Event: TypeAlias = Retrieved | Quoted | Writing
# Events on the way to an answer, which is what is returned.
Steps: TypeAlias = Generation[Event, None, Answer]


@dataclass(frozen=True)
class Draft:
    """What every way of answering shares: the question as ``asked`` and as understood, the passages
    and what was read in them, and the language to answer in.

    ``started`` is when :func:`time.perf_counter` began to count; ``timings`` are the seconds since,
    at which each stage ended; ``tokens`` those a model took.
    """

    asked: str
    query: Query
    language: str
    hits: tuple[Hit, ...]
    reading: Reading
    started: float
    timings: dict[str, float] = field(default_factory=dict)
    tokens: Counter[str] = field(default_factory=Counter)

    def mark(self, stage: str) -> None:
        """Note the first time that ``stage`` ends."""
        self.timings.setdefault(stage, time.perf_counter() - self.started)

    def decline(self, model: str) -> Answer:
        """Say that the articles do not answer, and what in them comes nearest."""
        text = _Text(self.language)
        for item in self.quotable:
            text.quote(item)
        nearest = tuple(citation for claim in text.claims for citation in claim.citations)
        answer = self._answer(_Text(self.language), model, reason=NO_EVIDENCE)
        return replace(answer, text=phrase("declined", self.language), nearest=nearest)

    def quote(self) -> Answer:
        """The best evidence, word for word."""
        text = self._quoted(self._text())
        self.mark("quoted")
        return self._answer(text, QUOTING_MODEL)

    def doubt(self, model: str, raw: str) -> Answer:
        """Quote the evidence though the model finds no answer in it, and say that it may not be."""
        return self._answer(self._quoted(_Text(self.language, sure=False)), model, raw)

    def conclude(self, checked: Sequence[Support], model: str, raw: str) -> Answer:
        """The supported sentences, with what other articles say differently, and the evidence
        that is nearly as likely to hold the answer. When none is supported, it is quoted.
        """
        text = self._text()
        supported = [item for item in checked if item.enough]
        for item in supported:
            text.say(item)
        for item in supported:
            for other in disagreeing(item.claim, item.evidence, self.reading.evidence):
                if other not in text.cited:
                    text.differ(other)
        return self._answer(self._quoted(text), model, raw)

    def translate(self, readings: Sequence[Support], model: str, raw: str) -> Answer:
        """The likely evidence, each with the sentence that reads it in another language: stated
        where it is supported and the likeliest, else after the quotation, labelled as not verified.
        The likeliest sentence has its reading unless a number or a name in it is made up; of
        others, which may have nothing to do with the question, a reading that strays is left out.
        """
        first = self.reading.evidence[0]
        text = self._text()
        for item in readings:
            if item.enough and item.evidence is first:
                text.say(item)
            else:
                text.quote(item.evidence)
                if item.close or item.enough or (item.true and item.evidence is first):
                    text.read(item)
        return self._answer(self._quoted(text), model, raw)

    @property
    def quotable(self) -> Sequence[Evidence]:
        """The evidence likely enough to hold the answer to be shown."""
        return self.reading.evidence[:_MOST_QUOTES]

    def _text(self) -> _Text:
        return _Text(self.language, sure=self.reading.likelihood >= SURE)

    def _quoted(self, text: _Text) -> _Text:
        """``text``, with the likely evidence quoted that it does not cite yet."""
        quotable = self.quotable
        for item in quotable:
            if len(text.cited) < len(quotable) and item not in text.cited:
                text.quote(item)
        return text

    def _answer(
        self, text: _Text, model: str, raw: str | None = None, reason: str | None = None
    ) -> Answer:
        return Answer(
            question=self.asked,
            language=self.language,
            answered=reason is None,
            reason=reason,
            text="\n".join(text.lines),
            claims=tuple(text.claims),
            passages=self.hits,
            model=model,
            timings={**self.timings, "total": time.perf_counter() - self.started},
            raw=raw,
            tokens=dict(self.tokens),
            confidence=self.reading.likelihood,
            resolved=self.query.text if self.asked != self.query.text else None,
        )


class _Text:
    """An answer as it is put together: a line for each claim, and the evidence cited so far."""

    def __init__(self, language: str, *, sure: bool = True) -> None:
        """Empty; unless ``sure``, a quotation that begins it is called the nearest there is."""
        self.lines: list[str] = []
        self.claims: list[Claim] = []
        self.cited: list[Evidence] = []
        self._language = language
        self._sure = sure
        self._markers: dict[tuple[str, Span], int] = {}

    def say(self, checked: Support) -> None:
        """A supported sentence of the model."""
        citation = self._cite(checked.evidence, _tight(checked.claim, checked.evidence))
        self._add(checked.claim, Claim(checked.claim, True, checked.score, (citation,)))

    def quote(self, item: Evidence) -> None:
        """A sentence of the evidence, word for word; after the first, as one to be seen also."""
        lead = ""
        if self.claims or not self._sure:
            lead = phrase("see_also" if self.claims else "nearest", self._language) + " "
        self._quote(lead, item)

    def differ(self, item: Evidence) -> None:
        """What another article says differently."""
        date = f" ({item.article.date})" if item.article.date else ""
        self._quote(f"{phrase('another', self._language)}{date}: ", item)

    def read(self, checked: Support) -> None:
        """A sentence of the model that was not verified, after the quotation it reads."""
        citation = self._cite(checked.evidence, checked.evidence.span)
        line = f"{phrase('unverified', self._language)} {checked.claim}"
        self._add(line, Claim(checked.claim, False, checked.score, (citation,)))

    def _quote(self, lead: str, item: Evidence) -> None:
        citation = self._cite(item, item.span)
        self._add(f"{lead}«{item.text}»", Claim(item.text, True, 1.0, (citation,)))

    def _add(self, line: str, claim: Claim) -> None:
        self.claims.append(claim)
        self.lines.append(f"{line} [{claim.citations[0].n}]")

    def _cite(self, item: Evidence, span: Span) -> Citation:
        """``span`` of ``item``; markers count in the order of first use."""
        if item not in self.cited:
            self.cited.append(item)
        n = self._markers.setdefault((item.article.id, span), len(self._markers) + 1)
        quote = span.of(item.article.text)
        return Citation(n, item.article.ref, span.start, span.end, quote)


def _tight(claim: str, item: Evidence) -> Span:
    """The sentence of ``item`` or, where that is long, its clauses that hold the claim's words."""
    if len(item.text) <= _LONG_QUOTE or item.article.language != detect_language(claim):
        return item.span
    clause = clause_span(claim, item.text)
    return Span(item.span.start + clause.start, item.span.start + clause.end)
