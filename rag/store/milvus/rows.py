"""Rows of articles and passages in Milvus, as :mod:`rag.store.milvus.schema` has them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from rag.filters import days_of
from rag.store.milvus.engine import Row
from rag.store.milvus.schema import NO_VECTOR
from rag.types import Article, Chunk, Span

# The version of an article is numbered by its place among all and how often it was replaced, and
# each of its rows by the version and the piece: 31, 20 and 12 bits.
_VERSIONS, _PIECES = 1 << 20, 1 << 12
# Characters in a piece, of which one takes up to four bytes.
_PIECE = 16_000
# Terms are told apart in sparse vectors by so many numbers from 1 on.
_DIMENSIONS = (1 << 32) - 2


def first_version(place: int) -> int:
    """The number of the first version of the article at a place."""
    return place * _VERSIONS + 1


def place_of(version: int) -> int:
    """The place of the article that a version is of."""
    return version // _VERSIONS


def first_key(version: int) -> int:
    """The number of the first row of a version of an article."""
    return version * _PIECES


def article_rows(article: Article, version: int, commit: int) -> Iterator[Row]:
    """An article as JSON, in pieces."""
    said = json.dumps(asdict(article), ensure_ascii=False)
    pieces = [said[n : n + _PIECE] for n in range(0, len(said), _PIECE)]
    named = {"id": article.id, "source": article.source or "", "host": article.host or ""}
    for n, piece in enumerate(pieces):
        yield {
            "number": first_key(version) + n,
            "version": version,
            "born": commit,
            "pieces": len(pieces),
            "text": piece,
            **(named if n == 0 else dict.fromkeys(named, "")),
            **NO_VECTOR,
        }


def articles_of(rows: Iterable[Row]) -> Iterator[tuple[int, Article]]:
    """The articles of which these are all the rows, in order, each after its version."""
    pieces: list[str] = []
    for row in rows:
        pieces.append(row["text"])
        if len(pieces) == row["pieces"]:
            yield row["version"], _article("".join(pieces))
            pieces.clear()


def _article(said: str) -> Article:
    fields = json.loads(said)
    fields["debris"] = tuple(Span(*span) for span in fields["debris"])
    fields["provenance"] = {name: Span(*span) for name, span in fields["provenance"].items()}
    fields["amended"], fields["pages"] = tuple(fields["amended"]), tuple(fields["pages"])
    return Article(**fields)


def passage_row(article: Article, chunk: Chunk, words: Sequence[str], stems: Iterable[str]) -> Row:
    """What is said of a passage, but for its numbers and vectors."""
    first, last = days_of(article.date) or (0, 0)
    return {
        "article_id": article.id,
        "language": article.language or "",
        "date": article.date or "",
        "first_day": first,
        "last_day": last,
        "start": chunk.start,
        "end": chunk.end,
        "spans": json.dumps(chunk.sentences),
        "words": _spaced(words),
        "stemmed": _spaced(stems),
    }


def _spaced(words: Iterable[str]) -> str:
    """Words in one text, in which ``% word %`` is a whole one."""
    return f" {' '.join(words)} "


def spans_of(row: Row) -> tuple[Span, ...]:
    """The sentences of a passage."""
    return tuple(Span(*span) for span in json.loads(row["spans"]))


def chunk_of(row: Row, article: Article) -> Chunk:
    """The chunk that a passage is."""
    start, end = row["start"], row["end"]
    return Chunk(article.id, start, end, article.text[start:end], spans_of(row))


def sparse(weights: Mapping[str, float]) -> dict[int, float]:
    """A sparse vector of terms with their weights; where there is none, of what is no term, since
    Milvus wants something in it.
    """
    vector: dict[int, float] = {}
    for term, weight in weights.items():
        digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
        place = 1 + int.from_bytes(digest) % _DIMENSIONS
        vector[place] = vector.get(place, 0.0) + weight
    return vector or {0: 1.0}
