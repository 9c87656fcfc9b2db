"""Folds Arabic and English text so that spellings of one word compare equal.

The raw text is never changed: :func:`normalize_mapped` keeps, for every folded character, the raw
character it came from, so that a match found in folded text can be shown in the raw words. What
counts as a word, and its stem, is left to :mod:`rag.text.analyze`.

The text is folded one cluster at a time: a character with the marks and invisible characters that
follow it. Nothing interacts across clusters, so folding is linear and its offsets are exact.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rag.types import Span

# Most combining characters one character can carry; the limit of Unicode's stream-safe format
# (UAX #15). Sorting an endless run of marks takes quadratic time, so the rest are dropped.
_MAX_MARKS = 30


def encodable(text: str) -> str:
    """``text`` with ``?`` for lone surrogates: no file, model or protocol takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _points(ranges: str) -> frozenset[int]:
    """Code points listed as Unicode's data files do: ``"00AD 200B-200F"``."""
    ends = [[int(end, 16) for end in each.split("-")] for each in ranges.split()]
    return frozenset(point for end in ends for point in range(end[0], end[-1] + 1))


# Hamza and madda above or below: NFKC must see them (و + ٔ is ؤ), so they go only afterwards.
_COMPOSING_MARKS = _points("0653-0655")
_TASHKEEL = _points("0610-061A 064B-065F 0670 06D6-06ED 08D3-08FF")
# Letters that NFKC merges with the one before: Hangul, Kirat Rai.
_JOINING_LETTERS = _points("1160-11FF 16D63-16D6A")
# Soft hyphen, grapheme joiner, bidi controls, zero-width characters, variation selectors.
_INVISIBLE = _points("00AD 034F 061C 180E 200B-200F 202A-202E 2060-206F FE00-FE0F FEFF")
_TATWEEL = _points("0640")
_REMOVED = _TASHKEEL | _INVISIBLE | _TATWEEL

# Before NFKC, which would take some of these quotes apart (´ is a space and an accent to it).
_PREPARE: dict[int, str] = {
    **dict.fromkeys(_REMOVED - _COMPOSING_MARKS, ""),
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


# What a text may be spelled with and mean the same: marks, tatweel and what is invisible left out,
# Persian and Urdu letters as Arabic ones. Unlike normalising, it leaves the words as they are read.
_RESPELLED: dict[int, str] = {
    **dict.fromkeys(_REMOVED, ""),
    **dict.fromkeys(map(ord, "یېے"), "ي"),
    **dict.fromkeys(map(ord, "کڪ"), "ك"),
    **dict.fromkeys(map(ord, "ہھە"), "ه"),
}


def respelled(text: str) -> tuple[str, list[int]]:
    """``text`` in plain spelling, as models read it, and where each character of it stood."""
    kept = [(at, said) for at, char in enumerate(text) if (said := _RESPELLED.get(ord(char), char))]
    return "".join(said for _, said in kept), [at for at, _ in kept]


@dataclass(frozen=True, slots=True, eq=False)
class Normalized:
    """A folded text that remembers where it came from.

    ``offsets``, never decreasing, hold for each folded character the index in ``raw`` of the one
    it came from (for a mark, of the letter that carries it), and at the end ``len(raw)``.
    """

    raw: str
    text: str
    offsets: Sequence[int]

    def raw_span(self, start: int, end: int) -> Span:
        """The smallest span of ``raw`` that covers ``text[start:end]``.

        Marks and tatweel on the last letter are inside it; invisible characters at its edges are
        not. Raises ``ValueError`` when the range is not inside the folded text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"range {start}:{end} is outside a text of {len(self.text)}")
        first = self.offsets[start]
        if start == end:
            return Span(first, first)
        last = self.offsets[bisect_right(self.offsets, self.offsets[end - 1])]
        while last > first + 1 and ord(self.raw[last - 1]) in _INVISIBLE:
            last -= 1
        return Span(first, last)


def normalize(text: str) -> str:
    """Folds ``text`` for matching; folding twice changes nothing more.

    NFKC and case folding; tashkeel, tatweel, bidi controls, zero-width characters and soft
    hyphens removed; أإآٱ→ا, ى→ي, ة→ه, Persian and Urdu letter forms → Arabic ones (ؤ and ئ stay);
    Arabic-Indic and Persian digits → 0-9; quotes → ``'`` and ``"``. Arabic punctuation stays.
    """
    if not any(_composes(char) for char in set(text)):
        return text.translate(_FOLDS)
    return "".join(folded for _, folded in _clusters(text))


def normalize_mapped(text: str) -> Normalized:
    """Like :func:`normalize`, with the way back to ``text``."""
    if text.isascii():
        return Normalized(text, normalize(text), range(len(text) + 1))
    clusters = list(_clusters(text))
    offsets = [start for start, folded in clusters for _ in folded]
    return Normalized(text, "".join(folded for _, folded in clusters), (*offsets, len(text)))


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each cluster of ``text``: where it starts and what it folds to."""
    start = 0
    for index, char in enumerate(text):
        if index and not _joins(char):
            yield start, _fold(text[start:index])
            start = index
    if text:
        yield start, _fold(text[start:])


def _fold(cluster: str) -> str:
    if len(cluster) == 1:
        return _FOLDS[ord(cluster)]
    return _settle(cluster.translate(_PREPARE)[: _MAX_MARKS + 1])


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


_FOLDS = _Folds()


@cache
def _joins(char: str) -> bool:
    """Whether a character belongs to the cluster of the one before it."""
    folded = _FOLDS[ord(char)]
    return (
        not folded
        or unicodedata.category(char).startswith("M")
        or ord(char) in _JOINING_LETTERS
        or (folded != char and _joins(folded[0]))
    )


def _composes(char: str) -> bool:
    """Whether folding ``char`` alone could differ from folding it after another character."""
    return _joins(char) and (bool(_FOLDS[ord(char)]) or ord(char) in _COMPOSING_MARKS)
