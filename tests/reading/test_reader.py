"""Which of the passages found are read."""

from __future__ import annotations

from dataclasses import replace

from fakes import WordReader

from rag.answering.pipeline import Request
from rag.library import Library
from rag.reading.reader import FAR, PassageReader
from rag.retrieval.retriever import Found


def test_what_retrieval_puts_far_below_the_best_is_not_read(seeded: Library) -> None:
    query, found = seeded.pipeline().search(Request("زيارة لافروف إلى الصين"))
    best, *others = found
    at_most = replace(best.hit, score=best.hit.score - FAR)
    beyond = replace(best.hit, score=best.hit.score - FAR - 0.01)
    last, out = (replace(others[0], hit=hit) for hit in (at_most, beyond))
    reader = PassageReader(WordReader, limit=100)

    def articles(*passages: Found) -> set[str]:
        return {item.article.id for item in reader.read(query, passages).evidence}

    assert best.passage.article.id != others[0].passage.article.id
    assert articles(best, last) == articles(best) | articles(last)
    assert articles(best, out) == articles(best)
    assert reader.read(query, [out]).evidence, "the best is read, however low"
