"""Retrieval quality: every leg, their fusion, and a plain LlamaIndex pipeline, side by side.

A question set's passages are indexed as articles of their own, with distractors beside them if
asked for; the rank of an article is that of its best passage.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.data import QuestionSet
from eval.metrics import Interval, Rank, summarise
from rag.library import Library
from rag.retrieval.fusion import LEGS, fuse
from rag.retrieval.query import Query, prepare
from rag.retrieval.search import Pool, Searcher

# Deep enough for every metric; an article not among so many passages counts as not found.
_DEPTH = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """One question with its candidates: what any fusion of the legs can be computed from.

    ``articles`` holds the article id of each candidate.
    """

    query: Query
    pool: Pool
    articles: Sequence[str]
    gold: str
    group: int
    seconds: float


def index_set(library: Library, questions: QuestionSet, base: Path | None = None) -> None:
    """Put the set's passages into ``library``, beside those of the index ``base`` if there is one.

    What an earlier run left in the library is used again.
    """
    if base is not None and not library.path.exists():
        shutil.copytree(base, library.path)
    library.path.mkdir(parents=True, exist_ok=True)
    corpus = library.path.parent / f"{library.path.name}.jsonl"
    rows = ({"id": name, "text": text} for name, text in questions.passages.items())
    corpus.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    library.ingest([corpus])


def ask_all(
    library: Library, questions: QuestionSet, progress: Progress = lambda done, total: None
) -> list[Asked]:
    """Candidates of every question."""
    encoder, sentence_encoder = library.encoders()
    index = library.index()
    searcher = Searcher(index, sentence_encoder)
    owners = [article.id for article in index.articles]
    asked = []
    for done, question in enumerate(questions.questions, start=1):
        started = time.perf_counter()
        query = prepare(question.text, encoder, sentence_encoder)
        pool = searcher.candidates(query)
        seconds = time.perf_counter() - started
        articles = [owners[index.chunks.article_row(int(row))] for row in pool.rows]
        asked.append(Asked(query, pool, articles, question.gold, question.group, seconds))
        progress(done, len(questions.questions))
    return asked


def rank_of(gold: str, articles: Sequence[str], scores: np.ndarray) -> Rank:
    """The place of article ``gold`` when articles are ranked by their best passage."""
    seen: set[str] = set()
    for place in np.argsort(-scores, kind="stable")[:_DEPTH]:
        seen.add(articles[place])
        if articles[place] == gold:
            return len(seen)
    return None


def leg_ranks(asked: Iterable[Asked]) -> dict[str, list[Rank]]:
    """Ranks of the gold article by each leg alone, and ``fused`` by all of them.

    A leg that gives every candidate the same score (names, in a question without any) ranks
    nothing: its gold counts as not found.
    """
    ranks: dict[str, list[Rank]] = {name: [] for name in (*LEGS, "fused")}
    for item in asked:
        scores = dict(item.pool.legs)
        scores["fused"] = fuse(item.query, item.pool.legs, item.pool.best, item.pool.same)
        for name, values in scores.items():
            flat = bool(np.ptp(values) == 0)
            ranks[name].append(None if flat else rank_of(item.gold, item.articles, values))
    return ranks


def measure(asked: Sequence[Asked]) -> dict[str, dict[str, Interval]]:
    """Every metric, by leg and fused."""
    return {name: summarise(ranks) for name, ranks in leg_ranks(asked).items()}


def latency(asked: Sequence[Asked]) -> Mapping[str, float]:
    """Milliseconds from the question to its candidates, median and 95th percentile."""
    p50, p95 = np.percentile([item.seconds * 1000 for item in asked], (50, 95))
    return {"p50_ms": float(p50), "p95_ms": float(p95)}
