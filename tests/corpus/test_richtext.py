"""Rich text: Arabic in every way it is written there, and what each kind of bad file is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import FIRST, SECOND, rich
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.files import File
from rag.corpus.formats.richtext import read_rtf
from rag.corpus.readers import read_documents

FONTS = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset178 Arial;}{\f2\cpg1251 Arial;}}"
WORD = "فتح"


def digits(text: str, encoding: str = "cp1256") -> str:
    """Letters as bytes of a code page."""
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding))


def numbers(text: str, instead: str = "?") -> str:
    """Letters as Unicode numbers, each before what stands for older programs."""
    data = text.encode("utf-16-le")
    units = (int.from_bytes(data[n : n + 2], "little", signed=True) for n in range(0, len(data), 2))
    return "".join(f"\\u{unit}{instead}" for unit in units)


def text_of(rich: str | bytes) -> str:
    data = rich.encode("cp1256") if isinstance(rich, str) else rich
    (found,) = read_rtf(File(Path("a.rtf"), data))
    return found.text


def test_a_file_is_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(rich(FIRST, SECOND))
    (found,) = read_documents([path])
    assert found == Document(f"{FIRST}\n\n{SECOND}", path=path.as_posix(), source=str(path))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rf"\ansicpg1256 {digits(WORD)}", WORD),
        (rf"\ansicpg1256 {WORD}", WORD),
        (rf"\ansicpg708 {digits(WORD, 'iso8859-6')}", WORD),
        (rf"{FONTS}\f1 {digits(WORD)}\f0 caf\'e9", f"{WORD}café"),
        (rf"{FONTS}{{\f1 {digits(WORD)}}}\'92", f"{WORD}’"),
        (rf"{FONTS}\deff1 {digits(WORD)}", WORD),
        (rf"{FONTS}\deff1\f0 \plain {digits(WORD)}", WORD),
        (rf"{FONTS}\f0{{\rtlch\af1\ltrch \'e9}}{{\ltrch\f0\rtlch\af1 {digits(WORD)}}}", f"é{WORD}"),
        (rf"{FONTS}\f2 {digits('Да', 'cp1251')}", "Да"),
        (numbers(WORD), WORD),
        (numbers(WORD, " ?"), WORD),
        (rf"\uc0 {numbers(WORD, '')}", WORD),
        (rf"\uc2 {numbers(WORD, digits('ab'))}", WORD),
        (rf"{{\uc0 {numbers('ف', '')}}}{numbers('تح', digits('x'))}", WORD),
        (numbers("😀 …"), "😀 …"),
        (r"\lquote a\rquote\~b\_c\emdash d\-e \{\}\\", "‘a’\xa0b‑c—de {}\\"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt a link}}", "a link"),
        (r"a{\pict 00ff}{\footnote b}{\*\unknown c}{\info{\title d}}{\v e}{\deleted f}g", "ag"),
        (r"a\v hidden\v0  b{\header c}", "a b"),
        ("a{\\pict\\bin4 }{\\\\}b", "ab"),
        ("one\ntwo\r\n\\par\n\\par\nthree\\line four", "onetwo\n\nthree\nfour"),
        (r"\trowd a\cell b\cell\row\trowd c\cell\cell\row\pard d", "a\tb\nc\n\nd"),
    ],
)
def test_what_is_written_is_what_is_read(written: str, text: str) -> None:
    assert text_of(rf"{{\rtf1\ansi {written}\par}} after the end") == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_letters_come_back(text: str) -> None:
    assert text_of(rf"{{\rtf1 {numbers(text)}}}") == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"plain words", "not a rich text (no {\\rtf at its beginning)"),
        (b"{\\rtf1 word", "cut short (a group does not end)"),
        (b"{\\rtf1 word\\", "cut short (a group does not end)"),
        (b"{\\rtf1{\\info word}}", "no text in this rich text"),
        (b"{\\rtf1" + b"{" * 1000, "groups nested too deep"),
        (b"{\\rtf1\\ansicpg4 word}", "not a rich text that can be read (LookupError)"),
        (b"{\\rtf1 \\'81}", "not a rich text that can be read (UnicodeDecodeError)"),
        (b"{\\rtf1 \\u-10179?}", "a lone surrogate, which is not a character"),
        (b"{\\rtf1 " + b"\\b" * 3_000_000, "more than 3,000,000 codes"),
    ],
)
def test_bad_files_say_why(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.rtf").write_bytes(data)
    (found,) = read_documents([tmp_path / "a.rtf"])
    assert isinstance(found, Unreadable) and found.reason == reason
