"""An Arabic answer taken apart into runs of words of which the English is known.

Numbers with their scales, months and percentages are known by rule; the rest by a glossary of
words, phrases and names, which ``eval/fit/glossary.py`` makes.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from babel.dates import get_month_names

from rag.answering.figures import scale_of
from rag.text.months import MONTH_PATTERN, month_number
from rag.text.normalize import normalize

GLOSSARY = Path(__file__).with_name("glossary.json.gz")
# Words of the longest entry.
LONGEST = 6
_WORD = re.compile(r"\d+(?:[.,]\d+)*|%|[^\W\d_]+")
_MONTH = re.compile(MONTH_PATTERN)
_LATIN = re.compile(r"[A-Za-z][\w.'’@/-]*")
_YEAR = re.compile(r"(?:من )?(?:عام|العام|سنه) (\d{4})\b")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_ARTICLE = re.compile(r"^(?:the|an?) ")
# Words that hold others together, and those of them that are written onto the next word.
_SMALL = {
    "في": ("in",), "من": ("of", "from"), "و": ("and",), "او": ("or",), "عن": ("about", "from"),
    "الي": ("to",), "علي": ("on",), "مع": ("with",), "بين": ("between",), "نحو": ("about",),
    "حوالي": ("about",), "قرابه": ("nearly",), "اكثر من": ("more than",), "اقل من": ("less than",),
    "بعد": ("after",), "قبل": ("before",), "منذ": ("since",), "لمده": ("for",), "عند": ("at",),
    "خلال": ("during",), "ضد": ("against",), "حتي": ("until",), "ان": ("that",), "لدي": ("at",),
    "كل": ("all", "every"), "بعض": ("some",), "غير": ("not",), "هو": ("he",), "هي": ("she", "it"),
    "لا": ("no", "not"), "%": ("%",), "بالمايه": ("%",), "بالمئه": ("%",), "في المئه": ("%",),
}  # fmt: skip
_WRITTEN_ON = {
    "و": ("and",), "ف": ("and",), "ب": ("in", "by", "with"), "ل": ("for", "to"), "ك": ("as",),
}  # fmt: skip
# From here on a scale is said, and below a number has no comma.
_NAMED, _NO_COMMA = 10**6, 10**4
_ONE = Decimal(1)
_SCALE_NAMES = {10**6: "million", 10**9: "billion", 10**12: "trillion"}


class Part(NamedTuple):
    """A run of words and how it may be said in English, the likeliest way first; a ``figure`` is a
    number, a month or a Latin word, of which that is certain.
    """

    ways: tuple[str, ...]
    figure: bool = False


def parts_of(text: str) -> list[Part] | None:
    """The parts of ``text`` in its order; ``None`` where the English of a word is not known."""
    words, parts = _words(text), list[Part]()
    while words:
        found = _year(words) or _number(words) or _month(words) or _known(words)
        if found is None:
            return None
        length, part = found
        # أكتوبر/تشرين الأول is October once.
        if parts[-1:] != [part]:
            parts.append(part)
        words = words[length:]
    return parts


def bare(english: str) -> str:
    """Without its article."""
    return _ARTICLE.sub("", english)


def _words(text: str) -> list[str]:
    """Normalised Arabic words, numbers and signs; Latin words as they are written."""
    found: list[str] = []
    at = 0
    for match in _LATIN.finditer(text):
        found += [*_WORD.findall(normalize(text[at : match.start()])), match[0]]
        at = match.end()
    return found + _WORD.findall(normalize(text[at:]))


def _year(words: Sequence[str]) -> tuple[int, Part] | None:
    """A year that is called one: من عام 2024."""
    match = _YEAR.match(" ".join(words[:3]))
    return (len(match[0].split()), Part((match[1],), figure=True)) if match else None


def _month(words: Sequence[str]) -> tuple[int, Part] | None:
    """A month, the longest of its names, or a Latin word."""
    if _LATIN.fullmatch(words[0]):
        return 1, Part((words[0],), figure=True)
    called = words[0] == "شهر"
    for length in range(min(3 + called, len(words)), called, -1):
        run = " ".join(words[called:length])
        if _MONTH.fullmatch(run) and not (month := month_number(run))[0]:
            return length, Part((get_month_names(locale="en")[month[1]],), figure=True)
    return None


def _known(words: Sequence[str]) -> tuple[int, Part] | None:
    """The longest run at the beginning of ``words`` that stands in the glossary."""
    for length in range(min(LONGEST, len(words)), 0, -1):
        if ways := _ways(words[:length]):
            return length, Part(tuple(ways))
    return None


def _ways(run: Sequence[str]) -> Sequence[str]:
    """How a run of words may be said: as it stands, or without what is written onto its first."""
    known, word = load_glossary(), run[0]
    text = " ".join(run)
    if ways := _SMALL.get(text) or known.get(text):
        return ways
    small = _WRITTEN_ON.get(word[0], ()) if len(word) > 3 else ()
    # ل and ال are written لل.
    rest = f"ال{text[2:]}" if word.startswith("لل") else text[1:]
    if ways := known.get(rest, ()) if small else ():
        return [f"{particle} {ways[0]}" for particle in small]
    other = text[2:] if word.startswith("ال") else f"ال{text}"
    return [bare(way) for way in known.get(other, ())]


def _number(words: Sequence[str]) -> tuple[int, Part] | None:
    """The number at the beginning of ``words``: مليون و387 الف is 1,387,000."""
    parts: list[tuple[Decimal | None, int]] = []
    at = 0
    while part := _figure(words[at:], first=not parts):
        length, value, scale = part
        parts.append((value, scale))
        at += length
        if scale == 1:
            break
    if not parts:
        return None
    value, scale = parts[0]
    if len(parts) == 1 and scale >= _NAMED:
        return at, Part((f"{_ONE if value is None else value} {_SCALE_NAMES[scale]}",), figure=True)
    total = sum(((_ONE if value is None else value) * scale for value, scale in parts), Decimal(0))
    if total == total.to_integral_value():
        total = total.quantize(_ONE)
    said = f"{total:f}" if at == 1 and total < _NO_COMMA else f"{total:,f}"
    return at, Part((said,), figure=True)


def _figure(words: Sequence[str], *, first: bool) -> tuple[int, Decimal | None, int] | None:
    """How many words the next figure of a number takes, its value if it is written in digits, and
    its scale; what follows the first is joined to it by "and".
    """
    joined = not first and words[:1] == ["و"]
    rest = words[joined:]
    digits = bool(rest) and _DIGITS.fullmatch(rest[0].replace(",", ""))
    scale = scale_of(rest[1 if digits else 0]) if len(rest) > bool(digits) else 1
    if not (first or joined) or not (digits or scale > 1):
        return None
    return joined + bool(digits) + (scale > 1), Decimal(digits[0]) if digits else None, scale


@lru_cache(maxsize=1)
def load_glossary() -> Mapping[str, Sequence[str]]:
    """Arabic, normalised, to how it is said in English, the usual way first."""
    loaded: Mapping[str, Sequence[str]] = json.loads(gzip.decompress(GLOSSARY.read_bytes()))
    return loaded
