"""Which language a text is in, and which way it runs. Arabic and English are told apart, no more.

A question often names foreign people in their own script ("من هو Sergey Lavrov؟"), so the words
that hold the sentence together decide before the letters do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Literal

from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH

__all__ = ["detect_language", "direction"]

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def detect_language(text: str) -> str:
    """``"ar"``, ``"en"``, or ``"und"`` where neither script prevails (ISO 639).

    The language with more function words wins; where they tie, the script with more letters. All
    text in Latin letters counts as English and all in Arabic letters as Arabic.
    """
    normalized = normalize(text)
    words = Counter(_WORD.findall(normalized))
    arabic = sum(count for word, count in words.items() if word in ARABIC)
    english = sum(count for word, count in words.items() if word in ENGLISH)
    if arabic != english:
        return "ar" if arabic > english else "en"
    return _by_script(normalized)


def _by_script(text: str) -> str:
    letters: Counter[str] = Counter()
    for char, count in Counter(text).items():
        if char.isalpha():
            letters[_script(char)] += count
    arabic, latin = letters["ARABIC"], letters["LATIN"]
    if max(arabic, latin) <= letters[""]:
        return "und"
    return "ar" if arabic > latin else "en"


def _script(char: str) -> str:
    """``"ARABIC"``, ``"LATIN"`` or nothing: the script in the character's Unicode name."""
    name = unicodedata.name(char, "").partition(" ")[0]
    return name if name in ("ARABIC", "LATIN") else ""


def direction(text: str) -> Literal["rtl", "ltr"]:
    """The direction to show ``text`` in: its language's, however many foreign names it holds.

    Where the language is not known, that of most of its strong characters, those of
    bidirectional class L, R or AL (UAX #9); ``"ltr"`` when there are none.
    """
    language = detect_language(text)
    if language != "und":
        return "rtl" if language == "ar" else "ltr"
    balance = 0
    for char, count in Counter(text).items():
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            balance += count
        elif kind == "L":
            balance -= count
    return "rtl" if balance > 0 else "ltr"
