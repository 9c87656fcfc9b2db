"""One article on the library page as HTML: what is known of it, its text, and its removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rag.chat.library_html import action, cells_of, entries_html, listed
from rag.chat.markup import Markup, element, escape, filled, isolated, joined
from rag.chat.words import Words
from rag.corpus.page.cleanup import reason
from rag.corpus.page.lines import lines_of
from rag.service.catalogue import Catalogue, Entry
from rag.text.language import direction
from rag.types import Article, Span

# What of an article can be corrected.
AMENDABLE = ("title", "date", "outlet")


@dataclass(frozen=True, slots=True)
class Refused:
    """What was ``typed`` to correct an article, by field, and why it was not taken."""

    typed: Mapping[str, str]
    trouble: str


def article_html(
    catalogue: Catalogue,
    article_id: str,
    said: Words,
    *,
    asking: bool = False,
    focused: bool = False,
    refused: Refused | None = None,
    edits: bool = True,
) -> Markup:
    """The article with id ``article_id``; ``asking`` shows the question before its removal, and
    ``refused`` what was typed to correct it. Both are for who ``edits``.

    Where the focus is to go once it is shown is marked: to its heading when ``focused``, to the
    answer that changes nothing when asking, to what was refused.
    """
    article, entry = catalogue.article(article_id), catalogue.entry(article_id)
    if article is None or entry is None:
        return note_html(said.article_gone)
    label, stories = article.label, catalogue.stories_of(article_id)
    named = {"id": "musnad-lib-heading", "dir": direction(label)}
    heading = element("h3", label, tabindex=-1, data_focus=focused, **named)
    sign = element("span", "×", aria_hidden="true")
    close = action("close", sign, kind="musnad-lib-close", about={"aria_label": said.close})
    region = {"role": "region", "aria_label": said.article_text, "lang": article.language or ""}
    parts = (
        element("div.musnad-lib-head", heading, close),
        _facts(article, entry, said),
        _related(catalogue, article, stories, said),
        _changes(article, stories, refused, said, asking=asking) if edits else "",
        element("div.musnad-lib-text", *_text(article, said), tabindex=0, **region),
    )
    return element("article.musnad-lib-article", *parts, aria_labelledby="musnad-lib-heading")


def _changes(
    article: Article,
    stories: Sequence[Entry],
    refused: Refused | None,
    said: Words,
    *,
    asking: bool,
) -> Markup:
    """What can be done to it: to correct it, and to remove it, which is asked about once more."""
    if asking:
        return _question(article, stories, said)
    remove = action("remove", said.remove, kind="musnad-lib-button", id=article.id)
    return joined((_form(article, refused, said), remove))


def note_html(text: str, *names: str) -> Markup:
    """A remark in the place of an article, with the titles it is about."""
    told = (element("p", text, dir="auto"), listed(*names))
    return element("div.musnad-lib-note", *told, role="status", tabindex=-1, data_focus=True)


def _facts(article: Article, entry: Entry, said: Words) -> Markup:
    cells, columns = cells_of(entry, said), said.tables["columns"]
    if "title" in article.amended:
        none = element("span.musnad-lib-unknown", said.tables["unknown"]["title"])
        cells = {"title": isolated(article.title) if article.title else none, **cells}
    origins = {name: joined((shown, _origin(article, name, said))) for name, shown in cells.items()}
    facts: dict[str, str] = {columns[name]: shown for name, shown in origins.items()}
    if article.path:
        facts[said.file_name] = isolated(PurePosixPath(article.path).name, dir="ltr")
    if article.url:
        facts[said.link] = _link(article.url)
    if article.debris:
        facts[said.not_indexed] = said.counted("span", len(article.debris))
    shown = (element("div", element("dt", n), element("dd", fact)) for n, fact in facts.items())
    return element("dl.musnad-lib-details", *shown)


def _origin(article: Article, name: str, said: Words) -> Markup:
    """That a person said it, or the words it was read from."""
    if name in article.amended:
        told = escape(said.said_by_person)
    elif span := article.provenance.get(name):
        told = filled(said.read_from, words=isolated(span.of(article.text)))
    else:
        return Markup()
    return element("span.musnad-lib-small", " · ", told)


def _form(article: Article, refused: Refused | None, said: Words) -> Markup:
    """What is known of the article, to be corrected; folded, but where it was ``refused``."""
    known = {name: getattr(article, name) or "" for name in AMENDABLE}
    typed, columns = refused.typed if refused else known, said.tables["columns"]
    inputs = {
        name: element(
            "input", type="text", name=name, value=typed[name], autocomplete="off",
            dir="ltr" if name == "date" else "auto", data_focus=bool(refused) and name == "date",
        )
        for name in AMENDABLE
    }  # fmt: skip
    about = {"type": "submit"}
    parts = (
        element("p.musnad-lib-refused", refused.trouble, role="alert") if refused else "",
        *(element("label", columns[name], field) for name, field in inputs.items()),
        element("p.musnad-lib-small", said.amend_hint),
        action("amended", said.save, kind="musnad-lib-button", about=about, id=article.id),
    )
    folded = (element("summary", said.amend), element("form", *parts))
    return element("details.musnad-lib-amend", *folded, open=refused is not None)


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
