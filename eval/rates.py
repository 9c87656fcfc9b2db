"""What this machine does in a second and holds in a gigabyte, measured for `eval.sizing`.

The encoders, the store, the reader and the language model are the real ones; the large index is
that of `eval.scale`, synthetic. Processor time counts, not the clock's, so that a busy machine
tells the same; only the latencies of a shard are the clock's.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import multiprocessing
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.scale import build_synthetic
from eval.speed import peak_memory_gb
from rag.config import Settings, available_cores
from rag.errors import CorpusError
from rag.library import Library
from rag.models.protocols import Encoder, Role, Usage, Vectors

ARTICLES, QUESTIONS, REPETITIONS = 400, 40, 100
_REPLY_TOKENS = 64


@dataclass(frozen=True)
class Rates:
    """Seconds are of one core. ``bytes`` on the disk are by part of the index, of a passage;
    ``memory_bytes`` is what a passage more takes of a process that searches. ``search_s`` is what a
    search takes apart from the encoders, in an index of ``small`` and of ``shard`` passages;
    ``shard_s`` holds latencies of the latter, a row for each question.
    """

    machine: str
    ingest_s: float
    sentences: float
    bytes: dict[str, float]
    memory_bytes: float
    question_s: float
    small: int
    shard: int
    search_s: list[float]
    shard_s: list[list[float]]
    answer_s: float
    prompt_s: float
    reply_s: float

    @classmethod
    def read(cls, file: Path) -> Rates:
        """Those in ``file``.

        Raises:
            CorpusError: it cannot be read, or is none.
        """
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise CorpusError(f"{file}: no rates ({error})") from error

    def write(self, file: Path) -> None:
        """To ``file``."""
        lines = (f'"{name}": {json.dumps(value)}' for name, value in asdict(self).items())
        file.write_text("{" + ",\n ".join(lines) + "}\n", encoding="utf-8")


class Remembering:
    """An encoder that encodes each text once: what is left of a search is the store's."""

    def __init__(self, encoder: Encoder) -> None:
        """Encodes by ``encoder``."""
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.count_tokens = encoder.dimension, encoder.count_tokens
        self._encoder = encoder
        self._known: dict[tuple[tuple[str, ...], Role], Vectors] = {}

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """See :class:`rag.models.protocols.Encoder`."""
        key = tuple(texts), role
        if key not in self._known:
            self._known[key] = self._encoder.encode(texts, role)
        return self._known[key]


def measure(articles: Path, passages: int) -> Rates:
    """Measure with the first of ``articles``, a file of JSON lines, and ``passages`` synthetic
    ones; a few minutes.
    """
    settings = dataclasses.replace(Settings.from_environment(), llm="none", threads=1)
    with tempfile.TemporaryDirectory() as folder:
        corpus, small, shard = (Path(folder) / name for name in ("some.jsonl", "small", "shard"))
        with articles.open(encoding="utf-8") as lines:
            corpus.write_text("".join(itertools.islice(lines, ARTICLES)), encoding="utf-8")
        library = Library(small, settings)
        encoders = library.encoders()
        ingest_s = _core_s(lambda: library.ingest([corpus]))
        counts = library.snapshot().counts
        titles = [article.title or article.text[:60] for article in library.articles()][:QUESTIONS]
        whole_s = _each_core_s(library.search, titles)
        asked_s = _each_core_s(lambda title: library.ask(title, quote_only=True), titles)
        build_synthetic(shard, corpus, passages, settings, encoders)
        # Processes of their own, so that the memory is that of searching alone.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            small_s, small_gb, _ = pool.apply(_searched, (small, titles, 3))
            shard_s, shard_gb, rows = pool.apply(_searched, (shard, titles, REPETITIONS))
        prompt_s, reply_s = _language_model(titles)
        memory = 1e9 * (shard_gb - small_gb) / (passages - counts.passages)
        return Rates(
            machine=f"{available_cores()} cores, {platform.machine()}, {_model_name()}",
            ingest_s=ingest_s / counts.passages,
            sentences=counts.sentences / counts.passages,
            bytes=_bytes(shard, passages),
            memory_bytes=memory,
            question_s=whole_s - small_s,
            small=counts.passages,
            shard=passages,
            search_s=[small_s, shard_s],
            shard_s=[[round(s, 4) for s in row] for row in rows],
            answer_s=asked_s - whole_s,
            prompt_s=prompt_s,
            reply_s=reply_s,
        )


def _model_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _core_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _each_core_s(work: Callable[[str], object], titles: Sequence[str]) -> float:
    """Seconds of a core for each, once the first was done."""
    work(titles[0])
    return _core_s(lambda: [work(title) for title in titles]) / len(titles)


def _searched(
    path: Path, titles: Sequence[str], repetitions: int
) -> tuple[float, float, list[list[float]]]:
    """Of searches without the encoders: core seconds of each, the peak memory in GB, and the
    latencies, a row for each title.
    """
    settings = dataclasses.replace(Settings.from_environment(), llm="none", threads=1)
    plain = Library(path, settings)
    encoder, sentence_encoder = map(Remembering, plain.encoders())
    library = Library(path, settings, encoder=encoder, sentence_encoder=sentence_encoder)
    for title in titles:
        library.search(title)
    latencies = np.zeros((len(titles), repetitions))
    before = time.process_time()
    # In turn, so that what else the machine does meanwhile favours no question.
    for repetition in range(repetitions):
        for row, title in enumerate(titles):
            started = time.perf_counter()
            library.search(title)
            latencies[row, repetition] = time.perf_counter() - started
    core_s = (time.process_time() - before) / latencies.size
    return core_s, peak_memory_gb(), latencies.tolist()


def _bytes(path: Path, passages: int) -> dict[str, float]:
    """Bytes of a passage on the disk, by what they are for."""
    parts = {"passages": "passages", "sentences": "sentences", "senses": "sentences"}
    found = dict.fromkeys(("passages", "sentences", "text", "lexical"), 0.0)
    for file in path.glob("segment-*/*"):
        name, vectors = file.name.split(".")[0], file.name.endswith((".faiss", ".rows.npy"))
        kind = parts.get(name, "lexical") if vectors else "lexical"
        found["text" if name == "articles" else kind] += file.stat().st_size / passages
    return found


def _language_model(titles: Sequence[str]) -> tuple[float, float]:
    """Core seconds of a token that the embedded model reads, and of one that it writes."""
    settings = dataclasses.replace(Settings.from_environment(), llm="auto", threads=1)
    generator = Library(settings=settings).generator()
    if generator is None:
        raise CorpusError("no language model to measure: run `musnad models pull`")
    spent = []
    for most in (1, _REPLY_TOKENS):
        # Another beginning each time, for what was read before is not read again.
        prompt = f"{most} " + "\n".join(titles[:20])
        stream = generator.stream([{"role": "user", "content": prompt}], max_tokens=most)
        started, usage = time.process_time(), None
        while usage is None:
            try:
                next(stream)
            except StopIteration as end:
                usage = end.value
        assert isinstance(usage, Usage)
        spent.append((time.process_time() - started, usage))
    (first_s, first), (whole_s, whole) = spent
    prompt_s = first_s / first.prompt
    return prompt_s, max(0.0, whole_s - prompt_s * whole.prompt) / max(whole.reply, 1)
