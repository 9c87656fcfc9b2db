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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap

from rag.config import Settings
from rag.console import StageReport
from rag.corpus.documents import Document
from rag.corpus.readers import read_documents
from rag.errors import CorpusError, MusnadError, UsageError
from rag.library import Library

SEARCHES = 200


def run_speed(args: argparse.Namespace) -> int:
    """``musnad eval speed``."""
    if args.against and not (args.against / "rag" / "library.py").is_file():
        raise UsageError(f"--against {args.against}: no copy of this project")
    settings = dataclasses.replace(Settings.from_environment(), llm="none", store=None)
    titles = read_titles(args.articles)
    with tempfile.TemporaryDirectory() as folder:
        path = args.index or Path(folder) / "index"
        library = Library(path, settings)
        figures = ingest_figures(library, args.articles)
        figures |= percentiles("search", search_seconds(library, titles))
        if args.against:
            figures |= paired_figures(path, args.against, titles)
    tell(figures, args.json)
    return 0


def tell(figures: Mapping[str, float], path: Path | None) -> None:
    """Print figures, a line each, and write them to ``path`` as JSON."""
    for name, value in figures.items():
        print(f"{name:<40}{value:>16,.3f}")
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


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


def read_titles(path: Path) -> list[str]:
    """Titles of 200 articles, drawn by a fixed seed, to be asked as questions.

    Raises:
        CorpusError: it cannot be read, or holds fewer articles.
    """
    documents = [d for d in read_documents([path]) if isinstance(d, Document)]
    if len(documents) < SEARCHES:
        raise CorpusError(f"{path}: {len(documents)} articles, at least {SEARCHES} needed")
    drawn = np.random.default_rng(0).permutation(len(documents))[:SEARCHES]
    return [documents[n].title or documents[n].text[:60] for n in drawn]


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
    return {f"{name}_p{p}_ms": 1000 * float(np.percentile(seconds, p)) for p in (50, 95)}


# What a process does that holds an index open: a question in, the seconds of its search out.
_SEARCHER = """
import dataclasses, json, pathlib, sys, time
from rag.config import Settings
from rag.library import Library
settings = dataclasses.replace(Settings.from_environment(), llm="none", store=None)
library = Library(pathlib.Path(sys.argv[1]), settings)
for line in sys.stdin:
    started = time.perf_counter()
    library.search(json.loads(line), 10)
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
            seconds = timed.readline()
            if not seconds:
                raise MusnadError(f"--against: the code in {checkout} cannot search this index")
            return float(seconds)

        yield search


def paired_figures(index: Path, checkout: Path, titles: Sequence[str]) -> dict[str, float]:
    """Warm searches by this code and by that in ``checkout``, in turn over the same questions: the
    medians in milliseconds, and the median of the ratios with its 95 % bootstrap interval.
    """
    pairs = []
    with (
        _searcher(index, Path(__file__).parent.parent) as ours,
        _searcher(index, checkout) as other,
    ):
        for search in (ours, other):
            search(titles[0])
        for place, title in enumerate(titles):
            order = (ours, other) if place % 2 else (other, ours)
            seconds = {search: search(title) for search in order}
            pairs.append((seconds[ours], seconds[other]))
    own, theirs = np.asarray(pairs).T
    ratios = own / theirs
    interval = bootstrap((ratios,), np.median, method="percentile", rng=0).confidence_interval
    return {
        "paired_search_p50_ms": 1000 * float(np.median(own)),
        "paired_search_p50_ms_of_the_other": 1000 * float(np.median(theirs)),
        "paired_search_ratio": float(np.median(ratios)),
        "paired_search_ratio_low": float(interval.low),
        "paired_search_ratio_high": float(interval.high),
    }
