"""Articles → entries of a store: chunked, analysed and encoded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rag.corpus.chunking import CHUNKER_VERSION, chunk_article
from rag.errors import IndexMismatch
from rag.models.protocols import Encoder, Role
from rag.store.protocol import DenseField, Entry, Floats, Shape
from rag.text.analyze import ANALYZER_VERSION, content_words, is_arabic
from rag.types import Article, Chunk, Report

# Texts handed to an encoder at once: enough to sort by length, few enough to report progress.
_BATCH = 1024
# Shorter words are particles and fragments; nothing is translated to them.
_SHORTEST_WORD = 3


def shape_of(encoder: Encoder, sentence_encoder: Encoder, chunk_tokens: int) -> dict[str, Any]:
    """What shapes an index, as its manifest records it."""
    stated = ("name", "fingerprint", "dimension")
    return {
        "encoder": {name: getattr(encoder, name) for name in stated},
        "sentence_encoder": {name: getattr(sentence_encoder, name) for name in stated},
        "analyzer": ANALYZER_VERSION,
        "chunker": {"version": CHUNKER_VERSION, "tokens": chunk_tokens},
    }


def check_shape(place: str, found: Shape, expected: Shape) -> None:
    """Refuse an index, by ``place`` on the command line, that other models or settings made.

    Raises:
        IndexMismatch: naming what differs and the command that rebuilds it.
    """
    for key, value in expected.items():
        if found.get(key) != value:
            made, wanted = (_name(side) for side in (found.get(key), value))
            raise IndexMismatch(
                f"{place.split(' ', 1)[1]}: index made with {key} {made}, but {wanted} is in force;"
                f" rebuild it with: musnad ingest --rebuild {place}"
            )


def _name(description: Any) -> str:
    if isinstance(description, Mapping) and "fingerprint" in description:
        return f"{description.get('name')} ({str(description['fingerprint'])[:12]})"
    return repr(description)


def same_passages(old: Article | None, new: Article) -> bool:
    """Whether both give the same chunks, words and vectors."""
    return old is not None and all(
        getattr(old, part) == getattr(new, part) for part in ("text", "title", "debris")
    )


def translatable(word: str) -> bool:
    """Whether words of other languages may be matched to it: it is Arabic and no particle."""
    return len(word) >= _SHORTEST_WORD and is_arabic(word)


def embedded_text(article: Article, chunk: Chunk) -> str:
    """What is encoded for a chunk: its words, after the article's title when they lack it."""
    if article.title and article.title not in chunk.text:
        return f"{article.title}\n{chunk.text}"
    return chunk.text


def encode_articles(
    articles: Sequence[Article],
    encoders: tuple[Encoder, Encoder],
    chunk_tokens: int,
    report: Report = lambda stage, done, total: None,
) -> list[Entry]:
    """The entry of each article, by the passage encoder and the sentence encoder;
    ``report(stage, done, total)`` is called as work goes on.
    """
    encoder, sentence_encoder = encoders
    chunks: list[list[Chunk]] = []
    for done, article in enumerate(articles, start=1):
        chunks.append(chunk_article(article, encoder.count_tokens, chunk_tokens))
        report("chunks", done, len(articles))
    pairs = [(a, c) for a, group in zip(articles, chunks, strict=True) for c in group]
    texts = [embedded_text(article, chunk) for article, chunk in pairs]
    sentences = [span.of(article.text) for article, chunk in pairs for span in chunk.sentences]
    words = [content_words(text) for text in texts]
    vectors: dict[DenseField, Floats] = {
        "passages": _encode(encoder, texts, "passages", report),
        "sentences": _encode(encoder, sentences, "sentences", report),
        "similarity": _encode(sentence_encoder, sentences, "similarity", report),
    }
    return entries_of(articles, chunks, words, vectors)


def encode_words(
    entries: Iterable[Entry], known: Collection[str], encoder: Encoder, report: Report
) -> dict[str, Floats]:
    """The vector of each word of the entries that may be matched to others and is not ``known``."""
    met = dict.fromkeys(word for entry in entries for passage in entry.words for word in passage)
    fresh = [word for word in met if translatable(word) and word not in known]
    return dict(zip(fresh, _encode(encoder, fresh, "vocabulary", report, "word"), strict=True))


def _encode(
    by: Encoder, texts: Sequence[str], stage: str, report: Report, role: Role = "passage"
) -> Floats:
    batches = []
    for start in range(0, len(texts), _BATCH):
        batches.append(by.encode(texts[start : start + _BATCH], role))
        report(stage, min(start + _BATCH, len(texts)), len(texts))
    # The vectors of a role may have a length of their own.
    return np.concatenate(batches or [np.zeros((0, by.dimension), dtype=np.float32)])


def entries_of(
    articles: Sequence[Article],
    chunks: Sequence[Sequence[Chunk]],
    words: Sequence[Sequence[str]],
    vectors: Mapping[DenseField, Floats],
) -> list[Entry]:
    """What lies one after another for all articles, as one entry per article."""
    entries = []
    row = line = 0
    for article, group in zip(articles, chunks, strict=True):
        rows = slice(row, row + len(group))
        lines = slice(line, line + sum(len(chunk.sentences) for chunk in group))
        own = {
            field: every[rows if field == "passages" else lines] for field, every in vectors.items()
        }
        entries.append(Entry(article, group, words[rows], own))
        row, line = rows.stop, lines.stop
    return entries
