"""Articles → contents of a snapshot, reusing from the previous one all that did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.corpus.chunking import CHUNKER_VERSION, chunk_article
from rag.errors import IndexMismatch
from rag.models.protocols import Encoder
from rag.store.index import Contents, Index
from rag.store.lexical import build_lexical
from rag.text.analyze import ANALYZER_VERSION, analyze
from rag.types import Article, Chunk

# Texts handed to an encoder at once: enough to sort by length, few enough to report progress.
_BATCH = 1024

Report = Callable[[str, int, int], None]
Vectors = NDArray[np.float32]


def made_by(encoder: Encoder, sentence_encoder: Encoder, chunk_tokens: int) -> dict[str, Any]:
    """What shapes an index, as its manifest records it."""
    return {
        "encoder": _describe(encoder),
        "sentence_encoder": _describe(sentence_encoder),
        "analyzer": ANALYZER_VERSION,
        "chunker": {"version": CHUNKER_VERSION, "tokens": chunk_tokens},
        "vectors": ["passages", "sentences"],
    }


def _describe(encoder: Encoder) -> dict[str, Any]:
    return {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": encoder.dimension,
    }


def check_made_by(path: Path, manifest: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Refuse an index that other models or settings made.

    Raises:
        IndexMismatch: naming what differs and the command that rebuilds it.
    """
    for key, value in expected.items():
        if manifest.get(key) != value:
            found, wanted = (_name(side) for side in (manifest.get(key), value))
            raise IndexMismatch(
                f"{path}: index made with {key} {found}, but {wanted} is in force;"
                f" rebuild it with: musnad ingest --rebuild --index {path}"
            )


def _name(description: Any) -> str:
    if isinstance(description, Mapping) and "fingerprint" in description:
        return f"{description.get('name')} ({str(description['fingerprint'])[:12]})"
    return repr(description)


def embedded_text(article: Article, chunk: Chunk) -> str:
    """What is encoded for a chunk: its words, after the article's title when they lack it."""
    if article.title and article.title not in chunk.text:
        return f"{article.title}\n{chunk.text}"
    return chunk.text


@dataclass(frozen=True)
class _Kept:
    """What the previous snapshot holds for one article."""

    chunks: list[Chunk]
    tokens: list[list[str]]
    passages: Vectors
    sentences: Vectors


class Builder:
    """Makes snapshot contents with the given encoders."""

    def __init__(
        self,
        encoder: Encoder,
        sentence_encoder: Encoder,
        chunk_tokens: int,
        report: Report = lambda stage, done, total: None,
    ) -> None:
        """``report(stage, done, total)`` is called as work goes on."""
        self._encoder = encoder
        self._sentence_encoder = sentence_encoder
        self._chunk_tokens = chunk_tokens
        self._report = report

    def build(self, articles: Sequence[Article], previous: Index | None = None) -> Contents:
        """Contents for ``articles``, in their order.

        ``previous`` must have been made by the same models and settings; an article it holds
        unchanged is not chunked, analysed or encoded again.
        """
        before = keep(previous) if previous is not None else {}
        kept = {
            a.id: before[a.id][1] for a in articles if a.id in before and _alike(before[a.id][0], a)
        }
        fresh = [article for article in articles if article.id not in kept]
        made = self._make(fresh)
        parts = [kept.get(article.id) or made[article.id] for article in articles]
        return Contents(
            articles=articles,
            chunks=[part.chunks for part in parts],
            vectors={
                "passages": _stack([p.passages for p in parts], self._encoder.dimension),
                "sentences": _stack([p.sentences for p in parts], self._sentence_encoder.dimension),
            },
            lexical=build_lexical(tokens for part in parts for tokens in part.tokens),
        )

    def _make(self, articles: Sequence[Article]) -> dict[str, _Kept]:
        chunks: list[list[Chunk]] = []
        for done, article in enumerate(articles, start=1):
            chunks.append(chunk_article(article, self._encoder.count_tokens, self._chunk_tokens))
            self._report("chunks", done, len(articles))
        texts = [
            embedded_text(a, c) for a, group in zip(articles, chunks, strict=True) for c in group
        ]
        sentences = [
            span.of(a.text)
            for a, group in zip(articles, chunks, strict=True)
            for c in group
            for span in c.sentences
        ]
        passages = self._encode(self._encoder, texts, "passages")
        sentence_vectors = self._encode(self._sentence_encoder, sentences, "sentences")
        return _split(
            articles, chunks, [analyze(text) for text in texts], passages, sentence_vectors
        )

    def _encode(self, encoder: Encoder, texts: Sequence[str], stage: str) -> Vectors:
        parts = []
        for start in range(0, len(texts), _BATCH):
            parts.append(encoder.encode(texts[start : start + _BATCH], "passage"))
            self._report(stage, min(start + _BATCH, len(texts)), len(texts))
        return _stack(parts, encoder.dimension)


def _alike(old: Article, new: Article) -> bool:
    """Whether both give the same chunks, tokens and vectors."""
    return (old.text, old.title, old.debris) == (new.text, new.title, new.debris)


def _stack(parts: Sequence[Vectors], dimension: int) -> Vectors:
    if not parts:
        return np.zeros((0, dimension), dtype=np.float32)
    return np.concatenate(parts).astype(np.float32, copy=False).reshape(-1, dimension)


def _split(
    articles: Sequence[Article],
    chunks: Sequence[list[Chunk]],
    tokens: list[list[str]],
    passages: Vectors,
    sentences: Vectors,
) -> dict[str, _Kept]:
    """Rows that lie one after another for all articles, as one entry per article."""
    parts: dict[str, _Kept] = {}
    row = line = 0
    for article, group in zip(articles, chunks, strict=True):
        rows = slice(row, row + len(group))
        lines = slice(line, line + sum(len(chunk.sentences) for chunk in group))
        parts[article.id] = _Kept(group, tokens[rows], passages[rows], sentences[lines])
        row, line = rows.stop, lines.stop
    return parts


def keep(index: Index) -> dict[str, tuple[Article, _Kept]]:
    """All of a snapshot, by article id: the article and what was made of it."""
    articles = list(index.articles)
    chunks: list[list[Chunk]] = [[] for _ in articles]
    for row in range(len(index.chunks)):
        owner = index.chunks.article_row(row)
        chunks[owner].append(index.chunks.chunk(row, articles[owner]))
    passages, sentences = (
        index.vectors[name].rows(np.arange(len(index.vectors[name])))
        for name in ("passages", "sentences")
    )
    parts = _split(articles, chunks, index.lexical.documents(), passages, sentences)
    return {article.id: (article, parts[article.id]) for article in articles}


def drop(index: Index, ids: frozenset[str]) -> Contents:
    """The contents of ``index`` without the articles ``ids``; no model is needed."""
    left = [(article, part) for article, part in keep(index).values() if article.id not in ids]
    dimension = {name: index.vectors[name].dimension for name in ("passages", "sentences")}
    return Contents(
        articles=[article for article, _ in left],
        chunks=[part.chunks for _, part in left],
        vectors={
            "passages": _stack([p.passages for _, p in left], dimension["passages"]),
            "sentences": _stack([p.sentences for _, p in left], dimension["sentences"]),
        },
        lexical=build_lexical(tokens for _, part in left for tokens in part.tokens),
    )
