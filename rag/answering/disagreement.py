"""Articles that give another figure for the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.figures import numbers_of
from rag.reading.evidence import Evidence
from rag.text.analyze import analyze

# Words on either side of a figure that tell what it counts, and the share of them that must agree.
_AROUND = 3
_SAME_MATTER = 0.8


def disagreeing(claim: str, cited: Evidence, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Sentences of other articles that give another figure for what ``claim`` counts.

    A figure counts the same when nearly all the words beside it in the claim stand beside it.
    """
    known = numbers_of(cited.text)
    return [
        item
        for item in evidence
        if item.article.id != cited.article.id
        and any(
            number not in known and _counts_the_same(claim, item.text, number)
            for number in sorted(numbers_of(item.text))
        )
    ]


def _counts_the_same(claim: str, text: str, number: str) -> bool:
    beside = set(_beside(text, number))
    wanted = [set(_beside(claim, own)) for own in numbers_of(claim)]
    return any(
        len(words) >= _AROUND - 1 and len(words & beside) >= _SAME_MATTER * len(words)
        for words in wanted
    )


def _beside(text: str, number: str) -> list[str]:
    """The stems up to three places before and after ``number``, numbers left out."""
    stems = analyze(text)
    return [
        stem
        for place, found in enumerate(stems)
        if found == number
        for stem in stems[max(0, place - _AROUND) : place + _AROUND + 1]
        if not stem[0].isdigit()
    ]
