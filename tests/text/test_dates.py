import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import DateMention, find_dates
from rag.types import Span

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
WORDS = "25 يوليو 2024 / 3 . - ، , عام في in July th من ( ) هـ 1445 رمضان شباط ٢٠٢١ 31 ـ ُ\n"
PIECES = st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join)


def dates(text: str) -> list[tuple[str, str]]:
    return [(mention.span.of(text), mention.iso) for mention in find_dates(text)]


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        # Arabic, day to year.
        ("فينتيان 25 يوليو 2024 (شينخوا)", "25 يوليو 2024", "2024-07-25"),
        ("في ٢٥ يوليو ٢٠٢٤م", "٢٥ يوليو ٢٠٢٤", "2024-07-25"),
        ("18 سبتمبر/أيلول 2023", "18 سبتمبر/أيلول 2023", "2023-09-18"),
        (
            "في 18 أكتوبر/ تشرين الأول من عام 2024 في",
            "18 أكتوبر/ تشرين الأول من عام 2024",
            "2024-10-18",
        ),
        ("الـ25 من يوليو، 2024", "25 من يوليو، 2024", "2024-07-25"),
        ("و5 كانون الثاني 2020", "5 كانون الثاني 2020", "2020-01-05"),
        ("1 آذار 2011", "1 آذار 2011", "2011-03-01"),
        ("5 تشرين الثاني 2017", "5 تشرين الثاني 2017", "2017-11-05"),
        ("12 جويلية 2019", "12 جويلية 2019", "2019-07-12"),
        ("3 أوت 2018", "3 أوت 2018", "2018-08-03"),
        ("9 جانفي 2018", "9 جانفي 2018", "2018-01-09"),
        ("3 غشت 2018", "3 غشت 2018", "2018-08-03"),
        ("30 يوليوز 1999", "30 يوليوز 1999", "1999-07-30"),
        # Arabic, month and year, or year.
        ("في فبراير 2022، عندما", "فبراير 2022", "2022-02"),
        ("شباط (فبراير) 2022", "شباط (فبراير) 2022", "2022-02"),
        ("آب 2020", "آب 2020", "2020-08"),
        ("سبتمبر/أكتوبر 2023", "2023", "2023"),
        ("من 18-20 سبتمبر 2023", "18-20 سبتمبر 2023", "2023-09"),
        ("18 يناير - 20 فبراير 2024", "20 فبراير 2024", "2024-02-20"),
        ("جمادى الأولى 2024", "2024", "2024"),
        ("وفي عام 2022، لتولي", "2022", "2022"),
        ("سنة 1948", "1948", "1948"),
        ("العام ٢٠٢١", "٢٠٢١", "2021"),
        ("في 2021", "2021", "2021"),
        ("ومنذ 1948", "1948", "1948"),
        ("فتح القسطنطينية عام 1453", "1453", "1453"),
        # English.
        ("on 25 July 2024.", "25 July 2024", "2024-07-25"),
        ("July 25, 2024", "July 25, 2024", "2024-07-25"),
        ("Sept. 11, 2001", "Sept. 11, 2001", "2001-09-11"),
        ("18th, September 2023 GMT", "18th, September 2023", "2023-09-18"),
        ("the 3rd of May, 2021", "3rd of May, 2021", "2021-05-03"),
        ("25-Jul-2024", "25-Jul-2024", "2024-07-25"),
        ("Jul 2024", "Jul 2024", "2024-07"),
        ("May 2021", "May 2021", "2021-05"),
        ("in 2021,", "2021", "2021"),
        ("the year 2021", "2021", "2021"),
        # Numeric.
        ("2024-07-25T10:00", "2024-07-25", "2024-07-25"),
        ("2021/3/24", "2021/3/24", "2021-03-24"),
        ("• 3/24/2021", "3/24/2021", "2021-03-24"),
        ("24/3/2021", "24/3/2021", "2021-03-24"),
        ("24.3.2021.", "24.3.2021", "2021-03-24"),
        ("٢٤ / ٣ / ٢٠٢١", "٢٤ / ٣ / ٢٠٢١", "2021-03-24"),
        ("2024-07", "2024-07", "2024-07"),
        ("3/4/2021", "3/4/2021", "2021"),
        ("3/3/2021", "3/3/2021", "2021-03-03"),
        # Days that do not exist.
        ("31 February 2024", "February 2024", "2024-02"),
        # Hijri.
        ("12 رمضان 1445", "12 رمضان 1445", "2024-03-22"),
        ("8 ذي الحجة 1444هـ", "8 ذي الحجة 1444هـ", "2023-06-26"),
        ("1445/09/12 هـ", "1445/09/12 هـ", "2024-03-22"),
        ("30/2/1445هـ", "30/2/1445هـ", "2023-09-15"),
    ],
)
def test_one_date(text: str, words: str, iso: str) -> None:
    assert dates(text) == [(words, iso)]


@pytest.mark.parametrize(
    "text",
    [
        "25 يوليو",
        "22 مارس الماضي",
        "في 2000 شخص",
        "in 2000 people",
        "at 1400h",
        "2005-07",
        "سنة 1200 ق.م",
        "2021",
        "الصفحة 2021",
        "عام 999",
        "in 2101",
        "29/02/2023",
        "45/13/2021",
        "0/5/2021",
        "192.168.1.2024",
        "12/9/1445",
        "3.2021.5",
        "عام 1600 هـ",
        "3+3",
        "",
    ],
)
def test_no_date(text: str) -> None:
    assert dates(text) == []


def test_several_dates_in_order() -> None:
    text = "12 رمضان 1445 هـ الموافق 22 مارس 2024 م، وفي عام 2022 and since 1999"
    assert dates(text) == [
        ("12 رمضان 1445 هـ", "2024-03-22"),
        ("22 مارس 2024", "2024-03-22"),
        ("2022", "2022"),
        ("1999", "1999"),
    ]


def test_listed_years_are_all_found() -> None:
    assert [iso for _, iso in dates("بين عامي 2020 و2022")] == ["2020", "2022"]
    assert [iso for _, iso in dates("in 2019, 2020 and 2021")] == ["2019", "2020", "2021"]


def test_the_span_is_in_the_raw_text() -> None:
    text = "\u200fبتاريخِ ٢٥ يُوليو ٢٠٢٤"
    assert dates(text) == [("٢٥ يُوليو ٢٠٢٤", "2024-07-25")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("25 يوليو 2024", date(2024, 7, 25), date(2024, 7, 25)),
        ("فبراير 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("عام 2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("18-20 September 2023", date(2023, 9, 18), date(2023, 9, 20)),
        ("رمضان 1445", date(2024, 3, 11), date(2024, 4, 9)),
        ("1445 هـ", date(2023, 7, 19), date(2024, 7, 6)),
        ("12/9/1445هـ", date(2023, 7, 19), date(2024, 7, 6)),
    ],
)
def test_bounds(text: str, first: date, last: date) -> None:
    (mention,) = find_dates(text)
    assert (mention.first, mention.last) == (first, last)


def test_a_hijri_month_that_spans_two_has_only_a_year() -> None:
    (mention,) = find_dates("رمضان 1445")
    assert (mention.iso, mention.month) == ("2024", None)


def test_iso_pads() -> None:
    assert DateMention(Span(0, 1), 2024, 7, 5).iso == "2024-07-05"


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (0, ["2024-07-25"]),
        (1, ["2023-09-18", "2022", "2024-10-18"]),
        (2, []),
        (3, ["2022-02"]),
        (4, ["2021-03-24", "2021-03-23"]),
    ],
)
def test_seed_articles(seed: int, expected: list[str]) -> None:
    assert [iso for _, iso in dates(SEEDS[seed].read_text(encoding="utf-8"))] == expected


@pytest.mark.parametrize(
    "unit",
    ["12 ", "1.", "25" + " " * 99_998, "عام 2022 ", "July ", "1/", "عام" + " " * 99_990 + "1"],
)
def test_no_text_takes_long(unit: str) -> None:
    started = time.perf_counter()
    find_dates((unit * (100_000 // len(unit) + 1))[:100_000])
    assert time.perf_counter() - started < 3.0


@given(st.one_of(PIECES, st.text(st.characters())))
def test_mentions_are_ordered_disjoint_and_sound(text: str) -> None:
    found = find_dates(text)
    for mention in found:
        assert 0 <= mention.span.start < mention.span.end <= len(text)
        assert mention.first <= mention.last
        assert mention.iso.startswith(str(mention.year))
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
