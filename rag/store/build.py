"""Articles → contents of a snapshot, reusing from the previous one all that did not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.corpus.chunking import CHUNKER_VERSION, chunk_article
from rag.errors import IndexMismatch
from rag.models.protocols import Encoder, Role
from rag.store.chunks import tabulate
from rag.store.index import Contents, Index
from rag.store.words import Ints, WordTable, tabulate_words
from rag.text.analyze import ANALYZER_VERSION, content_words, is_arabic
from rag.types import Article, Chunk

# Texts handed to an encoder at once: enough to sort by length, few enough to report progress.
_BATCH = 1024
# Shorter words are particles and fragments; nothing is translated to them.
_SHORTEST_WORD = 3

Report = Callable[[str, int, int], None]
Vectors = NDArray[np.float32]


def made_by(encoder: Encoder, sentence_encoder: Encoder, chunk_tokens: int) -> dict[str, Any]:
    """What shapes an index, as its manifest records it."""
    return {
        "encoder": _describe(encoder),
        "sentence_encoder": _describe(sentence_encoder),
        "analyzer": ANALYZER_VERSION,
        "chunker": {"version": CHUNKER_VERSION, "tokens": chunk_tokens},
        "vectors": ["passages", "sentences", "senses", "vocabulary"],
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
class _Part:
    """What one article contributes. ``words`` are lists of words, or numbers of the old table."""

    chunks: list[Chunk]
    words: Sequence[list[str] | Ints]
    passages: Vectors
    sentences: Vectors
    senses: Vectors


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
        before = _parts_of(previous) if previous is not None else {}
        kept = {
            a.id: before[a.id][1] for a in articles if a.id in before and _alike(before[a.id][0], a)
        }
        made = self._make([article for article in articles if article.id not in kept])
        parts = [kept.get(article.id) or made[article.id] for article in articles]
        words = _join_words(parts, previous)
        vocabulary = [word for word in words.words if _translatable(word)]
        return Contents(
            articles=articles,
            chunks=tabulate([part.chunks for part in parts]),
            vectors={
                **_join_vectors(parts, self._encoder.dimension, self._sentence_encoder.dimension),
                "vocabulary": self._encode_words(vocabulary, previous),
            },
            words=words,
            vocabulary=vocabulary,
        )

    def _make(self, articles: Sequence[Article]) -> dict[str, _Part]:
        chunks: list[list[Chunk]] = []
        for done, article in enumerate(articles, start=1):
            chunks.append(chunk_article(article, self._encoder.count_tokens, self._chunk_tokens))
            self._report("chunks", done, len(articles))
        pairs = [(a, c) for a, group in zip(articles, chunks, strict=True) for c in group]
        texts = [embedded_text(article, chunk) for article, chunk in pairs]
        sentences = [span.of(article.text) for article, chunk in pairs for span in chunk.sentences]
        return _split(
            articles,
            chunks,
            [content_words(text) for text in texts],
            self._encode(self._encoder, texts, "passages"),
            self._encode(self._encoder, sentences, "sentences"),
            self._encode(self._sentence_encoder, sentences, "senses"),
        )

    def _encode(
        self, encoder: Encoder, texts: Sequence[str], stage: str, role: Role = "passage"
    ) -> Vectors:
        vectors: Vectors | None = None
        for start in range(0, len(texts), _BATCH):
            batch = encoder.encode(texts[start : start + _BATCH], role)
            if vectors is None:
                vectors = np.empty((len(texts), batch.shape[1]), dtype=np.float32)
            vectors[start : start + _BATCH] = batch
            self._report(stage, min(start + _BATCH, len(texts)), len(texts))
        return np.zeros((0, encoder.dimension), dtype=np.float32) if vectors is None else vectors

    def _encode_words(self, vocabulary: Sequence[str], previous: Index | None) -> Vectors:
        """Vectors of single words; those the previous snapshot has are taken from there."""
        old = {word: row for row, word in enumerate(previous.vocabulary if previous else ())}
        fresh = [word for word in vocabulary if word not in old]
        new = self._encode(self._sentence_encoder, fresh, "vocabulary", "word")
        if previous is None or not old:
            return new
        known = previous.vectors["vocabulary"]
        vectors = np.zeros((len(vocabulary), known.dimension), dtype=np.float32)
        is_old = np.asarray([word in old for word in vocabulary], dtype=bool)
        rows = np.asarray([old[word] for word in vocabulary if word in old], dtype=np.int64)
        vectors[is_old] = known.rows(rows)
        if len(fresh):
            vectors[~is_old] = new
        return vectors


def drop(index: Index, ids: frozenset[str]) -> Contents:
    """The contents of ``index`` without the articles ``ids``; no model is needed."""
    left = [(article, part) for article, part in _parts_of(index).values() if article.id not in ids]
    parts = [part for _, part in left]
    words = _join_words(parts, index)
    used = set(words.words)
    rows = [row for row, word in enumerate(index.vocabulary) if word in used]
    dimensions = (index.vectors[name].dimension for name in ("passages", "senses"))
    return Contents(
        articles=[article for article, _ in left],
        chunks=tabulate([part.chunks for part in parts]),
        vectors={
            **_join_vectors(parts, *dimensions),
            "vocabulary": index.vectors["vocabulary"].rows(np.asarray(rows, dtype=np.int64)),
        },
        words=words,
        vocabulary=[index.vocabulary[row] for row in rows],
    )


def _translatable(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and is_arabic(word)


def _alike(old: Article, new: Article) -> bool:
    """Whether both give the same chunks, words and vectors."""
    return (old.text, old.title, old.debris) == (new.text, new.title, new.debris)


def _join_words(parts: Sequence[_Part], previous: Index | None) -> WordTable:
    words = previous.words.words if previous is not None else ()
    return tabulate_words((passage for part in parts for passage in part.words), words)


def _join_vectors(
    parts: Sequence[_Part], passage_dimension: int, sense_dimension: int
) -> dict[str, Vectors]:
    return {
        "passages": _stack([part.passages for part in parts], passage_dimension),
        "sentences": _stack([part.sentences for part in parts], passage_dimension),
        "senses": _stack([part.senses for part in parts], sense_dimension),
    }


def _stack(parts: Sequence[Vectors], dimension: int) -> Vectors:
    if not parts:
        return np.zeros((0, dimension), dtype=np.float32)
    whole = parts[0].base
    slices = whole is not None and all(part.base is whole for part in parts)
    if whole is not None and slices and sum(map(len, parts)) == len(whole):
        # A first build: the parts are the slices of one array, in order; no need to copy.
        return np.asarray(whole)
    return np.concatenate(parts).astype(np.float32, copy=False)


def _split(
    articles: Sequence[Article],
    chunks: Sequence[list[Chunk]],
    words: Sequence[list[str] | Ints],
    passages: Vectors,
    sentences: Vectors,
    senses: Vectors,
) -> dict[str, _Part]:
    """Rows that lie one after another for all articles, as one part per article."""
    parts: dict[str, _Part] = {}
    row = line = 0
    for article, group in zip(articles, chunks, strict=True):
        rows = slice(row, row + len(group))
        lines = slice(line, line + sum(len(chunk.sentences) for chunk in group))
        parts[article.id] = _Part(
            group, words[rows], passages[rows], sentences[lines], senses[lines]
        )
        row, line = rows.stop, lines.stop
    return parts


def _parts_of(index: Index) -> dict[str, tuple[Article, _Part]]:
    """All of a snapshot, by article id: the article and what was made of it."""
    articles = list(index.articles)
    chunks: list[list[Chunk]] = [[] for _ in articles]
    for row in range(len(index.chunks)):
        owner = index.chunks.article_row(row)
        chunks[owner].append(index.chunks.chunk(row, articles[owner]))
    words = [index.words.numbers[a:b] for a, b in pairwise(index.words.bounds)]
    vectors = (
        index.vectors[name].rows(np.arange(len(index.vectors[name])))
        for name in ("passages", "sentences", "senses")
    )
    parts = _split(articles, chunks, words, *vectors)
    return {article.id: (article, parts[article.id]) for article in articles}
