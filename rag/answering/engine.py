"""The way from a question's passages to an answer, as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rag.answering import abstention
from rag.answering.citations import Draft, abstains, parse_drafts
from rag.answering.evidence import LIKELY, Evidence, select_evidence
from rag.answering.prompts import abstention_text, answer_grammar, build_messages
from rag.answering.verification import Support, best_support, support
from rag.config import Settings
from rag.models.protocols import Encoder, Generator
from rag.retrieval.query import Query
from rag.retrieval.search import Found
from rag.retrieval.translation import Translator
from rag.store.index import Index
from rag.types import Answer, Citation, Claim, Hit

QUOTING_MODEL = "none"
# A second or third quotation must be nearly as good as the first to be worth reading.
_QUOTE_MARGIN = 0.4
_MOST_QUOTES = 2
# What the model cites stands unless other evidence supports its sentence plainly better.
_CITED_MARGIN = 0.1


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


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to keep."""

    answer: Answer


Event: TypeAlias = Retrieved | Quoted | Piece | Done


@dataclass
class _Clock:
    """Seconds since the start at which each stage ended."""

    started: float = field(default_factory=time.perf_counter)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, stage: str) -> None:
        """Note the first time that ``stage`` ends."""
        self.marks.setdefault(stage, self.now())

    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started


class Answerer:
    """Answers questions from passages of one index. ``generator`` ``None`` answers by quoting."""

    def __init__(
        self,
        index: Index,
        sentence_encoder: Encoder,
        generator: Generator | None,
        settings: Settings,
    ) -> None:
        """Answer from ``index`` with the given models."""
        self._index = index
        self._generator = generator
        self._settings = settings
        self._translator = Translator(index, sentence_encoder)

    def stream(
        self, query: Query, found: Sequence[Found], started: float | None = None
    ) -> Iterator[Event]:
        """Events in order: the passages, the quoted answer, pieces of text, the answer.

        ``started`` is the ``time.perf_counter()`` from which the timings count.

        Raises:
            GenerationError: the language model failed.
        """
        clock = _Clock() if started is None else _Clock(started)
        clock.mark("search")
        hits = tuple(item.hit for item in found)
        yield Retrieved(hits)
        evidence = select_evidence(
            self._index, self._translator, query, found, self._settings.evidence
        )
        reply = _Reply(query, hits, evidence, clock)
        likely = abstention.answerable(query, found, evidence)
        if not evidence or likely < self._settings.answerable:
            yield Done(reply.abstain(abstention.NO_EVIDENCE, self._model_name))
            return
        quoted = reply.quote()
        yield Quoted(quoted)
        if self._generator is None:
            yield Done(quoted)
            return
        yield from self._generate(self._generator, reply)

    @property
    def _model_name(self) -> str:
        return QUOTING_MODEL if self._generator is None else self._generator.name

    def _generate(self, generator: Generator, reply: _Reply) -> Iterator[Event]:
        query, evidence, clock = reply.query, reply.evidence, reply.clock
        pieces: list[str] = []
        messages = build_messages(query.text, query.language, evidence)
        for piece in generator.stream(
            messages,
            max_tokens=self._settings.answer_tokens,
            grammar=answer_grammar(len(evidence)),
        ):
            if not pieces:
                clock.mark("first_word")
            pieces.append(piece)
            yield Piece(piece)
        clock.mark("generation")
        output = "".join(pieces)
        if abstains(output):
            yield Done(reply.abstain(abstention.MODEL_ABSTAINED, generator.name, raw=output))
            return
        drafts = parse_drafts(output, len(evidence))
        claims = self._verify(drafts, reply)
        yield Done(reply.conclude(claims, generator.name, output))

    def _stand_ins(self, word: str) -> list[str]:
        """Stems of the corpus that are near enough to ``word`` to be its translation."""
        return [
            stem
            for translation in self._translator.translate([word])
            for stem, likely in translation.stems.items()
            if likely >= LIKELY
        ]

    def _verify(self, drafts: Sequence[Draft], reply: _Reply) -> list[tuple[str, Support]]:
        """Each draft with the evidence that supports it best: what it cites, else any other."""
        verified = []
        for draft in drafts:
            weighed = [
                support(
                    draft.text,
                    item,
                    reply.query.text,
                    same_language=item.article.language == reply.query.language,
                    stand_ins=self._stand_ins,
                )
                for item in reply.evidence
            ]
            best = best_support(weighed)
            cited = best_support([w for w in weighed if w.evidence.n in draft.numbers])
            if best is not None:
                stands = cited and cited.enough and best.score - cited.score <= _CITED_MARGIN
                verified.append((draft.text, cited if cited and stands else best))
        return verified


@dataclass(frozen=True)
class _Reply:
    """What every way of answering shares: the question, the passages, the evidence, the clock."""

    query: Query
    hits: tuple[Hit, ...]
    evidence: Sequence[Evidence]
    clock: _Clock

    def abstain(self, reason: str, model: str, raw: str | None = None) -> Answer:
        """Say that the articles do not answer."""
        return self._answer(False, reason, abstention_text(self.query.language), (), model, raw)

    def quote(self) -> Answer:
        """The best evidence, word for word."""
        best = self.evidence[0].score
        chosen = [e for e in self.evidence[:_MOST_QUOTES] if best - e.score <= _QUOTE_MARGIN]
        claims = tuple(
            Claim(e.text, True, 1.0, (_citation(n, e),)) for n, e in enumerate(chosen, start=1)
        )
        text = "\n".join(f"«{e.text}» [{n}]" for n, e in enumerate(chosen, start=1))
        self.clock.mark("quoted")
        return self._answer(True, None, text, claims, QUOTING_MODEL, None)

    def conclude(self, verified: Sequence[tuple[str, Support]], model: str, raw: str) -> Answer:
        """The supported sentences; when none is, the quotation instead of the model's words."""
        kept = [(text, weighed) for text, weighed in verified if weighed.enough]
        if not kept:
            quoted = self.quote()
            return self._answer(True, None, quoted.text, quoted.claims, model, raw)
        numbers: dict[int, int] = {}
        claims = []
        for text, weighed in kept:
            n = numbers.setdefault(weighed.evidence.n, len(numbers) + 1)
            claims.append(Claim(text, True, weighed.score, (_citation(n, weighed.evidence),)))
        shown = " ".join(f"{claim.text} [{claim.citations[0].n}]" for claim in claims)
        return self._answer(True, None, shown, tuple(claims), model, raw)

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
            question=self.query.text,
            language=self.query.language,
            answered=answered,
            reason=reason,
            text=text,
            claims=claims,
            passages=self.hits,
            model=model,
            timings={**self.clock.marks, "total": self.clock.now()},
            raw=raw,
        )


def _citation(n: int, item: Evidence) -> Citation:
    return Citation(n, item.article.ref, item.span.start, item.span.end, item.text)
