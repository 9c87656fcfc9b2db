"""Composing with a language model: what it writes is held against the evidence before it stands."""

from __future__ import annotations

import re
from collections.abc import Generator as Generation
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

from rag.answering import prompts
from rag.answering.compose import Draft, Steps, Writing
from rag.answering.verification import Support, best_support, support
from rag.config import Settings
from rag.models.protocols import Encoder, Generator, Usage
from rag.reading.evidence import Evidence
from rag.retrieval.translation import Translator
from rag.text.language import detect_language
from rag.text.sentences import split_sentences

# What the model cites stands unless other evidence supports its sentence plainly better.
_CITED_MARGIN = 0.1
# The least cosine, by the sentence encoder, of a sentence in another language with its evidence,
# for it to be shown as a reading that was not verified.
_CLOSE = 0.45
# How sure a translation must be, and how likely beside the likeliest, to vouch for a name: for what
# is not in the corpus, words of the same kind are found, with less.
_SURE_TRANSLATION = 0.75
_LIKELY = 0.3
_MARKERS = re.compile(r"\s*(?:\[\s*(\d{1,3}(?:\s*[,،]\s*\d{1,3})*)\s*\])+")
_NUMBER = re.compile(r"\d{1,3}")


class Citing(NamedTuple):
    """One sentence as the model wrote it, markers taken off, and the numbers it cites."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Writer:
    """Answers in sentences of ``generator``.

    Names are checked by ``translator``, nearness in meaning by ``sentence_encoder``.
    """

    generator: Generator
    translator: Translator
    sentence_encoder: Encoder
    settings: Settings

    def compose(self, draft: Draft) -> Steps:
        """The answer, which is never one that declines: in the evidence's own language a sentence
        from the excerpt that the model chooses, else a reading of each sentence in the reader's.

        Raises:
            GenerationError: the language model failed.
        """
        if draft.reading.evidence[0].article.language in (draft.language, None):
            return (yield from self._generate(draft))
        return (yield from self._translate(draft))

    def _generate(self, draft: Draft) -> Steps:
        evidence = draft.reading.evidence
        stream = self.generator.stream(
            prompts.build_messages(draft.query.text, draft.language, evidence),
            max_tokens=self.settings.answer_tokens,
            grammar=prompts.answer_grammar(len(evidence)),
        )
        output = yield from _written(stream, draft)
        draft.mark("generation")
        if abstains(output):
            return draft.doubt(self.generator.name, output)
        verified = self._verify(parse_citing(output, len(evidence)), draft)
        return draft.conclude(verified, self.generator.name, output)

    def _translate(self, draft: Draft) -> Steps:
        """What each likely sentence of evidence says to the question, in another language.

        It is read a sentence at a time: the small model reads one in another language three times
        as well as it chooses among several and reads.
        """
        readings: list[Support] = []
        outputs: list[str] = []
        for item in draft.quotable:
            if item.article.language == draft.language:
                continue
            stream = self.generator.stream(
                prompts.build_reading(draft.query.text, draft.language, item),
                max_tokens=self.settings.reading_tokens,
                grammar=prompts.READING_GRAMMAR,
            )
            output = yield from _written(stream, draft)
            outputs.append(output)
            # A server that knows no grammar may write on, write nothing, or in the other language.
            text = output.strip().partition("\n")[0]
            if detect_language(text) == draft.language:
                weighed = self._weigh(text, item, draft)
                readings.append(replace(weighed, close=self._close(weighed)))
        draft.mark("generation")
        return draft.translate(readings, self.generator.name, "\n".join(outputs))

    def _verify(self, sentences: Sequence[Citing], draft: Draft) -> list[Support]:
        """Each sentence with the evidence that supports it best: what it cites, else any other."""
        verified = []
        for sentence in sentences:
            weighed = [self._weigh(sentence.text, item, draft) for item in draft.reading.evidence]
            best = best_support(weighed)
            cited = best_support([w for w in weighed if w.evidence.n in sentence.numbers])
            if best is not None:
                stands = cited and cited.enough and best.score - cited.score <= _CITED_MARGIN
                verified.append(cited if cited and (stands or not best.enough) else best)
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
            for translation in self.translator.translate([word])
            if translation.confidence >= _SURE_TRANSLATION
            for stem, likely in translation.stems.items()
            if likely >= _LIKELY
        ]

    def _close(self, weighed: Support) -> bool:
        """Whether an unsupported reading is near enough to its evidence in meaning to be shown."""
        if weighed.enough or not weighed.true:
            return False
        texts = [weighed.claim, weighed.evidence.statement]
        claim, evidence = self.sentence_encoder.encode(texts, "passage")
        return float(claim @ evidence) >= _CLOSE


def abstains(output: str) -> bool:
    """Whether the model said that the evidence does not hold the answer."""
    return not output.strip() or prompts.NOT_FOUND.casefold() in output.casefold()


def parse_citing(output: str, available: int) -> list[Citing]:
    """The sentences of ``output``. Numbers outside ``1..available`` are dropped, not shown.

    Where ``output`` begins with a marker, as the prompt asks for, each marker belongs to the text
    after it; else to all the text since the marker before it. Text without one comes as drafts
    without numbers.
    """
    markers = list(_MARKERS.finditer(output))
    edges = [0, *(edge for match in markers for edge in match.span()), len(output)]
    texts = [output[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    found = [dict.fromkeys(map(int, _NUMBER.findall(match[0]))) for match in markers]
    numbers = [tuple(n for n in marker if 1 <= n <= available) for marker in found]
    leads = bool(markers) and not texts[0].strip()
    return [
        Citing(span.of(text).strip(), cited)
        for text, cited in zip(texts, [(), *numbers] if leads else [*numbers, ()], strict=True)
        for span in split_sentences(text)
        if any(map(str.isalnum, span.of(text)))  # A full stop alone is no sentence.
    ]


def _written(stream: Iterator[str], draft: Draft) -> Generation[Writing, None, str]:
    """An event for each piece of ``stream``; returns the whole, the tokens it took noted."""
    pieces: list[str] = []
    usage: object = None

    def counted() -> Generation[str, None, None]:
        nonlocal usage
        usage = yield from cast(Generation[str, None, object], stream)

    for piece in counted():
        draft.mark("first_word")
        pieces.append(piece)
        yield Writing()
    if isinstance(usage, Usage):
        draft.tokens.update(prompt=usage.prompt, reply=usage.reply)
    return "".join(pieces)
