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
from rag.service.corpora import fingerprint
from rag.types import Answer, Article, ArticleRef, Citation, Hit, Span, page_range

_CONTEXT_CHARACTERS = 160
_SNIPPET_CHARACTERS = 220

# By id and the fingerprint of the label.
FindArticle = Callable[[str, str], Article]


def panel_html(exchanges: Sequence[Exchange], find: FindArticle, language: str) -> Markup:
    """The sources of all exchanges, the last one's to be seen."""
    said, last = words(language), len(exchanges) - 1
    panel = _Panel(find, said)
    sections = [
        panel.section(index, exchange.answer, hidden=index < last)
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


def about(article: Article | ArticleRef, said: Words, pages: Sequence[int] = ()) -> list[str]:
    """The outlet, where it is known, and the date; where that is not known, this is said. And the
    ``pages``, where there are any.
    """
    date = article.date or said.tables["unknown"]["date"]
    paged = said.page.format(n=page_range(pages)) if pages else None
    return [part for part in (article.outlet, date, paged) if part]


def about_html(article: Article | ArticleRef, said: Words, pages: Sequence[int] = ()) -> Markup:
    """The same as a line of a card."""
    return element("p.musnad-about", joined(map(isolated, about(article, said, pages)), " · "))


class _Panel:
    """What there is of each answer, its articles looked up by ``find``."""

    def __init__(self, find: FindArticle, said: Words) -> None:
        self._find = find
        self._said = said

    def section(self, index: int, answer: Answer, *, hidden: bool) -> Markup:
        """The sources of exchange ``index``."""
        said, cards = self._said, cited(answer)
        title, of = (said.sources, said.sources_of) if cards else (said.nearest, said.nearest_to)
        items = [self._card(index, citation, supported) for citation, supported in cards]
        parts = (
            element("h2", title),
            element("p.musnad-sources-of", f"{of} ", isolated(answer.question)),
            element("ol", *items) if items else "",
            self._uncited(answer, [citation for citation, _ in cards]),
        )
        name = f"sources-{index}"
        return one_line(element("section.musnad-sources", *parts, id=name, hidden=hidden))

    def _card(self, index: int, citation: Citation, supported: bool) -> Markup:
        said, n = self._said, citation.n
        about = {"title": said.back_to_answer, "aria_label": f"{said.back_to_answer} [{n}]"}
        number = element("a.musnad-number", isolated(f"[{n}]"), href=f"#m{index}-{n}", **about)
        state, told = ("yes", said.supported) if supported else ("no", said.unsupported)
        badge = element(f"span.musnad-badge.{state}", told)
        parts = self._entry(citation, self._quote(citation), index, number, badge)
        return element("li.musnad-card", *parts, id=f"s{index}-{n}", tabindex=-1)

    def _uncited(self, answer: Answer, citations: Sequence[Citation]) -> Markup:
        """Passages found and not cited; where nothing was answered, what comes nearest."""
        rest = [hit for hit in answer.passages if not any(_holds(hit, c) for c in citations)]
        if citations:
            items = [self._passage(hit) for hit in rest]
        elif answer.nearest:
            # Without numbers, for they are no sources.
            items = [self._entry(citation, self._quote(citation)) for citation in answer.nearest]
        else:
            nearest = {hit.article.id: hit for hit in reversed(rest)}
            items = [self._passage(hit) for hit in rest if nearest[hit.article.id] is hit]
        listed = element("ul.musnad-found", *(element("li", *item) for item in items))
        if not items or not citations:
            return listed if items else Markup()
        heading = element("summary", self._said.also_found.format(n=len(items)))
        return element("details.musnad-also", heading, listed)

    def _passage(self, hit: Hit) -> list[str]:
        text = Span(hit.start, hit.end).of(self._text(hit)) or hit.text
        snippet = shortened(" ".join(text.split()), _SNIPPET_CHARACTERS)
        parts = self._entry(hit, directed("p.musnad-snippet", snippet, hit.article.language))
        if hit.also:
            others = joined((isolated(ref.label) for ref in hit.also), " · ")
            parts.insert(1, element("p.musnad-copies", f"{self._said.also_in} ", others))
        return parts

    def _quote(self, citation: Citation) -> Markup:
        """The words cited, among those that stand around them as long as the article has them."""
        span, quote = Span(citation.start, citation.end), citation.quote
        text = self._text(citation)
        before, after = context(text, span) if span.of(text) == quote else ("", "")
        way = way_of(quote, citation.article.language)
        return element("blockquote", before, element("mark", _bold(citation)), after, **way)

    def _text(self, at: Citation | Hit) -> str:
        """The text of the article of ``at``; nothing once that is gone."""
        try:
            return self._find(at.article.id, fingerprint(at.article.label)).text
        except MusnadError:
            return ""

    def _entry(
        self, at: Citation | Hit, shown: Markup, index: int | None = None, *signs: str
    ) -> list[str]:
        """What is ``shown`` of an article beneath its title and what is told about it, in the
        title's way; and the button that opens it there, with the marks of exchange ``index``.
        ``signs`` are what stands before the title, and before the button.
        """
        article, (number, badge) = at.article, signs or ("", "")
        title = element("div.musnad-card-head", number, element("strong", article.label))
        way = way_of(article.label, article.language)
        place = {"start": at.start, "end": at.end, "exchange": index}
        asked = {"article": article.id, "label": fingerprint(article.label), **place}
        opens = {"type": "button", "data_open": json.dumps(asked)}
        button = element("button.musnad-open", self._said.open_article, **opens)
        return [
            element("div", title, about_html(article, self._said, at.pages), shown, **way),
            element("div.musnad-card-foot", badge, button),
        ]


def _bold(citation: Citation) -> Markup:
    """The quote, in which the words that answer stand out."""
    pieces: list[str] = []
    at, quote = 0, citation.quote
    for start, end in sorted(citation.answer_spans):
        inside = Span(start - citation.start, end - citation.start)
        pieces += [quote[at : inside.start], element("strong", inside.of(quote))]
        at = inside.end
    return joined((*pieces, quote[at:]))


def _holds(hit: Hit, citation: Citation) -> bool:
    same = hit.article.id == citation.article.id
    return same and hit.start <= citation.start and citation.end <= hit.end


def context(text: str, span: Span, reach: int = _CONTEXT_CHARACTERS) -> tuple[str, str]:
    """Up to ``reach`` characters of the same line before and after ``span``, cut at a space."""
    before = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    after = text[span.end :].partition("\n")[0]
    if len(before) > reach:
        before = "… " + before[-reach:].split(" ", 1)[-1]
    return before, shortened(after, reach)
