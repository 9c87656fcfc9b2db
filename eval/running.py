"""A set, asked of a system: the corpus indexed, every question asked, every reply scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.aggregation import summarise, values_of
from eval.asking import Asker
from eval.compare import FORMAT
from eval.replies import OURS, ask_all, run_key
from eval.scoring import Scored, score
from eval.sets.values import EvaluationSet, Item
from rag.config import Settings
from rag.errors import CorpusError, IndexMismatch
from rag.library import Library
from rag.models.progress import TransferReport
from rag.models.protocols import Generator
from rag.types import Article, Report

RETRIEVAL_ALONE = "retrieval alone"


@dataclass(frozen=True)
class Run:
    """A system's replies to a set, scored; ``record`` is what ``--json`` writes of them."""

    scored: Sequence[Scored]
    record: dict[str, Any]


def open_library(
    questions: EvaluationSet, settings: Settings, work: Path, report: Report
) -> Library:
    """A library of the set's corpus, below ``work``; one that is there already is used again.

    Raises:
        CorpusError: an article cannot be read, or gold names an article or place that is not there.
    """
    paths = list(questions.paths)
    if questions.documents:
        paths.append(_written(questions, work))
    settings = replace(settings, store=None)
    library = Library(work / f"index-{_content(paths)}", settings, progress=TransferReport())
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


@dataclass(frozen=True)
class Exam:
    """A set and the library it is asked of; ``fresh`` asks again what an earlier run asked, and
    ``hiding`` asks everything once more with the articles hidden that answer it.
    """

    questions: EvaluationSet
    library: Library
    work: Path
    report: Report
    fresh: bool = False
    hiding: bool = False

    def generator(self) -> Generator | None:
        """The model that answers; ``None`` for quoting, and where only retrieval is judged.

        Raises:
            ModelError: it cannot be had or loaded.
        """
        return self.library.generator() if self.questions.judged == "spans" else None

    def ours(self) -> Run:
        """Musnad's replies."""
        generator = self.generator()
        asker = Asker(
            self.library,
            generator,
            answering=self.questions.judged == "spans",
            hiding=self.hiding,
        )
        return self._run(OURS, self.questions.items, asker.ask, generator)

    def peers(self) -> Run:
        """The peer's replies to the same questions, with the same encoder and model.

        Raises:
            UsageError: the peer's packages are not installed.
        """
        from eval.peer import NAME, PeerAsker, in_pages

        articles = self.library.articles()
        generator = self.generator()
        asker = PeerAsker(self.library.settings, articles, generator, hiding=self.hiding)
        return self._run(NAME, in_pages(self.questions.items, articles), asker.ask, generator)

    def _run(
        self,
        system: str,
        items: Sequence[Item],
        ask: Callable[[Item], dict[str, Any]],
        generator: Generator | None,
    ) -> Run:
        articles = self.library.articles()
        model = self._model(generator)
        path = self.work / f"replies-{self._key(system, model, articles)}.jsonl"
        if self.fresh:
            path.unlink(missing_ok=True)
        languages = {article.id: article.language for article in articles}
        scored: list[Scored] = []
        for item, reply in zip(items, ask_all(items, ask, path), strict=True):
            scored.append(score(item, reply, languages))
            self.report(f"questions to {system}", len(scored), len(items))
        return Run(scored, self._record(system, model, scored))

    def _model(self, generator: Generator | None) -> str:
        if self.questions.judged != "spans":
            return RETRIEVAL_ALONE
        return generator.name if generator else "none"

    def _key(self, system: str, model: str, articles: Sequence[Article]) -> str:
        corpus = [(article.id, article.text) for article in articles]
        digest = hashlib.sha256(json.dumps(corpus).encode()).hexdigest()
        asked = f"{system}/{model}/{self.questions.judged}/{self.hiding}"
        return run_key(self.library.snapshot().shape, self.library.settings, asked, digest)

    def _record(self, system: str, model: str, scored: Sequence[Scored]) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "system": system,
            "set": self.questions.name,
            "questions_fingerprint": self.questions.fingerprint,
            "model": model,
            "encoder": self.library.encoders()[0].name,
            **summarise(scored),
            **values_of(scored),
        }
