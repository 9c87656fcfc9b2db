"""One article on the library page as HTML: what is known of it, its text, and its removal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rag.chat.library_catalogue import Catalogue, Entry
from rag.chat.library_html import action, file_name, isolated
from rag.chat.library_list import date_of, language_of, outlet_of
from rag.chat.library_words import LibraryWords
from rag.chat.render import escape
from rag.corpus.cleanup import lines_of, reason
from rag.text.language import direction
from rag.types import Article, Span


def article_html(
    catalogue: Catalogue,
    article_id: str,
    say: LibraryWords,
    *,
    asking: bool = False,
    focused: bool = False,
) -> str:
    """The article with id ``article_id``; ``asking`` shows the question before its removal.

    Where the focus is to go once it is shown is marked: to its heading when ``focused``, to the
    answer that changes nothing when asking.
    """
    article = catalogue.article(article_id)
    entry = catalogue.entry(article_id)
    if article is None or entry is None:
        return note_html(say.gone)
    sign = '<span aria-hidden="true">×</span>'
    close = action("close", sign, kind="musnad-lib-close", named=say.close)
    stories = catalogue.stories_of(article_id)
    copies = catalogue.copies_of(article_id)
    focus = " data-focus" if focused else ""
    ask = _question(article, stories, say) if asking else ""
    return (
        '<article class="musnad-lib-article" aria-labelledby="musnad-lib-heading">'
        '<div class="musnad-lib-head"><h3 id="musnad-lib-heading" tabindex="-1"'
        f' dir="{direction(article.label)}"{focus}>{escape(article.label)}</h3>{close}</div>'
        f"{_facts(article, entry, say)}{_related(catalogue, article, stories, copies, say)}"
        f"{ask or action('remove', say.remove, kind='musnad-lib-button', id=article.id)}"
        f'<div class="musnad-lib-text" tabindex="0" role="region" aria-label="{escape(say.text)}"'
        f' lang="{escape(article.language or "")}">{"".join(_text(article, say))}</div></article>'
    )


def note_html(text: str, *, names: Sequence[str] = ()) -> str:
    """A remark in the place of an article, with the titles it is about."""
    items = "".join(f'<li dir="auto">{escape(name)}</li>' for name in names)
    shown = f"<ul>{items}</ul>" if items else ""
    return (
        '<div class="musnad-lib-note" role="status" tabindex="-1" data-focus>'
        f'<p dir="auto">{escape(text)}</p>{shown}</div>'
    )


def _facts(article: Article, entry: Entry, say: LibraryWords) -> str:
    facts = [
        (say.column_outlet, outlet_of(entry, say)),
        (say.column_date, date_of(entry, say)),
        (say.column_language, language_of(entry, say)),
        (say.column_length, say.word.of(entry.words)),
    ]
    if article.path:
        facts.append((say.file_name, file_name(PurePosixPath(article.path).name)))
    if article.url:
        facts.append((say.link, _link(article.url)))
    if article.debris:
        facts.append((say.not_indexed, say.span.of(len(article.debris))))
    shown = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return f'<dl class="musnad-lib-details">{shown}</dl>'


def _link(url: str) -> str:
    """The address, to be followed only where it leads to a web page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return isolated(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return isolated(url)
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">'
        f"{escape(parts.netloc)}</a>"
    )


def _related(
    catalogue: Catalogue,
    article: Article,
    stories: Sequence[Entry],
    copies: Sequence[Entry],
    say: LibraryWords,
) -> str:
    host = catalogue.entry(article.host or "")
    blocks = (
        (say.host, [host] if host else []),
        (say.stories, stories),
        (say.copies, copies),
    )
    return "".join(
        f'<div class="musnad-lib-related"><h4>{title}</h4>{entries_html(entries, say)}</div>'
        for title, entries in blocks
        if entries
    )


def entries_html(entries: Sequence[Entry], say: LibraryWords) -> str:
    """Articles as a list of buttons that open them, each with its outlet and date."""
    return f'<ul class="musnad-lib-entries">{"".join(_item(e, say) for e in entries)}</ul>'


def _item(entry: Entry, say: LibraryWords) -> str:
    known = [isolated(entry.outlet)] if entry.outlet else []
    known.append(date_of(entry, say))
    button = action("open", isolated(entry.label), id=entry.id)
    return f'<li>{button} <span class="musnad-lib-small">{" · ".join(known)}</span></li>'


def _question(article: Article, stories: Sequence[Entry], say: LibraryWords) -> str:
    """The confirmation, which names all that goes."""
    also = "".join(f'<li dir="auto">{escape(story.label)}</li>' for story in stories)
    more = f"<p>{say.remove_also}</p><ul>{also}</ul>" if also else ""
    plain = "musnad-lib-button"
    yes = action("removed", say.remove_yes, kind=f"{plain} musnad-lib-danger", id=article.id)
    no = action("keep", say.remove_no, kind=plain, focused=True, id=article.id)
    return (
        '<div class="musnad-lib-confirm" role="alertdialog" aria-labelledby="musnad-lib-question">'
        f'<p id="musnad-lib-question">{say.remove_question}</p>'
        f'<p class="musnad-lib-named" dir="auto">{escape(article.label)}</p>{more}'
        f'<div class="musnad-lib-choices">{yes}{no}</div></div>'
    )


def _text(article: Article, say: LibraryWords) -> Iterator[str]:
    """The whole text, line by line; what was set aside stands out and says why."""
    at = 0
    for span in sorted(article.debris):
        yield from _lines(article.text, Span(at, span.start))
        why = say.reasons[reason(span.of(article.text))]
        inside = "".join(_lines(article.text, span))
        yield (
            f'<div class="musnad-lib-aside"><p class="musnad-lib-why">{say.aside}: {why}</p>'
            f"{inside}</div>"
        )
        at = span.end
    yield from _lines(article.text, Span(at, len(article.text)))


def _lines(text: str, span: Span) -> Iterator[str]:
    part = span.of(text)
    for line in lines_of(part):
        words = line.of(part)
        yield f'<p dir="{direction(words)}">{escape(words)}</p>'
