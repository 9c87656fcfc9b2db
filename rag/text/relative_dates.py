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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from hijridate import Gregorian, Hijri

from rag.text.dates import DateMention, disjoint, find_dates, longest
from rag.text.months import MONTH_PATTERN, month_number
from rag.text.normalize import Normalized, normalize_mapped
from rag.types import Span

__all__ = ["dates_in_question", "find_relative_dates"]

Days = tuple[datetime.date, datetime.date]

# Words, as :func:`rag.text.normalize.normalize` writes them.
_STEPS = {
    **dict.fromkeys(("last", "past", "ماضي", "منصرم"), -1),
    **dict.fromkeys(("this", "current", "حالي", "جاري"), 0),
    **dict.fromkeys(("next", "coming", "مقبل", "قادم"), 1),
}
_UNITS = {
    "day": "day|days|يوم|يوما|ايام|يومين",
    "week": "week|weeks|اسبوع|اسبوعا|اسابيع|اسبوعين",
    "month": "month|months|شهر|شهرا|اشهر|شهور|شهرين",
    "year": "year|years|عام|عاما|اعوام|عامين|سنه|سنوات|سنين|سنتين",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}
_WEEKDAYS = (
    *("monday|اثنين", "tuesday|ثلاثاء|ثلثاء", "wednesday|اربعاء", "thursday|خميس"),
    *("friday|جمعه", "saturday|سبت", "sunday|احد"),
)
_WEEKDAY_OF = {word: day for day, words in enumerate(_WEEKDAYS) for word in words.split("|")}
_ENGLISH_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
_ARABIC_NUMBERS = "ثلاث اربع خمس ست سبع ثماني تسع عشر"
_NUMBER_OF = {
    **{"a": 1, "an": 1, "a couple of": 2},
    **{word: number for number, word in enumerate(_ENGLISH_NUMBERS.split(), start=1)},
    **{word: number for number, word in enumerate(_ARABIC_NUMBERS.split(), start=3)},
    **{f"{word}ه": number for number, word in enumerate(_ARABIC_NUMBERS.split(), start=3)},
}

# Parts of the patterns.
_S = r"[ \t]+"
_END = r"(?![^\W\d_])"  # No letter follows.
# A word may begin here, though و, ب and their like are written onto it.
_START = (
    r"(?:(?<![^\W\d_])|(?<=(?<![^\W\d_])[وفبلك])|(?<=(?<![^\W\d_])[وف][بلك]))(?<!\d)(?<!\d[.,/:])"
)
_ONE = r"(?P<unit>week|month|year)"
_ONE_AR = r"(?P<unit>اسبوع|شهر|عام|سنه)"
_TWO_AR = r"(?P<unit>يومين|اسبوعين|شهرين|عامين|سنتين)"
_SOME = r"(?P<unit>(?:day|week|month|year)s?)(?!\w)"
_SOME_AR = (
    r"(?P<unit>ايام|يوما|يوم|اسابيع|اسبوعا|اسبوع|اشهر|شهور|شهرا|شهر|سنوات|سنين|سنه|اعوام|عاما|عام)"
)
_NUMBER = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})"
# Not the end of a longer number: "1,500", "twenty five", "a hundred and two".
_FREE_NUMBER = rf"(?<![\w.,/:–-])(?<!and )(?<!ty )(?<!ed ){_NUMBER}"
_WHICH = rf"(?<!\w)(?<!\bthe )(?:this{_S})?(?P<which>last|past|this|next|coming){_S}"
_WHICH_AR = rf"{_S}ال(?P<which>ماضي|منصرم|حالي|جاري|مقبل|قادم)(?:ه|ين|تين)?{_END}"
_WEEKDAY = rf"(?P<weekday>{'|'.join(word for word in _WEEKDAY_OF if word.isascii())})(?!\w)"
_WEEKDAY_AR = rf"ال(?P<weekday>{'|'.join(w for w in _WEEKDAY_OF if not w.isascii())}){_END}"
_MONTH = rf"(?P<month>{MONTH_PATTERN})"
_DAY = rf"(?:(?<![.,/:–-])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_S}(?:(?:of|من|شهر){_S})*)?"
_ALONE = rf"(?!{_S}(?:of|before)(?!\w))"  # "last year of his life"
# «قبل يومين من الانتخابات», but «قبل شهرين من الآن».
_NOT_FROM = rf"(?!(?:{_S}(?:فقط|تقريبا))?{_S}(?:من|ونصف){_END}(?!{_S}الان{_END}))"
# What may follow «قبل عام»; not a number («قبل عام 2022») nor a name («قبل شهر رمضان»).
_AFTER_ONE = rf"(?=[ \t]*(?:$|[^\w\s])|[ \t]*\n|{_S}(?:في|علي|الي|مع|بين|ضد|واحده?|من){_END})"
_IN_YEAR = rf"(?:هذا{_S}ال(?:عام|سنه){_END}|(?:ال|لل)?(?:عام|سنه){_WHICH_AR})"

# What stands around.
_REACH = 48  # Characters looked at before and after a match.
_SINCE = re.compile(
    rf"(?:\bsince|(?<![^\W\d_])[وف]?(?:منذ|مذ)){_S}"
    rf"(?:(?:يوم|شهر|مطلع|بدايه|منتصف|نهايه){_S}|[^\W\d_]+{_S}من{_S})?$"
)
_YEAR_AFTER = re.compile(r"[ \t]*[,،(]?[ \t]*(?:ل?عام[ \t]+)?([12]\d{3})(?!\d)")
# العام after these is "general": «الأمين العام الحالي».
_GENERAL = re.compile(
    r"(?:امين|نائب|مدير|مدعي|قائد|مفوض|مراقب|منسق|كاتب|راي|قطاع|موتمر|مؤتمر|وضع)(?:ه|ها|هم)?[ \t]+$"
)
_NOWADAYS = re.compile(r"\b(?:is|are|do|does|can)\b(?!.*\b(?:happening|going on|taking place)\b)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:؟\n])[\s\"'(]*$")


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A question, folded for matching, and the day it is asked on."""

    folded: Normalized
    today: datetime.date

    def written(self, match: re.Match[str], group: str | int = 0) -> str:
        """The words of ``match`` as they were typed."""
        return self.folded.raw_span(*match.span(group)).of(self.folded.raw)

    def before(self, match: re.Match[str]) -> str:
        """The folded text that leads up to ``match``."""
        return self.folded.text[max(0, match.start() - _REACH) : match.start()]


_Reader = Callable[[_Question, re.Match[str]], Days | None]


def dates_in_question(text: str, today: datetime.date) -> list[DateMention]:
    """The dates a question asked on ``today`` names, in order and disjoint.

    Relative and absolute ones; where two overlap, the relative one is kept.
    """
    return disjoint([*find_relative_dates(text, today), *find_dates(text)], len(text))


def find_relative_dates(text: str, today: datetime.date) -> list[DateMention]:
    """The relative dates of ``text``, in order and disjoint; of two that overlap the longer one."""
    question = _Question(normalize_mapped(text), today)
    return longest((_mention(*found) for found in _candidates(question)), len(text))


def _candidates(question: _Question) -> Iterator[tuple[Span, Days]]:
    """Every reading; they may overlap."""
    for pattern, read in _READERS:
        for match in pattern.finditer(question.folded.text):
            try:
                days = read(question, match)
            except (ValueError, OverflowError):  # No such day, or outside the calendar.
                continue
            year = _YEAR_AFTER.match(question.folded.text, match.end())
            if days and (year is None or days[0].year <= int(year[1]) <= days[1].year):
                if match[0].startswith(("منذ", "مذ")) or _SINCE.search(question.before(match)):
                    days = days[0], max(days[1], question.today)
                group = "date" if "date" in match.groupdict() else 0
                yield question.folded.raw_span(*match.span(group)), days


def _mention(span: Span, days: Days) -> DateMention:
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


# --- the calendar -----------------------------------------------------------------------------


def _moved(day: datetime.date, unit: str, count: int) -> datetime.date:
    """``count`` units later; where that month is shorter, its last day."""
    if unit in ("day", "week"):
        return day + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _whole(day: datetime.date, unit: str) -> Days:
    """The calendar's unit that ``day`` is in."""
    if unit == "day":
        return day, day
    if unit == "week":
        starts = [day - datetime.timedelta(days=(day.weekday() - each) % 7) for each in (5, 6, 0)]
        return min(starts), max(starts) + datetime.timedelta(days=6)
    if unit == "month":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


# --- what a match means -----------------------------------------------------------------------


def _unit(question: _Question, match: re.Match[str]) -> Days | None:
    """``last year``; ``the last year`` is the twelve months until today."""
    groups, unit = match.groupdict(), _UNIT_OF[match["unit"]]
    if match["unit"] == "عام" and _GENERAL.search(question.before(match)):
        return None
    if groups.get("the") or groups.get("which") == "past":
        return _window(question, match)
    step = _STEPS[groups.get("which") or "this"]
    return _whole(_moved(question.today, unit, step), unit)


def _window(question: _Question, match: re.Match[str]) -> Days | None:
    """``past two weeks``, «الأسبوعين الماضيين», «آخر 3 أيام»: from then to today, or on from it."""
    step = _STEPS[match.groupdict().get("which") or "last"]
    other = _moved(question.today, _UNIT_OF[match["unit"]], step * _count(match))
    return (min(question.today, other), max(question.today, other)) if step else None


def _ago(question: _Question, match: re.Match[str]) -> Days:
    """``two weeks ago``, «قبل عامين»."""
    unit = _UNIT_OF[match["unit"]]
    return _whole(_moved(question.today, unit, -_count(match)), unit)


def _count(match: re.Match[str]) -> int:
    """How many units; a dual is two."""
    words = match.groupdict().get("count")
    if words is None:
        return 2 if re.fullmatch(_TWO_AR, match["unit"]) else 1
    return int(words) if words.isdecimal() else _NUMBER_OF[words]


def _weekday(question: _Question, match: re.Match[str]) -> Days:
    """``last Sunday``, ``this Sunday``, «الأحد المقبل»."""
    step, today = _STEPS[match.groupdict().get("which") or "this"], question.today
    away = _WEEKDAY_OF[match["weekday"]] - today.weekday()
    if step:
        away = away % 7 - 7 if step < 0 else away % 7 or 7
    return _whole(_moved(today, "day", away), "day")


def _month(question: _Question, match: re.Match[str]) -> Days | None:
    """``last March``, «22 مارس الماضي», ``March last year``; "may" and "march" need a capital."""
    if match["month"] in ("may", "march") and not question.written(match, "month").istitle():
        return None
    is_hijri, month = month_number(match["month"])
    today, groups = question.today, match.groupdict()
    step, day = _STEPS[groups.get("which") or "this"], int(groups.get("day") or 0)
    hijri = Gregorian.fromdate(today).to_hijri() if is_hijri else None
    now = hijri or today
    year = now.year + step
    if "of_year" not in groups:
        year = now.year - (month >= now.month) if step < 0 else now.year
        year += step > 0 and month <= now.month
    elif is_hijri:
        return None  # Its years are not those that "last year" means.
    if hijri is None:
        return _whole(datetime.date(year, month, day or 1), "day" if day else "month")
    first = Hijri(year, month, day or 1)
    last = Hijri(year, month, day or first.month_length())
    return (
        datetime.date(*first.to_gregorian().datetuple()),
        datetime.date(*last.to_gregorian().datetuple()),
    )


def _near(offset: int, question: _Question, match: re.Match[str]) -> Days | None:
    """``yesterday``, «أمس الأحد»; nothing if the weekday it is said to be is not that day's, nor
    where a capital shows that it is part of a name.
    """
    days = _whole(_moved(question.today, "day", offset), "day")
    weekday, written = match.groupdict().get("weekday"), question.written(match)
    if weekday and _WEEKDAY_OF[weekday] != days[0].weekday():
        return None
    named = written[0].isupper() and not _SENTENCE_START.search(question.before(match))
    nowadays = match[0] == "today" and _NOWADAYS.search(question.folded.text)
    return None if named or nowadays else days


_DAY_PARTS = rf"(?:صباح|مساء|فجر|ظهر|عصر|نهار){_S}"
_HAPPENED = r"(?:حدثت?|يحدث|جري|جرت|يجري|وقعت?|قالت?|اعلنت?)"
_MAY_BE_WEEKDAY = rf"(?:{_S}{_WEEKDAY_AR})?"
_TABLE: tuple[tuple[str, _Reader], ...] = (
    (rf"(?<!\w)(?:(?P<the>the){_S})?(?P<which>last|past|this|next|coming){_S}{_ONE}(?!\w){_ALONE}",
     _unit),
    (rf"(?<!\w)(?:the{_S}(?P<which>last|next|coming)|(?:the{_S})?past){_S}{_NUMBER}[ \t-]+{_SOME}"
     rf"{_ALONE}", _window),
    (rf"{_FREE_NUMBER}{_S}{_SOME}{_S}ago(?!\w)", _ago),
    (rf"{_WHICH}{_WEEKDAY}{_ALONE}", _weekday),
    (rf"{_WHICH}{_MONTH}{_ALONE}", _month),
    (rf"{_START}{_DAY}{_MONTH}(?:[ \t]*,)?{_S}(?P<of_year>of{_S})?(?P<which>last|this|next){_S}year"
     r"(?!\w)", _month),
    (rf"(?<![\w-])(?:the{_S})?day{_S}before{_S}yesterday(?!\w)", partial(_near, -2)),
    (rf"(?<![\w-])(?:the{_S})?day{_S}after{_S}tomorrow(?!\w)", partial(_near, 2)),
    (rf"(?<![\w-])(?:yesterday|last{_S}night)(?![\w-])", partial(_near, -1)),
    (r"(?<![\w-])(?:today|tonight)(?![\w-])", partial(_near, 0)),
    (r"(?<![\w-])tomorrow(?![\w-])", partial(_near, 1)),
    (rf"{_START}(?:ال|لل){_ONE_AR}{_WHICH_AR}", _unit),
    (rf"{_START}هذ[اه]{_S}ال{_ONE_AR}{_END}", _unit),
    (rf"{_START}ال{_TWO_AR}{_WHICH_AR}", _window),
    (rf"{_START}ال{_SOME_AR}{_S}(?:ال)?{_NUMBER}{_WHICH_AR}", _window),
    (rf"{_START}اخر{_S}(?:{_NUMBER}{_S}{_SOME_AR}){_END}{_NOT_FROM}", _window),
    (rf"{_START}اخر{_S}{_TWO_AR}{_END}{_NOT_FROM}", _window),
    (rf"{_START}(?:قبل|منذ|مذ){_S}(?:(?:نحو|حوالي){_S})?{_NUMBER}{_S}{_SOME_AR}{_END}{_NOT_FROM}",
     _ago),
    (rf"{_START}(?:قبل|منذ|مذ){_S}{_TWO_AR}{_END}{_NOT_FROM}", _ago),
    (rf"{_START}(?:قبل|منذ|مذ){_S}(?P<unit>يوم|اسبوع|شهر|عام|سنه){_END}{_AFTER_ONE}"
     rf"(?:{_S}واحده?)?{_NOT_FROM}", _ago),
    (rf"{_START}{_WEEKDAY_AR}{_WHICH_AR}", _weekday),
    (rf"{_START}هذا{_S}{_WEEKDAY_AR}", _weekday),
    (rf"{_START}{_DAY}{_MONTH}{_WHICH_AR}", _month),
    (rf"{_START}{_MONTH}{_WHICH_AR}", _month),  # The day before it may not exist.
    (rf"{_START}{_DAY}{_MONTH}{_S}(?P<of_year>(?:من|في){_S})?{_IN_YEAR}", _month),
    (rf"{_START}(?:اول{_S}(?:من{_S})?امس|امس{_S}الاول){_END}{_MAY_BE_WEEKDAY}", partial(_near, -2)),
    (rf"{_START}(?:امس|(?<=ب)الامس){_END}(?!{_S}الحاجه){_MAY_BE_WEEKDAY}", partial(_near, -1)),
    (rf"{_START}بعد{_S}(?:ال)?غد{_END}{_MAY_BE_WEEKDAY}", partial(_near, 2)),
    (rf"{_START}(?<!قد )(?:غدا|(?:{_DAY_PARTS}|يوم{_S})(?:ال)?غدا?){_END}{_MAY_BE_WEEKDAY}",
     partial(_near, 1)),
    (rf"{_START}(?:{_DAY_PARTS})?اليوم{_S}{_WEEKDAY_AR}", partial(_near, 0)),
    (rf"{_START}{_DAY_PARTS}اليوم{_END}(?!{_S}ال)", partial(_near, 0)),
    (rf"{_START}{_HAPPENED}(?:{_S}في{_S}(?!المصري)[^\W\d_]+)?{_S}(?P<date>اليوم){_END}(?!{_S}ال)",
     partial(_near, 0)),
)  # fmt: skip
_READERS = [(re.compile(pattern), read) for pattern, read in _TABLE]
