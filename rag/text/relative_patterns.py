"""Words, numbers and pieces of patterns by which a question names a date by its own day.

All are in the form :func:`rag.text.normalize.normalize` gives. What they mean is left to
:mod:`rag.text.relative_readers`.
"""

from __future__ import annotations

import re

from rag.text.calendar_days import Unit
from rag.text.months import MONTH_PATTERN

S = r"[ \t]+"
END = r"(?![^\W\d_])"  # No letter follows.
# A word may begin here, though و, ب and their like are written onto it.
START = (
    r"(?:(?<![^\W\d_])|(?<=(?<![^\W\d_])[وفبلك])|(?<=(?<![^\W\d_])[وف][بلك]))(?<!\d)(?<!\d[.,/:])"
)
STEPS = {
    **dict.fromkeys(("last", "past", "ماضي", "منصرم", "فائت", "منقضي"), -1),
    **dict.fromkeys(("this", "current", "حالي", "جاري"), 0),
    **dict.fromkeys(("next", "coming", "upcoming", "مقبل", "قادم"), 1),
}
ADJECTIVE = rf"ال(?P<which>ماضي|منصرم|فائت|منقضي|حالي|جاري|مقبل|قادم)(?:ه|ين|تين)?{END}"
UNITS: dict[str, Unit] = {
    **dict.fromkeys(("day", "days", "يوم", "يوما", "ايام", "يومين"), "day"),
    **dict.fromkeys(("week", "weeks", "اسبوع", "اسبوعا", "اسابيع", "اسبوعين"), "week"),
    **dict.fromkeys(("month", "months", "شهر", "شهرا", "اشهر", "شهور", "شهرين"), "month"),
    **dict.fromkeys(("year", "years", "عام", "عاما", "اعوام", "عامين"), "year"),
    **dict.fromkeys(("سنه", "سنوات", "سنين", "سنتين"), "year"),
}
ENGLISH_UNIT = r"(?P<unit>(?:day|week|month|year)s?)(?!\w)"
DUAL = "يومين|اسبوعين|شهرين|عامين|سنتين"
SINGLE = "يوم|اسبوع|شهر|عام|سنه"
MANY = "ايام|يوما|يوم|اسابيع|اسبوعا|اسبوع|اشهر|شهور|شهرا|شهر|سنوات|سنين|سنه|اعوام|عاما|عام"
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday|اثنين",
            "tuesday|ثلاثاء|ثلثاء",
            "wednesday|اربعاء",
            "thursday|خميس",
            "friday|جمعه",
            "saturday|سبت",
            "sunday|احد",
        )
    )
    for name in names.split("|")
}
ENGLISH_WEEKDAY = "|".join(name for name in WEEKDAYS if name.isascii())
ARABIC_WEEKDAY = "|".join(name for name in WEEKDAYS if not name.isascii())

_TEENS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_DIGITS = ("ثلاث", "اربع", "خمس", "ست", "سبع", "ثمان", "تسع")
_NUMBERS = {
    **{word: number for number, word in enumerate(_TEENS, start=1)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    **{word: number for number, word in enumerate(_DIGITS, start=3)},
    **{word + end: 10 * n for n, word in enumerate(_DIGITS, start=3) for end in ("ين", "ون")},
    **dict.fromkeys(("a", "an", "واحد", "احد", "احدي"), 1),
    **dict.fromkeys(("اثنان", "اثنين", "اثنا", "اثني", "اثنتا", "اثنتي"), 2),
    **{"ثماني": 8, "عشر": 10, "عشرين": 20, "عشرون": 20, "مئ": 100, "مائ": 100},
}
ENGLISH_NUMBER = (
    r"(?<![.,/:–-])(?<!hundred )(?<!hundred and )(?<!thousand )(?P<count>\d{1,3}|a couple of|"
    rf"(?:(?:{'|'.join(_TENS)})[ -])?(?:{'|'.join(_TEENS)})|{'|'.join(_TENS)})"
)
_DIGIT_AR = r"(?:(?:ثلاث|اربع|خمس|ست|سبع|ثماني?|تسع)ه?)"
_ONE_AR = r"(?:احدي?|واحده?|اثن(?:ان|ين|ا|ي|تا|تي))"
_TENS_AR = r"(?:(?:عشر|ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)(?:ين|ون))"
ARABIC_NUMBER = (
    rf"(?P<count>\d{{1,3}}|(?:(?:{_DIGIT_AR}|{_ONE_AR}){S}و)?{_TENS_AR}"
    rf"|(?:{_DIGIT_AR}|{_ONE_AR}){S}عشره?|{_DIGIT_AR}|عشره?|ما?ئه)"
)


def number_of(words: str) -> int:
    """What a number is, in digits or in words."""
    if words.isdecimal():
        return int(words)
    if words.startswith("a couple"):
        return 2
    return sum(map(_number, re.split(r"[ \t-]+", words)))


def _number(word: str) -> int:
    """One word of a number; in Arabic perhaps feminine, or joined by و."""
    for form in (word, word.removesuffix("ه"), word.removeprefix("و")):
        if form in _NUMBERS:
            return _NUMBERS[form]
    raise ValueError(f"not a number: {word!r}")


# --- what stands around -----------------------------------------------------------------------

SINCE = re.compile(
    rf"(?:\bsince|(?<![^\W\d_])[وف]?(?:منذ|مذ)){S}"
    rf"(?:(?:يوم|شهر|مطلع|بدايه|منتصف|نهايه|اوائل|اواخر){S}|[^\W\d_]+{S}من{S}"
    rf"|the{S}(?:start|beginning|middle|end){S}of{S})?$"
)
YEAR_AFTER = re.compile(
    r"[ \t]*[,،(]?[ \t]*(?:\d{1,2}(?:st|nd|rd|th)?,?[ \t]+)?(?:ل?عام[ \t]+)?([12]\d{3})(?!\d)"
)
ALONE = rf"(?!{S}(?:of|before)(?!\w))"  # "last year of his life"
NOT_FROM = rf"(?!(?:{S}(?:فقط|تقريبا))?{S}من{END}(?!{S}الان{END}))"  # «قبل يومين من الانتخابات»
NOT_HALF = rf"(?!{S}ونصف{END})"
# What may follow «قبل عام»; not a number («قبل عام 2022») nor a name («قبل شهر رمضان»).
AFTER_SINGLE = (
    rf"(?=[ \t]*(?:$|[^\w\s])|[ \t]*\n|{S}(?:في|علي|الي|مع|بين|ضد|تقريبا|فقط|واحده?|من){END})"
    rf"(?:{S}واحده?{END})?"
)
# العام after these is "general": «الأمين العام الحالي».
GENERAL = re.compile(
    r"(?:امين|نائب|مدير|مدعي|ادعاء|قائد|مفتش|مفوض|مراقب|منسق|سكرتير|كاتب|وكيل|محامي|مقرر|مشرف|راي|"
    rf"قطاع|موتمر|مؤتمر|مجلس|اتحاد|عفو|اضراب|شان|مال|نظام|مكتب|دين|انفاق|"
    rf"اجتماع|وضع|سياق|توجه|اطار|مستوي)(?:ه|ها|هم|نا)?{S}$"
)
# Where no "the" stands before it: "the truce may last two weeks".
BEFORE_LAST = re.compile(rf"(?:^|[^\w\s])[ \t]*$|\b(?:in|over|during|for|within|of|from){S}$")
DOUBTFUL_MONTHS = ("may", "march", "mar")
AFTER_MAY = re.compile(
    r"[ \t]*(?:$|[^\w\s]|\n|(?:in|at|on|by|with|about|for|from|to|between|against|and|when)\b)"
)
BEFORE_MONTH = re.compile(rf"\b(?:in|of|by|since|until|during|early|late|mid){S}$")
SENTENCE_START = re.compile(r"(?:^|[.!?:؟\n])[\s\"'(]*$")
NAMED_TODAY = re.compile(r"(?:^|(?<!\bin)(?<!\bthe)[ \t])(?:usa|russia|india)[ \t]$")
NOWADAYS = re.compile(r"\b(?:is|are|am|do|does|can)\b")
HAPPENING = re.compile(r"\b(?:happen|going on|taking place|did|was|were|will)")
HAPPENED_AR = re.compile(
    r"(?<![^\W\d_])[وف]?(?:حدثت?|يحدث|جري|جرت|يجري|حصلت?|يحصل|وقعت?|قالت?|اعلنت?|صدرت?|مباراه|مباريات)"
    rf"(?:{S}في{S}(?!المصري)[^\W\d_]{{2,20}})?{S}$"
)
GHADA_WAS = re.compile(rf"(?<![^\W\d_])(?:[وف]?ل?قد{S}|[وف])$")

# --- parts of the patterns --------------------------------------------------------------------

WHICH = r"(?P<which>last|past|this|current|next|coming|upcoming)"
NO_THE = r"(?<!\w)(?<!\bthe[ \t])"
ENGLISH_WHICH = rf"{NO_THE}(?:this{S})?(?P<which>last|past|this|next|coming|upcoming){S}"
MONTH = rf"(?P<month>{MONTH_PATTERN})"
DAY_BEFORE = rf"(?:(?<![.,/:–-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{S}(?:(?:of|من){S})?(?:شهر{S})?)?"
DAY_AFTER = rf"(?:{S}(?P<later>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?)?"
SAID_WEEKDAY = rf"(?:{S}ال(?P<weekday>{ARABIC_WEEKDAY}){END})"
PART_OF_DAY = rf"(?:صباح|مساء|فجر|ظهر|عصر|نهار){S}"
YEAR_AR = rf"(?:(?:هذا|هذه){S}ال(?:عام|سنه){END}|(?:ال|لل)?(?:عام|سنه){S}{ADJECTIVE})"
