"""Questions and answers as HTML. Every word of an article or a model is escaped.

Each block carries its own direction, because Gradio's ``rtl`` is one direction for a whole chat,
and markers are isolated so that ``[1]`` stays where it belongs in Arabic text. A ``[1]`` that an
article wrote itself is no marker, and controls by which it could reorder the page are left out.

Source ``n`` of exchange ``k`` has the id ``s{k}-{n}`` (see ``sources.py``), and its first marker
in the answer ``m{k}-{n}``, so that each leads to the other.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection

from rag.answering.prompts import NOT_FOUND
from rag.chat.words import Words, words
from rag.text.language import detect_language, direction
from rag.types import Answer, Claim, Span

_MARKER = re.compile(r"\[(\d{1,3})\]")
_DRAFT_MARKER = re.compile(r"\[\d*\]?\s*")
# Controls that have no meaning in HTML, and those that embed, override or isolate a direction: the
# page gives every block its own. The marks that only stand between letters (U+200E, U+200F) stay.
_CONTROLS = dict.fromkeys(
    (
        *range(0x09),
        *range(0x0E, 0x20),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)
_BREAKS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")


def question_html(question: str) -> str:
    """A question as it was typed, each line in its own direction."""
    return one_line(f'<div class="musnad-asked">{_plain(question)}</div>')


def answer_html(answer: Answer, index: int, language: str, *, note: str = "") -> str:
    """The answer of exchange ``index``, with the page's remarks on it in ``language``."""
    said = words(language)
    parts = [_paragraphs(answer, index)]
    if answer.resolved:
        parts.insert(0, note_html(f"{said.understood} {answer.resolved}"))
    if not answer.answered:
        parts.append(f'<p class="musnad-reason" {_way(language)}>{_reason(answer, said)}</p>')
    parts.append(note_html(note) if note else _made_by(answer, said, language))
    # One line: a blank line would end the HTML block and let Markdown read what follows.
    return one_line(f'<div class="musnad-answer">{"".join(parts)}</div>')


def draft_html(written: str, quoted: Answer, index: int, note: str) -> str:
    """What the model has written so far, before the quotes that it is checked against.

    Its markers are not shown: they count the excerpts the model was given, not the sources.
    """
    text = _DRAFT_MARKER.sub("", written)
    abstaining = NOT_FOUND.startswith(text[: len(NOT_FOUND)])
    draft = "" if abstaining else f'<div class="musnad-draft">{_plain(text)}</div>'
    parts = (draft, _paragraphs(quoted, index), note_html(note))
    return one_line(f'<div class="musnad-answer">{"".join(parts)}</div>')


def note_html(text: str, kind: str = "note") -> str:
    """A small remark of the page itself."""
    return f'<p class="musnad-{kind}" {direction_of(text)}>{escape(text)}</p>'


def direction_of(text: str, language: str | None = None) -> str:
    """The attributes that say which way ``text`` runs and, where that is known, its language."""
    known = language or detect_language(text)
    lang = f' lang="{escape(known)}"' if known != "und" else ""
    return f'dir="{direction(text)}"{lang}'


def escape(text: str) -> str:
    """``text`` as nothing but text, in HTML or in an attribute's quotes."""
    return html.escape(text.translate(_CONTROLS), quote=True)


def one_line(markup: str) -> str:
    """``markup`` without line breaks."""
    return _BREAKS.sub(" ", markup)


def _way(language: str) -> str:
    return f'dir="{"rtl" if language == "ar" else "ltr"}" lang="{language}"'


def _plain(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "".join(f"<p {direction_of(line)}>{escape(line)}</p>" for line in lines)


def _paragraphs(answer: Answer, index: int) -> str:
    """A paragraph for each line; markers outside of the claims' own words lead to the sources."""
    text, claimed = answer.text, _claimed(answer)
    doubtful = [span for span, supported in claimed if not supported]
    markers = [
        m for m in _MARKER.finditer(text) if not any(a <= m.start() < b for (a, b), _ in claimed)
    ]
    named: set[str] = set()
    shown, at = [], 0
    for line in text.splitlines(keepends=True):
        span = Span(at, at + len(line.rstrip()))
        own = [m for m in markers if at <= m.start() < at + len(line)]
        if line.strip():
            kind = ' class="musnad-unverified"' if _touches(span, doubtful) else ""
            lead = _lead(text, span, [claim for claim, _ in claimed])
            if lead and direction(lead) != direction(line):
                # The page's words before a quote that runs the other way.
                shown.append(f'<p class="musnad-lead" {direction_of(lead)}>{escape(lead)}</p>')
                span = Span(span.start + len(lead), span.end)
            said = _with_markers(text, span, own, index, named)
            shown.append(f"<p{kind} {direction_of(line)}>{said}</p>")
        at += len(line)
    return "".join(shown)


def _claimed(answer: Answer) -> list[tuple[Span, bool]]:
    """Where the answer says its claims, and whether they are supported."""
    spans: list[tuple[Span, bool]] = []
    at = 0
    for claim in answer.claims:
        start = answer.text.find(claim.text, at)
        if start >= 0:
            at = start + len(claim.text)
            spans.append((Span(start, at), claim.supported))
    return spans


def _lead(text: str, line: Span, claims: list[Span]) -> str:
    """What a line says before the quotation mark of its claim: ``See also: `` or nothing."""
    start = next((span.start for span in claims if line.start <= span.start < line.end), line.start)
    return text[line.start : start].removesuffix("«")


def _touches(line: Span, spans: Collection[Span]) -> bool:
    return any(span.start < line.end and line.start < span.end for span in spans)


def _with_markers(
    text: str, line: Span, markers: list[re.Match[str]], index: int, named: set[str]
) -> str:
    pieces, at = [], line.start
    for match in markers:
        n = match[1]
        name = "" if n in named else f' id="m{index}-{n}"'
        named.add(n)
        pieces.append(escape(text[at : match.start()]))
        pieces.append(f'<a class="musnad-marker" href="#s{index}-{n}"{name}><bdi>[{n}]</bdi></a>')
        at = match.end()
    return "".join((*pieces, escape(text[at : line.end])))


def _reason(answer: Answer, said: Words) -> str:
    known = {
        "no_evidence": said.reason_no_evidence if answer.passages else said.nothing_in_period,
        "model_abstained": said.reason_model_abstained,
    }
    reason = answer.reason or ""
    return escape(known.get(reason) or said.reason_other.format(reason=reason))


def _word_for_word(claim: Claim) -> bool:
    """Whether a claim is a quotation, whichever model was asked before."""
    return all(claim.text == citation.quote for citation in claim.citations)


def _made_by(answer: Answer, said: Words, language: str) -> str:
    seconds = f"{answer.timings.get('total', 0.0):.1f}"
    if not answer.answered:
        text = escape(said.declined_in).format(seconds=f"<bdi>{seconds}</bdi>")
    elif all(_word_for_word(claim) for claim in answer.claims):
        text = escape(said.quoted_by).format(seconds=f"<bdi>{seconds}</bdi>")
    else:
        model = f"<bdi>{escape(answer.model)}</bdi>"
        text = escape(said.made_by).format(model=model, seconds=f"<bdi>{seconds}</bdi>")
    return f'<p class="musnad-note" {_way(language)}>{text}</p>'
