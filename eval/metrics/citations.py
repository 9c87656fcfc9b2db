"""Citation metrics: ALCE's (Gao et al. 2023, https://arxiv.org/abs/2305.14627) with gold spans in
place of an entailment model.

Gold is a list of groups, one for each fact the answer needs; a group lists alternative spans, any
of which states that fact. A quote supports a group when it shares characters with one of its
spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_MARKER = re.compile(r"\[(\d+)\]")


class Cited(NamedTuple):
    """The characters ``[start, end)`` of an article: a quote, or a gold span."""

    article: str
    start: int
    end: int


Groups = Sequence[Sequence[Cited]]


def overlaps(one: Cited, other: Cited) -> bool:
    """Whether two spans share a character."""
    return one.article == other.article and one.start < other.end and other.start < one.end


def supports(quote: Cited, group: Sequence[Cited]) -> bool:
    """Whether ``quote`` touches one of the spans that state a fact."""
    return any(overlaps(quote, span) for span in group)


def citation_recall(quotes: Sequence[Cited], groups: Groups) -> float:
    """``|{groups some quote supports}| / |groups|``: the share of the facts that is cited.

    0 where there are no groups: nothing can be cited for what no article says.
    """
    covered = sum(any(supports(quote, group) for quote in quotes) for group in groups)
    return covered / len(groups) if groups else 0.0


def citation_precision(quotes: Sequence[Cited], groups: Groups) -> float | None:
    """``|{quotes that support some group}| / |quotes|``, a repeated quote counted once.

    ``None`` without quotes: an answer that cites nothing has no precision.
    """
    distinct = list(dict.fromkeys(quotes))
    if not distinct:
        return None
    good = sum(any(supports(quote, group) for group in groups) for quote in distinct)
    return good / len(distinct)


Claims = Sequence[tuple[str, Sequence[tuple[int, Cited]]]]


def numbering_sound(text: str, claims: Claims) -> bool:
    """Whether a reader who follows the markers of ``text`` comes to the right sources.

    ``claims`` are ``(words, [(n, span), …])``. Sound: the words of each claim stand in ``text``,
    in order, each followed by the claim's own markers and no others; markers count from 1 in order
    of first use; and each stands for one span, each span for one marker. Text without claims leads
    nowhere and is not sound.
    """
    cited = {pair for _, citations in claims for pair in citations}
    numbers = {number for number, _ in cited}
    one_to_one = len(cited) == len(numbers) == len({span for _, span in cited})
    shown = _markers(text, [words for words, _ in claims])
    if shown is None or not one_to_one:
        return False
    wanted = [[number for number, _ in citations] for _, citations in claims]
    first_uses = list(dict.fromkeys(number for found in shown for number in found))
    in_order = first_uses == list(range(1, len(first_uses) + 1))
    return shown == wanted and in_order and bool(shown) and all(shown)


def _markers(text: str, claims: Sequence[str]) -> list[list[int]] | None:
    """The markers after each claim, up to the next; ``None`` if a claim is not found in order.

    Markers are read between the claims alone: a quoted article may hold brackets of its own.
    """
    gaps = []
    for words in claims:
        gap, found, text = text.partition(words)
        if not found:
            return None
        gaps.append(gap)
    before, *after = ([int(n) for n in _MARKER.findall(gap)] for gap in (*gaps, text))
    return None if before else after
