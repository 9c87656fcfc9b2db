"""Articles are quoted, never obeyed: what of their text the language model does not get to see.

Anyone can write an article. :func:`plain` takes from it what could reach a tokenizer or a reader of
the prompt as something else than words. Orders in it do no harm: the reader that chooses sentences
obeys nothing, and a model's sentence is shown only where the article says the same. What is shown
and cited stays the raw text.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

# Format characters that have ink: Arabic number signs and the end of an ayah.
_INKED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")
# Invisible although Unicode calls them letters or marks: fillers, joiners, variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# No word of a living language carries more marks on one letter.
_MOST_MARKS = 4
# Room for the longest sentences of news. Encoders count a run of unknown signs as one token of
# which the language model makes thousands, so that their measure does not bound the prompt.
_LONGEST = 1200
# From here on a sign is likely to cost as many tokens as it has bytes.
_COSTLY, _COST = "\u0800", 4
_BRACKETS = str.maketrans("[]［］【】〔〕⟦⟧", "()()()()()")
_ANGLES = str.maketrans("＜﹤＞﹥｜", "<<>>|")
# Before a digit or a space it is a sign of arithmetic, except that <0x0A> names a byte.
_OPENS_TOKEN = re.compile(r"<(?=[^\s\d=]|0x)")


def plain(text: str) -> str:
    """``text`` as bare words for the prompt, on one line, and shortened where it is endless.

    Square brackets become round, so that nothing poses as a marker; no ``<`` is left that could
    begin a special token of a chat template; controls and invisible characters are gone, because
    they hide words from the reader but not from the model.
    """
    shown = _shortened(_visible(text)).translate(_BRACKETS).translate(_ANGLES)
    return _OPENS_TOKEN.sub("‹", shown)


def _visible(text: str) -> str:
    """The characters that have ink, white space unified, endless stacks of marks cut."""
    kept, marks = [], 0
    for char in " ".join(text.split()):
        category = unicodedata.category(char)
        if char in _BLANK or (category in ("Cc", "Cf", "Cs") and char not in _INKED):
            continue
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return " ".join("".join(kept).split())


def _shortened(text: str) -> str:
    """``text`` up to the last space within the cost that one sentence may have."""
    costs = accumulate(_COST if char >= _COSTLY else 1 for char in text)
    kept = text[: sum(cost <= _LONGEST for cost in costs)]
    return text if kept == text else kept.rpartition(" ")[0] or kept
