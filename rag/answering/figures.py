"""Numbers in two languages: "30 ألف", "30,000" and "30 thousand" are one value."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.text.normalize import normalize

_SCALES = {
    10**3: ("الف", "الفا", "الاف", "thousand"),
    10**6: ("مليون", "مليونا", "ملايين", "million"),
    10**9: ("مليار", "مليارا", "مليارات", "بليون", "billion"),
    10**12: ("تريليون", "تريليونا", "trillion"),
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words}
SCALES = frozenset(_SCALE_OF)
_NUMBER = re.compile(
    rf"(\d+(?:[.,]\d+)*)(?:[\s-]+({'|'.join(sorted(_SCALE_OF, key=len, reverse=True))})(?!\w))?",
    re.IGNORECASE,
)


def numbers_of(text: str) -> frozenset[str]:
    """The numbers of a text as they are written, digits unified, separators of thousands dropped.

    A scale after one ("30 thousand") is left to :func:`values_of`.
    """
    return frozenset(_plain(match[1]) for match in _NUMBER.finditer(normalize(text)))


def values_of(text: str) -> frozenset[Decimal]:
    """What the numbers of a text amount to, each with the scale that follows it."""
    return frozenset(
        value * _SCALE_OF.get((match[2] or "").lower(), 1)
        for match in _NUMBER.finditer(normalize(text))
        for value in _values(_plain(match[1]))
    )


def values_told(text: str) -> frozenset[Decimal]:
    """The same and the bare numbers: "from 30 to 50 thousand" gives only the last its scale."""
    bare = frozenset(value for number in numbers_of(text) for value in _values(number))
    return values_of(text) | bare


def _values(number: str) -> list[Decimal]:
    """The value; of what has several points ("25.7.2024"), that of each part."""
    parts = number.split(".")
    return [Decimal(part) for part in (parts if len(parts) > 2 else [number])]


def _plain(number: str) -> str:
    return number.replace(",", "").lstrip("0") or "0"
