"""Saved mail (.eml): the body of a message, with its subject and date. Attachments are left."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import cast

from rag.corpus.documents import Document
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import html_text
from rag.corpus.formats.markup import declared_decode
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError

# The largest message that is read, in bytes: servers take up to fifty megabytes.
_LARGEST = 50_000_000
# Every line is compared with the ends of all parts around it, and headers are read in the square of
# their length.
_MOST_PARTS = 100
_MOST_COMPARED = 3_000_000
_LONGEST_HEADER = 5_000
# Beginnings of the headers that are read.
_READ = ("content-", "date", "subject")
# What any message states at least one of.
_STATED = ("From", "Date", "Subject")
_REPLACEMENT = "\ufffd"


class _Policy(EmailPolicy):
    """The rules of today's mail, without headers of any length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) > _LONGEST_HEADER and name.lower().startswith(_READ):
            raise CorpusError(f"a header of {len(value):,} characters ({name:.20})")
        return name, value


def read_mail(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is no mail message, too large, or its body cannot be decoded or is empty.
    """
    data = file.up_to(_LARGEST, "a message")
    _check_parts(data)
    with parsing("a mail message"):
        message = cast(EmailMessage, email.message_from_bytes(data, policy=_Policy()))
        if not any(header in message for header in _STATED):
            raise CorpusError(f"not a mail message (no {', '.join(_STATED)})")
        title, date, text = _subject(message), _date(message), _text(message)
    if not text.strip():
        raise CorpusError("no text in this message")
    yield Document.of_file(file.path, text, title=title, date=date)


def _check_parts(data: bytes) -> None:
    folded = data.lower()
    if folded.count(b"content-type") > _MOST_PARTS:
        raise CorpusError(f"more than {_MOST_PARTS} parts")
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if lines * (1 + folded.count(b"boundary=")) > _MOST_COMPARED:
        raise CorpusError("too many lines and parts for a message")


def _subject(message: EmailMessage) -> str | None:
    """The subject, if it is in an encoding that is known."""
    subject = str(message["Subject"] or "").strip()
    return subject if subject and _REPLACEMENT not in subject else None


def _date(message: EmailMessage) -> str | None:
    """The day on which the message was sent, as it was where it was sent."""
    sent = message["Date"] and message["Date"].datetime
    return sent.date().isoformat() if sent else None


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    data = part.get_payload(decode=True) if part else None
    if not part or not isinstance(data, bytes) or not data.strip():
        return ""
    text = declared_decode(data, part.get_content_charset()).replace("\r\n", "\n")
    if part.get_content_subtype() == "html":
        return html_text(text)
    flowed = str(part.get_param("format")).lower() == "flowed"
    return _reflowed(text, str(part.get_param("delsp"))) if flowed else text


def _reflowed(text: str, delsp: str) -> str:
    """The paragraphs of a text whose lines end in a space where they go on (RFC 3676)."""
    joint = "" if delsp.lower() == "yes" else " "
    text = re.sub(r"^ ", "", text, flags=re.MULTILINE)
    # Neither what is quoted nor what is above a signature goes on.
    return re.sub(r"^(?!>|-- $)(.*) \n(?!>)", rf"\1{joint}", text, flags=re.MULTILINE)
