"""Speed: encoding against sentence-transformers, a whole ingest, and searches over it.

Two engines are timed in turn, round by round, so that a machine whose speed drifts does not favour
one; the median of the rounds' ratios is what counts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics.statistics import quantile
from rag.config import DEFAULT_ENCODER, Settings
from rag.console import StageReport
from rag.corpus.readers import Document, read_documents
from rag.errors import CorpusError
from rag.library import Library
from rag.models.encoders import load_encoder

_PASSAGES = 48
_CHARACTERS = 680
_ROUNDS = 5
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
        figures.update(search_figures(library, documents))
    figures.update(encoding_figures(settings, documents))
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


def search_figures(library: Library, documents: Sequence[Document]) -> dict[str, float]:
    """Milliseconds of a warm search, for titles of articles asked as questions."""
    titles = [document.title or document.text[:60] for document in documents]
    chosen = np.random.default_rng(0).permutation(len(titles))[:_SEARCHES]
    library.search(titles[0])
    seconds = []
    for place in chosen:
        started = time.perf_counter()
        library.search(titles[place])
        seconds.append(time.perf_counter() - started)
    p50, p95 = (1000 * quantile(seconds, share) for share in (0.5, 0.95))
    return {"search_p50_ms": p50, "search_p95_ms": p95}


def encoding_figures(settings: Settings, documents: Sequence[Document]) -> dict[str, float]:
    """Passages per second of both engines, and the median ratio over alternating rounds."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(settings.threads)
    texts = [document.text[:_CHARACTERS] for document in documents if len(document.text) > 680]
    texts = texts[:_PASSAGES]
    ours = load_encoder(settings)
    theirs = SentenceTransformer(str(settings.home / "encoders" / DEFAULT_ENCODER), device="cpu")
    vectors = theirs.encode(texts, prompt_name="passage", normalize_embeddings=True)
    worst = float((ours.encode(texts, "passage") * vectors).sum(axis=1).min())
    ratios, rates = [], []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        ours.encode(texts, "passage")
        middle = time.perf_counter()
        theirs.encode(texts, prompt_name="passage", batch_size=16)
        rates.append(len(texts) / (middle - started))
        ratios.append((time.perf_counter() - middle) / (middle - started))
    return {
        "encoding_passages_per_s": float(np.median(rates)),
        "encoding_vs_sentence_transformers": float(np.median(ratios)),
        "encoding_worst_cosine": worst,
    }
