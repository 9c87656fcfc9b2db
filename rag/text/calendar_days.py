"""Arithmetic on days: a calendar's unit, some units from a day, the nearest month of a name."""

from __future__ import annotations

import calendar
import datetime
from typing import Literal

from hijridate import Gregorian, Hijri

Unit = Literal["day", "week", "month", "year"]
Days = tuple[datetime.date, datetime.date]


def moved(day: datetime.date, unit: Unit, count: int) -> datetime.date:
    """``count`` units later; where that month is shorter, its last day."""
    if unit in ("day", "week"):
        return day + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def whole(day: datetime.date, unit: Unit) -> Days:
    """The calendar's unit that ``day`` is in."""
    if unit == "day":
        return day, day
    if unit == "week":
        starts = [day - datetime.timedelta(days=(day.weekday() - each) % 7) for each in (5, 6, 0)]
        return min(starts), max(starts) + datetime.timedelta(days=6)
    if unit == "month":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


def window(today: datetime.date, unit: Unit, count: int) -> Days:
    """From today that many units on, or back."""
    other = moved(today, unit, count)
    return min(today, other), max(today, other)


def until_now(days: Days, today: datetime.date) -> Days:
    """``days``, reaching to today if they end before it."""
    return days[0], max(days[1], today)


def nearest_year(step: int, month: int, this_year: int, this_month: int) -> int:
    """The year of the last (-1), this (0) or next (1) such month."""
    if step < 0:
        return this_year - (month >= this_month)
    return this_year + (step > 0 and month <= this_month)


def month_days(year: int, month: int, day: int | None) -> Days:
    """That day of the month, or all of the month."""
    if day is not None:
        return whole(datetime.date(year, month, day), "day")
    return whole(datetime.date(year, month, 1), "month")


def hijri_days(today: datetime.date, step: int, month: int, day: int | None) -> Days:
    """The same of the last (-1), this (0) or next (1) such Hijri month."""
    now = Gregorian.fromdate(today).to_hijri()
    year = nearest_year(step, month, now.year, now.month)
    first = Hijri(year, month, day or 1)
    last = Hijri(year, month, day or first.month_length())
    return (
        datetime.date(*first.to_gregorian().datetuple()),
        datetime.date(*last.to_gregorian().datetuple()),
    )
