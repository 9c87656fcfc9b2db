"""Article → chunks: runs of whole sentences that fit the encoder, with exact offsets."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from rag.text.sentences import split_clauses, split_sentences
from rag.types import Article, Chunk, Span

CHUNKER_VERSION = "2"
_WORD = re.compile(r"\S+")
TokenCounter = Callable[[Sequence[str]], list[int]]


def chunk_article(article: Article, count_tokens: TokenCounter, budget: int) -> list[Chunk]:
    """Chunks of ``article`` of at most ``budget`` tokens each, none across page debris.

    The sentences of a stretch are spread evenly, so that no chunk is left with a few words. A
    sentence longer than the budget is cut at clauses, and a longer clause at spaces.
    """
    return [
        chunk
        for stretch in stretches(article)
        for chunk in _pack(article, stretch, count_tokens, budget)
    ]


def stretches(article: Article) -> list[list[Span]]:
    """Sentences of the article, debris left out, as runs that debris does not interrupt.

    A headline that debris parts from the rest is none of them: it is read with each passage.
    """
    runs: list[list[Span]] = []
    for start, end in _gaps(article.debris, len(article.text)):
        sentences = split_sentences(article.text[start:end])
        if sentences:
            runs.append([Span(s + start, e + start) for s, e in sentences])
    headline = [article.provenance.get("title")]
    return [run for run in runs if run != headline] or runs


def _gaps(debris: Sequence[Span], length: int) -> list[Span]:
    """What ``debris``, disjoint spans, leaves of ``length`` characters."""
    edges = [0, *(edge for span in sorted(debris) for edge in span), length]
    return [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _pack(
    article: Article, sentences: list[Span], count_tokens: TokenCounter, budget: int
) -> list[Chunk]:
    pieces, sizes = _fitting(article.text, sentences, count_tokens, budget)
    target = sum(sizes) / math.ceil(sum(sizes) / budget) if sum(sizes) else budget
    chunks: list[Chunk] = []
    run: list[Span] = []
    used = total = 0
    for piece, size in zip(pieces, sizes, strict=True):
        full = used + size > budget
        # Closing here leaves the total so far nearer to a whole number of even shares.
        even = used > 0 and total + size / 2 > target * (len(chunks) + 1)
        if run and (full or even):
            chunks.append(_chunk(article, run))
            run, used = [], 0
        run.append(piece)
        used += size
        total += size
    if run:
        chunks.append(_chunk(article, run))
    return chunks


def _chunk(article: Article, run: Sequence[Span]) -> Chunk:
    start, end = run[0].start, run[-1].end
    return Chunk(article.id, start, end, article.text[start:end], tuple(run))


def _fitting(
    text: str, sentences: list[Span], count_tokens: TokenCounter, budget: int
) -> tuple[list[Span], list[int]]:
    """The sentences, those over the budget cut up, and the size of each piece in tokens."""
    pieces: list[Span] = []
    sizes: list[int] = []
    counts = count_tokens([sentence.of(text) for sentence in sentences])
    for sentence, size in zip(sentences, counts, strict=True):
        parts = [sentence] if size <= budget else _cut(text, sentence, count_tokens, budget)
        pieces += parts
        sizes += [size] if size <= budget else count_tokens([part.of(text) for part in parts])
    return pieces, sizes


def _cut(text: str, span: Span, count_tokens: TokenCounter, budget: int) -> list[Span]:
    if span.end - span.start < 2:
        return [span]
    units = split_clauses(text, span)
    if len(units) < 2:
        units = [Span(*match.span()) for match in _WORD.finditer(text, *span)]
    if len(units) < 2:
        middle = (span.start + span.end) // 2
        units = [Span(span.start, middle), Span(middle, span.end)]
    joined: list[Span] = []
    used = 0
    for unit, size in zip(units, count_tokens([unit.of(text) for unit in units]), strict=True):
        if size > budget:
            joined += _cut(text, unit, count_tokens, budget)
            used = budget
        elif joined and used + size <= budget:
            joined[-1] = Span(joined[-1].start, unit.end)
            used += size
        else:
            joined.append(unit)
            used = size
    return joined
