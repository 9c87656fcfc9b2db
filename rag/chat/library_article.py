"""One article on the library page as HTML: what is known of it, its text, and its removal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rag.chat.library_catalogue import Catalogue, Entry
from rag.chat.library_html import action, cells_of, entries_html, listed
from rag.chat.markup import Markup, element, isolated, joined
from rag.chat.words import Words
from rag.corpus.page.cleanup import reason
from rag.corpus.page.lines import lines_of
from rag.text.language import direction
from rag.types import Article, Span


def article_html(
    catalogue: Catalogue,
    article_id: str,
    said: Words,
    *,
    asking: bool = False,
    focused: bool = False,
) -> Markup:
    """The article with id ``article_id``; ``asking`` shows the question before its removal.

    Where the focus is to go once it is shown is marked: to its heading when ``focused``, to the
    answer that changes nothing when asking.
    """
    article, entry = catalogue.article(article_id), catalogue.entry(article_id)
    if article is None or entry is None:
        return note_html(said.article_gone)
    label, stories = article.label, catalogue.stories_of(article_id)
    named = {"id": "musnad-lib-heading", "dir": direction(label)}
    heading = element("h3", label, tabindex=-1, data_focus=focused, **named)
    sign = element("span", "×", aria_hidden="true")
    close = action("close", sign, kind="musnad-lib-close", about={"aria_label": said.close})
    remove = action("remove", said.remove, kind="musnad-lib-button", id=article.id)
    region = {"role": "region", "aria_label": said.article_text, "lang": article.language or ""}
    parts = (
        element("div.musnad-lib-head", heading, close),
        _facts(article, entry, said),
        _related(catalogue, article, stories, said),
        _question(article, stories, said) if asking else remove,
        element("div.musnad-lib-text", *_text(article, said), tabindex=0, **region),
    )
    return element("article.musnad-lib-article", *parts, aria_labelledby="musnad-lib-heading")


def note_html(text: str, *names: str) -> Markup:
    """A remark in the place of an article, with the titles it is about."""
    told = (element("p", text, dir="auto"), listed(*names))
    return element("div.musnad-lib-note", *told, role="status", tabindex=-1, data_focus=True)


def _facts(article: Article, entry: Entry, said: Words) -> Markup:
    cells, columns = cells_of(entry, said), said.tables["columns"]
    facts = {columns[name]: shown for name, shown in cells.items()}
    if article.path:
        facts[said.file_name] = isolated(PurePosixPath(article.path).name, dir="ltr")
    if article.url:
        facts[said.link] = _link(article.url)
    if article.debris:
        facts[said.not_indexed] = said.counted("span", len(article.debris))
    shown = (element("div", element("dt", n), element("dd", fact)) for n, fact in facts.items())
    return element("dl.musnad-lib-details", *shown)


def _link(url: str) -> Markup:
    """The address, to be followed only where it leads to a web page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return isolated(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return isolated(url)
    rel = "noopener noreferrer nofollow"
    return element("a", parts.netloc, href=url, target="_blank", rel=rel, dir="ltr")


def _related(
    catalogue: Catalogue, article: Article, stories: Sequence[Entry], said: Words
) -> Markup:
    host = catalogue.entry(article.host or "")
    blocks = (
        (said.host, [host] if host else []),
        (said.stories_of_page, stories),
        (said.near_duplicates, catalogue.copies_of(article.id)),
    )
    return joined(
        element("div.musnad-lib-related", element("h4", title), entries_html(of, said))
        for title, of in blocks
        if of
    )


def _question(article: Article, stories: Sequence[Entry], said: Words) -> Markup:
    """The confirmation, which names all that goes."""
    plain = "musnad-lib-button"
    yes = action("removed", said.remove_yes, kind=f"{plain} musnad-lib-danger", id=article.id)
    no = action("keep", said.remove_no, kind=plain, about={"data_focus": True}, id=article.id)
    also = (element("p", said.remove_also), listed(*(story.label for story in stories)))
    parts = (
        element("p", said.remove_sure, id="musnad-lib-question"),
        element("p.musnad-lib-named", article.label, dir="auto"),
        *(also if stories else ()),
        element("div.musnad-lib-choices", yes, no),
    )
    about = {"role": "alertdialog", "aria_labelledby": "musnad-lib-question"}
    return element("div.musnad-lib-confirm", *parts, **about)


def _text(article: Article, said: Words) -> Iterator[Markup]:
    """The whole text, line by line; what was set aside stands out and says why."""
    at = 0
    for span in sorted(article.debris):
        yield from _lines(article.text, Span(at, span.start))
        why = f"{said.aside}: {said.tables['debris'][reason(span.of(article.text))]}"
        told = element("p.musnad-lib-why", why)
        yield element("div.musnad-lib-aside", told, *_lines(article.text, span))
        at = span.end
    yield from _lines(article.text, Span(at, len(article.text)))


def _lines(text: str, span: Span) -> Iterator[Markup]:
    part = span.of(text)
    for line in lines_of(part):
        words = line.of(part)
        yield element("p", words, dir=direction(words))
