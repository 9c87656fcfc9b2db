"""Unit vectors in a FAISS index on disk, searched by inner product (cosine).

The row number is the vector's only name, and rows are never reused: a changed corpus is a new
snapshot. (LlamaIndex's FAISS stores hand back raw distances as similarities and cannot delete, or
reuse an id after deleting, which turns into a wrong citation; so this is our own.)
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError

Vectors = NDArray[np.float32]
# How many of the nearest vectors are told apart; far more than any leg proposes.
_RANKED = 2000
Rows = NDArray[np.int64]


class VectorIndex:
    """A FAISS index of unit vectors. All scores are cosines, larger is nearer."""

    def __init__(self, index: faiss.Index) -> None:
        """Wrap ``index``, whose metric must be the inner product."""
        self._index = index
        # FAISS's threads keep spinning after a search and take the cores from the encoders: with
        # two, a whole search over 11,000 passages took 60 ms instead of 24.
        faiss.omp_set_num_threads(1)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        """Rows and cosines of the ``min(k, len(self))`` nearest to ``query``, shape ``(d,)``."""
        k = min(k, len(self))
        if k == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        scores, rows = self._index.search(query[None, :], k)
        return rows[0], scores[0]

    def search_all(self, queries: Vectors, k: int) -> tuple[Rows, Vectors]:
        """As :meth:`search` for queries of shape ``(n, d)``; results of shape ``(n, k)``."""
        scores, rows = self._index.search(np.ascontiguousarray(queries), min(k, len(self)))
        return rows, scores

    def cosines(self, query: Vectors) -> Vectors:
        """The cosine of ``query`` with every vector, shape ``(len(self),)``, in row order.

        Beyond the nearest 2,000 it is that of the last of them: an upper bound, for sorting all
        of a large index costs more than everything else in a search.
        """
        rows, scores = self.search(query, min(len(self), _RANKED))
        cosines = np.full(len(self), scores[-1] if len(scores) else 0.0, dtype=np.float32)
        cosines[rows] = scores
        return cosines

    def rows(self, rows: Rows) -> Vectors:
        """The stored vectors of ``rows``, shape ``(len(rows), dimension)``."""
        if len(rows) == 0:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(rows))

    def save(self, path: Path) -> None:
        """Write the index to ``path``."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Open an index written by :meth:`save`, memory-mapped.

        Raises:
            StoreError: the file is missing or damaged.
        """
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise StoreError(f"{path}: damaged or missing vector index") from error
        return cls(index)


def build_vectors(vectors: Vectors) -> VectorIndex:
    """An exact index over ``vectors``, shape ``(n, d)``, rows of length 1."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return VectorIndex(index)
