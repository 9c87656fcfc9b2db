"""Batches of articles → what is committed together, the entries made by several workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.corpus.documents import Unreadable
from rag.distributed.pools import Pool, in_order
from rag.ingestion import Batch
from rag.store.protocol import Entry
from rag.types import Article

# Articles that are committed together: so much work is lost when the power goes.
_TOGETHER = 1024


def encoded(
    batches: Iterable[Batch],
    wanted: Callable[[Batch], Sequence[Article]],
    pool: Pool,
    encode: Callable[[Sequence[Article]], list[Entry]],
) -> Iterator[tuple[Batch, list[Entry]]]:
    """Batches, several as one, with the entries that workers ``encode`` of those of their articles
    that are ``wanted``. An article that ends its workers becomes one that is unreadable.
    """
    under_way: deque[Batch] = deque()
    together, entries = Batch(), list[Entry]()
    deadly: set[str] = set()

    def shares() -> Iterator[Sequence[Article]]:
        for batch in batches:
            under_way.append(batch)
            yield wanted(batch)

    for parts in in_order(pool, encode, shares()):
        batch = under_way.popleft()
        for articles, made in parts:
            entries += made or ()
            if made is None:
                batch.unreadable.append(_deadly(articles[0]))
                deadly.add(articles[0].id)
        batch.articles = [article for article in batch.articles if article.id not in deadly]
        # Such a file is not done with: it is to be read again.
        batch.sources = [one for one in batch.sources if deadly.isdisjoint(one.articles)]
        together.extend(batch)
        if len(together.articles) >= _TOGETHER:
            yield together, entries
            together, entries = Batch(), []
    if together != Batch():
        yield together, entries


def _deadly(article: Article) -> Unreadable:
    reason = "ended the process that encoded it, twice; it is left out"
    return Unreadable(article.path or article.id, f"article {article.id}: {reason}")
