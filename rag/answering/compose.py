"""Checked sentences and quotations → the answer a reader sees, its markers counted from 1."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answering.evidence import Evidence
from rag.answering.phrases import (
    abstention_text,
    another_text,
    nearest_text,
    see_also_text,
    unverified_text,
)
from rag.answering.several import disagreeing
from rag.answering.verification import Support, clause_span
from rag.retrieval.query import Query
from rag.text.language import detect_language
from rag.types import Answer, Citation, Claim, Hit, Span

QUOTING_MODEL = "none"
# Evidence less likely than this to answer is quoted as the nearest there is. Where the model finds
# no answer in it either, the question is declined; in a small index its word is not taken, for of
# 45 Arabic questions over the seed articles in which it found no answer, 27 had one.
SURE = 0.7
# The evidence holds the answer in its first sentence for 0.74 (Arabic) and 0.70 (English) of the
# development questions, among the first three for 0.91 and 0.89. A reader is therefore shown up to
# three sentences; few are likely enough, so that on average it is two (2.1 and 2.6).
_MOST_QUOTES = 3
# A quoted sentence longer than this is cut to the clauses that hold the claim's words.
_LONG_QUOTE = 240


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
class Checked:
    """A sentence of the model, its best support, and whether, unsupported, it is close enough in
    meaning to be shown as a reading that was not verified.
    """

    text: str
    support: Support
    close: bool = False


@dataclass(frozen=True)
class Reply:
    """What every way of answering shares: the question, the passages, the evidence, the clock, the
    language to answer in, and how likely the evidence is to answer.
    """

    query: Query
    hits: tuple[Hit, ...]
    evidence: Sequence[Evidence]
    clock: Clock
    asked: str | None
    several: bool
    language: str
    likely: float
    tokens: dict[str, int] = field(default_factory=dict)

    def abstain(self, reason: str, model: str, raw: str | None = None) -> Answer:
        """Say that the articles do not answer, and what in them comes nearest."""
        text = _Text(self.language)
        for item in self.evidence[:_MOST_QUOTES]:
            text.quote(item)
        nearest = tuple(citation for claim in text.claims for citation in claim.citations)
        said = abstention_text(self.language)
        return replace(self._answer(False, reason, said, (), model, raw), nearest=nearest)

    def quote(self) -> Answer:
        """The best evidence, word for word."""
        text = self._text()
        self._quote(text)
        self.clock.mark("quoted")
        return self._answer(True, None, text.shown, text.claims, QUOTING_MODEL, None)

    def doubt(self, model: str, raw: str) -> Answer:
        """Quote the evidence though the model finds no answer in it, and say that it may not be."""
        text = _Text(self.language, sure=False)
        self._quote(text)
        return self._answer(True, None, text.shown, text.claims, model, raw)

    def conclude(self, checked: Sequence[Checked], model: str, raw: str) -> Answer:
        """The supported sentences, with what other articles say differently, and the evidence
        that is nearly as likely to hold the answer. When none is supported, it is quoted.
        """
        text = self._text()
        for item in checked:
            if item.support.enough:
                text.say(item)
        for item in (item for item in checked if item.support.enough):
            for other in disagreeing(item.text, item.support.evidence, self.evidence):
                if other not in text.cited:
                    text.differ(other)
        self._quote(text)
        return self._answer(True, None, text.shown, text.claims, model, raw)

    def gloss(self, readings: Sequence[Checked], model: str, raw: str) -> Answer:
        """The likely evidence, each with the sentence that reads it in another language: stated
        where it is supported and the likeliest, else after the quotation, labelled as not verified.
        The likeliest sentence has its reading unless a number or a name in it is made up; of
        others, which may have nothing to do with the question, a reading that strays is left out.
        """
        first = self.evidence[0]
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
        return self._answer(True, None, text.shown, text.claims, model, raw)

    @property
    def quotable(self) -> Sequence[Evidence]:
        """The evidence likely enough to hold the answer to be shown."""
        return self.evidence if self.several else self.evidence[:_MOST_QUOTES]

    def _text(self) -> _Text:
        return _Text(self.language, sure=self.likely >= SURE)

    def _quote(self, text: _Text) -> None:
        """Quote the likely evidence that is not cited yet."""
        most = len(self.evidence) if self.several else _MOST_QUOTES
        for item in self.quotable:
            if len(text.cited) < most and item not in text.cited:
                text.quote(item)

    def _answer(
        self,
        answered: bool,
        reason: str | None,
        text: str,
        claims: tuple[Claim, ...],
        model: str,
        raw: str | None,
    ) -> Answer:
        return Answer(
            question=self.asked or self.query.text,
            language=self.language,
            answered=answered,
            reason=reason,
            text=text,
            claims=claims,
            passages=self.hits,
            model=model,
            timings={**self.clock.marks, "total": self.clock.now()},
            raw=raw,
            tokens=dict(self.tokens),
            confidence=self.likely,
            resolved=self.query.text if self.asked not in (None, self.query.text) else None,
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

    def say(self, checked: Checked) -> None:
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

    def read(self, checked: Checked) -> None:
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
