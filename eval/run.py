"""Runs a retrieval measurement and prints its table."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.data import QuestionSet, parallel_questions, read_squad
from eval.metrics import METRICS, Interval, summarise
from eval.retrieval import ask_all, index_set, latency, measure
from rag.config import Settings
from rag.console import StageReport
from rag.library import Library
from rag.models.progress import TqdmProgress

Table = Mapping[str, Mapping[str, Interval]]


def run_retrieval(args: argparse.Namespace) -> int:
    """``musnad eval retrieval``."""
    questions = read_squad(args.squad, args.questions_lang)
    with work_folder(args.work) as work:
        return _run(args, questions, work, args.distractors, args.peer)


def run_parallel(args: argparse.Namespace) -> int:
    """``musnad eval parallel``."""
    with work_folder(args.work) as work:
        return _run(args, parallel_questions(args.file), work, None, False)


def _run(
    args: argparse.Namespace,
    questions: QuestionSet,
    work: Path,
    distractors: Path | None,
    peer: bool,
) -> int:
    settings = dataclasses.replace(Settings.from_environment(), llm="none")
    base = Library(work / "distractors", settings, progress=TqdmProgress())
    if distractors:
        base.ingest([distractors], report=StageReport())
    encoder, sentence_encoder = base.encoders()
    folder = work / (
        questions.name.replace("/", "-") + ("-among-distractors" if distractors else "")
    )
    library = Library(folder, settings, encoder=encoder, sentence_encoder=sentence_encoder)
    index_set(library, questions, base.path if distractors else None)
    report = StageReport()
    asked = ask_all(library, questions, lambda done, total: report("questions", done, total))
    table: dict[str, dict[str, Interval]] = measure(asked)
    if peer:
        from eval.peer import peer_ranks

        texts = [(article.id, article.text) for article in library.articles()]
        table["LlamaIndex peer"] = summarise(peer_ranks(settings, texts, questions.questions))
    counts = {"passages": len(library.index().chunks), "questions": len(questions.questions)}
    print(f"{questions.name}: {counts['questions']:,} questions, {counts['passages']:,} passages")
    print_table(table)
    times = latency(asked)
    print(f"question to candidates: p50 {times['p50_ms']:.0f} ms, p95 {times['p95_ms']:.0f} ms")
    _write(args.json, {"set": questions.name, **counts, **times, "metrics": _plain(table)})
    return 0


def print_table(table: Table) -> None:
    """Means in columns, the 95 % interval beside nDCG@10."""
    print(f"{'':<16}" + "".join(f"{name:>9}" for name in METRICS) + "   nDCG@10 95 %")
    for leg, row in table.items():
        first = row["nDCG@10"]
        means = "".join(f"{row[name].mean:>9.4f}" for name in METRICS)
        print(f"{leg:<16}{means}   {first.low:.4f}-{first.high:.4f}")


def _plain(table: Table) -> dict[str, Any]:
    return {
        leg: {name: [i.mean, i.low, i.high] for name, i in row.items()}
        for leg, row in table.items()
    }


def _write(path: Path | None, record: Mapping[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@contextlib.contextmanager
def work_folder(path: Path | None) -> Iterator[Path]:
    """``path``, made if need be; without one, a folder that goes away afterwards."""
    if path is not None:
        path.mkdir(parents=True, exist_ok=True)
        yield path
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def quantiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(second * 1000 for second in seconds)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
