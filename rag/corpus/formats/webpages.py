"""Saved web pages: the main text of each, and what the page states of itself.

The text is what trafilatura (https://trafilatura.readthedocs.io) takes for the article; it is kept,
indexed and cited as an article's raw text. Menus, lists of links and the page's foot are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TypedDict

from rag.corpus.documents import Document
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import HTML, shown
from rag.corpus.formats.markup import check_tags, declared_decode, parse_html
from rag.corpus.formats.parsing import parsing
from rag.corpus.page.lines import read_lines
from rag.errors import CorpusError

# The largest page that is read, in bytes; a news page of ten megabytes is none.
LARGEST_PAGE = 10_000_000
_WITHOUT_MENUS = replace(HTML, hidden=HTML.hidden | {"nav", "footer"})


class Page(TypedDict):
    """The article of a page, and what the page states of it."""

    text: str
    title: str | None
    date: str | None
    outlet: str | None
    url: str | None


def read_webpage(file: File) -> Iterator[Document]:
    """The file is one article, as the page that was saved to it shows it.

    Raises:
        CorpusError: it cannot be decoded, is too large, or holds no article.
    """
    page = article_of(declared_decode(file.up_to(LARGEST_PAGE, "a web page"), file.charset))
    yield Document.of_file(file.path, **page)


def article_of(html: str) -> Page:
    """The article of a page.

    Raises:
        CorpusError: there is none, or the page cannot be parsed.
    """
    # Loaded when the first page is: it takes a quarter of a second.
    import trafilatura

    check_tags(html)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with parsing("a web page"):
        page = trafilatura.bare_extraction(
            html,
            with_metadata=True,
            include_comments=False,
            # The day on which it was published, where the page states it; no other date on it.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    if page is None or isinstance(page, dict) or _is_empty(html, text := page.text or ""):
        raise CorpusError("no article found in this web page")
    return Page(
        text=text,
        title=page.title or None,
        date=page.date or None,
        outlet=page.sitename or None,
        url=page.url or None,
    )


def _is_empty(html: str, text: str) -> bool:
    """Whether a page has no article: no text, or menus alone, which trafilatura takes then."""
    if any(line.is_body for line in read_lines(text)):
        return False
    root = parse_html(html) if text.strip() else None
    return root is None or not shown(root, _WITHOUT_MENUS)
