"""Model output → sentences with the numbers they cite. Pure code; nothing here is believed yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.prompts import NOT_FOUND
from rag.text.sentences import split_sentences

_MARKERS = re.compile(r"\s*(?:\[\s*(\d{1,3}(?:\s*[,،]\s*\d{1,3})*)\s*\])+")
_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Citing:
    """One sentence as the model wrote it, markers taken off, and the numbers it cites."""

    text: str
    numbers: tuple[int, ...]


def abstains(output: str) -> bool:
    """Whether the model said that the evidence does not hold the answer."""
    return not output.strip() or NOT_FOUND.casefold() in output.casefold()


def parse_citing(output: str, available: int) -> list[Citing]:
    """The sentences of ``output``. Numbers outside ``1..available`` are dropped, not shown.

    Where ``output`` begins with a marker, as the prompt asks for, each marker belongs to the text
    after it; else to all the text since the marker before it. Text without one comes as drafts
    without numbers.
    """
    markers = list(_MARKERS.finditer(output))
    edges = [0, *(edge for match in markers for edge in match.span()), len(output)]
    texts = [output[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    numbers = [_numbers(match[0], available) for match in markers]
    leads = bool(markers) and not texts[0].strip()
    owners = [(), *numbers] if leads else [*numbers, ()]
    return [
        draft
        for text, owner in zip(texts, owners, strict=True)
        for draft in _sentences(text, owner)
    ]


def _numbers(marker: str, available: int) -> tuple[int, ...]:
    numbers = [int(number) for number in _NUMBER.findall(marker)]
    return tuple(dict.fromkeys(n for n in numbers if 1 <= n <= available))


def _sentences(text: str, numbers: tuple[int, ...]) -> list[Citing]:
    """Each sentence of ``text`` with ``numbers``; a full stop alone is no sentence."""
    spans = split_sentences(text)
    pieces = [span.of(text).strip() for span in spans]
    return [
        Citing(piece, numbers)
        for piece in pieces
        if any(character.isalnum() for character in piece)
    ]
