"""Speed: a whole ingest, and searches over it; beside another copy of the code, if asked for.

Two are timed in turn, question by question, so that a machine whose speed drifts favours neither.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics.statistics import bootstrap, quantile
from rag.config import Settings
from rag.console import StageReport
from rag.corpus.readers import Document, read_documents
from rag.errors import CorpusError
from rag.library import Library

_SEARCHES = 200


def run_speed(args: argparse.Namespace) -> int:
    """``musnad eval speed``."""
    settings = dataclasses.replace(Settings.from_environment(), llm="none")
    documents = [d for d in read_documents([args.articles]) if isinstance(d, Document)]
    if len(documents) < _SEARCHES:
        raise CorpusError(
            f"{args.articles}: {len(documents)} articles, at least {_SEARCHES} needed"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = args.index or Path(folder) / "index"
        library = Library(path, settings)
        figures: dict[str, Any] = ingest_figures(library, args.articles)
        figures.update(percentiles("search", search_seconds(library, _titles(documents))))
        if args.against:
            figures.update(paired_figures(path, args.against, _titles(documents)))
    for name, value in figures.items():
        print(f"{name:<40}{value:>12,.3f}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def ingest_figures(library: Library, articles: Path) -> dict[str, float]:
    """Seconds of an ingest, of the same ingest again, and the process's peak memory in GB."""
    library.encoders()
    started = time.perf_counter()
    library.ingest([articles], report=StageReport())
    first = time.perf_counter()
    library.ingest([articles])
    return {
        "ingest_s": first - started,
        "ingest_again_s": time.perf_counter() - first,
        "peak_memory_gb": peak_memory_gb(),
    }


def peak_memory_gb() -> float:
    """The most memory this process has held. What ``getrusage`` says counts the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _titles(documents: Sequence[Document]) -> list[str]:
    """Titles of some articles, to be asked as questions."""
    titles = [document.title or document.text[:60] for document in documents]
    return [titles[n] for n in np.random.default_rng(0).permutation(len(titles))[:_SEARCHES]]


def search_seconds(library: Library, questions: Sequence[str]) -> list[float]:
    """How long each search takes, once the first was made."""
    library.search(questions[0])
    seconds = []
    for question in questions:
        started = time.perf_counter()
        library.search(question)
        seconds.append(time.perf_counter() - started)
    return seconds


def percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile, in milliseconds."""
    return {f"{name}_p{p}_ms": 1000 * quantile(seconds, p / 100) for p in (50, 95)}


# What a process does that holds an index open: a question in, the seconds of its search out.
_SEARCHER = """
import dataclasses, json, pathlib, sys, time
from rag.config import Settings
from rag.library import Library
settings = dataclasses.replace(Settings.from_environment(), llm="none")
library = Library(pathlib.Path(sys.argv[1]), settings)
for line in sys.stdin:
    started = time.perf_counter()
    library.search(json.loads(line))
    print(time.perf_counter() - started, flush=True)
"""


@contextmanager
def _searcher(index: Path, checkout: Path) -> Iterator[Callable[[str], float]]:
    """What gives the seconds of a warm search by the code in ``checkout``."""
    command = [sys.executable, "-c", _SEARCHER, str(index.resolve())]
    # What `python -c` imports it looks for in its working directory first.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=checkout
    ) as process:
        assert process.stdin and process.stdout
        asked, timed = process.stdin, process.stdout

        def search(question: str) -> float:
            print(json.dumps(question), file=asked, flush=True)
            return float(timed.readline())

        yield search


def paired_figures(index: Path, checkout: Path, titles: Sequence[str]) -> dict[str, float]:
    """Warm searches by this code and by that in ``checkout``, in turn over the same questions: the
    medians in milliseconds, and the geometric mean of the ratios with its 95 % interval.
    """
    here = Path(__file__).parent.parent
    with _searcher(index, here) as ours, _searcher(index, checkout) as theirs:
        for search in (ours, theirs):
            search(titles[0])
        pairs = []
        for place, title in enumerate(titles):
            first = ours(title) if place % 2 else None
            other = theirs(title)
            pairs.append((first or ours(title), other))
    ratio = bootstrap([float(np.log(own / other)) for own, other in pairs])
    own, other = (1000 * quantile(part, 0.5) for part in zip(*pairs, strict=True))
    ends = {"": ratio.mean, "_low": ratio.low, "_high": ratio.high}
    return {
        "paired_search_p50_ms": own,
        "paired_search_p50_ms_of_the_other": other,
        **{f"paired_search_ratio{name}": float(np.exp(value)) for name, value in ends.items()},
    }
