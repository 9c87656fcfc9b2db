"""A sentence encoder on OpenVINO: no torch, memory-mapped weights, ready in half a second.

:func:`convert` lays a sentence-transformers model out for it, once (see
:mod:`rag.models.openvino_convert`).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.description import EncoderDescription
from rag.models.progress import one_line
from rag.models.protocols import Role, Vectors
from rag.models.tokens import Tokens

# Of the vectors: an index is made anew when it changes. Of the folder: that is made anew.
VERSION = 1
FORMAT = 4
DESCRIPTION, GRAPH, TOKENIZER = "encoder.json", "model.xml", "tokenizer.json"
TOKENS_PER_BATCH = 2048
TEXTS_PER_BATCH = 64
WIDTH_STEP = 16

Integers = NDArray[np.int64]
# A compiled model: of token ids and a mask, both ``(n, length)``, the mask 1 at tokens and 0 at
# padding, it makes its outputs, each with a row for each row.
Graph: TypeAlias = Callable[[Integers, Integers], Sequence[Vectors]]


def import_openvino() -> Any:
    """The openvino package, kept from reporting its use over the network.

    Importing it sends an event through ``openvino_telemetry`` wherever that can be imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def compile_graph(path: Path, threads: int, precision: str) -> Graph:
    """The graph in ``path``, compiled for this processor.

    ``bf16`` is honoured where the processor computes in it (twice to three times the speed),
    else the graph runs in ``f32``. The weights stay in their file, mapped into memory.

    Raises:
        ModelError: OpenVINO refuses the graph.
    """
    core = import_openvino().Core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        precision = "f32"
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
    }
    try:
        request = core.compile_model(str(path), "CPU", options).create_infer_request()
    except RuntimeError as error:
        cause = str(error).strip().rpartition("\n")[2]
        raise ModelError(f"{path}: OpenVINO cannot run it ({one_line(cause)})") from error

    def run(ids: Integers, mask: Integers) -> list[Vectors]:
        return [np.array(made, np.float32) for made in request.infer([ids, mask]).to_tuple()]

    return run


def padded_width(length: int, limit: int) -> int:
    """How wide a row of ``length`` tokens is made: the next multiple of 16, at most ``limit``.

    OpenVINO keeps what it prepared for every shape it meets. Over 4,000 passages and 15,000
    sentences this makes 51 shapes of 386, and a peak of 530 MB of 739, at the same speed.
    """
    rounded = max(1, -(-length // WIDTH_STEP)) * WIDTH_STEP
    return max(length, min(rounded, limit))


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of rows of these ``lengths``, grouped longest first.

    A group, padded to its longest, holds at most 2048 tokens and 64 texts, or is a single text.
    """
    group: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        full = group and (len(group) + 1) * lengths[group[0]] > TOKENS_PER_BATCH
        if full or len(group) == TEXTS_PER_BATCH:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


class OpenVinoEncoder:
    """An :class:`~rag.models.protocols.Encoder` over a compiled graph and a tokenizer.

    May be called from several threads; calls take turns, as each uses all ``threads``.
    """

    def __init__(
        self, name: str, description: EncoderDescription, graph: Graph, tokens: Tokens
    ) -> None:
        self.name = name
        self.fingerprint = description.fingerprint
        self.dimension = description.dimension
        self.prompts = description.prompts
        self._length = description.length
        self._graph = graph
        self._tokens = tokens
        self._turn = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, name: str, threads: int) -> OpenVinoEncoder:
        """The encoder that ``convert`` wrote to ``folder``.

        Raises:
            ModelError: the folder is missing, of another version, damaged, or does not run.
        """
        known = EncoderDescription.load(folder / DESCRIPTION)
        if known.version != FORMAT:
            raise ModelError(f"{folder}: made for version {known.version}, this is {FORMAT}")
        for file, size in known.sizes.items():
            if not (folder / file).is_file() or (folder / file).stat().st_size != size:
                raise ModelError(f"{folder / file}: missing or not {size} bytes long")
        return cls(
            name,
            known,
            compile_graph(folder / GRAPH, threads, known.precision),
            Tokens.open(folder / TOKENIZER, known.length),
        )

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given.

        A text longer than the model reads is cut at its end.
        """
        prompt = self.prompts[role]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with self._turn:
            ids = self._tokens.ids([prompt + text for text in texts])
            widths = [padded_width(len(row), self._length) for row in ids]
            for group in batches(widths):
                rows = [ids[i] for i in group]
                (vectors[group],) = self._graph(*padded(rows, widths[group[0]]))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, prompt and special tokens left out, nothing cut."""
        with self._turn:
            return self._tokens.count(texts)


def padded(rows: Sequence[Sequence[int]], width: int) -> tuple[Integers, Integers]:
    """Ids and mask, both ``(len(rows), width)``."""
    ids = np.zeros((len(rows), width), np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
