"""Exact and compressed vectors: the same answers, whichever way they are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from rag.errors import StoreError
from rag.store.protocol import Floats
from rag.store.tables import ChunkTable, save_array
from rag.store.vectors import (
    CompressedVectors,
    ExactVectors,
    VectorIndex,
    open_vectors,
    write_vectors,
)

COUNT, DIMENSION = 20_000, 32


def unit(shape: tuple[int, int], seed: int) -> Floats:
    vectors = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


VECTORS = unit((COUNT, DIMENSION), 0)
QUERIES = unit((20, DIMENSION), 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    write_vectors(folder, "exact", VECTORS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.store.vectors.EXACT_TO", COUNT - 1)
        write_vectors(folder, "compressed", VECTORS)
        write_vectors(folder, "looked-up", VECTORS, searched=False)
    return folder


def test_the_kind_follows_from_the_count(folder: Path) -> None:
    assert isinstance(open_vectors(folder, "exact"), ExactVectors)
    assert isinstance(open_vectors(folder, "compressed"), CompressedVectors)
    for name in ("exact", "compressed", "looked-up"):
        index = open_vectors(folder, name)
        assert len(index) == COUNT


def test_an_exact_search_is_the_sorted_product(folder: Path) -> None:
    index = open_vectors(folder, "exact")
    for query in QUERIES:
        rows, cosines = index.search(query, 7)
        products = VECTORS @ query
        assert rows.tolist() == np.argsort(-products)[:7].tolist()
        assert cosines == pytest.approx(products[rows], abs=1e-5)


def test_a_compressed_search_finds_what_the_exact_one_does(folder: Path) -> None:
    exact, compressed = open_vectors(folder, "exact"), open_vectors(folder, "compressed")
    found = 0
    for query in QUERIES:
        rows, cosines = compressed.search(query, 10)
        assert cosines == pytest.approx(VECTORS[rows] @ query, abs=0.005)
        assert (np.diff(cosines) <= 0).all()
        found += len(set(rows.tolist()) & set(exact.search(query, 10)[0].tolist()))
    # Random vectors are the hardest case: rank 10 and 11 differ by less than 8 bits tell apart.
    assert found / (10 * len(QUERIES)) >= 0.95


@pytest.mark.parametrize("name", ["exact", "compressed"])
@pytest.mark.parametrize("share", [0.0, 0.0002, 0.3, 0.9])
def test_only_allowed_rows_come_back(folder: Path, name: str, share: float) -> None:
    index = open_vectors(folder, name)
    allowed = np.random.default_rng(2).random(COUNT) < share
    rows, _ = index.search(QUERIES[0], 10, allowed)
    assert len(rows) == min(10, int(allowed.sum()))
    assert allowed[rows].all()
    if len(rows):
        products = np.where(allowed, VECTORS @ QUERIES[0], -2)
        assert products[rows[0]] >= products.max() - 0.005


def test_a_file_too_large_to_map_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped = open_vectors(folder, "compressed")
    monkeypatch.setattr("rag.store.vectors._MAPPED_BYTES", 0)
    read = open_vectors(folder, "compressed")
    rows = np.asarray([9, 10, 11, 2, 19_999])
    assert np.array_equal(mapped.rows(rows), read.rows(rows))
    assert read.search(QUERIES[0], 5)[0].tolist() == mapped.search(QUERIES[0], 5)[0].tolist()


@pytest.mark.parametrize("name", ["exact", "compressed", "looked-up"])
def test_rows_come_in_the_order_asked(folder: Path, name: str) -> None:
    index: VectorIndex = open_vectors(folder, name)
    wanted = np.asarray([5, 6, 7, 3, 19_999, 0, 0])
    assert index.rows(wanted) == pytest.approx(VECTORS[wanted], abs=0.005)
    assert index.rows(np.zeros(0, dtype=np.int64)).shape == (0, DIMENSION)


def test_no_vectors_find_nothing(tmp_path: Path) -> None:
    write_vectors(tmp_path, "none", np.zeros((0, 4), dtype=np.float32))
    assert len(open_vectors(tmp_path, "none").search(unit((1, 4), 0)[0], 3)[0]) == 0


def test_vectors_without_codes_cannot_be_searched(folder: Path) -> None:
    with pytest.raises(StoreError, match="no codes"):
        open_vectors(folder, "looked-up").search(QUERIES[0], 3)


def test_a_damaged_file_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"a\.faiss: damaged or missing"):
        open_vectors(tmp_path, "a")
    (tmp_path / "b.rows.npy").write_bytes(b"no array")
    with pytest.raises(StoreError, match=r"b\.faiss: damaged or missing"):
        open_vectors(tmp_path, "b")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_silent_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("few.faiss", "many.rows.npy", "bounds.npy"):
        (tmp_path / name).symlink_to("/dev/full")
    monkeypatch.setattr("rag.store.vectors.EXACT_TO", 9)
    with pytest.raises(OSError, match="No space left"):
        write_vectors(tmp_path, "few", VECTORS[:9])
    with pytest.raises(OSError, match="No space left"):
        write_vectors(tmp_path, "many", VECTORS[:10], searched=False)
    with pytest.raises(OSError, match="No space left"):
        ChunkTable(*(np.zeros(n, dtype=np.int64) for n in (3, 2, 1))).save(tmp_path)


def test_an_array_is_written_as_numpy_does(tmp_path: Path) -> None:
    record = np.dtype([("scale", "<f4"), ("values", "i1", 3)])
    for array in (np.arange(7), np.zeros((0, 2), np.int32), np.ones(5, record), QUERIES):
        np.save(tmp_path / "theirs.npy", array)
        save_array(tmp_path / "ours.npy", array.dtype, array.shape, [array[:2], array[2:]])
        assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "theirs.npy").read_bytes()


@pytest.mark.parametrize("name", ["exact", "compressed"])
def test_any_thread_searches_with_one_of_faiss(folder: Path, name: str) -> None:
    index = open_vectors(folder, name)

    def threads_of_faiss() -> int:
        faiss.omp_set_num_threads(2)
        index.search(QUERIES[0], 5)
        return int(faiss.omp_get_max_threads())

    with ThreadPoolExecutor(1) as other:
        assert other.submit(threads_of_faiss).result() == 1
