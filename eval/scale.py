"""A million passages on one machine: search latency and memory.

Nobody has a million news articles at hand, so the corpus is synthetic: real passages repeated, a
fifth of each one's words replaced by others of the corpus, and random vectors in place of encoded
ones, which are the hardest case for an approximate index since nothing lies near anything. The
encoders, the lexical legs, the fusion and the reading of hits are the real ones.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.speed import SEARCHES, peak_memory_gb, percentiles, read_titles, search_seconds, tell
from rag.config import Settings
from rag.corpus.articles import articles_of
from rag.corpus.chunking import chunk_article
from rag.corpus.documents import Document
from rag.corpus.readers import read_documents
from rag.library import Library
from rag.models.protocols import Encoder
from rag.store.indexing import shape_of, translatable
from rag.store.protocol import Floats as Vectors
from rag.store.segments import Part
from rag.store.tables import tabulate_words
from rag.store.writing import put_in_force, write_segment
from rag.text.analyze import content_words
from rag.types import Article, Chunk, Span

_NOISE = 0.2
_UNIT = 256
# Characters of an Arabic passage for each of the encoder's tokens, about.
_CHARACTERS_PER_TOKEN = 3
_ENGLISH = (
    *("minister", "president", "government", "election", "parliament", "army", "attack"),
    *("police", "economy", "bank", "oil", "agreement", "meeting", "summit", "visit"),
    *("football", "match", "team", "women", "children", "school", "border", "refugees"),
)


@dataclass(frozen=True)
class RandomVectors:
    """Random unit vectors, shape ``(n, d)``, made anew whenever rows are asked for."""

    shape: tuple[int, int]
    seed: int

    def __getitem__(self, rows: slice) -> Vectors:
        """The vectors of ``rows``: always the same."""
        start, stop, _ = rows.indices(self.shape[0])
        units = [self._unit(unit) for unit in range(start // _UNIT, -(-stop // _UNIT))]
        first = start // _UNIT * _UNIT
        return np.concatenate(units)[start - first : stop - first]

    def _unit(self, number: int) -> Vectors:
        generator = np.random.default_rng((self.seed, number))
        vectors = generator.standard_normal((_UNIT, self.shape[1]), dtype=np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def run_scale(args: argparse.Namespace) -> int:
    """``musnad eval scale``."""
    settings = dataclasses.replace(Settings.from_environment(), llm="none", store=None)
    titles = read_titles(args.articles)
    with tempfile.TemporaryDirectory() as temporary:
        path = args.index or Path(temporary) / "index"
        started = time.perf_counter()
        library = Library(path, settings)
        if not library.exists():
            build_synthetic(path, args.articles, args.passages, settings, library.encoders())
        figures = {"passages": float(args.passages), "build_s": time.perf_counter() - started}
        # A process of its own, so that the memory is that of searching alone.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            figures.update(pool.apply(search_figures, (path, titles)))
    tell(figures, args.json)
    return 0


def build_synthetic(
    path: Path, corpus: Path, count: int, settings: Settings, encoders: tuple[Encoder, Encoder]
) -> None:
    """An index of ``count`` passages at ``path``, made from the articles of ``corpus``."""
    documents = [d for d in read_documents([corpus]) if isinstance(d, Document)]
    passages = [
        (article, chunk)
        for document in documents
        for article in articles_of(document)
        for chunk in chunk_article(article, _tokens, settings.chunk_tokens)
    ]
    articles, chunks = [], []
    for n, (article, chunk) in zip(range(count), itertools.cycle(passages)):
        text = chunk.text
        spans = tuple(Span(s - chunk.start, e - chunk.start) for s, e in chunk.sentences)
        articles.append(Article(f"a{n}", text, title=article.title, language=article.language))
        chunks.append([Chunk(f"a{n}", 0, len(text), text, spans)])
    sentences = sum(len(group[0].sentences) for group in chunks)
    encoder, sentence_encoder = encoders
    words = tabulate_words(_noisy([content_words(chunk.text) for _, chunk in passages], count))
    vocabulary = [word for word in words.words if translatable(word)]
    segment = write_segment(
        path,
        list(enumerate(articles)),
        chunks,
        words,
        {
            "passages": RandomVectors((count, encoder.dimension), 1),
            "sentences": RandomVectors((sentences, encoder.dimension), 2),
            "similarity": RandomVectors((sentences, sentence_encoder.dimension), 3),
            "vocabulary": sentence_encoder.encode(vocabulary, "word"),
        },
        vocabulary,
    )
    put_in_force(path, [Part(segment)], shape_of(encoder, sentence_encoder, settings.chunk_tokens))


def _tokens(texts: Sequence[str]) -> list[int]:
    return [len(text) // _CHARACTERS_PER_TOKEN for text in texts]


def _noisy(texts: Sequence[Sequence[str]], count: int) -> Iterator[list[str]]:
    """The words of ``count`` passages, ``texts`` in turn, a fifth of each replaced."""
    generator = np.random.default_rng(0)
    every = [word for words in texts for word in words]
    for words in itertools.islice(itertools.cycle(texts), count):
        strange = generator.random(len(words)) < _NOISE
        others = generator.integers(len(every), size=len(words))
        yield [every[o] if new else w for w, new, o in zip(words, strange, others, strict=True)]


def search_figures(path: Path, titles: Sequence[str]) -> dict[str, float]:
    """Milliseconds of a warm search, Arabic titles and strings of English words in turn, and the
    peak memory of the process in GB.
    """
    library = Library(
        path, dataclasses.replace(Settings.from_environment(), llm="none", store=None)
    )
    generator = np.random.default_rng(0)
    questions = []
    for title in titles[: SEARCHES // 2]:
        questions += [title, "Which " + " ".join(generator.choice(_ENGLISH, 5)) + "?"]
    # Warm means that the files lie in the page cache, whatever else the machine did meanwhile.
    for file in path.glob("*/*"):
        _read(file)
    started = time.perf_counter()
    library.search(questions[0])
    figures = {"first_search_s": time.perf_counter() - started}
    seconds = search_seconds(library, questions)
    for name, part in (("", seconds), ("arabic_", seconds[::2]), ("english_", seconds[1::2])):
        figures |= percentiles(f"{name}search", part)
    figures["peak_memory_gb"] = peak_memory_gb()
    return figures


def _read(file: Path) -> None:
    """Read a file through, holding little of it."""
    with file.open("rb", buffering=0) as stream:
        while stream.read(1 << 24):
            pass
