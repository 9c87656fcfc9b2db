"""From one store to another: articles with all that was made of them, nothing made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rag.errors import IndexMismatch, StoreError
from rag.store.protocol import Counts, Entry, Snapshot, Store, Transaction
from rag.types import Report

# Articles in a transaction: what is done again, at most, of a migration that was stopped.
_BATCH = 2048


@dataclass(frozen=True, slots=True)
class Migrated:
    """How many articles were ``moved``, how many were ``there``, and what the target holds now, by
    its ``place``.
    """

    moved: int
    there: int
    counts: Counts
    place: str


def migrate(source: Snapshot, target: Store, report: Report) -> Migrated:
    """Put all articles of ``source`` into ``target``, each once: those that are there stay as they
    are. Stopped anywhere, it goes on where it was.

    Raises:
        IndexMismatch: the target was shaped by other models or settings.
        StoreError: the target cannot be written, or holds something else afterwards.
    """
    if target.exists() and target.snapshot().shape != source.shape:
        raise IndexMismatch(f"{target.place}: made by other models or settings")
    moved = done = 0
    entries = source.entries()
    while batch := list(islice(entries, _BATCH)):
        with target.write() as transaction:
            moved += _put(batch, source, transaction)
        done += len(batch)
        report("articles", done, source.counts.articles)
    if not target.exists():
        with target.write() as transaction:
            transaction.commit(source.shape)
    counts = target.snapshot().counts
    if counts.articles == source.counts.articles and counts != source.counts:
        raise StoreError(f"{target.place}: holds {counts}, not the {source.counts} that were to be")
    return Migrated(moved, done - moved, counts, target.place)


def _put(batch: Sequence[Entry], source: Snapshot, transaction: Transaction) -> int:
    """Put those of a batch that are not there; how many they are."""
    ids = [entry.article.id for entry in batch]
    there = {article.id: article for article in transaction.articles.where("id", ids)}
    missing = [entry for entry in batch if there.get(entry.article.id) != entry.article]
    if missing:
        met = {word for entry in missing for words in entry.words for word in words}
        transaction.put(missing, source.word_vectors(met.difference(transaction.vocabulary)))
        transaction.commit(source.shape)
    return len(missing)
