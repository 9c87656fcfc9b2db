"""One index in a folder and in another store: is anything encoded anew, and are the answers those?

    python -m eval.stores --index DIR --store URL --squad xquad.ar.dev.json xquad.en.dev.json

Adds the passages of the set to the index in the folder, moves what is missing to the store, and
asks both every question of the set: how many of ten passages are the same, how well each ranks, how
long each takes; and of some questions, whether the whole answers, quoting, are the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import Any

from eval.metrics.ranking import graded_ndcg
from eval.sets.public import squad_set
from eval.sets.values import EvaluationSet, Item
from rag.config import Settings
from rag.console import StageReport
from rag.library import Library
from rag.models.protocols import Encoder, Role, Vectors

_DEPTH = 10


class Counted:
    """An encoder that counts the texts it encodes."""

    def __init__(self, encoder: Encoder) -> None:
        """Encode by ``encoder``."""
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.count_tokens = encoder.dimension, encoder.count_tokens
        self.encoded = 0
        self._encode = encoder.encode

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """See :class:`rag.models.protocols.Encoder`."""
        self.encoded += len(texts)
        return self._encode(texts, role)


@dataclass(frozen=True)
class Found:
    """What a library finds for a question, and the seconds it takes."""

    hits: Sequence[tuple[str, int]]
    ndcg: float
    seconds: float


def find(library: Library, item: Item) -> Found:
    """The first ten passages by article and start, and how well they are ranked."""
    started = time.perf_counter()
    hits = library.search(item.text, _DEPTH)
    seconds = time.perf_counter() - started
    gains = [item.relevant.get(hit.article.id, 0.0) for hit in hits]
    ndcg = graded_ndcg(gains, list(item.relevant.values()))
    return Found([(hit.article.id, hit.start) for hit in hits], ndcg or 0.0, seconds)


def answer(library: Library, item: Item) -> dict[str, Any]:
    """The answer, quoting, as a program sees it; the last digits of a passage's score depend on the
    order in which things were added up.
    """
    told = library.ask(item.text, quote_only=True).to_dict()
    passages = [{**passage, "score": round(passage["score"], 4)} for passage in told["passages"]]
    return {**told, "passages": passages, "timings": None}


def compared(pairs: Sequence[tuple[Found, Found]]) -> dict[str, float]:
    """The figures of the questions in one language."""
    folder, store = zip(*pairs, strict=True)
    shared = [len({*one.hits} & {*other.hits}) / len(one.hits) for one, other in pairs if one.hits]
    return {
        "questions": len(pairs),
        "overlap@10": round(mean(shared), 4),
        "nDCG@10 folder": round(mean(found.ndcg for found in folder), 4),
        "nDCG@10 store": round(mean(found.ndcg for found in store), 4),
        "median ms folder": round(1000 * median(found.seconds for found in folder)),
        "median ms store": round(1000 * median(found.seconds for found in store)),
    }


def add(library: Library, questions: EvaluationSet) -> None:
    """Add the passages of a set."""
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / f"{questions.name}.jsonl"
        rows = (json.dumps(row, ensure_ascii=False) for row in questions.documents)
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
        library.ingest([file], report=StageReport())


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--squad", type=Path, nargs="+", required=True)
    parser.add_argument("--every", type=int, default=1, help="ask every so many questions alone")
    parser.add_argument("--answers", type=int, default=100)
    args = parser.parse_args()
    settings = replace(Settings.from_environment(), llm="none", store=None)
    questions = squad_set(args.squad)
    folder = Library(args.index, settings)
    add(folder, questions)
    encoder, sentence_encoder = map(Counted, folder.encoders())
    folder = Library(args.index, settings, encoder=encoder, sentence_encoder=sentence_encoder)
    moved = folder.migrate(args.store, report=StageReport())
    encoded = encoder.encoded + sentence_encoder.encoded
    store = Library(args.index, replace(settings, store=args.store), models=folder.models)
    items = questions.items[:: args.every]
    pairs: dict[str, list[tuple[Found, Found]]] = {}
    for item in items:
        pairs.setdefault(item.language, []).append((find(folder, item), find(store, item)))
    asked = items[:: max(1, len(items) // args.answers)][: args.answers]
    same = sum(answer(folder, item) == answer(store, item) for item in asked)
    print(
        json.dumps(
            {
                "moved": moved.moved,
                "there": moved.there,
                "encoded": encoded,
                **{language: compared(some) for language, some in pairs.items()},
                "answers": len(asked),
                "the same": same,
            },
            indent=1,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
