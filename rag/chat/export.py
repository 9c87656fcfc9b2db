"""A conversation with its citations as Markdown, and as a page to print."""

from __future__ import annotations

import re
from pathlib import Path

from rag.chat.exchange import Conversation, Exchange
from rag.chat.markup import Markup, directed, element, isolated, joined, way_of
from rag.chat.sources import about, cited
from rag.chat.words import Words, words
from rag.types import Citation

# What Markdown would take for markup. Angle brackets too: many renderers let HTML through.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_LEADING = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = Path(__file__).with_name("export.css")


def as_markdown(conversation: Conversation, language: str) -> str:
    """The questions, answers and quotes as Markdown in which nothing of theirs is markup."""
    said = words(language)
    parts = [f"# {said.export_title}"]
    for exchange in conversation.exchanges:
        parts.append(f"## {said.asked}: {_literal(exchange.question)}")
        parts += [_literal(line) for line in _lines(exchange, said)]
        parts += [_markdown_source(citation, said) for citation in _citations(exchange)]
    return "\n\n".join(parts) + "\n"


def as_page(conversation: Conversation, language: str) -> str:
    """The same as a page of HTML that needs nothing else, for printing."""
    said = words(language)
    head = element(
        "head",
        Markup(
            f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        ),
        element("title", said.export_title),
        element("style", Markup(_STYLE.read_text("utf-8"))),
    )
    body = [_printed(exchange, said) for exchange in conversation.exchanges]
    inside = element("body", element("h1", said.export_title), *body)
    page = element("html", head, inside, lang=language, dir=said.way["dir"])
    return f"<!doctype html>{page}"


def _lines(exchange: Exchange, said: Words) -> list[str]:
    lines = exchange.answer.text.splitlines() if exchange.answer else []
    if exchange.end == "stopped":
        lines.append(said.stopped)
    return [line for line in (*lines, exchange.trouble) if line.strip()]


def _citations(exchange: Exchange) -> list[Citation]:
    return [citation for citation, _ in cited(exchange.answer)] if exchange.answer else []


def _literal(text: str) -> str:
    # Markers stay as readers know them: a bracketed number is a link nowhere in this file.
    escaped = _MARKUP.sub(r"\\\1", text)
    return re.sub(r"\\\[(\d{1,3})\\\]", r"[\1]", _LEADING.sub(r"\1\\\2", escaped))


def _markdown_source(citation: Citation, said: Words) -> str:
    article = citation.article
    quote = "\n".join(f"> {_literal(line)}" for line in citation.quote.splitlines())
    url = f" <{article.url}>" if _ADDRESS.fullmatch(article.url or "") else ""
    told = _literal(", ".join(about(article, said, citation.pages)))
    return f"[{citation.n}] **{_literal(article.label)}** ({told}){url}\n\n{quote}"


def _printed(exchange: Exchange, said: Words) -> Markup:
    claims = exchange.answer.claims if exchange.answer else ()
    doubtful = [claim.text for claim in claims if not claim.supported]
    lines = [
        directed("p.doubt" if any(text in line for text in doubtful) else "p", line)
        for line in _lines(exchange, said)
    ]
    question = directed("h2", exchange.question)
    return joined((question, *lines, *(_printed_source(c, said) for c in _citations(exchange))))


def _printed_source(citation: Citation, said: Words) -> Markup:
    label, quote = citation.article.label, citation.quote
    number = isolated(f"[{citation.n}]")
    return element(
        "section",
        element("p", number, " ", element("strong", label), **way_of(label)),
        element("p.about", isolated(", ".join(about(citation.article, said, citation.pages)))),
        directed("blockquote", quote, citation.article.language),
    )
