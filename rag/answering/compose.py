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
from functools import cached_property
from typing import NamedTuple, TypeAlias

from rag.answering.figures import disagreeing
from rag.answering.prompts import phrase
from rag.answering.rendering import Renderer
from rag.answering.verification import Support, clause_span
from rag.reading.corrections import corrections
from rag.reading.evidence import Evidence
from rag.reading.reader import Reading, alike
from rag.retrieval.query import Query
from rag.text.language import detect_language
from rag.types import Answer, Citation, Claim, Hit, Short, Span

NO_EVIDENCE = "no_evidence"
QUOTING_MODEL = "none"
# Sentences quoted at most, and how likely each must be beside the likeliest.
_MOST_QUOTES, _ALSO = 3, 0.4
# An answer of so much of its sentence is that sentence.
_WHOLE = 0.8
# A quoted sentence longer than this is cut to the clauses that hold the claim's words.
_LONG_QUOTE = 240


class Retrieved(NamedTuple):
    """The passages are known."""

    passages: tuple[Hit, ...]


class Quoted(NamedTuple):
    """The instant answer: the best evidence, quoted. A generated one may follow."""

    answer: Answer


class Writing(NamedTuple):
    """The model is at work. What it wrote is not told before it is checked."""


Event: TypeAlias = Retrieved | Quoted | Writing
# Events on the way to an answer, which is what is returned.
Steps: TypeAlias = Generation[Event, None, Answer]


@dataclass(frozen=True)
class Draft:
    """What every way of answering shares: the question as ``asked`` and as understood, the passages
    and what was read in them, the language to answer in, and what says Arabic words in English.

    ``started`` is when :func:`time.perf_counter` began to count; ``timings`` are the seconds since,
    at which each stage ended; ``tokens`` those a model took.
    """

    asked: str
    query: Query
    language: str
    hits: tuple[Hit, ...]
    reading: Reading
    renderer: Renderer
    started: float
    timings: dict[str, float] = field(default_factory=dict)
    tokens: Counter[str] = field(default_factory=Counter)

    def mark(self, stage: str) -> None:
        """Note the first time that ``stage`` ends."""
        self.timings.setdefault(stage, time.perf_counter() - self.started)

    def decline(self, model: str) -> Answer:
        """Say that the articles do not answer, and what in them comes nearest."""
        text = _Text(self.language)
        for item in self.reading.evidence[:_MOST_QUOTES]:
            text.quote(item)
        nearest = tuple(citation for claim in text.claims for citation in claim.citations)
        answer = self._answer(_Text(self.language), model, reason=NO_EVIDENCE)
        return replace(answer, text=phrase("declined", self.language), nearest=nearest)

    def quote(self) -> Answer:
        """What the evidence says, word for word: the answer, and the sentences that hold it."""
        text = self._quoted(self._text())
        self.mark("quoted")
        return self._answer(text, QUOTING_MODEL)

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

    @property
    def quotable(self) -> Sequence[Evidence]:
        """The evidence likely enough to hold the answer to be shown."""
        return self._likely[:_MOST_QUOTES]

    @cached_property
    def _likely(self) -> Sequence[Evidence]:
        evidence = self.reading.evidence
        return [e for e in evidence if e.likelihood >= _ALSO * evidence[0].likelihood]

    @cached_property
    def _reports(self) -> Sequence[Evidence]:
        """What each article tells, where several do and the answer is a whole sentence: a subject
        was asked about, not a detail. Else nothing. Versions of one sentence are one.
        """
        if _covered(self.reading.evidence[0]) < _WHOLE:
            return []
        told: dict[str, Evidence] = {}
        for item in self._likely:
            if not any(alike(item, other) for other in told.values()):
                told.setdefault(item.article.id, item)
        return list(told.values()) if len(told) > 1 else []

    def _text(self) -> _Text:
        """What corrects the likeliest sentence; without that the answer in a few words, where the
        sentence says more.
        """
        text = _Text(self.language)
        first = self.reading.evidence[0]
        for note in self._corrections:
            text.quote(note)
        if self._short and _covered(first) < _WHOLE:
            text.tell(first, self._short)
        return text

    @cached_property
    def _corrections(self) -> Sequence[Evidence]:
        return list(corrections(self.reading.evidence[0]))

    @cached_property
    def _short(self) -> Short | None:
        """The answer in a few words, in the reader's language where it can be said for certain.
        One that was corrected is none, nor are several articles' sentences.
        """
        first = self.reading.evidence[0]
        if not first.answers or self._corrections or self._reports:
            return None
        return _few_words(first, self.language, self.renderer)

    def _quoted(self, text: _Text) -> _Text:
        """``text``, with the likely evidence quoted that it does not quote yet: the likeliest,
        other versions of it, what other articles tell of a subject and, beside the answer, the
        rest.
        """
        beside = []
        for item in self._reports:
            if item not in text.quoted:
                text.report(item)
        for item in self.quotable:
            if item in text.quoted:
                continue
            if item is self.reading.evidence[0]:
                text.quote(item)
            elif any(alike(item, other) for other in text.quoted):
                text.differ(item)
            else:
                beside.append(item)
        for item in beside:
            text.quote(item, also=True)
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
            short=self._short if reason is None else None,
        )


class _Text:
    """An answer as it is put together: a line for each claim, and the evidence cited so far."""

    def __init__(self, language: str) -> None:
        """Empty; the page's words in it are in ``language``."""
        self.lines: list[str] = []
        self.claims: list[Claim] = []
        self.cited: list[Evidence] = []
        self.quoted: list[Evidence] = []
        self._language = language
        self._markers: dict[tuple[str, Span], int] = {}

    def tell(self, item: Evidence, short: Short) -> None:
        """The answer alone."""
        citation = self._cite(item, item.span)
        self._add(short.text, Claim(short.text, True, item.likelihood, (citation,)))

    def say(self, checked: Support) -> None:
        """A supported sentence of the model, which stands for the one it is taken from."""
        self.quoted.append(checked.evidence)
        citation = self._cite(checked.evidence, _tight(checked.claim, checked.evidence))
        self._add(checked.claim, Claim(checked.claim, True, checked.score, (citation,)))

    def quote(self, item: Evidence, *, also: bool = False) -> None:
        """A sentence of the evidence, word for word, or as one to be seen ``also``."""
        lead = f"{phrase('see_also', self._language)} " if also else ""
        self._quote(lead, item, also=also)

    def differ(self, item: Evidence) -> None:
        """What another article says differently."""
        date = f" ({item.article.date})" if item.article.date else ""
        self._quote(f"{phrase('another', self._language)}{date}: ", item)

    def report(self, item: Evidence) -> None:
        """What an article tells, with its date."""
        self._quote(f"{item.article.date}: " if item.article.date else "", item)

    def _quote(self, lead: str, item: Evidence, *, also: bool = False) -> None:
        self.quoted.append(item)
        claim = Claim(item.text, True, item.likelihood, (self._cite(item, item.span),), also)
        self._add(f"{lead}«{item.text}»", claim)

    def _add(self, line: str, claim: Claim) -> None:
        self.claims.append(claim)
        self.lines.append(f"{line} [{claim.citations[0].n}]")

    def _cite(self, item: Evidence, span: Span) -> Citation:
        """``span`` of ``item``; markers count in the order of first use."""
        if item not in self.cited:
            self.cited.append(item)
        n = self._markers.setdefault((item.article.id, span), len(self._markers) + 1)
        quote = span.of(item.article.text)
        inside = tuple(a for a in item.answers if span.start <= a.start and a.end <= span.end)
        pages = item.article.pages_of(*span)
        return Citation(n, item.article.ref, span.start, span.end, quote, inside, pages)


def _covered(item: Evidence) -> float:
    """The share of a sentence that answers."""
    return sum(end - start for start, end in item.answers) / len(item.text)


def _few_words(item: Evidence, language: str, renderer: Renderer) -> Short:
    """The answers of a sentence in its order: in ``language`` where all of them can surely be said
    in it, else in the article's words.
    """
    mark = "، " if item.article.language == "ar" else ", "
    said = [" ".join(span.of(item.article.text).split()) for span in sorted(item.answers)]
    rendered = [renderer.english(words) for words in said] if language == "en" else [None]
    own = item.article.language or detect_language(item.text)
    start, end = item.answers[0]
    if None in rendered:
        return Short(mark.join(said), own, item.article.ref, start, end)
    return Short(", ".join(filter(None, rendered)), language, item.article.ref, start, end)


def _tight(claim: str, item: Evidence) -> Span:
    """The sentence of ``item`` or, where that is long, its clauses that hold the claim's words."""
    if len(item.text) <= _LONG_QUOTE or item.article.language != detect_language(claim):
        return item.span
    clause = clause_span(claim, item.text)
    return Span(item.span.start + clause.start, item.span.start + clause.end)
