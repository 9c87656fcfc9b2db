"""Questions that one article cannot answer: comparisons, lists, and articles that disagree."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.evidence import Evidence
from rag.answering.verification import numbers_of
from rag.text.analyze import analyze

# How many sentences of one article such an answer is made from, at most.
_PER_ARTICLE = 2
_WANTS_SEVERAL = re.compile(
    r"\b(?:compar\w+|contrast|differ\w*|both|each of|list|respectively|all the|in common|"
    r"which (?:countries|cities|places|leaders|officials|ministers|meetings)|"
    r"what (?:countries|places|meetings|events|topics|issues))\b"
    r"|(?<!\w)[وف]?(?:قارن|مقارنة|الفرق|يختلف|تختلف|اختلف|اختلفت|كلا|كلتا|كل من|كلٍ من|اذكر|عدّد|"
    r"المشترك|ما هي الدول|أي الدول|ما الدول|ما هي المواضيع|ما المواضيع)(?!\w)",
    re.IGNORECASE,
)
# Words on either side of a figure that tell what it counts, and the share of them that must agree.
_AROUND = 3
_SAME_MATTER = 0.8


def wants_several(question: str) -> bool:
    """Whether the answer is likely to stand in more than one article."""
    return bool(_WANTS_SEVERAL.search(question))


def spread(evidence: Sequence[Evidence], limit: int) -> list[Evidence]:
    """The first ``limit`` of ``evidence``, no more than two of any article."""
    kept: list[Evidence] = []
    for item in evidence:
        of_article = sum(other.article.id == item.article.id for other in kept)
        if of_article < _PER_ARTICLE and len(kept) < limit:
            kept.append(item)
    return kept


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
