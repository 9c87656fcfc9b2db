"""The reader on OpenVINO: its own layers over those of the passage encoder it was trained from.

``reader.safetensors`` holds what is its own, in eight bits; ``eval/fit/reader`` makes it, and
``eval/training/README.md`` is its model card. The rest comes from the default encoder's weights,
whichever encoder the index uses.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from rag.config import DEFAULT_ENCODER, Settings
from rag.models.catalogue import payload
from rag.models.encoders import build_folder, open_or_build
from rag.models.fetch import pull
from rag.models.framing import LENGTH, Framed, frame
from rag.models.graphs import Graph, compile_graph, import_openvino, padded, padded_width
from rag.models.openvino_encoder import GRAPH
from rag.models.protocols import Marks, Reader, Told, Vectors
from rag.models.quantised import unpack
from rag.models.tokens import Tokens
from rag.types import Report

WEIGHTS = Path(__file__).with_name("reader.safetensors")


class OpenVinoReader:
    """A :class:`~rag.models.protocols.Reader` over a compiled graph and a tokenizer.

    Safe to use from several threads.
    """

    def __init__(self, graph: Graph, tokens: Tokens, *, threads: int = 1) -> None:
        """``graph`` is called by so many ``threads`` at a time."""
        self._graph = graph
        self._tokens = tokens
        self._pool = ThreadPoolExecutor(threads)

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        """The marks of each passage, in the order given; a long passage is cut at its end."""
        framed = [frame(self._tokens, question, *told) for told in passages]
        return list(self._pool.map(self._read, framed))

    def _read(self, framed: Framed) -> Marks:
        # A row at a time: none is padded to the length of another, and several would not be quicker
        # together.
        ids, mask = padded([framed.ids], padded_width(len(framed.ids), LENGTH))
        starts, ends, answers = self._graph(ids, mask)
        inside = slice(framed.first, framed.first + len(framed.offsets))
        return Marks(
            float(answers[0]),
            framed.offsets,
            _normalised(starts[0, inside]),
            _normalised(ends[0, inside]),
        )


def _normalised(logits: Vectors) -> Vectors:
    """Log-probabilities."""
    if not len(logits):
        return logits
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), np.float32)


def load_reader(settings: Settings, progress: Report | None = None) -> Reader:
    """The reader that comes with the installation, over the default encoder's weights.

    Its first use takes seconds more: it is converted for OpenVINO.

    Raises:
        WeightsMissing: the encoder's weights are not here and cannot be had.
        ModelError: the model cannot be converted or run, or the disk refuses.
    """
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:16]
    folder = settings.home / "readers" / digest
    binary, tokenizer = (
        pull(payload(n), home=settings.home, allow_fetch=not settings.offline, progress=progress)
        for n in (DEFAULT_ENCODER, f"{DEFAULT_ENCODER}-tokenizer")
    )

    def opened() -> OpenVinoReader:
        graph = compile_graph(folder / GRAPH, settings.threads, "bf16")
        tokens = Tokens.open(tokenizer, LENGTH)
        return OpenVinoReader(graph, tokens, threads=settings.threads)

    def build() -> None:
        build_folder(folder, lambda draft: _convert(binary, draft / GRAPH))

    return open_or_build(folder, opened, build)


def _convert(binary: Path, path: Path) -> None:
    """Trace the network for OpenVINO and save it in half precision.

    Raises:
        ModelError: a weight is missing, or is none of the network's.
    """
    import torch

    from rag.models.cross_encoder import CrossEncoder
    from rag.models.e5 import read_tensors
    from rag.models.sentence_transformers_encoder import quiet_transformers

    openvino = import_openvino()
    model = CrossEncoder(*read_tensors(binary))
    model.load_own({name: torch.from_numpy(values) for name, values in unpack(WEIGHTS).items()})
    mask = torch.tensor([[1] * 9, [1] * 6 + [0] * 3])
    with torch.no_grad(), quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = openvino.convert_model(model.eval(), example_input=(mask * 5, mask))
    openvino.save_model(graph, str(path), compress_to_fp16=True)
