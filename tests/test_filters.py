"""Which articles are asked, and which are preferred by their date."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.filters import Filter, Period
from rag.library import Library
from rag.retrieval.fusion import dated
from rag.store.protocol import ArticleFacts
from rag.text.dates import find_dates

DAY = datetime.date


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2024", "2024", DAY(2024, 1, 1), DAY(2024, 12, 31)),
        ("2024-02", "2024-02", DAY(2024, 2, 1), DAY(2024, 2, 29)),
        ("2024-07-25", None, DAY(2024, 7, 25), None),
        (None, "2023-12", None, DAY(2023, 12, 31)),
    ],
)
def test_periods(since: str | None, until: str | None, first: DAY | None, last: DAY | None) -> None:
    assert Period.parse(since, until) == Period(first, last)


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("soon", None, "--since 'soon': expected a date"),
        (None, "2024-13", "--until '2024-13': expected a date"),
        ("2024-1-1-1", None, "expected a date"),
        ("2024-00", None, "expected a date"),
        (None, "9999", "expected a date"),
        ("2025", "2024", "--since 2025 is after --until 2024"),
    ],
)
def test_bad_periods(since: str | None, until: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Period.parse(since, until)


DATES = ["2024-07-25", "2023", None, "nonsense"]


def test_an_unknown_date_is_of_no_period() -> None:
    held = [Period.parse("2024", None).holds(date) for date in DATES]
    assert held == [True, False, False, False]
    assert not any(Period.parse(None, "2023-06").holds(date) for date in DATES)
    assert all(Period().holds(date) for date in DATES)


def test_an_unknown_date_is_moved_by_no_preference() -> None:
    articles = [ArticleFacts(str(n), "ar", date) for n, date in enumerate(DATES)]
    gains = dated(articles, find_dates("in July 2024"))
    assert gains[0] == -gains[1] > 0
    assert gains[2] == gains[3] == 0
    assert dated(articles, []).tolist() == [0, 0, 0, 0]


def three(library: Library, tmp_path: Path) -> Library:
    rows = [
        {"id": "old", "date": "2021-03-23", "text": "التقى الوزيران في موسكو أمس."},
        {"id": "new", "date": "2024-07-25", "text": "التقى الوزيران في موسكو أمس."},
        {"id": "unknown", "text": "التقى الوزيران في موسكو أمس."},
    ]
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    library.ingest([path])
    return library


def test_a_year_in_the_question_prefers_articles_of_it(library: Library, tmp_path: Path) -> None:
    three(library, tmp_path)
    order = [hit.article.id for hit in library.search("أين التقى الوزيران في عام 2024؟")]
    assert order == ["new", "unknown", "old"]


def test_since_and_until_leave_the_others_out(library: Library, tmp_path: Path) -> None:
    three(library, tmp_path)
    where = Filter(Period.parse("2020", "2022"))
    assert [hit.article.id for hit in library.search("الوزيران", where=where)] == ["old"]
    never = Filter(Period.parse("1999", "1999"))
    assert library.search("الوزيران", where=never) == []
    assert library.ask("أين التقى الوزيران؟", never).reason == "no_evidence"
