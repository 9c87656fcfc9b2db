"""Models of the hub by name, from a small server that speaks the hub's API."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from fake_hub import REPO, REVISION, FakeHub, names, serving

from rag.config import Settings
from rag.errors import ChecksumMismatch, ModelError, UsageError, WeightsMissing
from rag.models import machine
from rag.models.catalogue import Hub
from rag.models.fetch import verify
from rag.models.generators import check_llm, load_generator
from rag.models.hub import bring, find, parse_hub_name, recorded
from rag.models.sources import download_from_hub

NAME = f"hf:{REPO}"
Q4, Q8 = b"GGUF, four bits", b"GGUF, eight bits a weight"
FILES = {
    "tiny-Q4_K_M.gguf": Q4,
    "tiny-Q8_0.gguf": Q8,
    "tiny-F16.gguf": Q8 * 2,
    "mmproj-tiny-Q4_K_M.gguf": b"GGUF, sees",
}
SHARDS = {
    "part-q4_k_m-00001-of-00002.gguf": b"GGUF, one",
    "part-q4_k_m-00002-of-00002.gguf": b"two",
}


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serving(FakeHub(dict(FILES))) as hub:
        yield hub


@pytest.fixture
def here(hub: FakeHub, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, hub=hub.url)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """``room(9)`` leaves nine bytes for the weights."""

    def leave(weights: int) -> None:
        others = machine._OTHERS + machine.memory_needed(0)
        monkeypatch.setattr(machine, "memory", lambda: others + weights)

    return leave


def test_a_name_is_its_owner_its_repository_and_perhaps_a_file() -> None:
    assert parse_hub_name("hf:a/b-GGUF") == ("a/b-GGUF", None)
    assert parse_hub_name("hf:a/b:Q4/c-00001-of-00002.gguf") == ("a/b", "Q4/c-00001-of-00002.gguf")


@pytest.mark.parametrize("llm", ["hf:", "hf:a", "hf:a/b/c", "hf:a/b:", "hf:a/b:c.bin", "hf:ا/ب"])
def test_what_is_no_name_is_wrong_usage(llm: str) -> None:
    with pytest.raises(UsageError, match=r"expected hf:OWNER/NAME or hf:OWNER/NAME:FILE\.gguf"):
        check_llm(llm)


def test_the_usual_quantisation_is_fetched_verified_and_recorded(
    hub: FakeHub, here: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[tuple[str, int, int]] = []
    path = bring(NAME, here, progress=lambda *told: seen.append(told))
    assert path.read_bytes() == Q4
    assert path.name == "someone--tiny-GGUF--tiny-Q4_K_M.gguf"
    assert names(here.home) == {path.name, f"{path.name}.verified.json", f"{path.name}.source.json"}
    (file,) = recorded(here.home)
    assert file.name == f"{NAME}:tiny-Q4_K_M.gguf"
    assert (file.size, file.sha256) == (len(Q4), hashlib.sha256(Q4).hexdigest())
    assert file.hub and (file.hub.repo, file.hub.revision) == (REPO, REVISION)
    assert file.licence == "apache-2.0"
    assert verify(file, home=here.home) == path
    assert seen[-1] == (file.name, len(Q4), len(Q4))
    # The size is told before anything is fetched.
    assert caplog.messages[0] == f"{file.name}: {len(Q4)} B, licence: apache-2.0"
    assert caplog.records[0].levelno == logging.WARNING


def test_what_is_here_is_used_without_asking(hub: FakeHub, here: Settings) -> None:
    path = bring(NAME, here)
    hub.asked.clear()
    offline = replace(here, offline=True)
    for llm in (NAME, f"{NAME}:tiny-Q4_K_M.gguf"):
        assert bring(llm, here) == bring(llm, offline) == path
        assert bring(llm, offline, force=True) == path
    assert hub.asked == []
    bring(NAME, here, force=True)
    assert hub.fetched() == [("tiny-Q4_K_M.gguf", "bytes=0-")]


def test_offline_asks_nobody(hub: FakeHub, here: Settings) -> None:
    with pytest.raises(WeightsMissing, match=rf"{NAME}: not here.*unset MUSNAD_OFFLINE"):
        bring(NAME, replace(here, offline=True))
    assert hub.asked == []


def test_another_file_is_taken_when_it_is_named(here: Settings) -> None:
    assert bring(f"{NAME}:tiny-Q8_0.gguf", here).read_bytes() == Q8
    # From now on it is the one that is here.
    assert bring(NAME, here).read_bytes() == Q8
    bring(f"{NAME}:tiny-Q4_K_M.gguf", here)
    assert [file.hub.filename for file in find(NAME, here.home) if file.hub] == ["tiny-Q4_K_M.gguf"]


@pytest.mark.parametrize(
    ("repository", "chosen"),
    [
        (["a-Q8_0", "a-Q5_K_M", "a-Q4_0"], "a-Q4_0"),
        (["a-f16", "a.Q6_K", "a.IQ3_XS"], "a.IQ3_XS"),
        (["qwen2.5-7b-q8_0", "qwen2.5-7b-f16"], "qwen2.5-7b-q8_0"),
        (["model"], "model"),
    ],
)
def test_without_the_usual_one_the_nearest_in_bits_is_taken(
    hub: FakeHub, here: Settings, repository: list[str], chosen: str
) -> None:
    hub.files = {f"{name}.gguf": name.encode() for name in repository}
    assert bring(NAME, here).read_text() == chosen


def test_what_does_not_fit_gives_way_to_what_does(
    hub: FakeHub, here: Settings, room: Callable[[int], None]
) -> None:
    hub.files["tiny-Q2_K.gguf"] = b"GGUF, two"
    room(len(Q4) - 1)
    assert bring(NAME, here).read_bytes() == b"GGUF, two"
    with pytest.raises(ModelError) as refused:
        bring(f"{NAME}:tiny-Q8_0.gguf", here)
    assert str(refused.value) == (
        f"{NAME}:tiny-Q8_0.gguf: tiny-Q8_0.gguf (25 B) needs 1.24 GB of memory, and this machine"
        " has 1.24 GB for it (of 4.24 GB); name one of tiny-Q2_K.gguf"
    )
    assert hub.fetched() == [("tiny-Q2_K.gguf", "bytes=0-")]


def test_where_nothing_fits_the_smallest_says_so(
    hub: FakeHub, here: Settings, room: Callable[[int], None]
) -> None:
    room(1)
    with pytest.raises(ModelError, match=r"tiny-Q4_K_M\.gguf \(15 B\) needs .*a server can run it"):
        bring(NAME, here)
    assert hub.fetched() == []


def test_a_full_disk_is_refused_with_both_numbers(
    hub: FakeHub, here: Settings, room: Callable[[int], None]
) -> None:
    room(2**70)
    hub.stated["tiny-Q4_K_M.gguf"] = 2**60
    with pytest.raises(WeightsMissing, match=r"needs 1152921504\.61 GB free, has \d"):
        bring(NAME, here)
    assert hub.fetched() == []


def test_a_model_in_parts_comes_whole_and_its_first_is_loaded(hub: FakeHub, here: Settings) -> None:
    first, second = SHARDS
    hub.files = SHARDS | {"alone-Q4_K_M-00001-of-00002.gguf": b"GGUF, its other part is not there"}
    path = bring(NAME, here)
    assert path.name == f"someone--tiny-GGUF--{first}"
    beside = path.with_name(f"someone--tiny-GGUF--{second}")
    assert (path.read_bytes(), beside.read_bytes()) == (SHARDS[first], SHARDS[second])
    hub.asked.clear()
    assert bring(f"{NAME}:{second}", here) == path
    assert hub.asked == []
    # A part of which nothing is known any more makes it unknown, and the hub is asked again.
    beside.with_name(f"{beside.name}.source.json").unlink()
    assert find(NAME, here.home) == []
    assert bring(NAME, here) == path
    assert hub.fetched() == []
    with pytest.raises(UsageError, match=r"own\.gguf: .* is split into 2 files"):
        bring(NAME, here, source_file=Path("own.gguf"))


def test_a_connection_that_breaks_is_made_anew_from_there(hub: FakeHub, here: Settings) -> None:
    hub.breaks = [4, 6]
    assert bring(NAME, here).read_bytes() == Q4
    assert [since for _, since in hub.fetched()] == ["bytes=0-", "bytes=4-", "bytes=10-"]


def test_one_that_brings_nothing_ends_it_and_the_next_attempt_goes_on(
    hub: FakeHub, here: Settings
) -> None:
    hub.breaks = [4, 0]
    with pytest.raises(WeightsMissing, match=rf"{NAME}:tiny-Q4_K_M\.gguf: no source has it") as end:
        bring(NAME, here)
    assert "\n" not in str(end.value)
    assert f"`musnad models pull {NAME}:tiny-Q4_K_M.gguf`" in str(end.value)
    assert names(here.home) == {".someone--tiny-GGUF--tiny-Q4_K_M.gguf.part"}
    assert bring(NAME, here).read_bytes() == Q4
    assert hub.fetched()[-1] == ("tiny-Q4_K_M.gguf", "bytes=4-")


def test_an_interrupted_fetch_keeps_what_arrived(hub: FakeHub, here: Settings) -> None:
    def interrupt(label: str, done: int, total: int) -> None:
        if 0 < done < total:
            raise KeyboardInterrupt

    hub.breaks = [4]
    with pytest.raises(KeyboardInterrupt):
        bring(NAME, here, progress=interrupt)
    assert bring(NAME, here).read_bytes() == Q4
    assert hub.fetched()[-1] == ("tiny-Q4_K_M.gguf", "bytes=4-")


def test_only_a_broken_connection_is_made_anew(hub: FakeHub, here: Settings) -> None:
    def fail(label: str, done: int, total: int) -> None:
        if done:
            raise ValueError("nowhere to show it")

    with pytest.raises(WeightsMissing, match="nowhere to show it"):
        bring(NAME, here, progress=fail)
    assert len(hub.fetched()) == 1


def test_a_disk_that_is_full_is_told_as_that(hub: FakeHub) -> None:
    file = Hub(REPO, REVISION, "tiny-Q4_K_M.gguf")
    with (
        Path("/dev/full").open("wb", buffering=0) as draft,
        pytest.raises(OSError, match="No space left on device: '/dev/full'"),
    ):
        download_from_hub(file, len(Q4), cast(BinaryIO, draft), print, endpoint=hub.url)


def test_where_parts_cannot_be_had_it_begins_anew(hub: FakeHub, here: Settings) -> None:
    hub.ranges, hub.breaks = False, [4]
    assert bring(NAME, here).read_bytes() == Q4


@pytest.mark.parametrize("wrong", [Q4[::-1], Q4 + b" and more"])
def test_other_bytes_than_the_hub_names_are_refused(
    hub: FakeHub, here: Settings, wrong: bytes
) -> None:
    hub.sent = lambda data: wrong
    found, right = (hashlib.sha256(data).hexdigest() for data in (wrong, Q4))
    with pytest.raises(ChecksumMismatch, match=f"sha256 is {found}, expected {right}"):
        bring(NAME, here)
    assert names(here.home) == set()
    hub.sent = lambda data: data
    assert bring(NAME, here).read_bytes() == Q4


def test_a_file_that_ends_early_is_told(hub: FakeHub, here: Settings) -> None:
    hub.sent = lambda data: data[:7]
    with pytest.raises(WeightsMissing, match=r"tiny-Q4_K_M\.gguf ends after 7 of 15 bytes"):
        bring(NAME, here)


def test_a_token_opens_a_gated_repository_and_is_shown_to_the_hub_alone(
    hub: FakeHub, here: Settings
) -> None:
    hub.token = "secret"
    for settings in (here, replace(here, hub_token="other")):
        with pytest.raises(
            WeightsMissing, match=rf"{NAME}: model hub: HTTP 401: .*MUSNAD_HF_TOKEN"
        ):
            bring(NAME, settings)
    hub.asked.clear()
    assert bring(NAME, replace(here, hub_token="secret")).read_bytes() == Q4
    assert {(one.machine, one.token) for one in hub.asked} == {
        ("hub", "Bearer secret"),
        ("store", None),
    }
    assert "secret" not in repr(replace(here, hub_token="secret"))


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (401, {}, "HTTP 401: gated, private or misspelt; .*MUSNAD_HF_TOKEN"),
        (403, {"X-Error-Code": "GatedRepo"}, "HTTP 403: gated, private or misspelt"),
        (404, {}, "HTTP 404: not there"),
        (429, {"Retry-After": "30"}, "HTTP 429: too many requests; try again in 30 s"),
        (429, {}, "HTTP 429: too many requests; try again later"),
        (503, {}, "503"),
    ],
)
def test_what_the_hub_refuses_is_one_line(
    hub: FakeHub, here: Settings, status: int, headers: dict[str, str], said: str
) -> None:
    hub.status, hub.headers = status, headers
    with pytest.raises(WeightsMissing, match=f"{NAME}: model hub: .*{said}") as refused:
        bring(NAME, here)
    assert "\n" not in str(refused.value)
    hub.status = 200
    bring(NAME, here)
    path = here.home / "weights" / "someone--tiny-GGUF--tiny-Q4_K_M.gguf"
    path.unlink()
    # The same of the file, once it is known what it is; what has arrived of it is not given up.
    hub.status = status
    with pytest.raises(WeightsMissing, match=rf"tiny-Q4_K_M\.gguf: no source has it .*{said}"):
        bring(NAME, here)


def test_a_hub_that_is_not_there_is_told(here: Settings) -> None:
    with pytest.raises(WeightsMissing, match=f"{NAME}: model hub: .*refused"):
        bring(NAME, replace(here, hub="http://127.0.0.1:9"))


def test_a_repository_without_models_or_without_that_file(hub: FakeHub, here: Settings) -> None:
    with pytest.raises(ModelError, match=r"b\.gguf: no such file; the repository has tiny-F16\.gg"):
        bring(f"{NAME}:b.gguf", here)
    hub.files = {"mmproj-tiny.gguf": b"", "../../out.gguf\n": b"", "tiny.safetensors": b""}
    with pytest.raises(ModelError, match="the repository has no GGUF file of a language model"):
        bring(NAME, here)


def test_a_file_of_a_folder_stays_in_the_cache(hub: FakeHub, here: Settings) -> None:
    hub.files = {"Q4_K_M/tiny.gguf": Q4}
    path = bring(NAME, here)
    assert path == here.home / "weights" / "someone--tiny-GGUF--Q4_K_M--tiny.gguf"
    assert path.read_bytes() == Q4
    assert bring(f"{NAME}:Q4_K_M/tiny.gguf", replace(here, offline=True)) == path


def test_a_copy_the_user_has_is_taken_once_its_sha256_is_right(
    hub: FakeHub, here: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(Q8)
    with pytest.raises(ChecksumMismatch, match=rf"{own}: sha256 is"):
        bring(NAME, here, source_file=own)
    assert bring(f"{NAME}:tiny-Q8_0.gguf", here, source_file=own).read_bytes() == Q8
    assert hub.fetched() == []


def test_a_record_that_is_damaged_is_passed_over(here: Settings) -> None:
    path = bring(NAME, here)
    record = path.with_name(f"{path.name}.source.json")
    for damaged in ("{", "[]", '{"name": 1}', json.dumps({"hub": None})):
        record.write_text(damaged)
        assert recorded(here.home) == []
    assert bring(NAME, here) == path
    assert len(recorded(here.home)) == 1


def test_the_file_is_what_llama_cpp_is_given(here: Settings) -> None:
    with pytest.raises(ModelError, match=r"tiny-Q4_K_M\.gguf: damaged or unsupported model file"):
        load_generator(replace(here, llm=NAME))
