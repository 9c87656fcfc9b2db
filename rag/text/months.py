"""Names of the months, Gregorian and Hijri, as Arab countries and English write them.

All are in the form :func:`rag.text.normalize.normalize` gives (``آب`` is ``اب``). Reading dates
is left to :mod:`rag.text.dates`.
"""

from __future__ import annotations

import re

# One line a month, names parted by "|": Egypt and the Gulf, the Levant and Iraq, Tunisia and
# Algeria, Morocco and Mauritania, English. A space may be left out or doubled in the text.
_GREGORIAN = (
    "يناير|كانون الثاني|كانون ثاني|كانون ثان|كانون 2|جانفي|ينائر|january|jan",
    "فبراير|شباط|فيفري|february|feb",
    "مارس|اذار|march|mar",
    "ابريل|نيسان|افريل|april|apr",
    "مايو|ايار|مايس|ماي|may",
    "يونيو|يونيه|حزيران|جوان|june|jun",
    "يوليو|يوليه|يوليوز|تموز|جويليه|july|jul",
    "اغسطس|اب|اوت|غشت|اغشت|august|aug",
    "سبتمبر|ايلول|شتنبر|شتمبر|september|sept|sep",
    "اكتوبر|اوكتوبر|تشرين الاول|تشرين اول|تشرين 1|october|oct",
    "نوفمبر|تشرين الثاني|تشرين ثاني|تشرين ثان|تشرين 2|نونبر|november|nov",
    "ديسمبر|كانون الاول|كانون اول|كانون 1|دجنبر|دجمبر|december|dec",
)
_HIJRI = (
    "محرم|المحرم|محرم الحرام|muharram",
    "صفر|safar",
    "ربيع الاول|ربيع اول|rabi al-awwal|rabi' al-awwal|rabi i",
    "ربيع الثاني|ربيع الاخر|ربيع ثاني|ربيع ثان|rabi al-thani|rabi' al-thani|rabi ii",
    "جمادي الاولي|جمادي الاول|جمادي اولي|jumada al-awwal|jumada al-ula|jumada i",
    "جمادي الاخره|جمادي الثانيه|جمادي الاخر|جمادي الثاني"
    "|jumada al-thani|jumada al-akhirah|jumada ii",
    "رجب|rajab",
    "شعبان|sha'ban|shaban",
    "رمضان|ramadan|ramadhan",
    "شوال|shawwal",
    "ذو القعده|ذي القعده|ذو قعده|ذي قعده|dhu al-qadah|dhu al-qi'dah|dhul qadah",
    "ذو الحجه|ذي الحجه|ذو حجه|ذي حجه|dhu al-hijjah|dhul hijjah|dhul-hijjah",
)


def _one_month(names: str) -> str:
    """A pattern of one month, perhaps named twice: ``سبتمبر/ايلول``, ``مارس اذار``."""
    longest_first = sorted(names.split("|"), key=len, reverse=True)
    name = "|".join(rf"{re.escape(each)}\.?" for each in longest_first).replace(r"\ ", r"[ \t]*")
    name = rf"(?:{name})(?![^\W\d_])(?!(?<=\d)\d)"
    again = rf"(?:(?:[ \t]*[/-][ \t]*|[ \t]+){name}|[ \t]*\([ \t]*{name}[ \t]*\))"
    # Two different months side by side are a range, so only its own other name is let through.
    return rf"{name}{again}?"


MONTH_PATTERN = "|".join(map(_one_month, (*_GREGORIAN, *_HIJRI)))
_NUMBERS = [
    (re.compile(_one_month(names)), calendar == "hijri", number)
    for calendar, months in (("gregorian", _GREGORIAN), ("hijri", _HIJRI))
    for number, names in enumerate(months, start=1)
]


def month_number(words: str) -> tuple[bool, int]:
    """Whether the month is a Hijri one, and its number from 1, for what the pattern matched.

    Raises ``ValueError`` when ``words`` name no month.
    """
    for pattern, is_hijri, number in _NUMBERS:
        if pattern.fullmatch(words):
            return is_hijri, number
    raise ValueError(f"not a month: {words!r}")
