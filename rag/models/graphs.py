"""Compiled OpenVINO graphs of token rows, and the shapes that rows are given for them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.progress import one_line
from rag.models.protocols import Vectors

TOKENS_PER_BATCH = 512
WIDTH_STEP = 16

Integers = NDArray[np.int64]
# A compiled model: of token ids and a mask, both ``(n, length)``, the mask 1 at tokens and 0 at
# padding, it makes its outputs, each with a row for each row. Safe to call from several threads.
Graph: TypeAlias = Callable[[Integers, Integers], Sequence[Vectors]]


def import_openvino() -> Any:
    """The openvino package, kept from reporting its use over the network.

    Importing it sends an event through ``openvino_telemetry`` wherever that can be imported.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def compile_graph(path: Path, threads: int, precision: str) -> Graph:
    """The graph in ``path``, compiled for this processor, for ``threads`` calls at a time.

    Each call has one thread: two calls on a thread each are done sooner than one after the other on
    two threads, and take a sixth less of the processor. More calls wait for one to end.

    ``bf16`` is honoured where the processor computes in it (twice to three times the speed),
    else the graph runs in ``f32``. The weights stay in their file, mapped into memory.

    Raises:
        ModelError: OpenVINO refuses the graph.
    """
    core = import_openvino().Core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        precision = "f32"
    options = {
        "NUM_STREAMS": threads,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
        # Several graphs share the cores, and none is to wait for one of them.
        "ENABLE_CPU_PINNING": False,
    }
    idle: SimpleQueue[Any] = SimpleQueue()
    try:
        compiled = core.compile_model(str(path), "CPU", options)
        for _ in range(threads):
            idle.put(compiled.create_infer_request())
    except RuntimeError as error:
        cause = str(error).strip().rpartition("\n")[2]
        raise ModelError(f"{path}: OpenVINO cannot run it ({one_line(cause)})") from error

    def run(ids: Integers, mask: Integers) -> list[Vectors]:
        request = idle.get()
        try:
            return [np.array(made, np.float32) for made in request.infer([ids, mask]).to_tuple()]
        finally:
            idle.put(request)

    return run


def padded_width(length: int, limit: int) -> int:
    """How wide a row of ``length`` tokens is made: the next multiple of 16, at most ``limit``.

    OpenVINO keeps what it prepared for every shape it meets: over 4,000 passages and 15,000
    sentences a peak of 739 MB where each kept its length, at the same speed.
    """
    rounded = max(1, -(-length // WIDTH_STEP)) * WIDTH_STEP
    return max(length, min(rounded, limit))


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of rows of these ``lengths``, grouped longest first.

    A group, padded to its longest, holds at most 512 tokens, or is a single text. Larger ones are
    no quicker, and leave a thread without work sooner.
    """
    group: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if group and (len(group) + 1) * lengths[group[0]] > TOKENS_PER_BATCH:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def padded(rows: Sequence[Sequence[int]], width: int) -> tuple[Integers, Integers]:
    """Ids and mask, both ``(len(rows), width)``."""
    ids = np.zeros((len(rows), width), np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
