"""A failed question as a person reads it: the answer, what it cites, and the gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.citations import Cited, citation_precision, supports
from eval.report.charts import name_of
from eval.report.failures import Cause, gold_rank
from eval.report.html import escape, words
from eval.scoring import Scored
from rag.types import Article

Articles = Mapping[str, Article]


def overview(failed: Mapping[Cause, Sequence[Scored]], languages: Sequence[str]) -> str:
    """How many failed of each cause and language, with links."""
    items = []
    for cause, rows in failed.items():
        counts = ", ".join(
            f"{sum(one.item.language == lang for one in rows)} {escape(name_of(lang))}"
            for lang in languages
        )
        items.append(f'<li><a href="#{cause.name}">{escape(cause.heading)}</a>: {counts}</li>')
    return f'<ul class="causes">{"".join(items)}</ul>'


def section(cause: Cause, rows: Sequence[Scored], articles: Articles) -> str:
    """All failures of one cause."""
    cards = "".join(card(one, articles) for one in rows)
    return (
        f'<section id="{cause.name}"><h3>{escape(cause.heading)} <small>{len(rows)}</small></h3>'
        f'<p class="note">{escape(cause.meaning)}</p><div class="cards">{cards}</div></section>'
    )


def card(one: Scored, articles: Articles) -> str:
    """One failed question."""
    facts = [one.item.id, name_of(one.item.language)]
    if one.item.answerable:
        rank = gold_rank(one)
        facts.append("passage not ranked" if rank is None else f"passage ranked {rank}")
    if "confidence" in one.reply:
        facts.append(f"confidence {one.reply['confidence']:.2f}")
    facts += [one.reply["reason"]] if one.reply["reason"] else []
    return (
        f'<article class="card"><p class="facts">{" · ".join(map(escape, facts))}</p>'
        f"{words(one.item.text, 'h4')}{_answer(one, articles)}{_gold(one, articles)}</article>"
    )


def _answer(one: Scored, articles: Articles) -> str:
    """The text as it was shown, line by line, and the words behind each marker."""
    lines = "".join(words(line) for line in one.reply["text"].splitlines() if line.strip())
    name = "answer" if one.reply["answered"] else "answer declined"
    quotes = ""
    seen: dict[int, None] = {}
    for claim in one.reply["claims"]:
        for n, article, start, end, shown, _ in claim["citations"]:
            if n not in seen:
                seen[n] = None
                quotes += _quote(f"[{n}]", Cited(article, start, end), shown, one, articles)
    sources = f"<h5>Cited</h5>{quotes}" if quotes else ""
    return f'<div class="{name}"><h5>Answer</h5>{lines}</div>{sources}'


def _quote(label: str, span: Cited, shown: str, one: Scored, articles: Articles) -> str:
    right = bool(citation_precision([span], one.item.groups))
    mark = '<b class="right">supports</b>' if right else '<b class="wrong">does not support</b>'
    return (
        f'<blockquote><p class="source">{escape(label)} {_named(span.article, articles)}'
        f" {mark}</p>{words(shown)}</blockquote>"
    )


def _named(article: str, articles: Articles) -> str:
    label = articles[article].label if article in articles else article
    return f"<bdi>{escape(label)}</bdi>"


def _gold(one: Scored, articles: Articles) -> str:
    """The short answers, and the spans of each fact, with whether some quote supports it."""
    if not one.item.answerable:
        return "<h5>Gold</h5><p>No article answers it.</p>"
    short = " · ".join(f"<bdi>{escape(answer)}</bdi>" for answer in one.item.answers)
    parts = [f"<h5>Gold</h5><p>{short}</p>" if short else "<h5>Gold</h5>"]
    for number, group in enumerate(one.item.groups, start=1):
        covered = any(supports(quote, group) for quote in one.quotes)
        mark = '<b class="right">cited</b>' if covered else '<b class="wrong">not cited</b>'
        fact = f"fact {number} of {len(one.item.groups)}" if len(one.item.groups) > 1 else "fact"
        spans = "".join(
            f'<p class="source">{_named(span.article, articles)}</p>'
            + words(articles[span.article].text[span.start : span.end])
            for span in group
        )
        parts.append(
            f'<blockquote class="gold"><p class="source">{fact} {mark}</p>{spans}</blockquote>'
        )
    return "".join(parts)
