"""The arithmetic of sizing, and the simulation of fan-out against closed forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import SEEDS

from eval.fanout import fan_out, quantile
from eval.rates import Rates, Remembering
from eval.sizing import RATES, Plan, limits, main, search_s, size, vector_bytes
from rag.library import Library
from rag.models.protocols import Role, Vectors

# Round numbers: 10 ms a passage, a search of 1 ms and 1 µs for each thousand passages.
ROUND = Rates(
    machine="round",
    ingest_s=0.01,
    sentences=4,
    bytes={"passages": 1000, "sentences": 5000, "text": 3000, "lexical": 1000},
    memory_bytes=2000,
    question_s=0.01,
    small=1000,
    shard=101_000,
    search_s=[0.001, 0.101],
    shard_s=[[0.1]],
    answer_s=0.35,
    prompt_s=0.02,
    reply_s=0.1,
)
MEAN = 0.01


def exponential() -> np.ndarray:
    """A million values spread as the distribution is, by the inverse of it."""
    return -MEAN * np.log1p(-(np.arange(1_000_000)[None] + 0.5) / 1_000_000)


def test_a_folder_of_a_million() -> None:
    plan = Plan(questions=10, written=0.5, days=7, cores=16, memory=64, replicas=2, usable=0.5)
    found = size(ROUND, plan, 10**6, "folder")
    assert (found.memory, found.disk) == (2000 * 10**6 / 1e9, 10_000 * 10**6 / 1e9)
    assert (found.shards, found.machines) == (1, 2)
    assert found.encoding_days == 10**6 * 0.01 / 86400
    # 10 questions, of a millionth of a second for each passage; half of a core is planned with.
    assert found.search_cores == np.ceil(10 * (0.01 + 0.001 + 0.999) / 0.5)
    assert found.reading_cores == 10 * 0.35 / 0.5
    assert found.writing_cores == 10 * 0.5 * (400 * 0.02 + 40 * 0.1) / 0.5


def test_shards_and_replicas_follow_from_memory() -> None:
    plan = Plan(memory=50, usable=0.5, replicas=3)
    each = vector_bytes(ROUND)["Milvus HNSW"]
    assert each == 384 * 4 + 2 * 16 * 4 + 1000
    found = size(ROUND, plan, 10**9, "Milvus HNSW")
    assert found.shards == np.ceil(each / 25)
    assert found.machines == 3 * found.shards
    # A shard is not looked at from end to end: that which was measured stands for it.
    assert found.search_cores == np.ceil(20 * (0.01 + found.shards * 0.101) / 0.5)


def test_each_limit_is_where_it_is_met() -> None:
    plan = Plan(questions=20, days=7, cores=16, memory=64, usable=0.5)
    at = dict(limits(ROUND, plan))
    assert list(at.values()) == sorted(at.values())
    assert at["64 GB of memory are full"] == 32e9 / 2000
    assert at["its cores encode for longer than 7 days"] == pytest.approx(7 * 16 * 86400 / 0.01)
    longest = at["a search takes a core longer than 0.12 s"]
    assert ROUND.question_s + search_s(ROUND, longest) == pytest.approx(0.12)
    busy = at["20 questions a second take all its cores"]
    spent = 20 * (ROUND.question_s + ROUND.answer_s + search_s(ROUND, busy))
    assert spent == pytest.approx(8) or busy == 0


@pytest.mark.parametrize("shards", [1, 10, 100])
def test_the_slowest_of_many_exponentials(shards: int) -> None:
    found = fan_out(exponential(), shards, 20_000).seconds
    harmonic = sum(1 / k for k in range(1, shards + 1))
    # Its variance is the sum of the squares.
    error = MEAN * np.sqrt(sum(1 / k**2 for k in range(1, shards + 1)) / 20_000)
    assert np.mean(found) == pytest.approx(MEAN * harmonic, abs=4 * error)
    below = np.count_nonzero(found < -MEAN * np.log(1 - 0.99 ** (1 / shards)))
    assert below == pytest.approx(0.99 * 20_000, abs=4 * np.sqrt(20_000 * 0.99 * 0.01))


def test_nineteen_of_twenty_intervals_hold_the_quantile() -> None:
    rng, true = np.random.default_rng(0), -np.log(0.1)
    found = [quantile(rng.exponential(1, 1000), 0.9) for _ in range(1000)]
    assert all(low < at < high for at, low, high in found)
    held = np.mean([low < true < high for _, low, high in found])
    assert held == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))


def test_hedging_after_the_95th_percentile_sends_a_twentieth_more() -> None:
    measured, shards = exponential(), 100
    hedge = float(np.quantile(measured, 0.95))
    found = fan_out(measured, shards, 20_000, hedge=hedge)
    # A binomial share of two million requests.
    assert found.requests - 1 == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 2e6))
    # Later than the hedge, an answer is late only if both are: exp(-(2t - hedge) / mean).
    one = 0.99 ** (1 / shards)
    expected = (hedge - MEAN * np.log(1 - one)) / 2
    _, low, high = quantile(found.seconds, 0.99)
    assert low < expected < high


def test_a_slow_question_is_slow_on_every_shard() -> None:
    found = fan_out(np.array([[1.0, 1.0], [5.0, 5.0]]), 50, 1000).seconds
    assert set(found) == {1.0, 5.0}
    assert np.mean(found == 5.0) == pytest.approx(0.5, abs=0.07)


def test_blocks_of_draws_are_one_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.fanout._DRAWS", 1000)
    found = fan_out(exponential(), 100, 25)
    assert len(found.seconds) == 25
    assert np.array_equal(found.seconds, fan_out(exponential(), 100, 25).seconds)


def test_what_is_kept_is_read_and_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ROUND.write(tmp_path / "rates.json")
    assert Rates.read(tmp_path / "rates.json") == ROUND
    monkeypatch.setattr("sys.argv", ["sizing", "--rates", str(tmp_path / "rates.json")])
    assert main() == 0
    assert "| 1,000,000,000 | Milvus HNSW |" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["sizing", "--rates", str(tmp_path / "none.json")])
    assert main() == 1
    assert "none.json: no rates" in capsys.readouterr().err


def test_the_page_holds_what_the_rates_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sizing"])
    assert main() == 0
    page = (RATES.parent.parent.parent / "deploy" / "SIZING.md").read_text(encoding="utf-8")
    for line in filter(None, capsys.readouterr().out.splitlines()):
        assert line in page


def test_texts_are_encoded_once(library: Library) -> None:
    calls: list[tuple[str, ...]] = []
    encoder = library.encoders()[0]

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(encoder, name)

        def encode(self, texts: Sequence[str], role: Role) -> Vectors:
            calls.append(tuple(texts))
            return encoder.encode(texts, role)

    remembering = Remembering(Counting())  # type: ignore[arg-type]
    first = remembering.encode(["خبر"], "query")
    assert np.array_equal(remembering.encode(["خبر"], "query"), first)
    remembering.encode(["خبر"], "passage")
    assert calls == [("خبر",), ("خبر",)]
    library.ingest([SEEDS])
    again = Library(library.path, library.settings, encoder=remembering,
                    sentence_encoder=library.encoders()[1])  # fmt: skip
    assert again.search("خبر") == library.search("خبر")
