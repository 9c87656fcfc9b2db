"""Questions that one article cannot answer: comparisons, lists, several questions in one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.evidence import Evidence
from rag.types import Span

# How many sentences of one article such an answer is made from, at most.
_PER_ARTICLE = 2
_WANTS_SEVERAL = re.compile(
    r"\b(?:compar\w+|contrast|differ\w*|both|each of|list|respectively|all the|in common|"
    r"which (?:two|three|four|five|six|dates|occasions|countries|cities|places|leaders|officials|"
    r"ministers|meetings)|"
    r"what (?:countries|places|meetings|events|topics|issues))\b"
    r"|(?<!\w)[وف]?(?:قارن|مقارنة|الفرق|يختلف|تختلف|اختلف|اختلفت|كلا|كلتا|كل من|كلٍ من|اذكر|عدّد|"
    r"المشترك|ما هي الدول|أي الدول|ما الدول|ما هي المواضيع|ما المواضيع|أي \w{3,}تين|أي \w{3,}ين|"
    r"الثلاثة|الأربعة|الخمسة|الستة|التواريخ|المواعيد|الأماكن)(?!\w)",
    re.IGNORECASE,
)
# Where another question begins within one: "…, and which paper did he praise?", "…، وأي ورقة أشاد
# بها؟". Arabic joins its "and" to the word, where ومن is also "and from": there a comma must stand.
_ENGLISH_ASKS = (
    r"(?:(?:in|on|at|to|from|for|by|with|of)\s+)?"
    r"(?:what|which|who|whom|whose|why|when|where|how)\b"
)
_ARABIC_ASKS = (
    r"(?:(?:في|على|إلى|من|عن|ب)\s*)?(?:ما|ماذا|من|متى|أين|كيف|كم|لماذا|هل|أي|أية|علام|بم|بماذا|عم)"
    r"(?!\w)"
)
_NEXT_PART = re.compile(
    rf"(?:\s*[,;?]\s*|\s+)and\s+(?={_ENGLISH_ASKS})|\s*[،,؛؟?]\s*و(?={_ARABIC_ASKS})",
    re.IGNORECASE,
)
# "Which came first, A or B?": the two that are compared.
_EITHER = re.compile(r"[,،:]\s*(?P<one>[^,،:]+?)\s+(?:or|أم)\s+(?P<other>[^,،:]+?)\s*[?؟]?\s*$")
_ASKS = re.compile(rf"(?<!\w)(?:{_ENGLISH_ASKS}|did\b|was\b|{_ARABIC_ASKS})", re.IGNORECASE)
# Fewer words are no question of their own, or too little to search for.
_LEAST_WORDS = 3
_LEAST_COMPARED = 2


def parts(question: str) -> tuple[str, ...]:
    """What a question asks one after the other, or compares; nothing where it asks one thing."""
    either = _EITHER.search(question)
    if either and all(len(part.split()) >= _LEAST_COMPARED for part in either.groups()):
        return either["one"], either["other"]
    asked = tuple(part.strip() for part in _NEXT_PART.split(question))
    whole = all(len(part.split()) >= _LEAST_WORDS and _ASKS.search(part) for part in asked)
    if len(asked) > 1 and whole:
        return asked
    return ()


def interleaved(lists: Sequence[Sequence[Evidence]], each: int) -> list[Evidence]:
    """The first ``each`` of every list, the firsts first, no sentence twice."""
    kept: dict[tuple[str, Span], Evidence] = {}
    for place in range(each):
        for found in lists:
            if place < len(found):
                kept.setdefault((found[place].article.id, found[place].span), found[place])
    return list(kept.values())


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
