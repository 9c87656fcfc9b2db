"""Turns text into the terms of the lexical index, Arabic and English alike.

The same function reads passages and questions; scoring is left to the store. Any change to what
it returns must change :data:`ANALYZER_VERSION`, which is part of an index's fingerprint.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.normalize import normalize
from rag.text.stem import light10, stem_english
from rag.text.stopwords import ARABIC, ENGLISH

ANALYZER_VERSION = "light10+porter2+grams+skeletons/3"
_GRAM_SIZES = (3, 4)

# Letters of the Arabic script that normalising leaves.
_ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u08a0-\u08c9"
)
_OTHER = rf"(?:(?![{_ARABIC}])[^\W\d_])"
_WORD = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)*)(?:(?:st|nd|rd|th)(?!\w))?"
    # U.S. is the word US, and أ.ف.ب is no row of stop words.
    r"|(?P<initials>(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+)(?![^\W_])"
    rf"|[{_ARABIC}]+"
    # A foreign word keeps its digits (G20, H5N1) and one apostrophe (China's).
    rf"|{_OTHER}(?:{_OTHER}|\d)*(?:'{_OTHER}+)?"
)
_IS_ARABIC = re.compile(rf"[{_ARABIC}]")
_COMMA_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DOT_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")


def analyze(text: str) -> list[str]:
    """The index terms of ``text``, in order, with repeats.

    Normalised words without the stop words of either language, Arabic ones cut to their light10
    stem and others to their English stem; letters of the two scripts, and Arabic letters and
    digits, are parted where they touch, and dotted initials joined. A number is one term: 1,000
    is ``1000``, 3.5 stays ``3.5``. Text made of stop words only keeps them all, so that it still
    finds something.
    """
    return [stem(word) for word in content_words(text)]


def content_words(text: str) -> list[str]:
    """The normalised words of ``text`` that :func:`analyze` stems, in order, with repeats."""
    tokens: list[str] = []
    for match in _WORD.finditer(normalize(text)):
        number = match["number"]
        if number is None:
            tokens.append(match["initials"].replace(".", "") if match["initials"] else match[0])
        else:
            tokens.extend(_numbers(number))
    kept = [token for token in tokens if token not in ARABIC and token not in ENGLISH]
    return kept or tokens


def is_arabic(word: str) -> bool:
    """Whether a normalised word is written in Arabic letters."""
    return bool(_IS_ARABIC.match(word))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a content word: light10 or English; a number is its own."""
    if word[0].isdigit():
        return word
    return light10(word) if _IS_ARABIC.match(word) else stem_english(word)


def grams(word: str) -> tuple[str, ...]:
    """The runs of three and four characters of a content word, its edges marked ``_``.

    They find what light stemming misses: broken plurals, clitics, spelling variants (McNamee and
    Mayfield 2004, "Character n-gram tokenization for European language text retrieval").
    """
    marked = f"_{word}_"
    return tuple(
        marked[start : start + size]
        for size in _GRAM_SIZES
        for start in range(len(marked) - size + 1)
    )


def _numbers(run: str) -> list[str]:
    """The numbers in a run of digits, dots and commas; a dotted date is several."""
    if run.isdigit():
        return [run]
    if _COMMA_THOUSANDS.fullmatch(run):
        return [run.replace(",", "")]
    if _DOT_THOUSANDS.fullmatch(run):
        return [run.replace(".", "").replace(",", ".")]
    if _DECIMAL.fullmatch(run):
        return [run.replace(",", ".")]
    return re.split(r"[.,]", run)
