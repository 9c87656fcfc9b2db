"""Reads dates that a question names by its own day: "last March", "yesterday", «قبل يومين».

Where the words leave room, the reading is a little generous:

- A week starts on Saturday, Sunday or Monday, as countries differ; "last week" covers all three
  readings, 9 to 13 days. "N weeks ago" is such a week, "N months ago" and "N years ago" a calendar
  month and year.
- "the last week", "past two weeks", «آخر شهرين» reach from that long ago to today; "the next two
  weeks" from today on.
- "last March" is the latest one before this month, "next March" the first one after it; "last
  Sunday" and "next Sunday" likewise, by days. "this Sunday" is that of the week from Monday.
- "since" and «منذ» reach to today, for «منذ عامين» is both "two years ago" and "for two years".

Where words may mean something else, nothing is read: «المصري اليوم» is a newspaper, "this may" a
verb, "who leads it today" asks about nowadays. Vague ones (recently, «قبل أيام») are not read.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from hijridate import Gregorian, Hijri

from rag.text.dates import DateMention, find_dates
from rag.text.months import MONTH_PATTERN, month_number
from rag.text.normalize import Normalized, normalize_mapped
from rag.types import Span

__all__ = ["dates_in_question", "find_relative_dates"]

_Unit = Literal["day", "week", "month", "year"]
_Days = tuple[datetime.date, datetime.date]
_REACH = 48  # Characters looked at before and after a match.


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A question, folded for matching, and the day it is asked on."""

    folded: Normalized
    today: datetime.date

    def written(self, match: re.Match[str], group: str | int = 0) -> str:
        """The raw words that ``match`` found."""
        return self.folded.raw_span(*match.span(group)).of(self.folded.raw)

    def before(self, match: re.Match[str]) -> str:
        return self.folded.text[max(0, match.start() - _REACH) : match.start()]

    def after(self, match: re.Match[str]) -> str:
        return self.folded.text[match.end() : match.end() + _REACH]


_Reader = Callable[[_Question, re.Match[str]], _Days | None]


def dates_in_question(text: str, today: datetime.date) -> list[DateMention]:
    """The dates a question asked on ``today`` names, in order and disjoint.

    Relative and absolute ones; where two overlap, the relative one is kept.
    """
    return _disjoint([*find_relative_dates(text, today), *find_dates(text)], len(text))


def find_relative_dates(text: str, today: datetime.date) -> list[DateMention]:
    """The relative dates of ``text``, in order and disjoint; of two that overlap the longer one."""
    question = _Question(normalize_mapped(text), today)
    found = (_mention(span, days) for span, days in _candidates(question))
    return _disjoint(sorted(found, key=lambda each: each.span.start - each.span.end), len(text))


def _disjoint(mentions: Iterable[DateMention], length: int) -> list[DateMention]:
    """In order, those that overlap none given before them."""
    taken = bytearray(length)
    kept: list[DateMention] = []
    for mention in mentions:
        start, end = mention.span
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.span.start)


def _candidates(question: _Question) -> Iterator[tuple[Span, _Days]]:
    """Every reading; they may overlap."""
    for pattern, read in _READERS:
        for match in pattern.finditer(question.folded.text):
            try:
                days = read(question, match)
            except (ValueError, OverflowError):  # No such day, or outside the calendar.
                continue
            if days and _fits_year(days, question.after(match)):
                if _SINCE.search(question.before(match)):
                    days = _until_now(days, question.today)
                yield question.folded.raw_span(*match.span()), days


def _mention(span: Span, days: _Days) -> DateMention:
    """As precise as ``days`` are: a day, a whole month, a whole year, or bounds."""
    first, last = days
    if first == last:
        return DateMention(span, first.year, first.month, first.day)
    if days == _whole(first, "month"):
        return DateMention(span, first.year, first.month)
    if days == _whole(first, "year"):
        return DateMention(span, first.year)
    same = (first.year, first.month) == (last.year, last.month)
    return DateMention(span, first.year, first.month if same else None, bounds=days)


# --- days ---------------------------------------------------------------------------------------


def _moved(day: datetime.date, unit: _Unit, count: int) -> datetime.date:
    """``count`` units later; where that month is shorter, its last day."""
    if unit in ("day", "week"):
        return day + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _whole(day: datetime.date, unit: _Unit) -> _Days:
    """The calendar's unit that ``day`` is in."""
    if unit == "day":
        return day, day
    if unit == "week":
        starts = [day - datetime.timedelta(days=(day.weekday() - each) % 7) for each in (5, 6, 0)]
        return min(starts), max(starts) + datetime.timedelta(days=6)
    if unit == "month":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


def _window(today: datetime.date, unit: _Unit, count: int) -> _Days:
    """From today that many units on, or back."""
    other = _moved(today, unit, count)
    return min(today, other), max(today, other)


def _until_now(days: _Days, today: datetime.date) -> _Days:
    return days[0], max(days[1], today)


def _nearest_year(step: int, month: int, this_year: int, this_month: int) -> int:
    """The year of the last (-1), this (0) or next (1) such month."""
    if step < 0:
        return this_year - (month >= this_month)
    return this_year + (step > 0 and month <= this_month)


def _month_days(year: int, month: int, day: int | None) -> _Days:
    if day is not None:
        return _whole(datetime.date(year, month, day), "day")
    return _whole(datetime.date(year, month, 1), "month")


def _hijri_days(today: datetime.date, step: int, month: int, day: int | None) -> _Days:
    now = Gregorian.fromdate(today).to_hijri()
    year = _nearest_year(step, month, now.year, now.month)
    first = Hijri(year, month, day or 1)
    last = Hijri(year, month, day or first.month_length())
    return (
        datetime.date(*first.to_gregorian().datetuple()),
        datetime.date(*last.to_gregorian().datetuple()),
    )


# --- words --------------------------------------------------------------------------------------

_S = r"[ \t]+"
_END = r"(?![^\W\d_])"  # No letter follows.
# A word may begin here, though و, ب and their like are written onto it.
_START = (
    r"(?:(?<![^\W\d_])|(?<=(?<![^\W\d_])[وفبلك])|(?<=(?<![^\W\d_])[وف][بلك]))(?<!\d)(?<!\d[.,/:])"
)
_STEPS = {
    **dict.fromkeys(("last", "past", "ماضي", "منصرم", "فائت", "منقضي"), -1),
    **dict.fromkeys(("this", "current", "حالي", "جاري"), 0),
    **dict.fromkeys(("next", "coming", "upcoming", "مقبل", "قادم"), 1),
}
_ADJECTIVE = rf"ال(?P<which>ماضي|منصرم|فائت|منقضي|حالي|جاري|مقبل|قادم)(?:ه|ين|تين)?{_END}"
_UNITS: dict[str, _Unit] = {
    **dict.fromkeys(("day", "days", "يوم", "يوما", "ايام", "يومين"), "day"),
    **dict.fromkeys(("week", "weeks", "اسبوع", "اسبوعا", "اسابيع", "اسبوعين"), "week"),
    **dict.fromkeys(("month", "months", "شهر", "شهرا", "اشهر", "شهور", "شهرين"), "month"),
    **dict.fromkeys(("year", "years", "عام", "عاما", "اعوام", "عامين"), "year"),
    **dict.fromkeys(("سنه", "سنوات", "سنين", "سنتين"), "year"),
}
_ENGLISH_UNIT = r"(?P<unit>(?:day|week|month|year)s?)(?!\w)"
_DUAL = "يومين|اسبوعين|شهرين|عامين|سنتين"
_SINGLE = "يوم|اسبوع|شهر|عام|سنه"
_MANY = "ايام|يوما|يوم|اسابيع|اسبوعا|اسبوع|اشهر|شهور|شهرا|شهر|سنوات|سنين|سنه|اعوام|عاما|عام"
_WEEKDAYS = {
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
_ENGLISH_WEEKDAY = "|".join(name for name in _WEEKDAYS if name.isascii())
_ARABIC_WEEKDAY = "|".join(name for name in _WEEKDAYS if not name.isascii())

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
_ENGLISH_NUMBER = (
    r"(?<![.,/:–-])(?<!hundred )(?<!hundred and )(?<!thousand )(?P<count>\d{1,3}|a couple of|"
    rf"(?:(?:{'|'.join(_TENS)})[ -])?(?:{'|'.join(_TEENS)})|{'|'.join(_TENS)})"
)
_DIGIT_AR = r"(?:(?:ثلاث|اربع|خمس|ست|سبع|ثماني?|تسع)ه?)"
_ONE_AR = r"(?:احدي?|واحده?|اثن(?:ان|ين|ا|ي|تا|تي))"
_TENS_AR = r"(?:(?:عشر|ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)(?:ين|ون))"
_ARABIC_NUMBER = (
    rf"(?P<count>\d{{1,3}}|(?:(?:{_DIGIT_AR}|{_ONE_AR}){_S}و)?{_TENS_AR}"
    rf"|(?:{_DIGIT_AR}|{_ONE_AR}){_S}عشره?|{_DIGIT_AR}|عشره?|ما?ئه)"
)


def _count(words: str) -> int:
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


# --- what stands around -------------------------------------------------------------------------

_SINCE = re.compile(
    rf"(?:\bsince|(?<![^\W\d_])[وف]?(?:منذ|مذ)){_S}"
    rf"(?:(?:يوم|شهر|مطلع|بدايه|منتصف|نهايه|اوائل|اواخر){_S}|[^\W\d_]+{_S}من{_S}"
    rf"|the{_S}(?:start|beginning|middle|end){_S}of{_S})?$"
)
_YEAR_AFTER = re.compile(
    r"[ \t]*[,،(]?[ \t]*(?:\d{1,2}(?:st|nd|rd|th)?,?[ \t]+)?(?:ل?عام[ \t]+)?([12]\d{3})(?!\d)"
)
_ALONE = rf"(?!{_S}(?:of|before)(?!\w))"  # "last year of his life"
_NOT_FROM = (
    rf"(?!(?:{_S}(?:فقط|تقريبا))?{_S}من{_END}(?!{_S}الان{_END}))"  # «قبل يومين من الانتخابات»
)
_NOT_HALF = rf"(?!{_S}ونصف{_END})"
# What may follow «قبل عام»; not a number («قبل عام 2022») nor a name («قبل شهر رمضان»).
_AFTER_SINGLE = (
    rf"(?=[ \t]*(?:$|[^\w\s])|[ \t]*\n|{_S}(?:في|علي|الي|مع|بين|ضد|تقريبا|فقط|واحده?|من){_END})"
    rf"(?:{_S}واحده?{_END})?"
)
# العام after these is "general": «الأمين العام الحالي».
_GENERAL = re.compile(
    r"(?:امين|نائب|مدير|مدعي|ادعاء|قائد|مفتش|مفوض|مراقب|منسق|سكرتير|كاتب|وكيل|محامي|مقرر|مشرف|راي|"
    rf"قطاع|موتمر|مؤتمر|مجلس|اتحاد|عفو|اضراب|شان|مال|نظام|مكتب|دين|انفاق|"
    rf"اجتماع|وضع|سياق|توجه|اطار|مستوي)(?:ه|ها|هم|نا)?{_S}$"
)
# Where no "the" stands before it: "the truce may last two weeks".
_BEFORE_LAST = re.compile(rf"(?:^|[^\w\s])[ \t]*$|\b(?:in|over|during|for|within|of|from){_S}$")
_DOUBTFUL_MONTHS = ("may", "march", "mar")
_AFTER_MAY = re.compile(
    r"[ \t]*(?:$|[^\w\s]|\n|(?:in|at|on|by|with|about|for|from|to|between|against|and|when)\b)"
)
_BEFORE_MONTH = re.compile(rf"\b(?:in|of|by|since|until|during|early|late|mid){_S}$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:؟\n])[\s\"'(]*$")
_NAMED_TODAY = re.compile(r"(?:^|(?<!\bin)(?<!\bthe)[ \t])(?:usa|russia|india)[ \t]$")
_NOWADAYS = re.compile(r"\b(?:is|are|am|do|does|can)\b")
_HAPPENING = re.compile(r"\b(?:happen|going on|taking place|did|was|were|will)")
_HAPPENED_AR = re.compile(
    r"(?<![^\W\d_])[وف]?(?:حدثت?|يحدث|جري|جرت|يجري|حصلت?|يحصل|وقعت?|قالت?|اعلنت?|صدرت?|مباراه|مباريات)"
    rf"(?:{_S}في{_S}(?!المصري)[^\W\d_]{{2,20}})?{_S}$"
)
_GHADA_WAS = re.compile(rf"(?<![^\W\d_])(?:[وف]?ل?قد{_S}|[وف])$")


def _fits_year(days: _Days, after: str) -> bool:
    """Whether the year that follows, if one does, is that of ``days``: not "last March 2021"."""
    stated = _YEAR_AFTER.match(after)
    return stated is None or days[0].year <= int(stated[1]) <= days[1].year


def _is_name(question: _Question, match: re.Match[str]) -> bool:
    """Whether capitals show that "Today" and its like are part of a name."""
    words = question.written(match).split()
    if not words[-1][0].isupper() or question.folded.raw.isupper():
        return False
    return len(words) > 1 or not _SENTENCE_START.search(question.before(match))


def _surely_month(question: _Question, match: re.Match[str], otherwise: bool) -> bool:
    """Whether it is no other word; ``otherwise`` decides for a lower-case "may" or "march"."""
    if match["month"].rstrip(".") not in _DOUBTFUL_MONTHS:
        return True
    return question.written(match, "month").istitle() or otherwise


# --- readers ------------------------------------------------------------------------------------


def _step(match: re.Match[str]) -> int:
    """Last is -1, this 0, next 1; «قبل الماضي» -2."""
    groups = match.groupdict()
    step = _STEPS[groups["which"]] if groups.get("which") else 0
    return step * 2 if groups.get("twice") else step


def _unit(question: _Question, match: re.Match[str]) -> _Days | None:
    """``last year``; ``the last year`` is the twelve months until today."""
    step, unit = _step(match), _UNITS[match["unit"]]
    groups = match.groupdict()
    if step and (groups.get("the") or groups.get("which") == "past"):
        return _window(question.today, unit, step)
    return _whole(_moved(question.today, unit, step), unit)


def _arabic_unit(question: _Question, match: re.Match[str]) -> _Days | None:
    if match["unit"] == "عام" and _GENERAL.search(question.before(match)):
        return None
    return _unit(question, match)


def _before_last(question: _Question, match: re.Match[str]) -> _Days | None:
    """``the year before last``."""
    unit = _UNITS[match["unit"]]
    return _whole(_moved(question.today, unit, 2 * _step(match)), unit)


def _counted(question: _Question, match: re.Match[str]) -> _Days | None:
    """``past two weeks``, «الأسبوعين الماضيين», «آخر 3 أيام»."""
    groups = match.groupdict()
    step = _step(match) if groups.get("which") else -1
    count = _count(groups["count"]) if groups.get("count") else 2
    return _window(question.today, _UNITS[match["unit"]], step * count) if step else None


def _english_counted(question: _Question, match: re.Match[str]) -> _Days | None:
    """``the last two weeks``; nothing where "last" may be a verb."""
    bare = match["which"] == "last" and not match["the"]
    if bare and not _BEFORE_LAST.search(question.before(match)):
        return None
    return _counted(question, match)


def _ago(question: _Question, match: re.Match[str]) -> _Days | None:
    unit = _UNITS[match["unit"]]
    return _whole(_moved(question.today, unit, -_count(match["count"])), unit)


def _arabic_ago(question: _Question, match: re.Match[str]) -> _Days | None:
    unit = _UNITS[match["dual"] or match["many"] or match["single"]]
    count = 2 if match["dual"] else _count(match["count"]) if match["many"] else 1
    days = _whole(_moved(question.today, unit, -count), unit)
    return days if match["since"] == "قبل" else _until_now(days, question.today)


def _weekday(question: _Question, match: re.Match[str]) -> _Days | None:
    step, today = _step(match), question.today
    away = _WEEKDAYS[match["weekday"]] - today.weekday()
    if step < 0:
        away = away % 7 - 7
    elif step > 0:
        away = away % 7 or 7
    return _whole(_moved(today, "day", away), "day")


def _month(question: _Question, match: re.Match[str]) -> _Days | None:
    """``last March``, «22 مارس الماضي»."""
    may = match["month"].startswith("may")
    loose = match["which"] != "this" and (not may or _AFTER_MAY.match(question.after(match)))
    if not _surely_month(question, match, bool(loose)):
        return None
    is_hijri, month = month_number(match["month"])
    today, step, day = question.today, _step(match), _day(match)
    if is_hijri:
        return _hijri_days(today, step, month, day)
    return _month_days(_nearest_year(step, month, today.year, today.month), month, day)


def _month_of_year(question: _Question, match: re.Match[str]) -> _Days | None:
    """``March last year``, «5 مارس من العام الماضي»; Hijri months do not keep to such years."""
    day = _day(match)
    named = day is not None or bool(_BEFORE_MONTH.search(question.before(match)))
    is_hijri, month = month_number(match["month"])
    if is_hijri or not _surely_month(question, match, named):
        return None
    return _month_days(question.today.year + _step(match), month, day)


def _day(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    day = groups.get("day") or groups.get("later")
    return int(day) if day else None


def _near_day(offsets: tuple[int, int], question: _Question, match: re.Match[str]) -> _Days | None:
    """``yesterday``, «أمس الأحد»; nothing if the weekday it is said to be is not that day's."""
    first, last = (_moved(question.today, "day", offset) for offset in offsets)
    weekday = match.groupdict().get("weekday")
    if weekday and _WEEKDAYS[weekday] != first.weekday():
        return None
    return None if match[0].isascii() and _is_name(question, match) else (first, last)


def _today(question: _Question, match: re.Match[str]) -> _Days | None:
    text = question.folded.text
    nowadays = _NOWADAYS.search(text) and not _HAPPENING.search(text)
    if nowadays or _NAMED_TODAY.search(question.before(match)):
        return None
    return _near_day((0, 0), question, match)


def _arabic_today(question: _Question, match: re.Match[str]) -> _Days | None:
    """«ماذا حدث اليوم»; after other words «اليوم» is too often part of a name."""
    happened = _HAPPENED_AR.search(question.before(match))
    return _whole(question.today, "day") if happened else None


def _arabic_tomorrow(question: _Question, match: re.Match[str]) -> _Days | None:
    """«غدا», which without its tanwin is also the verb "became"."""
    if "\u064b" not in question.written(match) and _GHADA_WAS.search(question.before(match)):
        return None
    return _near_day((1, 1), question, match)


# --- patterns -----------------------------------------------------------------------------------

_WHICH = r"(?P<which>last|past|this|current|next|coming|upcoming)"
_NO_THE = r"(?<!\w)(?<!\bthe[ \t])"
_ENGLISH_WHICH = rf"{_NO_THE}(?:this{_S})?(?P<which>last|past|this|next|coming|upcoming){_S}"
_MONTH = rf"(?P<month>{MONTH_PATTERN})"
_DAY_BEFORE = (
    rf"(?:(?<![.,/:–-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_S}(?:(?:of|من){_S})?(?:شهر{_S})?)?"
)
_DAY_AFTER = rf"(?:{_S}(?P<later>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?)?"
_SAID_WEEKDAY = rf"(?:{_S}ال(?P<weekday>{_ARABIC_WEEKDAY}){_END})"
_PART_OF_DAY = rf"(?:صباح|مساء|فجر|ظهر|عصر|نهار){_S}"
_YEAR_AR = rf"(?:(?:هذا|هذه){_S}ال(?:عام|سنه){_END}|(?:ال|لل)?(?:عام|سنه){_S}{_ADJECTIVE})"

_ENGLISH: list[tuple[str, _Reader]] = [
    (
        rf"(?<!\w)(?:(?P<the>the|this){_S})?{_WHICH}{_S}(?P<unit>week|month|year)(?!\w){_ALONE}",
        _unit,
    ),
    (rf"(?<!\w)the{_S}(?P<unit>week|month|year){_S}before{_S}(?P<which>last)(?!\w)", _before_last),
    (rf"(?<!\w)the{_S}(?P<unit>week|month|year){_S}after{_S}(?P<which>next)(?!\w)", _before_last),
    (
        rf"(?<!\w)(?P<the>the{_S})?(?P<which>last|past|next|coming){_S}{_ENGLISH_NUMBER}[ \t-]+"
        rf"{_ENGLISH_UNIT}{_ALONE}",
        _english_counted,
    ),
    (rf"(?<!\w){_ENGLISH_NUMBER}{_S}{_ENGLISH_UNIT}{_S}ago(?!\w)", _ago),
    (rf"(?<!\w)(?P<count>an?){_S}{_ENGLISH_UNIT}{_S}ago(?!\w)", _ago),
    (rf"{_ENGLISH_WHICH}(?P<weekday>{_ENGLISH_WEEKDAY})(?!\w){_ALONE}", _weekday),
    (rf"{_ENGLISH_WHICH}{_MONTH}{_ALONE}", _month),
    (
        rf"{_START}{_DAY_BEFORE}{_MONTH}{_DAY_AFTER}(?:[ \t]*,)?{_S}(?:of{_S})?"
        rf"(?P<which>last|this|next){_S}year(?!\w)",
        _month_of_year,
    ),
    (rf"(?<![\w-])(?:the{_S})?day{_S}before{_S}yesterday(?!\w)", partial(_near_day, (-2, -2))),
    (rf"(?<![\w-])(?:the{_S})?day{_S}after{_S}tomorrow(?!\w)", partial(_near_day, (2, 2))),
    (r"(?<![\w-])yesterday(?![\w-])", partial(_near_day, (-1, -1))),
    (r"(?<![\w-])today(?![\w-])", _today),
    (r"(?<![\w-])tonight(?![\w-])", partial(_near_day, (0, 0))),
    (r"(?<![\w-])tomorrow(?![\w-])", partial(_near_day, (1, 1))),
    (rf"{_NO_THE}last{_S}night(?!\w)", partial(_near_day, (-1, 0))),
]
_ARABIC: list[tuple[str, _Reader]] = [
    (
        rf"{_START}(?:ال|لل)(?P<unit>اسبوع|شهر|عام|سنه){_S}(?P<twice>(?:قبل|بعد){_S})?{_ADJECTIVE}",
        _arabic_unit,
    ),
    (rf"{_START}هذ[اه]{_S}ال(?P<unit>اسبوع|شهر|عام|سنه){_END}", _arabic_unit),
    (rf"{_START}ال(?P<unit>{_DUAL}){_S}{_ADJECTIVE}", _counted),
    (rf"{_START}ال(?P<unit>{_MANY}){_S}(?:ال)?{_ARABIC_NUMBER}{_S}{_ADJECTIVE}", _counted),
    (rf"{_START}(?:ال)?{_ARABIC_NUMBER}{_S}(?P<unit>{_MANY}){_S}{_ADJECTIVE}", _counted),
    (rf"{_START}اخر{_S}{_ARABIC_NUMBER}{_S}(?P<unit>{_MANY}){_END}{_NOT_FROM}", _counted),
    (rf"{_START}اخر{_S}(?P<unit>{_DUAL}){_END}{_NOT_FROM}", _counted),
    (
        rf"{_START}(?P<since>قبل|منذ|مذ){_S}(?:(?:نحو|حوالي|قرابه|زهاء){_S})?"
        rf"(?:(?P<dual>{_DUAL}){_END}|{_ARABIC_NUMBER}{_S}(?P<many>{_MANY}){_END}"
        rf"|(?P<single>{_SINGLE}){_END}{_AFTER_SINGLE}){_NOT_HALF}{_NOT_FROM}",
        _arabic_ago,
    ),
    (rf"{_START}ال(?P<weekday>{_ARABIC_WEEKDAY}){_S}{_ADJECTIVE}", _weekday),
    (rf"{_START}هذا{_S}ال(?P<weekday>{_ARABIC_WEEKDAY}){_END}", _weekday),
    (rf"{_START}{_DAY_BEFORE}{_MONTH}{_S}{_ADJECTIVE}", _month),
    (rf"{_START}{_MONTH}{_S}{_ADJECTIVE}", _month),  # The day before it may not exist.
    (rf"{_START}{_DAY_BEFORE}{_MONTH}{_S}(?:(?:من|في){_S})?{_YEAR_AR}", _month_of_year),
    (
        rf"{_START}(?:اول{_S}(?:من{_S})?امس|اول{_S}البارحه|امس{_S}الاول){_END}{_SAID_WEEKDAY}?",
        partial(_near_day, (-2, -2)),
    ),
    (
        rf"{_START}(?:امس|(?<=ب)الامس|البارحه){_END}(?!{_S}(?:ال)?(?:حاجه|قريب|بعيد){_END})"
        rf"{_SAID_WEEKDAY}?",
        partial(_near_day, (-1, -1)),
    ),
    (rf"{_START}الليله{_S}الماضيه{_END}", partial(_near_day, (-1, 0))),
    (rf"{_START}بعد{_S}(?:ال)?غد{_END}{_SAID_WEEKDAY}?", partial(_near_day, (2, 2))),
    (rf"{_START}غدا{_END}{_SAID_WEEKDAY}?", _arabic_tomorrow),
    (
        rf"{_START}(?:{_PART_OF_DAY}|يوم{_S})(?:ال)?غدا?{_END}{_SAID_WEEKDAY}?",
        partial(_near_day, (1, 1)),
    ),
    (
        rf"{_START}{_PART_OF_DAY}اليوم{_END}(?:{_SAID_WEEKDAY}|(?!{_S}(?:ال|ذات|نفس)))",
        partial(_near_day, (0, 0)),
    ),
    (
        rf"{_START}(?<!المصري )(?<!روسيا )(?<!اخبار )اليوم{_SAID_WEEKDAY}",
        partial(_near_day, (0, 0)),
    ),
    (rf"{_START}اليوم{_END}(?=[ \t]*(?:$|[^\w\s])|{_S}(?:في|علي|بين|مع|ضد){_END})", _arabic_today),
]
_READERS = [(re.compile(pattern), read) for pattern, read in (*_ENGLISH, *_ARABIC)]
