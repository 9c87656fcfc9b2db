"""A question and a passage as the reader sees them: one row of tokens, and the way back."""

from __future__ import annotations

from typing import NamedTuple

from rag.models.tokens import Tokens
from rag.text.normalize import respelled
from rag.types import Span

# The reader's base reads no more.
LENGTH = 512


class Framed(NamedTuple):
    """``ids`` with the passage's own from ``first`` on; ``offsets`` are where each of those stands
    in the passage.
    """

    ids: list[int]
    first: int
    offsets: list[Span]


def frame(tokens: Tokens, question: str, heading: str, passage: str, limit: int = LENGTH) -> Framed:
    """``<s> query: question </s> passage: heading passage </s>``, the passage cut to ``limit``.

    All are read in plain spelling, so that vowel marks and tatweel change nothing.

    The prefixes are those the encoder was trained with (https://arxiv.org/abs/2402.05672).
    """
    begin, end = tokens.special("<s>"), tokens.special("</s>")
    asked, _ = tokens.pieces(f"query: {respelled(question)[0]}")
    told, _ = tokens.pieces(f"passage: {respelled(heading)[0]}.")
    # Neither may crowd the passage out.
    before = [begin, *asked[: limit // 3], end, *told[: limit // 8]]
    read, places = respelled(passage)
    places.append(len(passage))
    ids, offsets = tokens.pieces(read)
    room = limit - len(before) - 1
    trimmed = [_trimmed(read, *place) for place in offsets[:room]]
    # A token ends where the next letter stands: the marks on its last letter are its own.
    spans = [Span(places[start], places[end]) for start, end in trimmed]
    return Framed([*before, *ids[:room], end], len(before), spans)


def _trimmed(text: str, start: int, end: int) -> Span:
    """A token's place without the space before it."""
    return Span(start + len(text[start:end]) - len(text[start:end].lstrip()), end)
