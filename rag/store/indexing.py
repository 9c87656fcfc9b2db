"""Articles → entries of a store: chunked, analysed and encoded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.corpus.chunking import CHUNKER_VERSION, chunk_article
from rag.errors import IndexMismatch
from rag.models.protocols import Encoder, Role
from rag.store.protocol import Batch, Entry, Floats, Ints, Shape
from rag.text.analyze import ANALYZER_VERSION, content_words, is_arabic
from rag.types import Article, Chunk, Report

# Texts handed to an encoder at once: enough to sort by length, few enough to report progress.
_BATCH = 1024
# Shorter words are particles and fragments; nothing is translated to them.
_SHORTEST_WORD = 3


def shape_of(encoder: Encoder, sentence_encoder: Encoder, chunk_tokens: int) -> dict[str, Any]:
    """What shapes an index, as its manifest records it."""
    return {
        "encoder": _describe(encoder),
        "sentence_encoder": _describe(sentence_encoder),
        "analyzer": ANALYZER_VERSION,
        "chunker": {"version": CHUNKER_VERSION, "tokens": chunk_tokens},
    }


def _describe(encoder: Encoder) -> dict[str, Any]:
    return {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": encoder.dimension,
    }


def check_shape(path: Path, found: Shape, expected: Shape) -> None:
    """Refuse an index that other models or settings made.

    Raises:
        IndexMismatch: naming what differs and the command that rebuilds it.
    """
    for key, value in expected.items():
        if found.get(key) != value:
            made, wanted = (_name(side) for side in (found.get(key), value))
            raise IndexMismatch(
                f"{path}: index made with {key} {made}, but {wanted} is in force;"
                f" rebuild it with: musnad ingest --rebuild --index {path}"
            )


def _name(description: Any) -> str:
    if isinstance(description, Mapping) and "fingerprint" in description:
        return f"{description.get('name')} ({str(description['fingerprint'])[:12]})"
    return repr(description)


def same_passages(old: Article | None, new: Article) -> bool:
    """Whether both give the same chunks, words and vectors."""
    return old is not None and (old.text, old.title, old.debris) == (
        new.text,
        new.title,
        new.debris,
    )


def translatable(word: str) -> bool:
    """Whether words of other languages may be matched to it: it is Arabic and no particle."""
    return len(word) >= _SHORTEST_WORD and is_arabic(word)


def embedded_text(article: Article, chunk: Chunk) -> str:
    """What is encoded for a chunk: its words, after the article's title when they lack it."""
    if article.title and article.title not in chunk.text:
        return f"{article.title}\n{chunk.text}"
    return chunk.text


class Indexer:
    """Makes entries with the given encoders."""

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

    def index(self, articles: Sequence[Article], known: Collection[str] = ()) -> Batch:
        """Entries of ``articles``, and vectors of their words that are not ``known``."""
        chunks: list[list[Chunk]] = []
        for done, article in enumerate(articles, start=1):
            chunks.append(chunk_article(article, self._encoder.count_tokens, self._chunk_tokens))
            self._report("chunks", done, len(articles))
        pairs = [(a, c) for a, group in zip(articles, chunks, strict=True) for c in group]
        texts = [embedded_text(article, chunk) for article, chunk in pairs]
        sentences = [span.of(article.text) for article, chunk in pairs for span in chunk.sentences]
        words = [content_words(text) for text in texts]
        met = dict.fromkeys(word for passage in words for word in passage)
        fresh = [word for word in met if translatable(word) and word not in known]
        entries = entries_of(
            articles,
            chunks,
            words,
            self._encode(self._encoder, texts, "passages"),
            self._encode(self._encoder, sentences, "sentences"),
            self._encode(self._sentence_encoder, sentences, "similarity"),
        )
        return Batch(
            entries, fresh, self._encode(self._sentence_encoder, fresh, "vocabulary", "word")
        )

    def _encode(
        self, encoder: Encoder, texts: Sequence[str], stage: str, role: Role = "passage"
    ) -> Floats:
        vectors: Floats | None = None
        for start in range(0, len(texts), _BATCH):
            batch = encoder.encode(texts[start : start + _BATCH], role)
            if vectors is None:
                vectors = np.empty((len(texts), batch.shape[1]), dtype=np.float32)
            vectors[start : start + _BATCH] = batch
            self._report(stage, min(start + _BATCH, len(texts)), len(texts))
        return np.zeros((0, encoder.dimension), dtype=np.float32) if vectors is None else vectors


def entries_of(
    articles: Sequence[Article],
    chunks: Sequence[Sequence[Chunk]],
    words: Sequence[Sequence[str] | Ints],
    passages: Floats,
    sentences: Floats,
    similarity: Floats,
) -> list[Entry]:
    """What lies one after another for all articles, as one entry per article."""
    entries = []
    row = line = 0
    for article, group in zip(articles, chunks, strict=True):
        rows = slice(row, row + len(group))
        lines = slice(line, line + sum(len(chunk.sentences) for chunk in group))
        entries.append(
            Entry(article, group, words[rows], passages[rows], sentences[lines], similarity[lines])
        )
        row, line = rows.stop, lines.stop
    return entries
