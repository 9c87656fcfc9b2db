"""The reader on OpenVINO: its own layers over those of the passage encoder it was trained from.

``reader.safetensors`` holds what is its own, in eight bits; ``eval/fit/reader`` makes it, and
``eval/training/README.md`` is its model card. The rest comes from the default encoder's weights,
whichever encoder the index uses.
"""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.config import DEFAULT_ENCODER, Settings
from rag.models.catalogue import payload
from rag.models.encoders import build_folder, open_or_build
from rag.models.fetch import pull
from rag.models.framing import LENGTH, Framed, frame
from rag.models.openvino_encoder import (
    GRAPH,
    Graph,
    batches,
    compile_graph,
    import_openvino,
    padded,
    padded_width,
)
from rag.models.protocols import Marks, Reader, Told, Vectors
from rag.models.quantised import unpack
from rag.models.tokens import Tokens
from rag.types import Report

WEIGHTS = Path(__file__).with_name("reader.safetensors")


class OpenVinoReader:
    """A :class:`~rag.models.protocols.Reader` over a compiled graph and a tokenizer.

    May be called from several threads; calls take turns, as each uses all its threads.
    """

    def __init__(self, graph: Graph, tokens: Tokens) -> None:
        self._graph = graph
        self._tokens = tokens
        self._turn = threading.Lock()

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        """The marks of each passage, in the order given; a long passage is cut at its end."""
        with self._turn:
            framed = [frame(self._tokens, question, *told) for told in passages]
            widths = [padded_width(len(one.ids), LENGTH) for one in framed]
            found: dict[int, Marks] = {}
            for group in batches(widths):
                ids, mask = padded([framed[i].ids for i in group], widths[group[0]])
                starts, ends, answers = self._graph(ids, mask)
                for row, i in enumerate(group):
                    found[i] = _marks(framed[i], starts[row], ends[row], float(answers[row]))
        return [found[i] for i in range(len(passages))]


def _marks(framed: Framed, starts: Vectors, ends: Vectors, answers: float) -> Marks:
    inside = slice(framed.first, framed.first + len(framed.offsets))
    return Marks(answers, framed.offsets, _normalised(starts[inside]), _normalised(ends[inside]))


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
        return OpenVinoReader(graph, Tokens.open(tokenizer, LENGTH))

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
