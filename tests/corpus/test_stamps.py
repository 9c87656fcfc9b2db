"""Stamp lines, and lines with a date in them that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.page.stamps import read_stamp


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("الثلاثاء، 9 يوليو 2019 06:15 م", "2019-07-09"),
        ("الأربعاء 14/فبراير/2018 - 11:20 ص", "2018-02-14"),
        ("7 أيلول 2021، 18:05 بتوقيت بيروت", "2021-09-07"),
        ("نُشر: 3 غشت 2022", "2022-08-03"),
        ("تاريخ الإضافة: الأحد 3 ديسمبر 2023 م - 19 جمادى الأولى 1445 هـ", "2023-12-03"),
        ("19 جمادى الأولى 1445هـ / 3 ديسمبر 2023م", "2023-12-03"),
        ("الخميس ٢٠-٠١-٢٠٢٢", "2022-01-20"),
        ("9 تشرين 2 2020", "2020-11-09"),
        ("٥ مارس آذار ٢٠٢٥ , ١١:٤٨ ص توقيت جرينتش", "2025-03-05"),
        ("\u202b14 أكتوبر، 2016\u202c", "2016-10-14"),
        ("بقلم: هالة صبري - 2 نيسان 2020 | 3 دقائق", "2020-04-02"),
        ("وادي الزهر – الجمعة 5 أيار 2023", "2023-05-05"),
        ("Published: 8:15 AM, Thursday, 5 June 2025", "2025-06-05"),
        ("First published on Wed 13 Nov 2024 09.05 GMT", "2024-11-13"),
        ("By Ann Lowe | 12 May 2021 | 5 min read", "2021-05-12"),
        ("2023-02-01T10:22:00+03:00", "2023-02-01"),
        ("• 10/31/2020", "2020-10-31"),
        ("Thu., June 5, 2025", "2025-06-05"),
        ("23 سبتمبر 2023 | 1,200 مشاهدة", "2023-09-23"),
        ("السبت 23 سبتمبر 2023 | 10:20 صباحا | عدد القراءات : 815", "2023-09-23"),
        ("Source: Elm Wire| 2023-09-23 19:22:05|Editor: ann", "2023-09-23"),
        ("رقم الخبر: 123 - صباح السبت 23 سبتمبر 2023", "2023-09-23"),
        ("FOR IMMEDIATE RELEASE: September 23, 2023", "2023-09-23"),
        ("رياضة 23 سبتمبر 2023", "2023-09-23"),
        ("Ann Lowe Sat 23 Sep 2023", "2023-09-23"),
        ("23/09/2023 - 10:20آخر تحديث: 25/09/2023 - 11:00", "2023-09-23"),
        ("Posted at 10:20 AM, Sep 23, 2023 and last updated Sep 25, 2023", "2023-09-23"),
    ],
)
def test_a_line_of_such_parts_alone_is_a_stamp(line: str, published: str) -> None:
    stamp = read_stamp(line)
    assert stamp is not None
    assert (stamp.published, stamp.date) == (published, published)


@pytest.mark.parametrize(
    "line",
    [
        "نشر في 4 أبريل 2001 كتابا عن البحر",
        "تأسست الجمعية في 5 يونيو 1967",
        "تاريخ الميلاد: 5 يونيو 1967",
        "آخر موعد للتقديم: 3 مارس 2024",
        "آخر تحديث للصفحة: 11/09/2024 07:15",
        "Date of birth: 3 March 1999",
        "Date palms planted on 5 October 1987",
        "Founded: 3 March 1999",
        "It ended on 3 March 2024.",
        "© 2024 The Elm",
        "18400",
        "Born 3 March 1999",
        "الموعد: السبت 23 سبتمبر 2023",
        "Deaths: 815",
        "",
    ],
)
def test_a_line_that_says_more_is_none(line: str) -> None:
    assert read_stamp(line) is None


def test_published_goes_before_updated_in_either_order() -> None:
    for line in (
        "آخر تحديث: 9 مايو 2022 | نشر: 7 مايو 2022",
        "Posted May 7, 2022 - Updated May 9, 2022",
    ):
        stamp = read_stamp(line)
        assert stamp is not None and stamp.labelled
        assert (stamp.published, stamp.updated, stamp.date) == (
            "2022-05-07",
            "2022-05-09",
            "2022-05-07",
        )


def test_the_span_is_of_the_date_alone() -> None:
    line = "نُشر:  \u200f7 مايو 2022\u200f 10:00"
    stamp = read_stamp(line)
    assert stamp is not None and stamp.span.of(line) == "7 مايو 2022"


@pytest.mark.parametrize(
    ("line", "date"),
    [("5/3/2024", "2024"), ("الثلاثاء 5/3/2024", "2024-03-05"), ("Friday 5/3/2024", "2024-05-03")],
)
def test_the_weekday_shows_the_order_of_day_and_month(line: str, date: str) -> None:
    stamp = read_stamp(line)
    assert stamp is not None and stamp.date == date


@pytest.mark.parametrize("line", ["منذ ساعتين", "3 hours ago", "• 07:20", "4 min read"])
def test_a_time_or_an_age_is_a_stamp_of_no_date(line: str) -> None:
    stamp = read_stamp(line)
    assert stamp is not None and stamp.date is None


def test_names_beside_the_date_are_told() -> None:
    line = "Salm Port | Elm Gazette | 5 June 2025"
    stamp = read_stamp(line)
    assert stamp is not None
    assert [name.of(line) for name in stamp.names] == ["Salm Port | Elm Gazette"]


@given(st.text(max_size=60) | st.text(alphabet="0123456789/-: مني\x01", max_size=40))
def test_no_line_breaks_it(line: str) -> None:
    stamp = read_stamp(line)
    assert stamp is None or 0 <= stamp.span.start <= stamp.span.end <= len(line)
