"""Composing with a language model: what it writes is held against the evidence before it stands."""

from __future__ import annotations

from collections.abc import Generator as Generation
from collections.abc import Iterator, Sequence

from rag.answering.citations import Citing, abstains, parse_citing
from rag.answering.compose import Draft, Piece, Quoted, Steps, Verified
from rag.answering.prompts import (
    READING_GRAMMAR,
    answer_grammar,
    build_messages,
    build_reading,
)
from rag.answering.verification import Support, best_support, support
from rag.config import Settings
from rag.models.protocols import Encoder, Generator, Usage
from rag.reading.evidence import LIKELY, SURE_TRANSLATION, Evidence
from rag.retrieval.translation import Translator
from rag.text.language import detect_language

# What the model cites stands unless other evidence supports its sentence plainly better.
_CITED_MARGIN = 0.1
# Lines the model may write where several articles are wanted.
_LINES = 3
# The least cosine, by the sentence encoder, of a sentence in another language with its evidence,
# for it to be shown as a reading that was not verified.
_CLOSE = 0.45


class Writer:
    """:class:`rag.answering.compose.Composer` with ``generator``."""

    def __init__(
        self,
        generator: Generator,
        translator: Translator,
        sentence_encoder: Encoder,
        settings: Settings,
    ) -> None:
        """Names are checked by ``translator``, nearness in meaning by ``sentence_encoder``."""
        self._generator = generator
        self._translator = translator
        self._sentence_encoder = sentence_encoder
        self._settings = settings

    @property
    def name(self) -> str:
        """The generator's."""
        return self._generator.name

    def compose(self, draft: Draft) -> Steps:
        """First the quotations. A sentence of the model follows: in the evidence's own language
        from the excerpt that it chooses, else by reading each sentence into the reader's language.

        Raises:
            GenerationError: the language model failed.
        """
        yield Quoted(draft.quote())
        if draft.reading.evidence[0].article.language in (draft.language, None):
            return (yield from self._generate(draft))
        return (yield from self._translate(draft))

    def _generate(self, draft: Draft) -> Steps:
        evidence, several = draft.reading.evidence, draft.reading.several
        stream = self._generator.stream(
            build_messages(draft.query.text, draft.language, evidence, several=several),
            max_tokens=self._settings.answer_tokens,
            grammar=answer_grammar(len(evidence), _LINES if several else 1),
        )
        output = yield from _written(stream, draft)
        draft.clock.mark("generation")
        if abstains(output):
            return draft.doubt(self.name, output)
        verified = self._verify(parse_citing(output, len(evidence)), draft)
        return draft.conclude(verified, self.name, output)

    def _translate(self, draft: Draft) -> Steps:
        """What each likely sentence of evidence says to the question, in another language.

        It is read a sentence at a time: the small model reads one in another language three times
        as well as it chooses among several and reads.
        """
        readings: list[Verified] = []
        outputs: list[str] = []
        for item in draft.quotable:
            if item.article.language == draft.language:
                continue
            if outputs:
                yield Piece("\n")
            stream = self._generator.stream(
                build_reading(draft.query.text, draft.language, item),
                max_tokens=self._settings.reading_tokens,
                grammar=READING_GRAMMAR,
            )
            output = yield from _written(stream, draft)
            outputs.append(output)
            # A server that knows no grammar may write on, write nothing, or in the other language.
            text = output.strip().partition("\n")[0]
            if detect_language(text) == draft.language:
                weighed = self._weigh(text, item, draft)
                readings.append(Verified(text, weighed, self._close(text, weighed)))
        draft.clock.mark("generation")
        return draft.translate(readings, self.name, "\n".join(outputs))

    def _verify(self, sentences: Sequence[Citing], draft: Draft) -> list[Verified]:
        """Each sentence with the evidence that supports it best: what it cites, else any other."""
        verified = []
        for sentence in sentences:
            weighed = [self._weigh(sentence.text, item, draft) for item in draft.reading.evidence]
            best = best_support(weighed)
            cited = best_support([w for w in weighed if w.evidence.n in sentence.numbers])
            if best is not None:
                stands = cited and cited.enough and best.score - cited.score <= _CITED_MARGIN
                chosen = cited if cited and (stands or not best.enough) else best
                verified.append(Verified(sentence.text, chosen))
        return verified

    def _weigh(self, text: str, item: Evidence, draft: Draft) -> Support:
        return support(
            text,
            item,
            draft.query.text,
            same_language=item.article.language == draft.language,
            stand_ins=self._stand_ins,
        )

    def _stand_ins(self, word: str) -> list[str]:
        """Stems of the corpus that are near enough to ``word`` to be its translation."""
        return [
            stem
            for translation in self._translator.translate([word])
            if translation.confidence >= SURE_TRANSLATION
            for stem, likely in translation.stems.items()
            if likely >= LIKELY
        ]

    def _close(self, text: str, weighed: Support) -> bool:
        """Whether an unsupported reading is near enough to its evidence in meaning to be shown."""
        if weighed.enough or not weighed.true:
            return False
        texts = [text, weighed.evidence.statement]
        claim, evidence = self._sentence_encoder.encode(texts, "passage")
        return float(claim @ evidence) >= _CLOSE


def _written(stream: Iterator[str], draft: Draft) -> Generation[Piece, None, str]:
    """The pieces of ``stream`` as events; returns the whole, the tokens it took noted."""
    pieces: list[str] = []
    while (piece := _next(stream, draft)) is not None:
        draft.clock.mark("first_word")
        pieces.append(piece)
        yield Piece(piece)
    return "".join(pieces)


def _next(stream: Iterator[str], draft: Draft) -> str | None:
    """The next piece; at the end ``None``, with the tokens it took noted."""
    try:
        return next(stream)
    except StopIteration as end:
        if isinstance(end.value, Usage):
            for name, count in (("prompt", end.value.prompt), ("reply", end.value.reply)):
                draft.tokens[name] = draft.tokens.get(name, 0) + count
        return None
