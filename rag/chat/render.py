"""Questions and answers as HTML.

Each block carries its own direction, because Gradio's ``rtl`` is one direction for a whole chat,
and markers are isolated so that ``[1]`` stays where it belongs in Arabic text. A ``[1]`` that an
article wrote itself is no marker.

Source ``n`` of exchange ``k`` has the id ``s{k}-{n}`` (see ``sources.py``), and its first marker
in the answer ``m{k}-{n}``, so that each leads to the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from babel.numbers import format_percent

from rag.chat.markup import Markup, directed, element, filled, isolated, joined, one_line, way_of
from rag.chat.words import Words, words
from rag.corpus.page.lines import lines_of
from rag.text.language import direction
from rag.types import Answer, Claim, Span

_MARKER = re.compile(r"\[(\d{1,3})\]")


def question_html(question: str) -> Markup:
    """A question as it was typed, each line in its own direction."""
    return one_line(element("div.musnad-asked", _plain(question)))


def answer_html(answer: Answer, index: int, language: str, *, note: str = "") -> Markup:
    """The answer of exchange ``index``, with the page's remarks on it in ``language``."""
    said = words(language)
    parts = [_paragraphs(answer, index, said)]
    if answer.resolved:
        parts.insert(0, note_html(f"{said.understood} {answer.resolved}"))
    if not answer.answered:
        parts.append(element("p.musnad-reason", _reason(answer, said), **said.way))
    parts.append(note_html(note) if note else _made_by(answer, said))
    return one_line(element("div.musnad-answer", *parts))


def note_html(text: str, kind: str = "note") -> Markup:
    """A small remark of the page itself."""
    return directed(f"p.musnad-{kind}", text)


def _plain(text: str) -> Markup:
    return joined(directed("p", line) for line in text.splitlines() if line.strip())


def _paragraphs(answer: Answer, index: int, said: Words) -> Markup:
    """A paragraph for each line, those that tell more than the answer folded; markers outside of
    the claims' own words lead to the sources, and the words that answer stand out.
    """
    claimed = answer.claimed()
    claims = [span for span, _ in claimed]
    doubtful = [span for span, claim in claimed if not claim.supported]
    beside = [span for span, claim in claimed if claim.also]
    markers = [
        m for m in _MARKER.finditer(answer.text) if not any(a <= m.start() < b for a, b in claims)
    ]
    special = [*_links(markers, index), *_answering(answer, claimed)]
    shown: list[Markup] = []
    folded: list[Markup] = []
    for span in lines_of(answer.text):
        line = span.of(answer.text)
        kind = "p.musnad-unverified" if _touches(span, doubtful) else "p"
        lead = _lead(answer.text, span, claims)
        also = _touches(span, beside)
        apart = not also and bool(lead) and direction(lead) != direction(line)
        if apart:
            # The page's words before a quote that runs the other way.
            shown.append(directed("p.musnad-lead", lead))
        if apart or also:
            span = Span(span.start + len(lead), span.end)
        inside = _with(answer.text, span, special)
        (folded if also else shown).append(element(kind, inside, **way_of(span.of(answer.text))))
    if folded:
        more = element("summary", said.see_also.format(n=len(beside)), **said.way)
        shown.append(element("details.musnad-also", more, *folded))
    return joined(shown)


def _lead(text: str, line: Span, claims: Sequence[Span]) -> str:
    """What a line says before the quotation mark of its claim: ``See also: `` or nothing."""
    start = next((span.start for span in claims if line.start <= span.start < line.end), line.start)
    return text[line.start : start].removesuffix("«")


def _touches(line: Span, spans: Collection[Span]) -> bool:
    return any(span.start < line.end and line.start < span.end for span in spans)


def _links(markers: Sequence[re.Match[str]], index: int) -> Iterator[tuple[Span, Markup]]:
    """Markers as links; the first of each number has a name of its own."""
    named: set[str] = set()
    for match in markers:
        n = match[1]
        name = n not in named and f"m{index}-{n}"
        named.add(n)
        shown = isolated(f"[{n}]")
        link = element("a.musnad-marker", shown, href=f"#s{index}-{n}", id=name)
        yield Span(*match.span()), link


def _answering(
    answer: Answer, claimed: Sequence[tuple[Span, Claim]]
) -> Iterator[tuple[Span, Markup]]:
    """The short answer in bold, and within quotations the words that answer."""
    for at, claim in claimed:
        if answer.short and claim.text == answer.short.text:
            yield at, element("strong", claim.text)
        for citation in claim.citations:
            if claim.text == citation.quote:
                for span in citation.answer_spans:
                    start = at.start + span.start - citation.start
                    inside = Span(start, start + span.end - span.start)
                    yield inside, element("mark", inside.of(answer.text))


def _with(text: str, line: Span, special: Sequence[tuple[Span, Markup]]) -> Markup:
    """A line of ``text`` with what is ``special`` in it, in the place of the plain words."""
    pieces: list[str] = []
    at = line.start
    for span, shown in sorted(special, key=lambda one: one[0]):
        if at <= span.start and span.end <= line.end:
            pieces += [text[at : span.start], shown]
            at = span.end
    return joined((*pieces, text[at : line.end]))


def _reason(answer: Answer, said: Words) -> str:
    reason = answer.reason or ""
    if reason == "no_evidence" and not answer.passages:
        reason = "nothing_in_period"
    known = said.tables["declined"]
    return known.get(reason) or known["other"].format(reason=reason)


def _made_by(answer: Answer, said: Words) -> Markup:
    # A quotation, whichever model was asked before, says its citation's words, or some of them.
    short = answer.short.text if answer.short else None
    quoted = all(c.text in (short, cited.quote) for c in answer.claims for cited in c.citations)
    sentence = said.quoted_by if quoted else said.made_by
    text = filled(
        sentence if answer.answered else said.declined_in,
        seconds=isolated(f"{answer.timings.get('total', 0.0):.1f}"),
        model=isolated(answer.model),
    )
    more: tuple[str, ...] = ()
    if answer.answered and answer.confidence is not None:
        share = format_percent(answer.confidence, locale=said.language)
        more = (" · ", filled(said.likely, share=isolated(share)))
    rendered = answer.short and answer.short.article.language not in (None, answer.short.language)
    if rendered:
        more = (*more, " · ", said.rendered)
    return element("p.musnad-note", text, *more, **said.way)
