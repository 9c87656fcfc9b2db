"""Files → batches of articles, read by several workers, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from rag.corpus.documents import Document, Unreadable
from rag.distributed.pools import Pool, in_order
from rag.distributed.tasks import Listed, Piece, read_files, read_pages
from rag.ingestion import Batch, files_below, two_texts
from rag.store.seen import SeenArticles
from rag.store.sources import Look, Source
from rag.types import Article

# Documents of a batch: seconds of a core to encode; the fewer, the less alike are their lengths.
_BATCH = 128
# Bytes of the files that a worker reads at once, and of those under way; one may be larger.
_READ, _UNDER_WAY = 4_000_000, 64_000_000
_DEADLY = "ended the process that read it, twice"


def batches(paths: Iterable[Path], readers: Pool) -> Iterator[Batch]:
    """What is read of the files below ``paths``, in their order: all articles of some documents at
    a time, and of several articles with one id the first alone.

    Raises:
        CorpusError: one id stands for two texts.
    """
    ids: list[str] = []
    refused: list[Unreadable] = []
    with closing(SeenArticles()) as seen:
        for read in _articles(_documents(paths, readers), readers):
            batch, before = Batch(), len(ids)
            for (file, found), articles in read:
                ids += (article.id for article in articles)
                batch.articles += (article for article in articles if _is_first(article, seen))
                if isinstance(found, Unreadable):
                    refused.append(found)
                    batch.unreadable.append(found)
                if found is None:
                    batch.sources += _source(file, ids, refused)
                    ids, refused, before = [], [], 0
            if ids[before:]:
                batch.begun += _source(file, ids[before:], [])
            yield batch


def _source(file: Listed, ids: Sequence[str], refused: Sequence[Unreadable]) -> Iterator[Source]:
    """The file as it was read, if there is one."""
    if file.look is not None:
        reasons = tuple((one.path, one.reason) for one in refused)
        yield Source(str(file.path.resolve()), file.look, tuple(ids), reasons)


def _is_first(article: Article, seen: SeenArticles) -> bool:
    first = seen.meet(article)
    if first is not None and not first.same:
        raise two_texts(article, first.path)
    return first is None


def _documents(paths: Iterable[Path], readers: Pool) -> Iterator[Piece]:
    """What the files give, one thing after another, and the end of each."""
    listed = (Listed(file, Look.at(file)) for path in paths for file in files_below(path))
    for parts in in_order(readers, read_files, _shares(listed), weigh=_bytes, most=_UNDER_WAY):
        for (file, *_), pieces in parts:
            yield from pieces or (
                Piece(file, found) for found in (Unreadable(str(file.path), _DEADLY), None)
            )


def _bytes(files: Sequence[Listed]) -> int:
    return sum(file.look.size for file in files if file.look)


def _shares(files: Iterable[Listed]) -> Iterator[list[Listed]]:
    share: list[Listed] = []
    for file in files:
        share.append(file)
        if len(share) == _BATCH or _bytes(share) >= _READ:
            yield share
            share = []
    yield share


def _articles(
    pieces: Iterator[Piece], readers: Pool
) -> Iterator[list[tuple[Piece, list[Article]]]]:
    """The pieces, of each document its articles with it."""
    shares = iter(lambda: list(islice(pieces, _BATCH)), [])
    for parts in in_order(readers, read_pages, shares):
        read: list[tuple[Piece, list[Article]]] = []
        for of, articles in parts:
            if articles is None:
                [(file, found)] = of
                path = found.path if isinstance(found, Document) else None
                lost = Unreadable(path or str(file.path), _DEADLY)
                read.append((Piece(file, lost), []))
            else:
                read += zip(of, articles, strict=True)
        yield read
