"""Arabic as a page shows it, put back as it is written: logical order and ordinary letters.

A page knows where each sign stands, not which is read first. The order is found by the rules of
the Unicode bidirectional algorithm (UAX #9) read backwards, for one line at a time. Where two
spellings look alike on the page, a Latin name is taken to stand before the number beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache

_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›", "“": "”"}
_OTHER_WAY = {**_BRACKETS, **{close: opening for opening, close in _BRACKETS.items()}}
# What parts a bracket from a word before it, and from one after it.
_APART = " \t" + "".join(_OTHER_WAY)
_ENDS = _APART + ".,،;؛:!?؟"
# A sign's part in the order, by its bidirectional class: a letter that runs right to left (R) or
# left to right (L), a digit (0; Arabic-Indic A), a separator of digits (s), a sign that signs a
# number (t), plus and minus (e), a bracket (B), white space (w); all else is neutral (n).
_PARTS = {
    **{"AL": "R", "R": "R", "L": "L", "EN": "0", "AN": "A"},
    **{"CS": "s", "ET": "t", "ES": "e", "WS": "w", "S": "w", "B": "w"},
}
# Latin words with the numbers, brackets and marks among them, then numbers. The first kind is for
# programs older than the rule for pairs (N0): they part the second bracket from what it closes. A
# number keeps its signs where the last letter before it, to its right, is no Arabic one (W2 to W7).
_RUN = re.compile(
    r"""(?<=B)L(?:[^RB]*[L0A])?wB[L0A](?:[^RB]*[L0A])?(?!B)
      | (?:[0A][^RLB]*)?L(?:[^RB]*[L0A])?(?:[^RB]*B[^RB]*B(?:[^RB]*[L0A])?)*
      | t*0+(?:[se]0+)*t*(?=[^LRrl]*[Ll])
      | 0+(?:s0+)* | A+(?:sA+)*""",
    re.VERBOSE,
)
_ARABIC_RUN = re.compile("R(?:[^L]*R)?")
# Presentation forms: glyphs that have code points of their own (Unicode, section 9.2).
_FORM = re.compile("[\ufb00-\ufd3d\ufd50-\ufdff\ufe70-\ufefc]")
_MARK_FORMS = range(0xFE70, 0xFE80)


def logical_order(signs: Sequence[str], *, rtl: bool, after_arabic: bool = True) -> str:
    """One line of ``signs``, given from left to right, as it is written and read.

    ``rtl`` says which way its paragraph runs; ``after_arabic`` whether the last letter before the
    line, in the same paragraph, is an Arabic one.

    >>> logical_order("%50 غلبو", rtl=True)
    'وبلغ 50%'
    """
    parts = "".join(map(_part, signs))
    if rtl:
        text = _leftwards(signs, parts, "r" if after_arabic else "l")
    else:
        text, at = "", 0
        for run in _ARABIC_RUN.finditer(parts):
            start, end = run.span()
            text += "".join(signs[at:start]) + _leftwards(signs[start:end], run[0], "l")
            at = end
        text += "".join(signs[at:])
    return _facing(text) if "R" in parts else text


def _leftwards(signs: Sequence[str], parts: str, before: str) -> str:
    """Signs read from right to left, runs of Latin words and of digits from left to right."""
    pieces: list[str] = []
    at = 0
    for run in _RUN.finditer(parts + before):
        pieces += [*signs[at : run.start()], "".join(signs[run.start() : run.end()])]
        at = run.end()
    return "".join(reversed([*pieces, *signs[at:]]))


@cache
def _part(sign: str) -> str:
    if sign[0] in _OTHER_WAY:
        return "B"
    return _PARTS.get(unicodedata.bidirectional(sign[0]), "n")


def _facing(text: str) -> str:
    """``text`` with its brackets turned to what they hold: a page may name either of a pair.

    One that has a word on one side only opens or closes by that; any other closes what is open.
    """
    signs = list(text)
    opened: Counter[str] = Counter()
    for at, sign in enumerate(signs):
        if sign not in _OTHER_WAY:
            continue
        opening, close = sorted((sign, _OTHER_WAY[sign]))
        before, after = text[max(at - 1, 0) : at].strip(_APART), text[at + 1 : at + 2].strip(_ENDS)
        closes = opened[opening] > 0 if bool(before) == bool(after) else bool(before)
        signs[at] = close if closes else opening
        opened[opening] = max(0, opened[opening] + (-1 if closes else 1))
    return "".join(signs)


def ordinary_letters(text: str) -> str:
    r"""``text`` with the letters that its presentation forms stand for.

    >>> ordinary_letters("\ufefb \ufe91\ufef4\ufe96\ufe77")
    'لا بيتَ'
    """
    return _FORM.sub(lambda form: _letters(form[0]), text)


@cache
def _letters(form: str) -> str:
    letters = unicodedata.normalize("NFKC", form)
    # A vowel mark's form is a space or a tatweel with the mark on it.
    return letters.lstrip(" \u0640") if ord(form) in _MARK_FORMS else letters


def ligature_order(letters: str, *, backwards: bool) -> str:
    """The letters of one glyph in the order of writing, where it is not sure which way they came.

    One that Unicode lists as an Arabic ligature is known; else ``backwards`` tells.
    """
    turned = letters[::-1]
    known, known_turned = letters in _ligatures(), turned in _ligatures()
    if known != known_turned:
        return letters if known else turned
    return turned if backwards else letters


@cache
def _ligatures() -> frozenset[str]:
    forms = (
        chr(point) for block in ((0xFB50, 0xFE00), (0xFE70, 0xFEFD)) for point in range(*block)
    )
    return frozenset(letters for form in forms if len(letters := _letters(form)) > 1)
