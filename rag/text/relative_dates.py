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

import datetime
import re
from collections.abc import Iterable, Iterator
from functools import partial

from rag.text.calendar_days import Days, until_now, whole
from rag.text.dates import DateMention, find_dates
from rag.text.normalize import normalize_mapped
from rag.text.relative_patterns import (
    ADJECTIVE,
    AFTER_SINGLE,
    ALONE,
    ARABIC_NUMBER,
    ARABIC_WEEKDAY,
    DAY_AFTER,
    DAY_BEFORE,
    DUAL,
    END,
    ENGLISH_NUMBER,
    ENGLISH_UNIT,
    ENGLISH_WEEKDAY,
    ENGLISH_WHICH,
    MANY,
    MONTH,
    NO_THE,
    NOT_FROM,
    NOT_HALF,
    PART_OF_DAY,
    SAID_WEEKDAY,
    SINCE,
    SINGLE,
    START,
    WHICH,
    YEAR_AR,
    S,
)
from rag.text.relative_readers import (
    Question,
    Reader,
    fits_year,
    read_ago,
    read_arabic_ago,
    read_arabic_today,
    read_arabic_tomorrow,
    read_arabic_unit,
    read_before_last,
    read_counted,
    read_english_counted,
    read_month,
    read_month_of_year,
    read_near_day,
    read_today,
    read_unit,
    read_weekday,
)
from rag.types import Span

__all__ = ["dates_in_question", "find_relative_dates"]


def dates_in_question(text: str, today: datetime.date) -> list[DateMention]:
    """The dates a question asked on ``today`` names, in order and disjoint.

    Relative and absolute ones; where two overlap, the relative one is kept.
    """
    return _disjoint([*find_relative_dates(text, today), *find_dates(text)], len(text))


def find_relative_dates(text: str, today: datetime.date) -> list[DateMention]:
    """The relative dates of ``text``, in order and disjoint; of two that overlap the longer one."""
    question = Question(normalize_mapped(text), today)
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


def _candidates(question: Question) -> Iterator[tuple[Span, Days]]:
    """Every reading; they may overlap."""
    for pattern, read in _READERS:
        for match in pattern.finditer(question.folded.text):
            try:
                days = read(question, match)
            except (ValueError, OverflowError):  # No such day, or outside the calendar.
                continue
            if days and fits_year(days, question.after(match)):
                if SINCE.search(question.before(match)):
                    days = until_now(days, question.today)
                yield question.folded.raw_span(*match.span()), days


def _mention(span: Span, days: Days) -> DateMention:
    """As precise as ``days`` are: a day, a whole month, a whole year, or bounds."""
    first, last = days
    if first == last:
        return DateMention(span, first.year, first.month, first.day)
    if days == whole(first, "month"):
        return DateMention(span, first.year, first.month)
    if days == whole(first, "year"):
        return DateMention(span, first.year)
    same = (first.year, first.month) == (last.year, last.month)
    return DateMention(span, first.year, first.month if same else None, bounds=days)


# --- patterns and their readers ---------------------------------------------------------------

_ENGLISH: list[tuple[str, Reader]] = [
    (
        rf"(?<!\w)(?:(?P<the>the|this){S})?{WHICH}{S}(?P<unit>week|month|year)(?!\w){ALONE}",
        read_unit,
    ),
    (rf"(?<!\w)the{S}(?P<unit>week|month|year){S}before{S}(?P<which>last)(?!\w)", read_before_last),
    (rf"(?<!\w)the{S}(?P<unit>week|month|year){S}after{S}(?P<which>next)(?!\w)", read_before_last),
    (
        rf"(?<!\w)(?P<the>the{S})?(?P<which>last|past|next|coming){S}{ENGLISH_NUMBER}[ \t-]+"
        rf"{ENGLISH_UNIT}{ALONE}",
        read_english_counted,
    ),
    (rf"(?<!\w){ENGLISH_NUMBER}{S}{ENGLISH_UNIT}{S}ago(?!\w)", read_ago),
    (rf"(?<!\w)(?P<count>an?){S}{ENGLISH_UNIT}{S}ago(?!\w)", read_ago),
    (rf"{ENGLISH_WHICH}(?P<weekday>{ENGLISH_WEEKDAY})(?!\w){ALONE}", read_weekday),
    (rf"{ENGLISH_WHICH}{MONTH}{ALONE}", read_month),
    (
        rf"{START}{DAY_BEFORE}{MONTH}{DAY_AFTER}(?:[ \t]*,)?{S}(?:of{S})?"
        rf"(?P<which>last|this|next){S}year(?!\w)",
        read_month_of_year,
    ),
    (rf"(?<![\w-])(?:the{S})?day{S}before{S}yesterday(?!\w)", partial(read_near_day, (-2, -2))),
    (rf"(?<![\w-])(?:the{S})?day{S}after{S}tomorrow(?!\w)", partial(read_near_day, (2, 2))),
    (r"(?<![\w-])yesterday(?![\w-])", partial(read_near_day, (-1, -1))),
    (r"(?<![\w-])today(?![\w-])", read_today),
    (r"(?<![\w-])tonight(?![\w-])", partial(read_near_day, (0, 0))),
    (r"(?<![\w-])tomorrow(?![\w-])", partial(read_near_day, (1, 1))),
    (rf"{NO_THE}last{S}night(?!\w)", partial(read_near_day, (-1, 0))),
]
_ARABIC: list[tuple[str, Reader]] = [
    (
        rf"{START}(?:ال|لل)(?P<unit>اسبوع|شهر|عام|سنه){S}(?P<twice>(?:قبل|بعد){S})?{ADJECTIVE}",
        read_arabic_unit,
    ),
    (rf"{START}هذ[اه]{S}ال(?P<unit>اسبوع|شهر|عام|سنه){END}", read_arabic_unit),
    (rf"{START}ال(?P<unit>{DUAL}){S}{ADJECTIVE}", read_counted),
    (rf"{START}ال(?P<unit>{MANY}){S}(?:ال)?{ARABIC_NUMBER}{S}{ADJECTIVE}", read_counted),
    (rf"{START}(?:ال)?{ARABIC_NUMBER}{S}(?P<unit>{MANY}){S}{ADJECTIVE}", read_counted),
    (rf"{START}اخر{S}{ARABIC_NUMBER}{S}(?P<unit>{MANY}){END}{NOT_FROM}", read_counted),
    (rf"{START}اخر{S}(?P<unit>{DUAL}){END}{NOT_FROM}", read_counted),
    (
        rf"{START}(?P<since>قبل|منذ|مذ){S}(?:(?:نحو|حوالي|قرابه|زهاء){S})?"
        rf"(?:(?P<dual>{DUAL}){END}|{ARABIC_NUMBER}{S}(?P<many>{MANY}){END}"
        rf"|(?P<single>{SINGLE}){END}{AFTER_SINGLE}){NOT_HALF}{NOT_FROM}",
        read_arabic_ago,
    ),
    (rf"{START}ال(?P<weekday>{ARABIC_WEEKDAY}){S}{ADJECTIVE}", read_weekday),
    (rf"{START}هذا{S}ال(?P<weekday>{ARABIC_WEEKDAY}){END}", read_weekday),
    (rf"{START}{DAY_BEFORE}{MONTH}{S}{ADJECTIVE}", read_month),
    (rf"{START}{MONTH}{S}{ADJECTIVE}", read_month),  # The day before it may not exist.
    (rf"{START}{DAY_BEFORE}{MONTH}{S}(?:(?:من|في){S})?{YEAR_AR}", read_month_of_year),
    (
        rf"{START}(?:اول{S}(?:من{S})?امس|اول{S}البارحه|امس{S}الاول){END}{SAID_WEEKDAY}?",
        partial(read_near_day, (-2, -2)),
    ),
    (
        rf"{START}(?:امس|(?<=ب)الامس|البارحه){END}(?!{S}(?:ال)?(?:حاجه|قريب|بعيد){END})"
        rf"{SAID_WEEKDAY}?",
        partial(read_near_day, (-1, -1)),
    ),
    (rf"{START}الليله{S}الماضيه{END}", partial(read_near_day, (-1, 0))),
    (rf"{START}بعد{S}(?:ال)?غد{END}{SAID_WEEKDAY}?", partial(read_near_day, (2, 2))),
    (rf"{START}غدا{END}{SAID_WEEKDAY}?", read_arabic_tomorrow),
    (
        rf"{START}(?:{PART_OF_DAY}|يوم{S})(?:ال)?غدا?{END}{SAID_WEEKDAY}?",
        partial(read_near_day, (1, 1)),
    ),
    (
        rf"{START}{PART_OF_DAY}اليوم{END}(?:{SAID_WEEKDAY}|(?!{S}(?:ال|ذات|نفس)))",
        partial(read_near_day, (0, 0)),
    ),
    (
        rf"{START}(?<!المصري )(?<!روسيا )(?<!اخبار )اليوم{SAID_WEEKDAY}",
        partial(read_near_day, (0, 0)),
    ),
    (rf"{START}اليوم{END}(?=[ \t]*(?:$|[^\w\s])|{S}(?:في|علي|بين|مع|ضد){END})", read_arabic_today),
]
_READERS = [(re.compile(pattern), read) for pattern, read in (*_ENGLISH, *_ARABIC)]
