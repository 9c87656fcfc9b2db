"""Metrics of an answer's words, pure functions of strings.

On English, exact match and F1 are those of SQuAD's script (Rajpurkar et al. 2016,
https://arxiv.org/abs/1606.05250): lower case, punctuation taken out, "a", "an" and "the" dropped,
words between white space. For Arabic one choice is explicit: texts are compared after
normalisation (tashkeel and tatweel off, forms of alef, ya and ta marbuta unified, digits unified),
and a word matches with or without the article ال and the one-letter particles written onto it, as
MLQA's script drops ال (Lewis et al. 2020, https://arxiv.org/abs/1910.07475).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from rag.text.normalize import normalize

_WORD = re.compile(r"\w+")
_ENGLISH_ARTICLES = {"a", "an", "the"}
# و ف ب ل ك, and ال after them or alone; never so much that fewer than two letters stay.
_ATTACHED = re.compile(r"^(?:[وف]?[بكل]?ال|[وف]?لل|[وفبلك])(?=\w{2,})")
# ASCII symbols that SQuAD's script counts as punctuation and Unicode does not.
_SYMBOLS = frozenset("$+<=>^`|~")


def words_of(text: str) -> list[str]:
    """The normalised words of ``text``, English articles left out."""
    return [
        word for word in _WORD.findall(normalize(text).casefold()) if word not in _ENGLISH_ARTICLES
    ]


def tokens_of(text: str) -> list[str]:
    """The words that exact match and F1 count: as SQuAD's script makes them, Arabic ones bare."""
    kept = "".join(c for c in normalize(text).casefold() if not _is_punctuation(c))
    words = re.sub(r"\b(a|an|the)\b", " ", kept).split()
    return [_bare(word) for word in words]


def _is_punctuation(character: str) -> bool:
    return character in _SYMBOLS or unicodedata.category(character).startswith("P")


def _bare(word: str) -> str:
    return _ATTACHED.sub("", word) if "\u0621" <= word[0] <= "\u064a" else word


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best harmonic mean of word precision and recall over ``golds``; 0 without golds.

    ``2 P R / (P + R)``, words counted with their repeats.
    """
    found = tokens_of(answer)
    return max((_overlap(found, tokens_of(gold)) for gold in golds), default=0.0)


def _overlap(found: Sequence[str], gold: Sequence[str]) -> float:
    shared = sum((Counter(found) & Counter(gold)).values())
    return 2 * shared / (len(found) + len(gold)) if shared else 0.0


def exact(answer: str, golds: Sequence[str]) -> bool:
    """Whether ``answer`` has the words of one of ``golds``, and no others."""
    found = tokens_of(answer)
    return any(found == tokens_of(gold) for gold in golds)


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
