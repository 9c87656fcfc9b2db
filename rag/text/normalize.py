"""Folds Arabic and English text so that spellings of one word compare equal.

The raw text is never changed: :func:`normalize_mapped` keeps, for every folded character, the raw
character it came from, so that a match found in folded text can be shown in the raw words. What
counts as a word, and its stem, is left to :mod:`rag.text.analyze`.

The text is folded one cluster at a time: a character with the marks and invisible characters that
follow it. Nothing interacts across clusters, so folding is linear and its offsets are exact.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.types import Span

__all__ = ["Normalized", "normalize", "normalize_mapped"]

# Most combining characters one character can carry; the limit of Unicode's stream-safe format
# (UAX #15). Sorting an endless run of marks takes quadratic time, so the rest are dropped.
_MAX_MARKS = 30


def _points(*ranges: tuple[int, int]) -> list[int]:
    return [point for first, last in ranges for point in range(first, last + 1)]


# Hamza and madda above or below: NFKC must see them (و + ٔ is ؤ), so they go only afterwards.
_COMPOSING_MARKS = _points((0x0653, 0x0655))
_TASHKEEL = _points(
    (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x08D3, 0x08FF)
)
# Soft hyphen, grapheme joiner, bidi controls, zero-width characters, variation selectors.
_INVISIBLE = _points(
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
)
_TATWEEL = 0x0640
_REMOVED = {*_TASHKEEL, *_INVISIBLE, _TATWEEL}

# Before NFKC, which would take some of these quotes apart (´ is a space and an accent to it).
_PREPARE: dict[int, str] = {
    **dict.fromkeys(_REMOVED.difference(_COMPOSING_MARKS), ""),
    **dict.fromkeys(map(ord, "‘’‚‛′‹›`´ʹʻʼʽʾʿˈ＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»〝〞〟＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑−"), "-"),
}
_LETTERS: dict[int, str] = {
    **dict.fromkeys(_REMOVED, ""),
    **dict.fromkeys(map(ord, "أإآٱٲٳٵ"), "ا"),
    **dict.fromkeys(map(ord, "ىیېےێۍ"), "ي"),
    **dict.fromkeys(map(ord, "کڪ"), "ك"),
    **dict.fromkeys(map(ord, "ةہھەۀۂۃ"), "ه"),
    **{first + digit: str(digit) for first in (0x0660, 0x06F0) for digit in range(10)},
    ord("٪"): "%",
    ord("٫"): ".",
    ord("٬"): ",",
}
_ASCII = str.maketrans("`", "'")


@dataclass(frozen=True, slots=True, eq=False)
class Normalized:
    """A folded text that remembers where it came from.

    ``offsets`` is int32 of shape ``[len(text) + 1]``, never decreasing: for each folded character
    the index in ``raw`` of the character it came from (for a mark, of the letter that carries
    it), and at the end ``len(raw)``.
    """

    raw: str
    text: str
    offsets: NDArray[np.int32]

    def raw_span(self, start: int, end: int) -> Span:
        """The smallest span of ``raw`` that covers ``text[start:end]``.

        Marks and tatweel on the last letter are inside it; invisible characters at its edges are
        not. Raises ``ValueError`` when the range is not inside the folded text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"range {start}:{end} is outside a text of {len(self.text)}")
        first = int(self.offsets[start])
        if start == end:
            return Span(first, first)
        following = int(np.searchsorted(self.offsets, self.offsets[end - 1], side="right"))
        last = int(self.offsets[following])
        while last > first + 1 and _is_invisible(self.raw[last - 1]):
            last -= 1
        return Span(first, last)


def normalize(text: str) -> str:
    """Folds ``text`` for matching; folding twice changes nothing more.

    NFKC and case folding; tashkeel, tatweel, bidi controls, zero-width characters and soft
    hyphens removed; أإآٱ→ا, ى→ي, ة→ه, Persian and Urdu letter forms → Arabic ones (ؤ and ئ stay);
    Arabic-Indic and Persian digits → 0-9; quotes → ``'`` and ``"``. Arabic punctuation stays.
    """
    if text.isascii():
        return text.lower().translate(_ASCII)
    if not any(_composes(char) for char in set(text)):
        return text.translate(_FOLDS)
    return "".join(folded for _, folded in _clusters(text))


def normalize_mapped(text: str) -> Normalized:
    """Like :func:`normalize`, with the way back to ``text``."""
    if text.isascii():
        offsets = np.arange(len(text) + 1, dtype=np.int32)
        return Normalized(text, normalize(text), _frozen(offsets))
    starts: list[int] = []
    pieces: list[str] = []
    for start, folded in _clusters(text):
        pieces.append(folded)
        if len(folded) == 1:
            starts.append(start)
        else:
            starts.extend([start] * len(folded))
    starts.append(len(text))
    return Normalized(text, "".join(pieces), _frozen(np.array(starts, dtype=np.int32)))


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each cluster of ``text``: where it starts and what it folds to."""
    start = 0
    for index, char in enumerate(text):
        if index and not _JOINS[char]:
            yield start, _fold(text[start:index])
            start = index
    if text:
        yield start, _fold(text[start:])


def _fold(cluster: str) -> str:
    if len(cluster) == 1:
        return _FOLDS[ord(cluster)]
    prepared = cluster.translate(_PREPARE)
    if len(prepared) == 1:
        return _FOLDS[ord(prepared)]
    return _settle(prepared[: _MAX_MARKS + 1])


@lru_cache(maxsize=4096)
def _settle(cluster: str) -> str:
    """Folds a cluster again and again until it no longer changes: twice, rarely three times.

    Case folding can undo NFKC and the other way round (Unicode, section 3.13, D145 to D147).
    """
    while True:
        folded = unicodedata.normalize("NFKC", cluster.translate(_PREPARE))
        folded = folded.translate(_LETTERS).casefold()
        if folded == cluster:
            return folded[: _MAX_MARKS + 1]
        cluster = folded


class _Folds(dict[int, str]):
    """What a lone character folds to, worked out when first met, for ``str.translate``."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _settle(chr(point))
        return folded


class _Joins(dict[str, bool]):
    """Whether a character belongs to the cluster of the one before it."""

    def __missing__(self, char: str) -> bool:
        folded = _FOLDS[ord(char)]
        joins = self[char] = (
            not folded
            or unicodedata.category(char).startswith("M")
            or _joins_as_letter(char)
            or (folded != char and self[folded[0]])
        )
        return joins


def _joins_as_letter(char: str) -> bool:
    """Whether ``char`` is a letter that NFKC merges with the one before: Hangul, Kirat Rai."""
    return "\u1160" <= char <= "\u11ff" or "\U00016d63" <= char <= "\U00016d6a"


def _composes(char: str) -> bool:
    """Whether folding ``char`` alone could differ from folding it after another character."""
    return _JOINS[char] and (bool(_FOLDS[ord(char)]) or ord(char) in _COMPOSING_MARKS)


def _is_invisible(char: str) -> bool:
    """Whether ``char`` is removed and leaves no ink (tashkeel and tatweel leave some)."""
    return ord(char) in _INVISIBLE_POINTS


def _frozen(offsets: NDArray[np.int32]) -> NDArray[np.int32]:
    offsets.setflags(write=False)
    return offsets


_INVISIBLE_POINTS = frozenset(_INVISIBLE)
_FOLDS = _Folds()
_JOINS = _Joins()
