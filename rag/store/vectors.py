"""Unit vectors on disk, searched by inner product (cosine), exactly or, when many, by codes.

The row number is the vector's only name, and rows are never reused: a changed corpus is a new
snapshot. (LlamaIndex's FAISS stores hand back raw distances as similarities and cannot delete, or
reuse an id after deleting, which turns into a wrong citation; so this is our own.)

Up to 50,000 vectors lie in a flat index. Beyond, product-quantised codes of 2 bits per
dimension (``IndexPQFastScan``; André et al. 2017, https://arxiv.org/abs/1704.07355) name the
nearest 2,000, whose cosines are then computed from the vectors themselves, kept in 8 bits per
dimension. ``eval/NOTES.md`` has what this was chosen from.
"""

from __future__ import annotations

import os
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.protocol import Floats, Ids
from rag.store.tables import Mask, save_array

# Searching so many exactly takes about 3 ms.
EXACT_TO = 50_000
# A file of vectors up to this size is mapped; of a larger one, what is needed is read, for a
# mapping would end up holding all of it in memory.
_MAPPED_BYTES = 1 << 29
# How many of the nearest by code are compared by vector.
_COMPARED = 2000
# So few are compared by vector without asking the codes.
_FEW = 10_000
_BLOCK = 65_536
_SAMPLES, _SAMPLE = 200, 256


class VectorSource(Protocol):
    """What vectors are written from: an array of shape ``(n, d)``, or what can be sliced so."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, d)``."""

    def __getitem__(self, rows: slice, /) -> Floats:
        """Some of the rows."""


def _one_thread() -> None:
    """Let FAISS take one thread for the caller, which is each thread's own to choose: its others
    keep spinning after a search and take the cores from the encoders.
    """
    faiss.omp_set_num_threads(1)


class ExactVectors:
    """A flat FAISS index whose metric is the inner product, memory-mapped."""

    def __init__(self, index: faiss.Index) -> None:
        """Wrap ``index``."""
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Floats, k: int, allowed: Mask | None = None) -> tuple[Ids, Floats]:
        """Rows and cosines of the ``k`` nearest to ``query``, shape ``(d,)``, nearest first.

        Fewer come back when there are fewer, or fewer of which ``allowed`` (by row) holds.
        """
        k = min(k, len(self) if allowed is None else int(allowed.sum()))
        if k == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        only: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(allowed), faiss.swig_ptr(bits))
            only["params"] = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        _one_thread()
        scores, rows = self._index.search(query[None, :], k, **only)
        return rows[0], scores[0]

    def rows(self, rows: Ids) -> Floats:
        """The stored vectors of ``rows``, shape ``(len(rows), dimension)``."""
        if len(rows) == 0:
            return np.zeros((0, self._index.d), dtype=np.float32)
        _one_thread()
        return np.asarray(self._index.reconstruct_batch(rows))


class CompressedVectors:
    """Codes in memory that name the likely ones, and a file of the vectors in 8 bits.

    ``codes`` is ``None`` for vectors that are only ever looked up by row.
    """

    def __init__(self, path: Path, codes: faiss.Index | None) -> None:
        """Open the saved array of vectors at ``path``."""
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        self._codes = codes
        self._record, self._count = array.dtype, len(array)
        self._mapped = np.asarray(array) if array.nbytes <= _MAPPED_BYTES else None
        self._file, self._start = os.open(path, os.O_RDONLY), int(array.offset)
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return self._count

    def search(self, query: Floats, k: int, allowed: Mask | None = None) -> tuple[Ids, Floats]:
        """As :meth:`ExactVectors.search`, of the 2,000 (or ``k``) nearest by code."""
        likely = self._likely(query, max(k, _COMPARED), allowed)
        scores = self.rows(likely) @ query
        order = np.argsort(-scores, kind="stable")[:k]
        return likely[order], scores[order]

    def _likely(self, query: Floats, k: int, allowed: Mask | None) -> Ids:
        if self._codes is None:
            raise StoreError("these vectors have no codes to search by")
        count = len(self) if allowed is None else int(allowed.sum())
        if allowed is not None and count <= _FEW:
            return np.flatnonzero(allowed)
        fetched = min(len(self), k if allowed is None else 2 * k * len(self) // count)
        _one_thread()
        rows: Ids = np.sort(self._codes.search(query[None, :], fetched)[1][0])
        rows = rows[rows >= 0]
        return rows if allowed is None else rows[allowed[rows]]

    def rows(self, rows: Ids) -> Floats:
        """The stored vectors of ``rows``, shape ``(len(rows), dimension)``."""
        records = self._read(rows) if self._mapped is None else self._mapped[rows]
        vectors: Floats = records["values"].astype(np.float32)
        vectors *= records["scale"][:, None]
        return vectors

    def _read(self, rows: Ids) -> NDArray[np.void]:
        size = self._record.itemsize
        # Consecutive rows are read at once.
        starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1).tolist()
        firsts = rows[starts].tolist()
        parts = [
            os.pread(self._file, size * (end - start), self._start + size * first)
            for first, (start, end) in zip(firsts, pairwise([*starts, len(rows)]), strict=True)
        ]
        return np.frombuffer(b"".join(parts), dtype=self._record)


VectorIndex: TypeAlias = ExactVectors | CompressedVectors


def write_vectors(folder: Path, name: str, vectors: VectorSource, *, searched: bool = True) -> None:
    """Write ``vectors`` of length 1 into ``folder``, for :func:`open_vectors`.

    Those that are not ``searched`` need no codes.
    """
    count, dimension = vectors.shape
    if count <= EXACT_TO:
        _write_index(faiss.IndexFlatIP(dimension), vectors, folder / f"{name}.faiss")
        return
    if searched:
        codes = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
        starts = np.linspace(0, count - _SAMPLE, _SAMPLES).astype(int).tolist()
        codes.train(np.concatenate([vectors[start : start + _SAMPLE] for start in starts]))
        _write_index(codes, vectors, folder / f"{name}.faiss")
    record = np.dtype([("scale", "<f4"), ("values", "i1", dimension)])
    blocks = (_shortened(vectors[n : n + _BLOCK], record) for n in range(0, count, _BLOCK))
    save_array(folder / f"{name}.rows.npy", record, (count,), blocks)


def _shortened(block: Floats, record: np.dtype[np.void]) -> NDArray[np.void]:
    records = np.zeros(len(block), record)
    records["scale"] = np.maximum(np.abs(block).max(axis=1), 1e-9) / 127
    records["values"] = np.rint(block / records["scale"][:, None])
    return records


def _write_index(index: faiss.Index, vectors: VectorSource, path: Path) -> None:
    for start in range(0, vectors.shape[0], _BLOCK):
        index.add(np.ascontiguousarray(vectors[start : start + _BLOCK], dtype=np.float32))
    # FAISS's own writing is by a stream of C, which on a full disk drops what it has left.
    path.write_bytes(faiss.serialize_index(index).data)


def open_vectors(folder: Path, name: str) -> VectorIndex:
    """Open what :func:`write_vectors` wrote.

    Raises:
        StoreError: a file is missing or damaged.
    """
    index, rows = folder / f"{name}.faiss", folder / f"{name}.rows.npy"
    try:
        if not rows.exists():
            return ExactVectors(faiss.read_index(str(index), faiss.IO_FLAG_MMAP_IFC))
        return CompressedVectors(rows, faiss.read_index(str(index)) if index.exists() else None)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise StoreError(f"{index}: damaged or missing vector index") from error
