"""``musnad eval``: one set, one system, one report."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.asking import Asker
from eval.replies import ask_all, run_key
from eval.scoring import Scored, score
from eval.sets import EvaluationSet
from eval.summary import summarise, values_of
from rag.config import Settings
from rag.console import StageReport
from rag.errors import CorpusError, IndexMismatch, UsageError
from rag.library import Library
from rag.models.progress import TqdmProgress
from rag.store.build import Report

FORMAT = 1


@dataclass(frozen=True)
class Run:
    """A system's replies to a set, scored; ``record`` is what ``--json`` writes."""

    name: str
    scored: Sequence[Scored]
    record: Mapping[str, Any]


def open_library(
    questions: EvaluationSet, settings: Settings, work: Path, report: Report
) -> Library:
    """A library of the set's corpus, below ``work``; one that is there already is used again.

    Raises:
        CorpusError: an article cannot be read, or gold names an article or place that is not there.
    """
    paths = list(questions.paths)
    if questions.documents:
        paths = [_written(questions, work)]
    library = Library(work / f"index-{_content(paths)}", settings, progress=TqdmProgress())
    try:
        done = library.ingest(paths, report=report)
    except IndexMismatch:
        done = library.ingest(paths, rebuild=True, report=report)
    for bad in done.unreadable:
        raise CorpusError(f"{bad.path}: {bad.reason}")
    check_gold(questions, {article.id: len(article.text) for article in library.articles()})
    return library


def check_gold(questions: EvaluationSet, lengths: Mapping[str, int]) -> None:
    """Hold every gold span against the articles.

    Raises:
        CorpusError: it names an article that is not in the corpus, or a place that is not in it.
    """
    for item in questions.items:
        for span in (span for group in item.groups for span in group):
            if span.article not in lengths:
                raise CorpusError(
                    f"{item.id}: gold names {span.article!r}, no article of the corpus"
                )
            if not 0 <= span.start < span.end <= lengths[span.article]:
                raise CorpusError(
                    f"{item.id}: gold {span.start}-{span.end} is not a place in {span.article}"
                )


def _written(questions: EvaluationSet, work: Path) -> Path:
    lines = [json.dumps(document, ensure_ascii=False) for document in questions.documents]
    data = ("\n".join(lines) + "\n").encode()
    path = work / f"corpus-{hashlib.sha256(data).hexdigest()[:16]}.jsonl"
    work.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(data)
    return path


def _content(paths: Sequence[Path]) -> str:
    """A name for the files below ``paths``."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            try:
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
            except OSError as error:
                raise CorpusError(f"{file}: {error.strerror or error}") from error
    return digest.hexdigest()[:16]


def measure(questions: EvaluationSet, library: Library, work: Path, report: Report) -> Run:
    """Ask every question that an earlier run has not, and score all replies."""
    answering = questions.judged == "spans"
    generator = library.generator() if answering else None
    model = generator.name if generator else "none"
    if not answering:
        model = "retrieval alone"
    elif generator is None and library.settings.llm != "none":
        raise UsageError(f"--llm {library.settings.llm}: no language model here; use --llm none")
    articles = library.articles()
    corpus = hashlib.sha256("\0".join(sorted(a.id for a in articles)).encode()).hexdigest()
    manifest = library.index().manifest
    key = run_key(manifest, library.settings, model, _each(questions), corpus)
    asker = Asker(library, generator, answering=answering)
    languages = {article.id: article.language for article in articles}
    scored = []
    replies = ask_all(questions.items, asker.ask, work / f"replies-{key}.jsonl")
    for item, reply in zip(questions.items, replies, strict=True):
        scored.append(score(item, reply, languages))
        report("questions", len(scored), len(questions.items))
    record = {
        "format": FORMAT,
        "system": "musnad",
        "set": questions.name,
        "questions_fingerprint": questions.fingerprint,
        "model": model,
        "encoder": library.encoders()[0].name,
        **summarise(scored),
        **values_of(scored),
    }
    return Run("musnad", scored, record)


def _each(questions: EvaluationSet) -> str:
    return questions.fingerprint


def run_evaluate(args: argparse.Namespace) -> int:
    """``musnad eval`` without a kind."""
    from eval.sets import read_seeds
    from eval.table import print_run

    questions = read_seeds()
    settings = dataclasses.replace(Settings.from_environment(), llm=args.llm)
    report = StageReport()
    library = open_library(questions, settings, args.work, report)
    run = measure(questions, library, args.work, report)
    print_run(run.record)
    return 0
