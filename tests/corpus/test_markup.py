"""Markup: how it is decoded, and which is refused."""

from __future__ import annotations

import pytest

from rag.corpus.formats.layout import html_text
from rag.corpus.formats.markup import check_tags, declared_decode
from rag.errors import CorpusError


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>a" * 50_001, "more than 50,000 tags"),
        ("<p " + " ".join(f"a{n}" for n in range(300_000)) + ">", "too many attributes of tags"),
        ("<p " + "".join(f"a{n}='>'" for n in range(2_000)) + ">", "too many attributes of tags"),
        (("<p " + "a=1 " * 500 + ">") * 501, "too many attributes of tags"),
        ("<div>" * 300 + "word", "elements nested too deep"),
    ],
)
def test_html_that_takes_minutes_is_refused(html: str, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason):
        html_text(html)


def test_a_picture_in_a_tag_is_one_attribute() -> None:
    check_tags('<img src="data:image/png;base64,' + "iVBOR/w0=a b'" * 100_000 + '">')


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ('<?xml version="1.0" encoding="windows-1256"?><p>فتح</p>', None, "فتح"),
        ("<meta charset='utf-8'><p>فتح</p>", "windows-1256", "فتح"),
    ],
)
def test_a_page_is_decoded_as_is_declared(data: str, declared: str | None, text: str) -> None:
    assert html_text(declared_decode(data.encode("cp1256"), declared)) == text
