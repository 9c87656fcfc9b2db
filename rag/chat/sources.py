"""The panel beside an answer: a card for each citation, what was found besides, what is nearest.

There is a section for each exchange of a conversation, of which the page's script shows one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from rag.chat.exchange import Exchange
from rag.chat.markup import (
    Markup,
    directed,
    element,
    isolated,
    joined,
    one_line,
    shortened,
    way_of,
)
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.types import Answer, Article, ArticleRef, Citation, Hit, Span

_CONTEXT_CHARACTERS = 160
_SNIPPET_CHARACTERS = 220

FindArticle = Callable[[str], Article]


def panel_html(exchanges: Sequence[Exchange], find: FindArticle, language: str) -> Markup:
    """The sources of all exchanges, the last one's to be seen."""
    said = words(language)
    last = len(exchanges) - 1
    sections = [
        _section(index, exchange.answer, find, said, hidden=index < last)
        for index, exchange in enumerate(exchanges)
        if exchange.answer
    ]
    return joined(sections) if sections else element("p.musnad-empty", said.no_sources)


def cited(answer: Answer) -> list[tuple[Citation, bool]]:
    """Each citation once, by number, and whether a claim that it is for is supported."""
    found: dict[int, tuple[Citation, bool]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            first, supported = found.get(citation.n, (citation, False))
            found[citation.n] = (first, supported or claim.supported)
    return [found[n] for n in sorted(found)]


def about(article: Article | ArticleRef, said: Words) -> list[str]:
    """The outlet, where it is known, and the date; where that is not known, this is said."""
    return [
        part for part in (article.outlet, article.date or said.tables["unknown"]["date"]) if part
    ]


def about_html(article: Article | ArticleRef, said: Words) -> Markup:
    """The same as a line of a card."""
    return element("p.musnad-about", joined(map(isolated, about(article, said)), " · "))


def _section(index: int, answer: Answer, find: FindArticle, said: Words, *, hidden: bool) -> Markup:
    cards = cited(answer)
    title, of = (said.sources, said.sources_of) if cards else (said.nearest, said.nearest_to)
    items = [_card(index, citation, supported, find, said) for citation, supported in cards]
    parts = (
        element("h2", title),
        element("p.musnad-sources-of", f"{of} ", isolated(answer.question)),
        element("ol", *items) if items else "",
        _uncited(answer, [citation for citation, _ in cards], find, said),
    )
    name = f"sources-{index}"
    return one_line(element("section.musnad-sources", *parts, id=name, hidden=hidden))


def _card(
    index: int, citation: Citation, supported: bool, find: FindArticle, said: Words
) -> Markup:
    n, back = isolated(f"[{citation.n}]"), said.back_to_answer
    where, named = f"#m{index}-{citation.n}", f"{back} [{citation.n}]"
    number = element("a.musnad-number", n, href=where, title=back, aria_label=named)
    state, told = ("yes", said.supported) if supported else ("no", said.unsupported)
    badge = element(f"span.musnad-badge.{state}", told)
    parts = _entry(citation, _quote(citation, find), said, index=index, number=number, badge=badge)
    return element("li.musnad-card", *parts, id=f"s{index}-{citation.n}", tabindex=-1)


def _quote(citation: Citation, find: FindArticle) -> Markup:
    """The words cited, among those that stand around them as long as the article has them."""
    span, quote = Span(citation.start, citation.end), citation.quote
    text = _text(citation, find)
    before, after = context(text, span) if span.of(text) == quote else ("", "")
    way = way_of(quote, citation.article.language)
    return element("blockquote", before, element("mark", quote), after, **way)


def _text(at: Citation | Hit, find: FindArticle) -> str:
    """The text of the article of ``at``; nothing once that is gone."""
    try:
        return find(at.article.id).text
    except MusnadError:
        return ""


def _uncited(
    answer: Answer, citations: Sequence[Citation], find: FindArticle, said: Words
) -> Markup | str:
    """Passages that were found and not cited; where nothing was answered, what comes nearest."""
    rest = [hit for hit in answer.passages if not any(_holds(hit, c) for c in citations)]
    if citations:
        items = [_passage(hit, find, said) for hit in rest]
    elif answer.nearest:
        # Without numbers, for they are no sources.
        items = [_entry(citation, _quote(citation, find), said) for citation in answer.nearest]
    else:
        nearest = {hit.article.id: hit for hit in reversed(rest)}
        items = [_passage(h, find, said) for h in rest if nearest[h.article.id] is h]
    if not items:
        return ""
    listed = element("ul.musnad-found", *(element("li", *item) for item in items))
    if not citations:
        return listed
    heading = element("summary", said.also_found.format(n=len(items)))
    return element("details.musnad-also", heading, listed)


def _holds(hit: Hit, citation: Citation) -> bool:
    same = hit.article.id == citation.article.id
    return same and hit.start <= citation.start and citation.end <= hit.end


def _passage(hit: Hit, find: FindArticle, said: Words) -> list[str]:
    text = Span(hit.start, hit.end).of(_text(hit, find)) or hit.text
    snippet = shortened(" ".join(text.split()), _SNIPPET_CHARACTERS)
    others = joined((isolated(ref.label) for ref in hit.also), " · ")
    also = element("p.musnad-copies", f"{said.also_in} ", others) if others else ""
    shown = directed("p.musnad-snippet", snippet, hit.article.language)
    return _entry(hit, shown, said, also=also)


def _entry(
    at: Citation | Hit,
    shown: Markup,
    said: Words,
    *,
    index: int | None = None,
    number: str = "",
    badge: str = "",
    also: str = "",
) -> list[str]:
    """What is ``shown`` of an article beneath its title, outlet and date, in the title's direction;
    and the button that opens the article there, with the marks of exchange ``index``.
    """
    article = at.article
    head = element("div.musnad-card-head", number, element("strong", article.label))
    way = way_of(article.label, article.language)
    asked = {"article": article.id, "start": at.start, "end": at.end, "exchange": index}
    opens = {"type": "button", "data_open": json.dumps(asked)}
    button = element("button.musnad-open", said.open_article, **opens)
    return [
        element("div", head, about_html(article, said), shown, **way),
        also,
        element("div.musnad-card-foot", badge, button),
    ]


def context(text: str, span: Span, reach: int = _CONTEXT_CHARACTERS) -> tuple[str, str]:
    """Up to ``reach`` characters of the same line before and after ``span``, cut at a space."""
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    after = text[span.end :].partition("\n")[0]
    if len(before) > reach:
        before = "… " + before[-reach:].split(" ", 1)[-1]
    return before, shortened(after, reach)
