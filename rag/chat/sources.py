"""The panel beside an answer: a card for each citation, what was found besides, what is nearest.

There is a section for each exchange of a conversation, of which the page's script shows one. Every
word of an article is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from rag.chat.exchange import Exchange
from rag.chat.render import direction_of, escape, one_line
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.types import Answer, Article, ArticleRef, Citation, Claim, Hit, Span

_CONTEXT_CHARACTERS = 160
_SNIPPET_CHARACTERS = 220

FindArticle = Callable[[str], Article]


def panel_html(exchanges: Sequence[Exchange], find: FindArticle, language: str) -> str:
    """The sources of all exchanges, the last one's to be seen."""
    said = words(language)
    sections = [
        _section(index, exchange.answer, find, said, hidden=index < len(exchanges) - 1)
        for index, exchange in enumerate(exchanges)
        if exchange.answer
    ]
    if not sections:
        return f'<p class="musnad-empty">{escape(said.no_sources)}</p>'
    return "".join(sections)


def _section(index: int, answer: Answer, find: FindArticle, said: Words, *, hidden: bool) -> str:
    cited = _cited(answer)
    cards = "".join(_card(index, citation, claims, find, said) for citation, claims in cited)
    question = f"<bdi>{escape(answer.question)}</bdi>"
    about = said.sources_of if cited else said.nearest_to
    parts = [
        f"<h2>{escape(said.sources if cited else said.nearest)}</h2>",
        f'<p class="musnad-sources-of">{escape(about)} {question}</p>',
        f"<ol>{cards}</ol>" if cards else "",
        _uncited(answer, [citation for citation, _ in cited], find, said),
    ]
    attributes = f'class="musnad-sources" id="sources-{index}"' + (" hidden" if hidden else "")
    return one_line(f"<section {attributes}>{''.join(parts)}</section>")


def _cited(answer: Answer) -> list[tuple[Citation, list[Claim]]]:
    """Each citation once, by number, with the claims that it is for."""
    found: dict[int, tuple[Citation, list[Claim]]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            found.setdefault(citation.n, (citation, []))[1].append(claim)
    return [found[n] for n in sorted(found)]


def _card(
    index: int, citation: Citation, claims: list[Claim], find: FindArticle, said: Words
) -> str:
    n = citation.n
    supported = any(claim.supported for claim in claims)
    badge = said.supported if supported else said.unsupported
    span = Span(citation.start, citation.end)
    number = (
        f'<a class="musnad-number" href="#m{index}-{n}" title="{escape(said.back_to_answer)}"'
        f' aria-label="{escape(said.back_to_answer)} [{n}]"><bdi>[{n}]</bdi></a>'
    )
    return (
        f'<li class="musnad-card" id="s{index}-{n}" tabindex="-1">'
        f"{_headed(citation.article, number, _quote(citation, find), said)}"
        f'<div class="musnad-card-foot">'
        f'<span class="musnad-badge {"yes" if supported else "no"}">{escape(badge)}</span>'
        f"{_opener(citation.article, span, index, said)}</div></li>"
    )


def _quote(citation: Citation, find: FindArticle) -> str:
    before, after = "", ""
    try:
        text = find(citation.article.id).text
    except MusnadError:
        text = ""
    if text[citation.start : citation.end] == citation.quote:
        before, after = context(text, Span(citation.start, citation.end))
    return (
        f"<blockquote {direction_of(citation.quote, citation.article.language)}>"
        f"{escape(before)}<mark>{escape(citation.quote)}</mark>{escape(after)}</blockquote>"
    )


def _uncited(answer: Answer, cited: Sequence[Citation], find: FindArticle, said: Words) -> str:
    """Passages that were found and not cited; where nothing was answered, what comes nearest."""
    rest = [hit for hit in answer.passages if not any(_holds(hit, c) for c in cited)]
    if not cited and answer.nearest:
        items = "".join(f"<li>{_near(citation, find, said)}</li>" for citation in answer.nearest)
        return f'<ul class="musnad-found">{items}</ul>'
    if not rest:
        return ""
    if not cited:
        nearest = {hit.article.id: hit for hit in reversed(rest)}
        rest = [hit for hit in rest if nearest[hit.article.id] is hit]
    items = "".join(f"<li>{_passage(hit, find, said)}</li>" for hit in rest)
    if not cited:
        return f'<ul class="musnad-found">{items}</ul>'
    heading = escape(said.also_found.format(n=len(rest)))
    return (
        f'<details class="musnad-also"><summary>{heading}</summary>'
        f'<ul class="musnad-found">{items}</ul></details>'
    )


def _near(citation: Citation, find: FindArticle, said: Words) -> str:
    """A sentence near a question which nothing answers: without a number, for it is no source."""
    span = Span(citation.start, citation.end)
    return (
        f"{_headed(citation.article, '', _quote(citation, find), said)}"
        f'<div class="musnad-card-foot">{_opener(citation.article, span, None, said)}</div>'
    )


def _holds(hit: Hit, citation: Citation) -> bool:
    same = hit.article.id == citation.article.id
    return same and hit.start <= citation.start and citation.end <= hit.end


def _passage(hit: Hit, find: FindArticle, said: Words) -> str:
    try:
        text = find(hit.article.id).text[hit.start : hit.end]
    except MusnadError:
        text = hit.text
    snippet = " ".join(text.split())
    if len(snippet) > _SNIPPET_CHARACTERS:
        snippet = snippet[:_SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + " …"
    shown = (
        f'<p class="musnad-snippet" {direction_of(snippet, hit.article.language)}>'
        f"{escape(snippet)}</p>"
    )
    copies = " · ".join(f"<bdi>{escape(ref.label)}</bdi>" for ref in hit.also)
    also = f'<p class="musnad-copies">{escape(said.also_in)} {copies}</p>' if copies else ""
    opener = _opener(hit.article, Span(hit.start, hit.end), None, said)
    return (
        f'{_headed(hit.article, "", shown, said)}{also}<div class="musnad-card-foot">{opener}</div>'
    )


def _headed(article: ArticleRef, number: str, words_of_it: str, said: Words) -> str:
    """An article's title, outlet and date above its words, all in the title's direction.

    Where the date is not known, that is said.
    """
    parts = [part for part in (article.outlet, article.date or said.date_unknown) if part]
    about = " · ".join(f"<bdi>{escape(part)}</bdi>" for part in parts)
    return (
        f"<div {direction_of(article.label, article.language)}>"
        f'<div class="musnad-card-head">{number}<strong>{escape(article.label)}</strong></div>'
        f'<p class="musnad-about">{about}</p>{words_of_it}</div>'
    )


def _opener(article: ArticleRef, span: Span, index: int | None, said: Words) -> str:
    """The button that opens the article at ``span``, with the marks of exchange ``index``."""
    asked = {"article": article.id, "start": span.start, "end": span.end, "exchange": index}
    return (
        f'<button type="button" class="musnad-open" data-open="{escape(json.dumps(asked))}">'
        f"{escape(said.open_article)}</button>"
    )


def context(text: str, span: Span, reach: int = _CONTEXT_CHARACTERS) -> tuple[str, str]:
    """Up to ``reach`` characters of the same line before and after ``span``, cut at a space."""
    line_start = text.rfind("\n", 0, span.start) + 1
    line_end = text.find("\n", span.end)
    before = text[line_start : span.start]
    after = text[span.end : line_end if line_end >= 0 else len(text)]
    if len(before) > reach:
        before = "… " + before[-reach:].split(" ", 1)[-1]
    if len(after) > reach:
        after = after[:reach].rsplit(" ", 1)[0] + " …"
    return before, after
