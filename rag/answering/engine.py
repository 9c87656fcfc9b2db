"""The way from a question's passages to an answer, as a stream of events."""

from __future__ import annotations

from collections.abc import Generator as Generation
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rag.answering import abstention
from rag.answering.citations import Draft, abstains, parse_drafts
from rag.answering.compose import QUOTING_MODEL, SURE, Checked, Clock, Reply
from rag.answering.evidence import LIKELY, SURE_TRANSLATION, Evidence, Selector
from rag.answering.hostile import plain
from rag.answering.prompts import (
    READING_GRAMMAR,
    answer_grammar,
    build_messages,
    build_reading,
)
from rag.answering.several import Searched, interleaved, spread, wants_several
from rag.answering.verification import Support, best_support, support
from rag.config import Settings
from rag.models.protocols import Encoder, Generator, Usage
from rag.retrieval.query import Query
from rag.retrieval.search import Found
from rag.retrieval.translation import Translator
from rag.store.index import Index
from rag.text.language import detect_language
from rag.types import Answer, Hit

# What the model cites stands unless other evidence supports its sentence plainly better.
_CITED_MARGIN = 0.1
# Lines the model may write, and how much more evidence it is shown, where several articles are
# wanted.
_LINES = 3
_MORE_EVIDENCE = 2
# Sentences for each part of a question that asks several things.
_PER_PART = 2
# How deep it is looked for sentences of other articles.
_PER_LIST = 4
# The least cosine, by the sentence encoder, of a sentence in another language with its evidence,
# for it to be shown as a reading that was not verified.
_CLOSE = 0.45
# Characters of evidence for each token of the budget, in Arabic; in English there are more.
_CHARACTERS_PER_TOKEN = 2


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


class Answerer:
    """Answers questions from passages of one index. ``generator`` ``None`` answers by quoting."""

    def __init__(
        self,
        index: Index,
        encoders: tuple[Encoder, Encoder],
        generator: Generator | None,
        settings: Settings,
    ) -> None:
        """Answer from ``index`` with its passage and sentence encoders, and ``generator``."""
        self._index = index
        encoder, self._sentence_encoder = encoders
        self._generator = generator
        self._settings = settings
        self._translator = Translator(index, self._sentence_encoder)
        self._selector = Selector(index, self._translator, encoder)

    def stream(
        self,
        query: Query,
        found: Sequence[Found],
        started: float | None = None,
        *,
        asked: str | None = None,
        language: str | None = None,
        parts: Sequence[Searched] = (),
    ) -> Iterator[Event]:
        """Events in order: the passages, the quoted answer, pieces of text, the answer.

        ``started`` is the ``time.perf_counter()`` from which the timings count; ``asked`` the
        question as it was put, where ``query`` is what it means in its conversation; ``language``
        the one to answer in, where that is not the question's; ``parts`` what the question asks one
        after the other, each searched for by itself.

        Raises:
            GenerationError: the language model failed.
        """
        clock = Clock() if started is None else Clock(started)
        clock.mark("search")
        hits = tuple(item.hit for item in found)
        yield Retrieved(hits)
        several = bool(parts) or wants_several(query.text)
        evidence = self._evidence(query, found, several)
        likely = abstention.answerable(query, found, evidence, len(self._index.chunks))
        if parts:
            evidence = self._evidence_of_parts(parts, evidence)
        language = language or query.language
        reply = Reply(query, hits, evidence, clock, asked, several, language, likely)
        if not evidence or likely < self._settings.answerable:
            yield Done(reply.abstain(abstention.NO_EVIDENCE, self._model_name))
            return
        quoted = reply.quote()
        yield Quoted(quoted)
        if self._generator is None:
            yield Done(quoted)
            return
        if evidence[0].article.language in (language, None):
            yield from self._generate(self._generator, reply)
        else:
            yield from self._read(self._generator, reply)

    def _evidence(self, query: Query, found: Sequence[Found], several: bool) -> list[Evidence]:
        """The sentences to answer from."""
        limit = self._settings.evidence + (_MORE_EVIDENCE if several else 0)
        wanted = _PER_LIST * limit if several else limit
        chosen = self._selector.select(query, found, wanted)
        return self._affordable(spread(chosen, limit) if several else chosen)

    def _evidence_of_parts(
        self, parts: Sequence[Searched], whole: Sequence[Evidence]
    ) -> list[Evidence]:
        """The best sentences for each part in turn, and the best for the question as a whole."""
        lists = [self._selector.select(query, found, _PER_PART) for query, found in parts]
        return self._affordable(interleaved([*lists, whole[:1]], _PER_PART))

    def _affordable(self, chosen: Sequence[Evidence]) -> list[Evidence]:
        """As much of ``chosen`` as the budget of tokens allows, numbered from 1."""
        left = self._settings.evidence_tokens * _CHARACTERS_PER_TOKEN
        kept: list[Evidence] = []
        for item in chosen:
            left -= len(plain(item.text))
            if left >= 0 or not kept:
                kept.append(replace(item, n=len(kept) + 1))
        return kept

    @property
    def _model_name(self) -> str:
        return QUOTING_MODEL if self._generator is None else self._generator.name

    def _generate(self, generator: Generator, reply: Reply) -> Iterator[Event]:
        """A sentence in the evidence's own language, from the excerpt that the model chooses."""
        evidence = reply.evidence
        lines = _LINES if reply.several else 1
        stream = generator.stream(
            build_messages(reply.query.text, reply.language, evidence, several=reply.several),
            max_tokens=self._settings.answer_tokens,
            grammar=answer_grammar(len(evidence), lines),
        )
        output = yield from self._written(stream, reply)
        reply.clock.mark("generation")
        if not abstains(output):
            checked = self._verify(parse_drafts(output, len(evidence)), reply)
            yield Done(reply.conclude(checked, generator.name, output))
        elif reply.likely < SURE and len(self._index.chunks) >= abstention.SMALL:
            yield Done(reply.abstain(abstention.MODEL_ABSTAINED, generator.name, raw=output))
        else:
            yield Done(reply.doubt(generator.name, output))

    def _read(self, generator: Generator, reply: Reply) -> Iterator[Event]:
        """What each likely sentence of evidence says to the question, in another language.

        It is read a sentence at a time: the small model reads one in another language three times
        as well as it chooses among several and reads.
        """
        readings: list[Checked] = []
        outputs: list[str] = []
        for item in reply.quotable:
            if item.article.language == reply.language:
                continue
            if outputs:
                yield Piece("\n")
            stream = generator.stream(
                build_reading(reply.query.text, reply.language, item),
                max_tokens=self._settings.reading_tokens,
                grammar=READING_GRAMMAR,
            )
            output = yield from self._written(stream, reply)
            outputs.append(output)
            # A server that knows no grammar may write on, write nothing, or in the other language.
            text = output.strip().partition("\n")[0]
            if detect_language(text) == reply.language:
                weighed = self._weigh(text, item, reply)
                readings.append(Checked(text, weighed, self._close(text, weighed)))
        reply.clock.mark("generation")
        yield Done(reply.gloss(readings, generator.name, "\n".join(outputs)))

    def _written(self, stream: Iterator[str], reply: Reply) -> Generation[Piece, None, str]:
        """The pieces of ``stream`` as events; returns the whole, the tokens it took noted."""
        pieces: list[str] = []
        while (piece := self._next(stream, reply)) is not None:
            reply.clock.mark("first_word")
            pieces.append(piece)
            yield Piece(piece)
        return "".join(pieces)

    def _next(self, stream: Iterator[str], reply: Reply) -> str | None:
        """The next piece; at the end ``None``, with the tokens it took noted."""
        try:
            return next(stream)
        except StopIteration as end:
            if isinstance(end.value, Usage):
                for name, count in (("prompt", end.value.prompt), ("reply", end.value.reply)):
                    reply.tokens[name] = reply.tokens.get(name, 0) + count
            return None

    def _stand_ins(self, word: str) -> list[str]:
        """Stems of the corpus that are near enough to ``word`` to be its translation."""
        return [
            stem
            for translation in self._translator.translate([word])
            if translation.confidence >= SURE_TRANSLATION
            for stem, likely in translation.stems.items()
            if likely >= LIKELY
        ]

    def _verify(self, drafts: Sequence[Draft], reply: Reply) -> list[Checked]:
        """Each draft with the evidence that supports it best: what it cites, else any other."""
        verified = []
        for draft in drafts:
            weighed = [self._weigh(draft.text, item, reply) for item in reply.evidence]
            best = best_support(weighed)
            cited = best_support([w for w in weighed if w.evidence.n in draft.numbers])
            if best is not None:
                stands = cited and cited.enough and best.score - cited.score <= _CITED_MARGIN
                chosen = cited if cited and (stands or not best.enough) else best
                verified.append(Checked(draft.text, chosen))
        return verified

    def _weigh(self, text: str, item: Evidence, reply: Reply) -> Support:
        return support(
            text,
            item,
            reply.query.text,
            same_language=item.article.language == reply.language,
            stand_ins=self._stand_ins,
        )

    def _close(self, text: str, weighed: Support) -> bool:
        """Whether an unsupported reading is near enough to its evidence in meaning to be shown."""
        if weighed.enough or not weighed.true:
            return False
        claim, evidence = self._sentence_encoder.encode([text, weighed.evidence.told], "passage")
        return float(claim @ evidence) >= _CLOSE
