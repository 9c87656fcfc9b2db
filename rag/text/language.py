"""Which language a text is in, and which way it runs. Arabic and English are told apart, no more.

A question often names foreign people in their own script ("من هو Sergey Lavrov؟"), so the words
that hold the sentence together decide before the letters do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Literal

from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def detect_language(text: str) -> str:
    """``"ar"``, ``"en"``, or ``"und"`` where neither script prevails (ISO 639).

    The language with more function words wins; where they tie, the script with more letters. All
    text in Latin letters counts as English and all in Arabic letters as Arabic.
    """
    normalized = normalize(text)
    words = _WORD.findall(normalized)
    arabic = sum(word in ARABIC for word in words)
    english = sum(word in ENGLISH for word in words)
    if arabic == english:
        scripts = Counter(map(_script, filter(str.isalpha, normalized)))
        arabic, english = scripts["ARABIC"], scripts["LATIN"]
        if max(arabic, english) <= scripts.total() - arabic - english:
            return "und"
    return "ar" if arabic > english else "en"


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The first word of the character's Unicode name: ``ARABIC``, ``LATIN`` and so on."""
    return unicodedata.name(char, "").partition(" ")[0]


def direction(text: str) -> Literal["rtl", "ltr"]:
    """The direction to show ``text`` in: its language's, however many foreign names it holds.

    Where the language is not known, that of most of its strong characters, those of
    bidirectional class L, R or AL (UAX #9); ``"ltr"`` when there are none.
    """
    language = detect_language(text)
    if language != "und":
        return "rtl" if language == "ar" else "ltr"
    classes = Counter(map(unicodedata.bidirectional, text))
    return "rtl" if classes["R"] + classes["AL"] > classes["L"] else "ltr"
