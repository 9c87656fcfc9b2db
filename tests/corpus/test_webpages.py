"""Saved web pages: what is read of them, and what each kind of bad one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents

FIRST = (
    "أعادت سلطات ميناء صفاقس فتح أرصفته صباح الثلاثاء بعد ثلاثة أيام من الإغلاق بسبب العاصفة التي"
    " ضربت الساحل الشرقي للبلاد، وقال مدير الميناء كريم العيادي إن الأضرار محدودة."
)
SECOND = "وأضاف العيادي أن سفينتين محملتين بالحبوب كانتا تنتظران منذ يوم السبت."
LINKED_DATA = """<script type="application/ld+json">{"@context": "https://schema.org",
 "@type": "NewsArticle", "headline": "إعادة فتح ميناء صفاقس",
 "datePublished": "2024-03-05T09:00:00+01:00",
 "publisher": {"@type": "Organization", "name": "صحيفة الساحل"}}</script>"""


def page(*, head: str = "", body: str = f"<p>{FIRST}</p><p>{SECOND}</p>") -> str:
    """A page with a menu, links to other news and a foot around its article."""
    return f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head>{head}
<title>إعادة فتح ميناء صفاقس - صحيفة الساحل</title></head><body>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/s">رياضة</a></li></ul></nav>
<main><article><h1>إعادة فتح ميناء صفاقس</h1>{body}
<div class="related"><h3>اقرأ أيضا</h3><ul><li><a href="/x">ارتفاع أسعار السمك</a></li></ul></div>
</article></main><footer>جميع الحقوق محفوظة © 2026</footer></body></html>"""


def read(path: Path, html: bytes) -> Document | Unreadable:
    path.write_bytes(html)
    (found,) = read_documents([path])
    return found


def test_the_article_is_read_and_what_stands_around_it_is_not(tmp_path: Path) -> None:
    link = '<link rel="canonical" href="https://sahel.example/port">'
    html = page(head=f'<meta charset="utf-8">{link}{LINKED_DATA}')
    found = read(tmp_path / "a.html", html.encode())
    assert isinstance(found, Document)
    assert FIRST in found.text and SECOND in found.text
    assert not any(word in found.text for word in ("رياضة", "السمك", "الحقوق"))
    assert found.title == "إعادة فتح ميناء صفاقس"
    assert (found.date, found.outlet) == ("2024-03-05", "صحيفة الساحل")
    assert found.url == "https://sahel.example/port"
    (article,) = articles_of(found)
    assert (article.date, article.language) == ("2024-03-05", "ar")


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6", "utf-8", "utf-16"])
def test_a_page_is_decoded_as_it_declares(tmp_path: Path, encoding: str) -> None:
    html = page(head=f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">')
    plain = html.replace("©", "")
    found = read(tmp_path / "a.htm", plain.encode(encoding))
    assert isinstance(found, Document) and FIRST in found.text


def test_a_page_that_states_no_date_has_none(tmp_path: Path) -> None:
    found = read(tmp_path / "a.html", page().encode())
    assert isinstance(found, Document) and (found.date, found.outlet) == (None, None)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (b" \n", "empty file"),
        (b"<html><body></body></html>", "no article found in this web page"),
        (page(body="").split("<main>")[0].encode(), "no article found in this web page"),
        (b"<meta charset=klingon><p>word</p>", "declares an unknown encoding, 'klingon'"),
        (b"<meta charset=undefined><p>word</p>", "declares an unknown encoding, 'undefined'"),
        (b"<p>caf\xe9</p>", "not utf-8: byte 0xe9 at 6"),
        (b"x" * 10_000_001, "a web page of 10,000,001 bytes: at most 10,000,000"),
        (page(body=f"<p>{FIRST[::-1]}</p>" * 3).encode(), "the Arabic runs backwards"),
    ],
)
def test_bad_pages_say_why(tmp_path: Path, html: bytes, reason: str) -> None:
    found = read(tmp_path / "bad.html", html)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)


def test_a_page_nested_without_end_is_refused_or_read(tmp_path: Path) -> None:
    html = "<div>" * 100_000 + FIRST + "</div>" * 100_000
    assert isinstance(read(tmp_path / "deep.html", html.encode()), Document | Unreadable)
