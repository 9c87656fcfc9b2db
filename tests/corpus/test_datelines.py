"""Datelines: the date and the outlet beside the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.page.datelines import read_dateline


@pytest.mark.parametrize(
    ("line", "date", "outlet"),
    [
        ("عين السرو 9 مايو 2021 (وفا) - قال رئيس المجلس", "2021-05-09", "وفا"),
        ("بيت العرعر (صوت الجبل) – أعلن المجلس", None, "صوت الجبل"),
        ("الخرطوم في 2 تموز 2020 (أ ش أ) وصل الوفد", "2020-07-02", "أ ش أ"),
        ("المنامة - 5 - 3 (بنا) -- افتتح الوزير", None, "بنا"),
        ("صنعاء - سبأ", None, "سبأ"),
        ("الدرة 26 رمضان 1442 هـ الموافق 8 مايو 2021 م واس", "2021-05-08", "واس"),
        ("عين السرو 9-5-2021 وفا- قال رئيس المجلس", None, "وفا"),
        ("SALM PORT, June 4, 2021 (AFP) - The ferry", "2021-06-04", "AFP"),
        ("SALM PORT (Elm Gazette) — The ferry", None, "Elm Gazette"),
        ("NEW SALM, March 3 (Reuters) - Shares", None, "Reuters"),
        ("LARCH END — 3 March 2024 — The board", "2024-03-03", None),
    ],
)
def test_what_stands_beside_the_place(line: str, date: str | None, outlet: str | None) -> None:
    dateline = read_dateline(line)
    assert dateline is not None
    assert (dateline.date.iso if dateline.date else None) == date
    assert (dateline.outlet.of(line) if dateline.outlet else None) == outlet


@pytest.mark.parametrize(
    "line",
    [
        "عضو اللجنة السابق (هاني السروي) - وهو طبيب - رفض التعليق",
        "قال الوزير في 3 مارس 2024 - وهو يوم عطلة - إن",
        "The minister (who resigned) - and others",
        "البيض (الطبق): 6 دنانير",
        "LARCH END — The ministry announced",
        "",
    ],
)
def test_what_is_none(line: str) -> None:
    assert read_dateline(line) is None


@given(st.text(max_size=80))
def test_no_line_breaks_it(line: str) -> None:
    dateline = read_dateline(line)
    assert dateline is None or dateline.outlet is None or dateline.outlet.of(line)
