"""Stems of single, already normalised words. Which stemmer a word needs is analyze.py's business.

Arabic: light10 of L. Larkey, L. Ballesteros and M. Connell, "Improving stemming for Arabic
information retrieval", SIGIR 2002, and "Light stemming for Arabic information retrieval", in
Arabic Computational Morphology, 2007. English: Snowball's Porter2,
https://snowballstem.org/algorithms/english/stemmer.html.
"""

from __future__ import annotations

# The class itself rather than ``snowballstemmer.stemmer``: that one hands over to PyStemmer where
# it happens to be installed, and two machines could then stem one index differently.
from snowballstemmer.english_stemmer import EnglishStemmer

# How many letters must stay without each: ولد and وفد keep their و.
_PREFIXES = {"وال": 2, "بال": 2, "كال": 2, "فال": 2, "لل": 2, "ال": 2, "و": 3}
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ي")
_KEPT = 2


def light10(token: str) -> str:
    """The light10 stem of a normalised Arabic word: one prefix off, then suffixes in order.

    At least two letters stay. A word that carries neither comes back as it is. The papers may
    take an article off after a ``و``; one prefix at most, as in Lucene, keeps وكالات from ``ات``.
    """
    fitting = (
        len(prefix)
        for prefix, kept in _PREFIXES.items()
        if token.startswith(prefix) and len(token) - len(prefix) >= kept
    )
    stem = token[next(fitting, 0) :]
    for suffix in _SUFFIXES:
        if stem.endswith(suffix) and len(stem) - len(suffix) >= _KEPT:
            stem = stem[: -len(suffix)]
    return stem


def stem_english(token: str) -> str:
    """The Porter2 stem of a normalised English word."""
    # A stemmer holds the word it is at work on, so threads must not share one.
    stem: str = EnglishStemmer().stemWord(token)
    return stem
