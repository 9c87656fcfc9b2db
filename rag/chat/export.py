"""A conversation with its citations as Markdown, and as a page to print."""

from __future__ import annotations

import re

from rag.chat.exchange import Conversation, Exchange
from rag.chat.render import direction_of, escape
from rag.chat.words import Words, words
from rag.types import Answer, ArticleRef, Citation

# What Markdown would take for markup. Angle brackets too: many renderers let HTML through.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_LEADING = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_STYLE = (
    "body{font:16px/1.7 system-ui,'Segoe UI','Noto Naskh Arabic','Noto Sans Arabic',Tahoma,"
    "sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #ccc;"
    "padding-top:1rem}p,li,blockquote{text-align:start;overflow-wrap:anywhere}"
    "blockquote{margin:.3rem 0;border-inline-start:3px solid #999;padding-inline-start:.8rem}"
    "section{break-inside:avoid}.about{color:#555;font-size:.9rem}"
    ".doubt{border-inline-start:3px solid #b45309;padding-inline-start:.6rem}"
)


def as_markdown(conversation: Conversation, language: str) -> str:
    """The questions, answers and quotes as Markdown in which nothing of theirs is markup."""
    said = words(language)
    parts = [f"# {said.export_title}"]
    for exchange in conversation.exchanges:
        parts.append(f"## {said.exported_question}: {_literal(exchange.question)}")
        parts += [_literal(line) for line in _lines(exchange, said)]
        parts += [_markdown_source(c, said) for c in _citations(exchange.answer)]
    return "\n\n".join(parts) + "\n"


def as_page(conversation: Conversation, language: str) -> str:
    """The same as a page of HTML that needs nothing else, for printing."""
    said = words(language)
    way = f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"'
    body = "".join(_printed(exchange, said) for exchange in conversation.exchanges)
    return (
        f'<!doctype html><html {way}><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(said.export_title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(said.export_title)}</h1>{body}</body></html>"
    )


def _lines(exchange: Exchange, said: Words) -> list[str]:
    lines = exchange.answer.text.splitlines() if exchange.answer else []
    if exchange.end == "stopped":
        lines.append(said.stopped)
    if exchange.trouble:
        lines.append(exchange.trouble)
    return [line for line in lines if line.strip()]


def _citations(answer: Answer | None) -> list[Citation]:
    cited = {c.n: c for claim in (answer.claims if answer else ()) for c in claim.citations}
    return [cited[n] for n in sorted(cited)]


def _about(article: ArticleRef, said: Words) -> str:
    return ", ".join(part for part in (article.outlet, article.date or said.date_unknown) if part)


def _literal(text: str) -> str:
    # Markers stay as readers know them: a bracketed number is a link nowhere in this file.
    escaped = _MARKUP.sub(r"\\\1", text)
    return re.sub(r"\\\[(\d{1,3})\\\]", r"[\1]", _LEADING.sub(r"\1\\\2", escaped))


def _markdown_source(citation: Citation, said: Words) -> str:
    article = citation.article
    quote = "\n".join(f"> {_literal(line)}" for line in citation.quote.splitlines())
    url = (
        f" <{article.url}>"
        if article.url and re.fullmatch(r"https?://[^\s<>]+", article.url)
        else ""
    )
    about = _literal(_about(article, said))
    return f"[{citation.n}] **{_literal(article.label)}** ({about}){url}\n\n{quote}"


def _printed(exchange: Exchange, said: Words) -> str:
    question = f"<h2 {direction_of(exchange.question)}>{escape(exchange.question)}</h2>"
    doubtful = [
        claim.text for claim in (exchange.answer.claims if exchange.answer else ())
        if not claim.supported
    ]  # fmt: skip
    lines = []
    for line in _lines(exchange, said):
        kind = ' class="doubt"' if any(text in line for text in doubtful) else ""
        lines.append(f"<p{kind} {direction_of(line)}>{escape(line)}</p>")
    sources = "".join(
        f"<section><p {direction_of(c.article.label)}><bdi>[{c.n}]</bdi>"
        f" <strong>{escape(c.article.label)}</strong></p>"
        f'<p class="about"><bdi>{escape(_about(c.article, said))}</bdi></p>'
        f"<blockquote {direction_of(c.quote, c.article.language)}>{escape(c.quote)}</blockquote>"
        "</section>"
        for c in _citations(exchange.answer)
    )
    return question + "".join(lines) + sources
