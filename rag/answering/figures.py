"""Numbers in two languages, and articles that give another one for the same thing.

"30 ألف", "30,000" and "30 thousand" are one value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.reading.evidence import Evidence
from rag.text.analyze import analyze
from rag.text.normalize import normalize

_SCALES = {
    10**3: ("الف", "الفا", "الاف", "thousand"),
    10**6: ("مليون", "مليونا", "ملايين", "million"),
    10**9: ("مليار", "مليارا", "مليارات", "بليون", "billion"),
    10**12: ("تريليون", "تريليونا", "trillion"),
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words}
_NUMBER = re.compile(
    rf"(\d+(?:[.,]\d+)*)(?:[\s-]+({'|'.join(sorted(_SCALE_OF, key=len, reverse=True))})(?!\w))?",
    re.IGNORECASE,
)
# Words on either side of a figure that tell what it counts, and the share of them that must agree.
_AROUND = 3
_SAME_MATTER = 0.8


def numbers_of(text: str) -> frozenset[str]:
    """The numbers of a text as they are written, digits unified, separators of thousands dropped.

    A scale after one ("30 thousand") is left to :func:`values_of`.
    """
    return frozenset(number for number, _ in _numbers(text))


def values_of(text: str) -> frozenset[Decimal]:
    """What the numbers of a text amount to, each with the scale that follows it."""
    return frozenset(value * scale for n, scale in _numbers(text) for value in _values(n))


def scale_of(word: str) -> int:
    """What a word makes of the number before it: 1,000 of "thousand", 1 of most."""
    return _SCALE_OF.get(word.lower(), 1)


def possible_values(text: str) -> frozenset[Decimal]:
    """The same and the bare numbers: "from 30 to 50 thousand" gives only the last its scale."""
    return values_of(text).union(*map(_values, numbers_of(text)))


def _numbers(text: str) -> list[tuple[str, int]]:
    """The numbers of a text, plainly written, with their scales."""
    return [
        (match[1].replace(",", "").lstrip("0") or "0", scale_of(match[2] or ""))
        for match in _NUMBER.finditer(normalize(text))
    ]


def _values(number: str) -> list[Decimal]:
    """The value; of what has several points ("25.7.2024"), that of each part."""
    parts = number.split(".")
    return [Decimal(part) for part in (parts if len(parts) > 2 else [number])]


def disagreeing(claim: str, cited: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Sentences of other articles that give another figure for what ``claim`` counts.

    A figure counts the same when nearly all the words beside it in the claim stand beside it.
    """
    known = numbers_of(cited.text)
    counted = [_beside(claim, number) for number in numbers_of(claim)]
    return [
        item
        for item in evidence
        if item.article.id != cited.article.id
        and any(
            len(words) >= _AROUND - 1
            and len(words & _beside(item.text, number)) >= _SAME_MATTER * len(words)
            for number in numbers_of(item.text) - known
            for words in counted
        )
    ]


def _beside(text: str, number: str) -> set[str]:
    """The stems up to three places before and after ``number``, numbers left out."""
    stems = analyze(text)
    places = [place for place, stem in enumerate(stems) if stem == number]
    runs = [stems[max(0, place - _AROUND) : place + _AROUND + 1] for place in places]
    return {stem for run in runs for stem in run if not stem[0].isdigit()}
