"""PDF files: Arabic and English as programs write them, and what each kind of bad one is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from handmade_pdf import Shape, handmade
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_files import Paper, arabic, visual
from PIL import Image

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable
from rag.corpus.pdf import reading, text
from rag.corpus.pdf.reading import pdf_text
from rag.corpus.readers import read_documents
from rag.errors import CorpusError

TITLE = "إعادة فتح ميناء صفاقس بعد العاصفة"
OPENED = (
    "أعادت سلطات الميناء فتح أرصفته صباح الثلاثاء 25/03/2024 بعد العاصفة (رويترز)، وقال مدير"
    " الميناء كريم العيادي إن الأضرار بلغت 1.5 مليون دينار، أي 50% من الميزانية."
)
SHIPS = (
    "وأضاف أن شركة Boeing وشركة «Maersk Line» ستعودان بين 2023-2024، وأن منظمة الصحة (WHO) ستشارك"
    " عند الساعة 12:30 لإصلاح السفن؛ والأولى للآن لا تكفي [انظر ص 7]!"
)
PRICES = "وارتفع السعر من 3,000 إلى 4,250 دولارا في ٢٥ مارس ٢٠٢٤ بنسبة ١٢٫٥٪ تقريبا؛ فهل تكفي؟"
VOWELLED = "وكانَ ذلكَ ظُهرًا، إنْ شاءَ اللهُ."
STORM = (
    "The port authority reopened its quays on Tuesday 25/03/2024 after the storm (Reuters), and its"
    " director Karim Ayadi said that the damage came to 1.5 million dinars, or 50% of the budget."
)
REPORT = (
    "He added that the first office in Efflingen would file a final report by 12:30; affairs of"
    ' state, he said, are "difficult" to manage.'
)


def text_of(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(paragraphs)


def read_text(data: bytes) -> str:
    return text.read_text(data)[0]


def read(path: Path, data: bytes) -> Document | Unreadable:
    path.write_bytes(data)
    (found,) = read_documents([path])
    return found


def test_a_pdf_is_an_article(tmp_path: Path) -> None:
    paper = Paper()
    paper.set_title("Template 7")
    paper.add_page()
    paper.set_font_size(18)
    paper.write_paragraphs([TITLE], align="R")
    paper.set_font_size(12)
    paper.write_paragraphs(["5 مارس 2024", OPENED], align="R")
    found = read(tmp_path / "a.pdf", paper.bytes())
    assert isinstance(found, Document)
    assert found.text == text_of([TITLE, "5 مارس 2024", OPENED])
    assert found.source == str((tmp_path / "a.pdf").resolve())
    (article,) = articles_of(found)
    assert (article.title, article.date, article.language) == (TITLE, "2024-03-05", "ar")


@pytest.mark.parametrize("paragraph", [OPENED, SHIPS, PRICES])
@pytest.mark.parametrize("written", [arabic, visual])
def test_arabic_is_read_in_the_order_of_writing(
    written: Callable[[Iterable[str]], bytes], paragraph: str
) -> None:
    assert read_text(written([TITLE, paragraph])) == text_of([TITLE, paragraph])


def test_vowel_marks_stand_after_their_letters() -> None:
    assert read_text(arabic([VOWELLED])) == VOWELLED


def test_arabic_that_is_drawn_backwards_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path / "a.pdf", arabic([TITLE, OPENED], shaped=False))
    assert isinstance(found, Unreadable)
    assert found.reason == "the Arabic runs backwards (letters in visual order)"


def test_english_paragraphs() -> None:
    paper = Paper()
    paper.add_page()
    paper.write_paragraphs([STORM, REPORT], align="J")
    assert read_text(paper.bytes()) == text_of([STORM, REPORT])


def test_a_short_line_ends_a_paragraph_without_a_gap() -> None:
    paper = Paper()
    paper.add_page()
    paper.multi_cell(0, 7, f"{STORM}\n{REPORT}", align="L")
    assert read_text(paper.bytes()) == text_of([STORM, REPORT])


@pytest.mark.parametrize(
    ("align", "paragraphs"), [("R", [OPENED, SHIPS, PRICES]), ("J", [STORM, REPORT, STORM])]
)
def test_columns_are_read_one_after_another(align: str, paragraphs: list[str]) -> None:
    paper = Paper()
    paper.add_page()
    title = TITLE if align == "R" else "Port of Sfax reopens after the storm"
    paper.write_paragraphs([title], align="C")
    top = paper.get_y()
    for left, column in zip((110, 10) if align == "R" else (10, 110), (0, 1), strict=True):
        paper.set_y(top)
        paper.r_margin = paper.w - left - 90
        paper.write_paragraphs(paragraphs[column * 2 :][:2], align=align, left=left)
    assert read_text(paper.bytes()) == text_of([title, *paragraphs])


def test_a_table_is_read_by_rows() -> None:
    paper = Paper()
    paper.add_page()
    rows = [
        ("السنة", "الصادرات", "النسبة"),
        ("2023", "1.5 مليون طن", "12%"),
        ("2024", "سفن", "15%"),
    ]
    for row in rows:
        for left, cell in zip((140, 80, 20), row, strict=True):
            paper.set_x(left)
            paper.cell(40, 8, cell, align="R")
        paper.ln()
    assert read_text(paper.bytes()) == "\n".join("\t".join(row) for row in rows)


def test_what_runs_on_every_page_is_left_out_and_sentences_run_on() -> None:
    paper = Paper(head="صحيفة الساحل - العدد 125")
    numbered = [f"{OPENED[:-1]} وفق التقرير رقم {n}." for n in range(16)]
    paper.add_page()
    paper.write_paragraphs(numbered, align="R")
    assert paper.page_no() == 2
    assert read_text(paper.bytes()) == text_of(numbered)


def test_it_is_known_where_each_page_begins_blank_or_not(tmp_path: Path) -> None:
    paper = Paper()
    for page in ([], [STORM, REPORT], [], [], [REPORT], []):
        paper.add_page()
        paper.write_paragraphs(page, align="L")
    found = read(tmp_path / "a.pdf", paper.bytes())
    assert isinstance(found, Document)
    assert found.text == text_of([STORM, REPORT, REPORT])
    again = len(text_of([STORM, REPORT, ""]))
    assert found.pages == (0, 0, again, again, again, len(found.text))
    (article,) = articles_of(found)
    assert article.pages_of(0, len(STORM)) == (2,)
    assert article.pages_of(again - 10, again + 1) == (2, 5)


def test_a_page_may_begin_within_a_sentence() -> None:
    paper = Paper()
    paper.add_page()
    paper.write_paragraphs([" and ".join([STORM[:-1]] * 20)], align="J")
    told, (first, second) = text.read_text(paper.bytes())
    assert told == " and ".join([STORM[:-1]] * 20)
    assert (first, told[second - 1]) == (0, " ")


def test_a_page_that_is_there_twice_is_read_twice() -> None:
    paper = Paper()
    for _ in range(2):
        paper.add_page()
        paper.write_paragraphs([STORM], align="L")
    assert read_text(paper.bytes()) == text_of([STORM, STORM])


SHAPES = {
    "a": Shape("ا", 200),
    "b": Shape("ب"),
    "l": Shape("لا"),
    "m": Shape("\u064e", 200, 100),
    "k": Shape("%", 300, 60),
    "u": Shape(None),
    "x": Shape("x"),
    ".": Shape(".", 120, 110),
    "1": Shape("1"),
}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("(bla) Tj", "الاب"),
        ("(bkka) Tj", "اب"),  # LibreOffice fills lines with strokes that have any character
        ("(x1.1) Tj", "x1.1"),
        ("(xkx) Tj", "x%x"),
        ("(b) Tj 2 5 Td (m) Tj", "بَ"),
        ("(x) Tj ET BT /F 10 Tf .7 .7 -.7 .7 300 300 Tm (x) Tj", "x"),  # a stamp across the page
        ("(x) Tj 900 0 Td (x) Tj", "x"),  # beside the page
        ("0 1 -1 0 300 300 Tm (x1) Tj", "x1"),  # a page on its side
        ("(x) Tj .2 0 Td (x) Tj", "x"),  # drawn twice for boldness
        ("(x) Tj 10 0 Td (x) Tj", "x x"),
    ],
)
def test_glyphs(content: str, text: str) -> None:
    assert read_text(handmade(f"BT /F 10 Tf 100 700 Td {content} ET", SHAPES)) == text


def test_what_the_file_says_that_glyphs_spell_is_believed() -> None:
    spelled = "/Span << /ActualText <FEFF0637064E> >> BDC BT /F 10 Tf 100 700 Td"
    content = f"{spelled} (u) Tj 2 8 Td (m) Tj ET EMC BT /F 10 Tf 106 700 Td (b) Tj ET"
    assert read_text(handmade(content, SHAPES)) == "بطَ"


def encrypted() -> bytes:
    paper = Paper()
    paper.set_encryption(owner_password="o", user_password="u")
    paper.add_page()
    paper.write_paragraphs([STORM], align="L")
    return paper.bytes()


def scanned() -> bytes:
    paper = Paper()
    paper.add_page()
    paper.image(Image.new("RGB", (40, 40), "gray"))
    return paper.bytes()


UNREADABLE = "not a PDF that can be read (damaged, or no PDF)"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", UNREADABLE),
        (b"plain words", UNREADABLE),
        (arabic([])[:400], UNREADABLE),
        (encrypted(), "a PDF that needs a password"),
        (scanned(), "no text in this PDF: its pages are pictures"),
        (arabic([]), "no text in this PDF: its pages are empty"),
        (
            handmade("BT /F 10 Tf 100 700 Td (xxux) Tj ET", SHAPES),
            "its fonts do not say which letters 25% of its signs are",
        ),
        (
            handmade("BT /F 10 Tf 100 700 Td (ab) Tj ET", {"a": Shape("Ç"), "b": Shape("á")}),
            "its fonts say that its letters are others than they look (ÇáãÍÊæì)",
        ),
        (b"x" * 100_000_001, "a PDF of 100,000,001 bytes: at most 100,000,000"),
    ],
)
def test_bad_files_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.pdf"
    assert read(path, data) == Unreadable(str(path), reason)


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_MOST_PAGES", 1)
    paper = Paper()
    paper.add_page()
    paper.add_page()
    with pytest.raises(CorpusError, match="a PDF of 2 pages: at most 1"):
        read_text(paper.bytes())


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time; time.sleep(60)", "a PDF that takes more than 0.2 seconds to read"),
        ("import os; os.abort()", "not a PDF that can be read (it crashes its reader)"),
    ],
)
def test_a_pdf_that_stalls_or_crashes_its_reader(
    monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setattr(reading, "_PROGRAM", program)
    monkeypatch.setattr(reading, "_SECONDS", 0.2 if "sleep" in program else 30)
    with pytest.raises(CorpusError) as error:
        pdf_text(b"")
    assert str(error.value) == reason


def test_a_pdf_that_takes_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from rag.corpus.pdf import text; text.read_text = lambda data: bytearray(4 << 30)"
    program += "; text.main()"
    monkeypatch.setattr(reading, "_PROGRAM", f"import sys; sys.path[:] = sys.argv[1:]; {program}")
    with pytest.raises(CorpusError, match="more than 1,000,000,000 bytes of memory"):
        pdf_text(b"")


WHOLE = visual([TITLE, OPENED])


@settings(max_examples=10, deadline=None)
@given(
    st.integers(1, len(WHOLE)),
    st.dictionaries(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=1)),
)
def test_a_damaged_pdf_is_read_or_refused(length: int, changes: dict[int, bytes]) -> None:
    damaged = bytearray(WHOLE)
    for at, byte in changes.items():
        damaged[at : at + 1] = byte
    with contextlib.suppress(CorpusError):
        assert pdf_text(bytes(damaged[:length]))
