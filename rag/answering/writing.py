"""Composing with a language model: what it writes is held against the evidence before it stands."""

from __future__ import annotations

import re
from collections.abc import Generator as Generation
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from rag.answering import prompts
from rag.answering.compose import Draft, Steps, Writing
from rag.answering.verification import Support, best_support, support
from rag.models.protocols import Generator, Usage
from rag.reading.evidence import Evidence
from rag.text.sentences import split_sentences

# What the model cites stands unless other evidence supports its sentence plainly better.
_CITED_MARGIN = 0.1
_MARKERS = re.compile(r"\s*(?:\[\s*(\d{1,3}(?:\s*[,،]\s*\d{1,3})*)\s*\])+")
_NUMBER = re.compile(r"\d{1,3}")


class Citing(NamedTuple):
    """One sentence as the model wrote it, markers taken off, and the numbers it cites."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Writer:
    """Answers in sentences of ``generator``, of at most ``tokens`` tokens; one that ``joins`` is
    asked only where several sentences answer together.
    """

    generator: Generator
    tokens: int
    joins: bool = False

    def compose(self, draft: Draft) -> Steps:
        """The answer that was read, with a sentence of the model where that is supported. It is
        asked only where the evidence is in the language of the answer: it does not read others.

        Raises:
            GenerationError: the language model failed.
        """
        evidence = draft.quotable
        foreign = evidence[0].article.language not in (draft.language, None)
        if foreign or (self.joins and len(evidence) == 1):
            return draft.quote()
        stream = self.generator.stream(
            prompts.build_messages(draft.query.text, draft.language, evidence),
            max_tokens=self.tokens,
            grammar=prompts.answer_grammar(len(evidence)),
        )
        output = yield from _written(stream, draft)
        draft.mark("generation")
        if abstains(output):
            return draft.conclude((), self.generator.name, output)
        verified = self._verify(parse_citing(output, len(evidence)), evidence, draft)
        return draft.conclude(verified, self.generator.name, output)

    def _verify(
        self, sentences: Sequence[Citing], evidence: Sequence[Evidence], draft: Draft
    ) -> list[Support]:
        """Each sentence with the evidence that supports it best: what it cites, else any other."""
        verified = []
        for sentence in sentences:
            weighed = [support(sentence.text, item, draft.query.text) for item in evidence]
            best = best_support(weighed)
            named = [w for n, w in enumerate(weighed, start=1) if n in sentence.numbers]
            cited = best_support(named)
            if best is not None:
                stands = cited and cited.enough and best.score - cited.score <= _CITED_MARGIN
                verified.append(cited if cited and (stands or not best.enough) else best)
        return verified


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
        if piece:
            draft.mark("first_word")
        pieces.append(piece)
        yield Writing()
    if isinstance(usage, Usage):
        draft.tokens.update(prompt=usage.prompt, reply=usage.reply)
    return "".join(pieces)
