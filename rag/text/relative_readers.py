"""Reads what a pattern of a relative date has found: which days it means, or that it means none."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.text.calendar_days import (
    Days,
    hijri_days,
    month_days,
    moved,
    nearest_year,
    until_now,
    whole,
    window,
)
from rag.text.months import month_number
from rag.text.normalize import Normalized
from rag.text.relative_patterns import (
    AFTER_MAY,
    BEFORE_LAST,
    BEFORE_MONTH,
    DOUBTFUL_MONTHS,
    GENERAL,
    GHADA_WAS,
    HAPPENED_AR,
    HAPPENING,
    NAMED_TODAY,
    NOWADAYS,
    SENTENCE_START,
    STEPS,
    UNITS,
    WEEKDAYS,
    YEAR_AFTER,
    number_of,
)

_REACH = 48  # Characters looked at before and after a match.


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question, folded for matching, and the day it is asked on."""

    folded: Normalized
    today: datetime.date

    def written(self, match: re.Match[str], group: str | int = 0) -> str:
        """The raw words that ``match`` found."""
        return self.folded.raw_span(*match.span(group)).of(self.folded.raw)

    def before(self, match: re.Match[str]) -> str:
        """The folded text that leads up to ``match``."""
        return self.folded.text[max(0, match.start() - _REACH) : match.start()]

    def after(self, match: re.Match[str]) -> str:
        """The folded text that follows ``match``."""
        return self.folded.text[match.end() : match.end() + _REACH]


Reader = Callable[[Question, re.Match[str]], Days | None]


# --- what stands around -----------------------------------------------------------------------


def fits_year(days: Days, after: str) -> bool:
    """Whether the year that follows, if one does, is that of ``days``: not "last March 2021"."""
    stated = YEAR_AFTER.match(after)
    return stated is None or days[0].year <= int(stated[1]) <= days[1].year


def _is_name(question: Question, match: re.Match[str]) -> bool:
    """Whether capitals show that "Today" and its like are part of a name."""
    words = question.written(match).split()
    if not words[-1][0].isupper() or question.folded.raw.isupper():
        return False
    return len(words) > 1 or not SENTENCE_START.search(question.before(match))


def _surely_month(question: Question, match: re.Match[str], otherwise: bool) -> bool:
    """Whether it is no other word; ``otherwise`` decides for a lower-case "may" or "march"."""
    if match["month"].rstrip(".") not in DOUBTFUL_MONTHS:
        return True
    return question.written(match, "month").istitle() or otherwise


# --- readers ----------------------------------------------------------------------------------


def _step(match: re.Match[str]) -> int:
    """Last is -1, this 0, next 1; «قبل الماضي» -2."""
    groups = match.groupdict()
    step = STEPS[groups["which"]] if groups.get("which") else 0
    return step * 2 if groups.get("twice") else step


def read_unit(question: Question, match: re.Match[str]) -> Days | None:
    """``last year``; ``the last year`` is the twelve months until today."""
    step, unit = _step(match), UNITS[match["unit"]]
    groups = match.groupdict()
    if step and (groups.get("the") or groups.get("which") == "past"):
        return window(question.today, unit, step)
    return whole(moved(question.today, unit, step), unit)


def read_arabic_unit(question: Question, match: re.Match[str]) -> Days | None:
    """«العام الماضي»; nothing where العام means "general"."""
    if match["unit"] == "عام" and GENERAL.search(question.before(match)):
        return None
    return read_unit(question, match)


def read_before_last(question: Question, match: re.Match[str]) -> Days | None:
    """``the year before last``."""
    unit = UNITS[match["unit"]]
    return whole(moved(question.today, unit, 2 * _step(match)), unit)


def read_counted(question: Question, match: re.Match[str]) -> Days | None:
    """``past two weeks``, «الأسبوعين الماضيين», «آخر 3 أيام»."""
    groups = match.groupdict()
    step = _step(match) if groups.get("which") else -1
    count = number_of(groups["count"]) if groups.get("count") else 2
    return window(question.today, UNITS[match["unit"]], step * count) if step else None


def read_english_counted(question: Question, match: re.Match[str]) -> Days | None:
    """``the last two weeks``; nothing where "last" may be a verb."""
    bare = match["which"] == "last" and not match["the"]
    if bare and not BEFORE_LAST.search(question.before(match)):
        return None
    return read_counted(question, match)


def read_ago(question: Question, match: re.Match[str]) -> Days | None:
    """``two weeks ago``."""
    unit = UNITS[match["unit"]]
    return whole(moved(question.today, unit, -number_of(match["count"])), unit)


def read_arabic_ago(question: Question, match: re.Match[str]) -> Days | None:
    """«قبل عامين»; «منذ عامين» reaches to today."""
    unit = UNITS[match["dual"] or match["many"] or match["single"]]
    count = 2 if match["dual"] else number_of(match["count"]) if match["many"] else 1
    days = whole(moved(question.today, unit, -count), unit)
    return days if match["since"] == "قبل" else until_now(days, question.today)


def read_weekday(question: Question, match: re.Match[str]) -> Days | None:
    """``last Sunday``, ``this Sunday``, «الأحد المقبل»."""
    step, today = _step(match), question.today
    away = WEEKDAYS[match["weekday"]] - today.weekday()
    if step < 0:
        away = away % 7 - 7
    elif step > 0:
        away = away % 7 or 7
    return whole(moved(today, "day", away), "day")


def read_month(question: Question, match: re.Match[str]) -> Days | None:
    """``last March``, «22 مارس الماضي»."""
    may = match["month"].startswith("may")
    loose = match["which"] != "this" and (not may or AFTER_MAY.match(question.after(match)))
    if not _surely_month(question, match, bool(loose)):
        return None
    is_hijri, month = month_number(match["month"])
    today, step, day = question.today, _step(match), _day(match)
    if is_hijri:
        return hijri_days(today, step, month, day)
    return month_days(nearest_year(step, month, today.year, today.month), month, day)


def read_month_of_year(question: Question, match: re.Match[str]) -> Days | None:
    """``March last year``, «5 مارس من العام الماضي»; Hijri months do not keep to such years."""
    day = _day(match)
    named = day is not None or bool(BEFORE_MONTH.search(question.before(match)))
    is_hijri, month = month_number(match["month"])
    if is_hijri or not _surely_month(question, match, named):
        return None
    return month_days(question.today.year + _step(match), month, day)


def _day(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    day = groups.get("day") or groups.get("later")
    return int(day) if day else None


def read_near_day(
    offsets: tuple[int, int], question: Question, match: re.Match[str]
) -> Days | None:
    """``yesterday``, «أمس الأحد»; nothing if the weekday it is said to be is not that day's."""
    first, last = (moved(question.today, "day", offset) for offset in offsets)
    weekday = match.groupdict().get("weekday")
    if weekday and WEEKDAYS[weekday] != first.weekday():
        return None
    return None if match[0].isascii() and _is_name(question, match) else (first, last)


def read_today(question: Question, match: re.Match[str]) -> Days | None:
    """``today``; nothing where it means nowadays or ends a name."""
    text = question.folded.text
    nowadays = NOWADAYS.search(text) and not HAPPENING.search(text)
    if nowadays or NAMED_TODAY.search(question.before(match)):
        return None
    return read_near_day((0, 0), question, match)


def read_arabic_today(question: Question, match: re.Match[str]) -> Days | None:
    """«ماذا حدث اليوم»; after other words «اليوم» is too often part of a name."""
    happened = HAPPENED_AR.search(question.before(match))
    return whole(question.today, "day") if happened else None


def read_arabic_tomorrow(question: Question, match: re.Match[str]) -> Days | None:
    """«غدا», which without its tanwin is also the verb "became"."""
    if "\u064b" not in question.written(match) and GHADA_WAS.search(question.before(match)):
        return None
    return read_near_day((1, 1), question, match)
