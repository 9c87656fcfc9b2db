"""What stands in the cache is whole, or it is refused; stamps spare hashing and nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_sources import PAYLOAD, SHA256, WHOLE, FakeIndex, over

from rag.errors import ChecksumMismatch, WeightsMissing
from rag.models.cache import WeightCache
from rag.models.fetch import pull, verify


def test_a_truncated_file_in_the_cache_is_never_loaded(tmp_path: Path) -> None:
    path = pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    path.write_bytes(WHOLE[:20])
    expected = (
        rf"tiny\.bin: truncated: 20 of {len(WHOLE)} bytes; run `musnad models pull tiny --force`"
    )
    acts: tuple[Callable[[], object], ...] = (
        lambda: WeightCache(tmp_path).find(PAYLOAD),
        lambda: pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex())),
        lambda: verify(PAYLOAD, home=tmp_path),
    )
    for act in acts:
        with pytest.raises(ChecksumMismatch, match=expected):
            act()
    mended = pull(PAYLOAD, home=tmp_path, force=True, fetchers=over(FakeIndex()))
    assert mended.read_bytes() == WHOLE


def test_a_changed_file_in_the_cache_is_refused_with_both_hashes(tmp_path: Path) -> None:
    path = pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    path.write_bytes(WHOLE.upper())
    os.utime(path, ns=(1, 1))
    found = hashlib.sha256(WHOLE.upper()).hexdigest()
    with pytest.raises(ChecksumMismatch, match=f"{found}, expected {SHA256}.*--force"):
        WeightCache(tmp_path).find(PAYLOAD)


def test_a_stamp_spares_hashing_only_while_size_and_time_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def counting(source: object, name: str) -> object:
        hashed.append(name)
        return digest(source, name)  # type: ignore[arg-type]

    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", counting)
    cache = WeightCache(tmp_path)
    path = pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    assert len(hashed) == 1
    assert cache.find(PAYLOAD) == cache.find(PAYLOAD) == path
    assert len(hashed) == 1
    assert verify(PAYLOAD, home=tmp_path) == path  # always hashes
    assert len(hashed) == 2
    os.utime(path, ns=(1, 1))
    assert cache.find(PAYLOAD) == cache.find(PAYLOAD) == path  # hashed once, then stamped anew
    assert len(hashed) == 3
    cache.path(PAYLOAD).with_name("tiny.bin.verified.json").write_text("{")
    assert cache.find(PAYLOAD) == path
    assert len(hashed) == 4


def test_a_stamp_does_not_outlive_a_new_catalogue(tmp_path: Path) -> None:
    pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    newer = replace(PAYLOAD, sha256="0" * 64)
    with pytest.raises(ChecksumMismatch, match="expected " + "0" * 64):
        WeightCache(tmp_path).find(newer)


def test_an_empty_cache_holds_nothing(tmp_path: Path) -> None:
    assert WeightCache(tmp_path).find(PAYLOAD) is None
    with pytest.raises(WeightsMissing, match=r"tiny\.bin: not there; run"):
        verify(PAYLOAD, home=tmp_path)
