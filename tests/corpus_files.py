"""A sound file of every kind that is read, made by hand or by a library, for tests to damage."""

from __future__ import annotations

import email.message
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import docx
import openpyxl

TITLE = "إعادة فتح ميناء صفاقس"
FIRST = (
    "أعادت سلطات ميناء صفاقس فتح أرصفته صباح الثلاثاء بعد ثلاثة أيام من الإغلاق بسبب العاصفة التي"
    " ضربت الساحل الشرقي للبلاد، وقال مدير الميناء كريم العيادي إن الأضرار محدودة."
)
SECOND = "The port of Sfax opened again on Tuesday, after three days in which it had been closed."
PAGE = f"""<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{TITLE}</title></head>
<body><main><article><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></article></main></body></html>"""
ADDRESS = "https://sahel.example/port"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A tar archive; ``mode`` as for ``tarfile.open``."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def word(*paragraphs: str) -> bytes:
    """A Word document."""
    made, document = io.BytesIO(), docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def open_document(body: str) -> bytes:
    """A text of LibreOffice's with the elements ``body``."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "drawing")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f"<office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": content,
        }
    )


def book(chapters: Mapping[str, str], metadata: str = "") -> bytes:
    """An EPUB book; a chapter's name is its place below the folder of the book's package."""
    items = "".join(f'<item id="c{n}" href="{name}"/>' for n, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine>"
        "</package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    )
    inside = {
        f"OPS/{name}".replace("%20", " "): text.encode("utf-8", "surrogatepass")
        for name, text in chapters.items()
    }
    return zipped({"META-INF/container.xml": container, "OPS/book.opf": package, **inside})


def workbook(*sheets: list[list[object]]) -> bytes:
    """An Excel workbook of these sheets' rows."""
    made, book = io.BytesIO(), openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(made)
    return made.getvalue()


def web_archive(*captures: tuple[str, str, bytes], status: str = "200 OK") -> bytes:
    """A WARC file; each capture is an address, its content type and what was answered."""
    made = [_record("warcinfo", "", b"software: none\r\n")]
    for address, kind, data in captures:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode()
        made.append(_record("response", f"WARC-Target-URI: {address}\r\n", head + data))
    return b"".join(made)


def _record(kind: str, headers: str, data: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\n{headers}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data + b"\r\n\r\n"


def message(
    body: str = f"{FIRST}\n\n{SECOND}\n", charset: str = "utf-8", title: str = TITLE
) -> bytes:
    """A mail message."""
    made = email.message.EmailMessage()
    made["From"] = "Karim <karim@sahel.example>"
    made["Date"] = "Tue, 05 Mar 2024 00:30:00 +0300"
    made["Subject"] = title
    made.set_content(body, charset=charset)
    return made.as_bytes()


def rich(*paragraphs: str) -> bytes:
    """A rich text in a font for Arabic letters."""
    fonts = r"{\fonttbl{\f0 Times;}{\f1\fcharset178 Arial;}}"
    told = (text.encode("cp1256").hex(" ", 1).replace(" ", r"\'") for text in paragraphs)
    body = "".join(rf"\'{letters}\par " for letters in told)
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}{{\f1 {body}}}}}".encode()


RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>صحيفة الساحل</title>
<item><title>{TITLE}</title><link>{ADDRESS}</link><pubDate>Tue, 05 Mar 2024 00:30:00 +0300</pubDate>
<description>&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Coast</title><entry><title>{TITLE}</title>
<link href="{ADDRESS}"/><published>2024-03-05T00:30:00+03:00</published>
<content type="html">&lt;p&gt;{FIRST}&lt;/p&gt;</content></entry></feed>"""
_RECORD = {"text": FIRST, "title": TITLE, "date": "2024-03-05"}
_TABLE = f'title,date,text\n{TITLE},2024-03-05,"{FIRST}"\n'
_CAPTURE = (ADDRESS, "text/html; charset=utf-8", PAGE.encode())

# What makes a sound file, by its suffix.
SOUND: Mapping[str, Callable[[], bytes]] = {
    ".txt": FIRST.encode,
    ".md": FIRST.encode,
    ".text": FIRST.encode,
    ".jsonl": json.dumps(_RECORD).encode,
    ".ndjson": json.dumps(_RECORD).encode,
    ".csv": _TABLE.encode,
    ".tsv": _TABLE.replace(",", "\t").encode,
    ".html": PAGE.encode,
    ".htm": PAGE.encode,
    ".xhtml": PAGE.encode,
    ".rss": RSS.encode,
    ".atom": ATOM.encode,
    ".xml": RSS.encode,
    ".warc": lambda: web_archive(_CAPTURE),
    ".eml": message,
    ".docx": lambda: word(TITLE, FIRST, SECOND),
    ".odt": lambda: open_document(f"<text:h>{TITLE}</text:h><text:p>{FIRST}</text:p>"),
    ".rtf": lambda: rich(FIRST, SECOND),
    ".epub": lambda: book({"1.xhtml": f"<html><body><p>{FIRST}</p><p>{FIRST}</p></body></html>"}),
    ".xlsx": lambda: workbook([["text", "title"], [FIRST, TITLE]]),
    ".zip": lambda: zipped({"a.txt": FIRST, "b.html": PAGE}),
    ".tar": lambda: tarred({"a.txt": FIRST.encode(), "b.html": PAGE.encode()}),
    ".tgz": lambda: tarred({"a.txt": FIRST.encode(), "b.html": PAGE.encode()}, "w:gz"),
    ".txt.gz": lambda: gzip.compress(FIRST.encode(), mtime=0),
}
