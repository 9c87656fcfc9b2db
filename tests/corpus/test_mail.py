"""Mail: what is read of a message, in which encodings, and what each kind of bad one is told."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from corpus_files import FIRST, SECOND, TITLE, message

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents


def read(folder: Path, mail: bytes) -> Document | Unreadable:
    path = folder / "a.eml"
    path.write_bytes(mail)
    (found,) = read_documents([path])
    return found


def text_of(folder: Path, mail: bytes) -> str:
    found = read(folder, mail)
    assert isinstance(found, Document), found
    return found.text


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "iso-8859-6"])
def test_a_message_is_an_article(tmp_path: Path, charset: str) -> None:
    body = f"{FIRST}\n\n{SECOND}\n"
    path = tmp_path / "a.eml"
    assert read(tmp_path, message(body, charset)) == Document(
        body, title=TITLE, date="2024-03-05", path=path.as_posix(), source=str(path)
    )


def test_the_plain_part_goes_before_html_and_attachments_are_left(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "Rain"
    made.set_content(FIRST)
    made.add_alternative(f"<p>{SECOND}</p>", subtype="html")
    made.add_attachment("a table", filename="table.txt")
    assert text_of(tmp_path, made.as_bytes()) == f"{FIRST}\n"


def test_html_alone_is_read_as_it_shows(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "Rain"
    page = f"<style>p {{}}</style><table><tr><td><p>{FIRST}</p><p>3 &lt; 4</p></td></tr></table>"
    made.set_content(page, subtype="html", charset="windows-1256")
    assert text_of(tmp_path, made.as_bytes()) == f"{FIRST}\n\n3 < 4"


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("=?windows-1256?B?" + "3crNIOTl0w==" + "?=", "فتح نهس"),
        ("=?UTF-8?Q?=D9=81=D8=AA=D8=AD?= the =?utf-8?q?caf=C3=A9?=", "فتح the café"),
        ("فتح الميناء", "فتح الميناء"),
        ("", None),
    ],
)
def test_subjects(tmp_path: Path, subject: str, title: str | None) -> None:
    found = read(tmp_path, f"From: a@b.example\r\nSubject: {subject}\r\n\r\nword\r\n".encode())
    assert isinstance(found, Document)
    assert (found.text, found.title, found.date, found.outlet) == ("word\n", title, None, None)


def test_a_subject_in_an_encoding_that_is_not_told_is_no_title(tmp_path: Path) -> None:
    found = read(tmp_path, b"Subject: \xdd\xca\xcd\n\nword")
    assert isinstance(found, Document) and found.title is None


def test_what_declares_no_encoding_or_ascii_is_told_from_its_bytes(tmp_path: Path) -> None:
    for declared in (b"", b"Content-Type: text/plain; charset=us-ascii\n"):
        mail = b"Subject: a\n" + declared + b"\n" + FIRST.encode("cp1256")
        assert text_of(tmp_path, mail) == FIRST


@pytest.mark.parametrize(
    ("kind", "lines", "last"),
    [
        ("flowed", "A paragraph of three lines.", "From"),
        ("flowed; delsp=yes", "A paragraphof three lines.", "From"),
        ("fixed", "A paragraph \nof three \nlines.", " From"),
    ],
)
def test_flowed_lines_are_joined(tmp_path: Path, kind: str, lines: str, last: str) -> None:
    body = "A paragraph \nof three \nlines.\n\n> quoted \n> words \n From\n-- \nname"
    if "delsp" in kind:
        body = body.replace("three ", "three  ")
    mail = f"Subject: a\nContent-Type: text/plain; format={kind}\n\n{body}"
    assert text_of(tmp_path, mail.encode()) == f"{lines}\n\n> quoted \n> words \n{last}\n-- \nname"


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (b"plain words", "not a mail message (no From, Date, Subject)"),
        (b"Subject: a\n\n \n", "no text in this message"),
        (b"Subject: a\nContent-Type: image/png\n\nabc", "no text in this message"),
        (b"Subject: a\n\ncaf\xe9", "not utf-8: byte 0xe9 at 3"),
        (b"Subject: a\nContent-Type: text/plain; charset=x-none\n\na", "declares an unknown"),
        (b"Subject: " + b"=?utf-8?q?a?= " * 1000, "a header of 14,000 characters (Subject)"),
        (b"Subject: a\n" + b"Content-Type: multipart/mixed; boundary=a\n" * 101, "more than 100"),
        (b"Subject: a; boundary=b\n\n" + b"\n" * 1_500_000, "too many lines and parts"),
        (b"Subject: a\n\n" + b"x" * 50_000_000, "a message of 50,000,012 bytes: at most 50,000"),
    ],
)
def test_bad_messages_say_why(tmp_path: Path, mail: bytes, reason: str) -> None:
    found = read(tmp_path, mail)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)
