"""Metrics of an answer's words, pure functions of strings.

They follow SQuAD's (Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250) with one explicit
choice: texts are compared after Arabic normalisation (tashkeel and tatweel off, forms of alef, ya
and ta marbuta unified, digits unified), and an Arabic word matches with or without the article ال
and the one-letter particles written onto it, as the English script drops "a", "an" and "the".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.text.normalize import normalize

_WORD = re.compile(r"\w+")
_ENGLISH_ARTICLES = {"a", "an", "the"}
# و ف ب ل ك, and ال after them or alone; never so much that fewer than two letters stay.
_ATTACHED = re.compile(r"^(?:[وف]?[بكل]?ال|[وف]?لل|[وفبلك])(?=\w{2,})")


def words_of(text: str) -> list[str]:
    """The normalised words of ``text``, English articles left out."""
    return [
        word for word in _WORD.findall(normalize(text).casefold()) if word not in _ENGLISH_ARTICLES
    ]


def _bare(word: str) -> str:
    return _ATTACHED.sub("", word) if "\u0621" <= word[0] <= "\u064a" else word


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best harmonic mean of word precision and recall over ``golds``; 0 without golds.

    ``2 P R / (P + R)``, words counted with their repeats.
    """
    found = [_bare(word) for word in words_of(answer)]
    return max((_overlap(found, [_bare(w) for w in words_of(gold)]) for gold in golds), default=0.0)


def _overlap(found: Sequence[str], gold: Sequence[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    return 2 * shared / (len(found) + len(gold)) if shared else 0.0


def exact(answer: str, golds: Sequence[str]) -> bool:
    """Whether ``answer`` has the words of one of ``golds``, and no others."""
    found = [_bare(word) for word in words_of(answer)]
    return any(found == [_bare(word) for word in words_of(gold)] for gold in golds)


def contains(text: str, golds: Sequence[str]) -> bool:
    """Whether the words of one of ``golds`` stand in ``text``, one after another."""
    found = words_of(text)
    return any(_stands(found, words_of(gold)) for gold in golds)


def _stands(found: Sequence[str], gold: Sequence[str]) -> bool:
    return bool(gold) and any(
        all(_same(word, wanted) for word, wanted in zip(found[start:], gold, strict=False))
        for start in range(len(found) - len(gold) + 1)
    )


def _same(word: str, wanted: str) -> bool:
    return word == wanted or _bare(word) in (wanted, _bare(wanted))
