"""Finds dates in Arabic and English text, only as precise as the words are sure.

``3/24/2021`` can only be the 24th of March; ``3/4/2021`` could be two days, so only its year is
given. A day without a year is no date here, for nothing in the words says which year it was.
Hijri dates are converted by the Umm al-Qura calendar (years 1343 to 1500).
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from hijridate import Hijri

from rag.text.months import MONTH_PATTERN, month_number
from rag.text.normalize import normalize_mapped
from rag.types import Span

_YEARS = range(1000, 2101)
_HIJRI_YEARS = range(1343, 1501)
_GREGORIAN_SINCE = 1583  # An all-number date with an earlier year is of some other calendar.


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that the text names; ``span`` is in the raw text.

    ``month`` and ``day`` are ``None`` where the words do not settle them. ``bounds`` are the exact
    first and last day where those say more: of ``18-20 September 2023``, and of a Hijri month or
    year, which straddles Gregorian ones; its ``year`` is the Gregorian year it begins in.
    """

    span: Span
    year: int
    month: int | None = None
    day: int | None = None
    bounds: tuple[datetime.date, datetime.date] | None = None

    @property
    def iso(self) -> str:
        """ISO 8601: ``2024-07-25``, ``2024-07`` or ``2024``."""
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def first(self) -> datetime.date:
        """The earliest day it can mean."""
        if self.bounds:
            return self.bounds[0]
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date:
        """The latest day it can mean."""
        if self.bounds:
            return self.bounds[1]
        month = self.month or 12
        day = self.day or calendar.monthrange(self.year, month)[1]
        return datetime.date(self.year, month, day)


# What follows shows that four digits count things, or are years before Christ.
_COUNTED = (
    r"(?![ \t]*(?:%|(?:في|ب)?[ \t]?المائه|percent|per cent|people|persons?|men|women|children|"
    r"troops|soldiers|homes|houses|miles?|km|kilomet|met(?:re|er)s?|feet|tons?|dollars?|euros?|"
    r"million|billion|barrels?|"
    r"شخص|الف|مليون|مليار|دولار|يورو|جنيه|ريال|درهم|دينار|ليره|كم|كلم|كيلو|متر|طن|ساعه|"
    r"منزل|جندي|عسكري|مقاتل|برميل|نسمه|"
    r"ق[ \t]?\.?[ \t]?م(?!\w)|قبل الميلاد|b\.?c\.?(?:e\.?)?(?![a-z])))"
)
_YEAR = rf"(?P<year>[12]\d{{3}})(?!\d)(?![.,]\d){_COUNTED}"
# Not a bare "h": 1400h is an hour.
_HIJRI_MARK = r"[ \t]*(?:هجري?ه?|ه|a\.?h)(?![^\W\d_])"
_FREE = r"(?<!\d)(?<!\d[./,:])(?<![a-z])"  # No number or Latin word runs into what follows.
_DAY = (
    rf"{_FREE}(?:(?P<from>\d{{1,2}})(?:st|nd|rd|th)?[ \t]?[-–][ \t]?)?"
    r"(?P<day>\d{1,2})(?!\d)(?:st|nd|rd|th)?"
)
# و, ب and their like are written onto a month's name: بيوليو 2024.
_MONTH = rf"(?<![^\W\d_])(?:[وفبلك]{{1,2}})?(?P<month>{MONTH_PATTERN})"
_TO_MONTH = (
    r"[ \t]*(?:[-,،/][ \t]*)?(?:of[ \t]+(?:the[ \t]+month[ \t]+of[ \t]+)?|من[ \t]+)?(?:شهر[ \t]+)?"
)
_TO_YEAR = (
    r"[ \t]*(?:[-,،/][ \t]*)?(?:of[ \t]+|من[ \t]+)?"
    r"(?:the[ \t]+year[ \t]+|(?:ل|لل|ال)?(?:عام|سنه)[ \t]*)?"
)
_NAMED = [
    re.compile(rf"{_DAY}{_TO_MONTH}{_MONTH}{_TO_YEAR}{_YEAR}(?:{_HIJRI_MARK})?"),
    re.compile(
        rf"{_MONTH}[ \t]*(?P<day>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:[ \t]*[,،][ \t]*|[ \t]+){_YEAR}"
    ),
    re.compile(rf"{_MONTH}{_TO_YEAR}{_YEAR}(?:{_HIJRI_MARK})?"),
]
_OTHER_MONTH = re.compile(rf"(?:{MONTH_PATTERN})[ \t]*[/–-][ \t]*$")
_REACH = 24  # Characters looked at for it: longer than any month's name.
_YEAR_LAST = re.compile(
    rf"{_FREE}(?P<one>\d{{1,2}})(?P<sep>[.-]|[ \t]?/[ \t]?)(?P<two>\d{{1,2}})(?P=sep)"
    rf"(?P<year>\d{{4}})(?!\d)(?![/.-]\d)(?P<hijri>{_HIJRI_MARK})?"
)
_YEAR_FIRST = re.compile(
    rf"{_FREE}(?P<year>\d{{4}})(?P<sep>[/.-])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})"
    rf"(?!\d)(?![/.-]\d)(?P<hijri>{_HIJRI_MARK})?"
)
_YEAR_MONTH = re.compile(rf"{_FREE}(?P<year>\d{{4}})-(?P<month>\d{{2}})(?!\d)(?![/.,-]\d)")
_HIJRI_YEAR = re.compile(rf"{_FREE}(?P<year>\d{{4}}){_HIJRI_MARK}")
_INTRODUCED = re.compile(
    r"(?<![^\W\d_])(?:[وفبلك]{0,2}(?:ال)?(?:عام|عامي|سنه|سنتي|اعوام|سنوات|موسم|صيف|شتاء|خريف|ربيع)"
    r"|[وف]?(?:في|منذ|مطلع|بدايه|نهايه|اوائل|اواخر|منتصف|بحلول)"
    r"|in|since|of|by|during|years?|early|late|mid|summer|winter|spring|autumn)"
    rf"[ \t]*(?:-[ \t]*)?(?!{_FREE}\d{{4}}{_HIJRI_MARK}){_YEAR}"
)
# Years listed after an introduced one: عامي 2020 و2022, in 2019, 2020 and 2021.
_NEXT_YEAR = re.compile(
    r"[ \t]*(?:[-–،,]|و|او|الي|حتي|and|or|to)[ \t]*(?:و|and[ \t]+|or[ \t]+)?(?:عام[ \t]*)?"
    rf"(?!\d{{4}}{_HIJRI_MARK}){_YEAR}"
)


def find_dates(text: str) -> list[DateMention]:
    """The dates of ``text``, in order and disjoint; where two overlap the longer one is kept.

    A bare year counts only when a word introduces it (``عام 2022``, ``in 2021``), and its span is
    the year alone. Impossible dates (31 February) are left out or cut to what of them can be.
    """
    if not any(char.isdecimal() for char in text):
        return []
    folded = normalize_mapped(text)
    mentions = _candidates(folded.text)
    raw = (replace(each, span=folded.raw_span(*each.span)) for each in mentions)
    return longest(raw, len(text))


def longest(mentions: Iterable[DateMention], length: int) -> list[DateMention]:
    """Of mentions in a text of ``length`` that overlap, the longest; disjoint and in order."""
    return disjoint(sorted(mentions, key=lambda each: each.span.start - each.span.end), length)


def disjoint(mentions: Iterable[DateMention], length: int) -> list[DateMention]:
    """In order, those that overlap none given before them."""
    taken = bytearray(length)
    kept: list[DateMention] = []
    for mention in mentions:
        start, end = mention.span
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.span.start)


def _candidates(text: str) -> Iterator[DateMention]:
    """Every reading of a date that is possible; they may overlap. Spans are in the folded text."""
    for pattern, read in _READERS:
        yield from filter(None, map(read, pattern.finditer(text)))
    for match in _INTRODUCED.finditer(text):
        listed: re.Match[str] | None = match
        while listed:
            if found := _gregorian(listed.span("year"), int(listed["year"])):
                yield found
            listed = _NEXT_YEAR.match(text, listed.end())


def _named(match: re.Match[str]) -> DateMention | None:
    """A date whose month is a word."""
    is_hijri, month = month_number(match["month"])
    year = int(match["year"])
    given = {name: words for name, words in match.groupdict().items() if words}
    day = int(given["day"]) if "day" in given else None
    since = int(given.get("from", 0))
    start = min(match.start(name) for name in ("month", "day", "from") if name in given)
    if day is None and _OTHER_MONTH.search(match.string[max(0, start - _REACH) : start]):
        return _gregorian(match.span("year"), year)  # سبتمبر/أكتوبر 2023
    if is_hijri and year > _HIJRI_YEARS[-1]:
        return _gregorian(match.span("year"), year)  # رمضان 2024: which months is not said.
    if is_hijri:
        return _hijri((start, match.end()), year, month, None if since else day)
    date = _gregorian((start, match.end("year")), year, month, day)
    if not (date and since):
        return date
    if since >= date.first.day:
        return None
    # 18-20 September 2023: the month, bounded by the days named.
    return replace(date, day=None, bounds=(date.first.replace(day=since), date.first))


def _year_last(match: re.Match[str]) -> DateMention | None:
    """``24/3/2021`` and ``3/24/2021``; only the year where both orders make a date."""
    one, two = int(match["one"]), int(match["two"])
    day_first, month_first = _numeric(match, two, one), _numeric(match, one, two)
    if day_first and month_first and one != two:
        return _numeric(match)
    return day_first or month_first


def _year_first(match: re.Match[str]) -> DateMention | None:
    return _numeric(match, int(match["month"]), int(match["day"]))


def _numeric(
    match: re.Match[str], month: int | None = None, day: int | None = None
) -> DateMention | None:
    """A date all in numbers, of the calendar it is marked with."""
    year = int(match["year"])
    if match["hijri"]:
        return _hijri(match.span(), year, month, day)
    return _gregorian(match.span(), year, month, day) if year >= _GREGORIAN_SINCE else None


def _year_month(match: re.Match[str]) -> DateMention | None:
    """``2024-07``, but not ``2005-07``, which may as well be two years."""
    year, month = int(match["year"]), int(match["month"])
    if month > year % 100 or year < _GREGORIAN_SINCE:
        return None
    return _gregorian(match.span(), year, month)


def _hijri_year(match: re.Match[str]) -> DateMention | None:
    return _hijri(match.span(), int(match["year"]))


def _gregorian(
    span: tuple[int, int], year: int, month: int | None = None, day: int | None = None
) -> DateMention | None:
    try:
        datetime.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return DateMention(Span(*span), year, month, day) if year in _YEARS else None


def _hijri(
    span: tuple[int, int], year: int, month: int | None = None, day: int | None = None
) -> DateMention | None:
    """A Hijri date in Gregorian terms; ``None`` outside the calendar's table."""
    if year not in _HIJRI_YEARS:
        return None
    try:
        first = Hijri(year, month or 1, day or 1).to_gregorian()
        closing = Hijri(year, month or 12, 1)
        last = Hijri(year, month or 12, closing.month_length()).to_gregorian()
    except ValueError:
        return None
    if day is not None:
        return DateMention(Span(*span), first.year, first.month, first.day)
    bounds = (datetime.date(*first.datetuple()), datetime.date(*last.datetuple()))
    return DateMention(Span(*span), first.year, bounds=bounds)


_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], DateMention | None]]] = [
    *((pattern, _named) for pattern in _NAMED),
    (_YEAR_LAST, _year_last),
    (_YEAR_FIRST, _year_first),
    (_YEAR_MONTH, _year_month),
    (_HIJRI_YEAR, _hijri_year),
]
