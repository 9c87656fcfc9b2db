"""A sentence encoder on OpenVINO: no torch, memory-mapped weights, ready in half a second.

:func:`convert` lays a sentence-transformers model out for it, once (see
:mod:`rag.models.openvino_convert`).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.description import EncoderDescription
from rag.models.pieces import PieceTokens
from rag.models.protocols import Role, Vectors
from rag.models.tokens import Tokens, WholeTokens

__all__ = ["OpenVinoEncoder", "batches", "compile_graph", "import_openvino"]

# Of the vectors: an index is made anew when it changes. Of the folder: that is made anew.
VERSION = 1
FORMAT = 2
DESCRIPTION, GRAPH, TOKENIZER = "encoder.json", "model.xml", "tokenizer.json"
TOKENS_PER_BATCH = 2048
TEXTS_PER_BATCH = 64
WIDTH_STEP = 16

Integers = NDArray[np.int64]


class Graph(Protocol):
    """A compiled model over token ids and mask, both ``(n, length)``."""

    def __call__(self, ids: Integers, mask: Integers) -> tuple[Vectors, Vectors]:
        """Unit vectors of the rows of ``ids``, ``(n, dimension)``, and of each of their tokens the
        state in the last layer but one, ``(n, length, width)``; ``mask`` is 1 at tokens and 0 at
        padding.
        """


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
    openvino = import_openvino()
    core = openvino.Core()
    if precision == "bf16" and not supports_bf16(core):
        precision = "f32"
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
    }
    try:
        request = core.compile_model(str(path), "CPU", options).create_infer_request()
    except RuntimeError as error:
        raise ModelError(f"{path}: OpenVINO cannot run it ({_first_line(error)})") from error

    def run(ids: Integers, mask: Integers) -> tuple[Vectors, Vectors]:
        vectors, states = request.infer([ids, mask]).to_tuple()
        return np.array(vectors, np.float32), np.array(states, np.float32)

    return run


def supports_bf16(core: Any) -> bool:
    """Whether this processor multiplies in bfloat16 by itself."""
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


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
        self._name = name
        self._description = description
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
            open_tokens(folder, known.pieces, known.length),
        )

    @property
    def name(self) -> str:
        """What a person calls this encoder."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Hash of weights, tokenizer, pooling, prompts and version of this code."""
        return self._description.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._description.dimension

    @property
    def prompts(self) -> dict[str, str]:
        """What is put before a text of each role."""
        return self._description.prompts

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given.

        A text longer than the model reads is cut at its end.
        """
        prompt = self.prompts[role]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        with self._turn:
            ids = self._tokens.ids([prompt + text for text in texts])
            for group, found, _ in self._run(ids):
                vectors[group] = found
        return vectors

    def token_states(self, texts: Sequence[str], role: Role) -> list[Vectors]:
        """For each text the states of its tokens in the last layer but one, ``(tokens, width)``,
        without those of the prompt and of special tokens. A text is cut as in :meth:`encode`.
        """
        prompt = self.prompts[role]
        states: list[Vectors] = [np.empty((0, 0), np.float32)] * len(texts)
        with self._turn:
            ids = self._tokens.ids([prompt + text for text in texts])
            frame, (prompted,) = self._tokens.ids([""])[0], self._tokens.count([prompt])
            for group, _, found in self._run(ids):
                for i, of_text in zip(group, found, strict=True):
                    pairs = zip(frame, ids[i], strict=False)
                    before = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
                    after = len(frame) - before
                    states[i] = of_text[before + prompted : len(ids[i]) - after]
        return states

    def _run(self, ids: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], Vectors, Vectors]]:
        """Places in ``ids`` that the graph was given together, with what it gave for them."""
        widths = [padded_width(len(row), self._description.length) for row in ids]
        for group in batches(widths):
            rows = [ids[i] for i in group]
            yield group, *self._graph(*_padded(rows, widths[group[0]]))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, prompt and special tokens left out, nothing cut."""
        with self._turn:
            return self._tokens.count(texts)


def open_tokens(folder: Path, pieces: bool, length: int) -> Tokens:
    """The tokenizer kept in ``folder``, in whichever of its two forms.

    Raises:
        ModelError: its files are damaged.
    """
    try:
        if pieces:
            return PieceTokens(folder, length)
        return WholeTokens.open(folder / TOKENIZER, length)
    except ModelError:
        raise
    except Exception as error:  # the tokenizers library raises nothing more precise
        raise ModelError(f"{folder}: damaged tokenizer ({_first_line(error)})") from error


def _padded(rows: Sequence[Sequence[int]], width: int) -> tuple[Integers, Integers]:
    ids = np.zeros((len(rows), width), np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
