"""How many machines a corpus takes, from rates measured on one; the arithmetic of deploy/SIZING.md.

    python -m eval.sizing [--rates FILE] [--questions 20] [--days 7] …
    python -m eval.sizing --measure news.jsonl --rates FILE     # on this machine, some minutes

What is computed is what the rates say, no more: nobody has run Musnad over a thousand million
passages. What a vector takes in Milvus follows from its index's layout, and is not measured here.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.fanout import fan_out, quantile
from eval.rates import Rates, measure
from rag.errors import MusnadError

RATES = Path(__file__).parent / "results" / "rates.json"
SCALES = (10**6, 10**8, 10**9)
DIMENSION = 384
# HNSW's links of one vector at the bottom layer, where nearly all are: twice M, four bytes each
# (Malkov and Yashunin 2018, https://arxiv.org/abs/1603.09320).
_LINKS_BYTES = 2 * 16 * 4
_SIMULATED = 20_000
_DAY = 86_400
# Seconds that a search may take a core.
_PATIENCE = 0.12


@dataclass(frozen=True)
class Plan:
    """What is wanted: ``questions`` a second, of which the language model writes for a share, and
    everything encoded within ``days``. A machine has ``memory`` GB, of which, as of a core's time,
    the ``usable`` share is planned with.
    """

    questions: float = 20
    written: float = 0.3
    days: float = 7
    cores: int = 16
    memory: float = 64
    replicas: int = 2
    usable: float = 0.7
    prompt_tokens: int = 400
    reply_tokens: int = 40


@dataclass(frozen=True)
class Size:
    """What ``passages`` take in an index of the kind that is named; memory and disk are in GB."""

    passages: int
    index: str
    memory: float
    disk: float
    shards: int
    machines: int
    encoding_days: float
    encoding_cores: int
    search_cores: int
    reading_cores: int
    writing_cores: int


def vector_bytes(rates: Rates) -> dict[str, float]:
    """Memory of a passage by the kind of index: vectors and what finds words. Sentences' vectors
    are read where they lie, a few for each question.
    """
    words = rates.bytes["lexical"]
    return {
        "folder": rates.memory_bytes,
        "Milvus HNSW": 4 * DIMENSION + _LINKS_BYTES + words,
        "Milvus IVF_SQ8": DIMENSION + 8 + words,
    }


def search_s(rates: Rates, passages: float) -> float:
    """Core seconds of one search over so many passages in one folder, its encoders left out: on
    the straight line through the two that were measured.
    """
    return rates.search_s[0] + _slope(rates) * (passages - rates.small)


def passages_in(rates: Rates, seconds: float) -> float:
    """The inverse of :func:`search_s`."""
    return rates.small + (seconds - rates.search_s[0]) / _slope(rates)


def _slope(rates: Rates) -> float:
    small, large = rates.search_s
    return (large - small) / (rates.shard - rates.small)


def size(rates: Rates, plan: Plan, passages: int, index: str) -> Size:
    """What it takes."""
    memory = passages * vector_bytes(rates)[index] / 1e9
    shards = max(1, math.ceil(memory / (plan.memory * plan.usable)))
    # Codes are read one and all. Graphs and lists are made so that a larger shard takes hardly
    # longer; what the measured one takes stands for theirs.
    looked_at = passages / shards if index == "folder" else min(passages / shards, rates.shard)
    search = plan.questions * (rates.question_s + shards * search_s(rates, looked_at))
    tokens = plan.prompt_tokens * rates.prompt_s + plan.reply_tokens * rates.reply_s
    days = passages * rates.ingest_s / _DAY
    return Size(
        passages=passages,
        index=index,
        memory=memory,
        disk=passages * sum(rates.bytes.values()) / 1e9,
        shards=shards,
        machines=max(shards * plan.replicas, math.ceil(_cores(search, plan) / plan.cores)),
        encoding_days=days,
        encoding_cores=max(1, math.ceil(days / plan.days)),
        search_cores=_cores(search, plan),
        reading_cores=_cores(plan.questions * rates.answer_s, plan),
        writing_cores=_cores(plan.questions * plan.written * tokens, plan),
    )


def _cores(busy: float, plan: Plan) -> int:
    return max(1, math.ceil(busy / plan.usable))


def limits(rates: Rates, plan: Plan) -> list[tuple[str, float]]:
    """At how many passages one machine, with a folder, comes to each limit; the lowest first."""
    idle = plan.cores * plan.usable - plan.questions * (rates.question_s + rates.answer_s)
    at = {
        f"a search takes a core longer than {_PATIENCE:g} s": passages_in(
            rates, _PATIENCE - rates.question_s
        ),
        f"{plan.questions:g} questions a second take all its cores": passages_in(
            rates, idle / plan.questions
        ),
        f"{plan.memory:g} GB of memory are full": 1e9
        * (plan.memory * plan.usable / rates.memory_bytes),
        f"its cores encode for longer than {plan.days:g} days": _DAY
        * (plan.days * plan.cores / rates.ingest_s),
    }
    return sorted(((name, max(0.0, n)) for name, n in at.items()), key=lambda limit: limit[1])


def table(rates: Rates, plan: Plan) -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield (
        "| passages | index | memory, GB | disk, GB | shards | machines | core-days to encode |"
        " cores to encode | to search | to read | to write |"
    )
    yield "|" + "---|" * 11
    for passages in SCALES:
        for index in vector_bytes(rates):
            s = size(rates, plan, passages, index)
            yield (
                f"| {passages:,} | {index} | {s.memory:,.0f} | {s.disk:,.0f} | {s.shards} |"
                f" {s.machines} | {s.encoding_days:,.1f} | {s.encoding_cores} | {s.search_cores} |"
                f" {s.reading_cores} | {s.writing_cores} |"
            )


def tails(rates: Rates, shards: tuple[int, ...] = (1, 10, 100, 1000)) -> Iterator[str]:
    """The lines of the table of fan-out, in Markdown; milliseconds with 95 % intervals."""
    measured = np.asarray(rates.shard_s)
    after = float(np.quantile(measured, 0.95))
    yield "| shards | hedged | p50 | p95 | p99 | requests |"
    yield "|" + "---|" * 6
    for count in shards:
        for hedge in (None, after):
            found = fan_out(measured, count, _SIMULATED, hedge=hedge)
            cells = []
            for level in (0.5, 0.95, 0.99):
                at, low, high = (1000 * x for x in quantile(found.seconds, level))
                cells.append(f"{at:.0f} ({low:.0f}–{high:.0f})")
            named = "no" if hedge is None else f"after {1000 * after:.0f} ms"
            yield f"| {count} | {named} | {' | '.join(cells)} | × {found.requests:.3f} |"


def main() -> int:
    """The command line of this module."""
    plan = Plan()
    parser = argparse.ArgumentParser(
        prog="python -m eval.sizing", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rates", type=Path, default=RATES, help="the measured rates, JSON")
    parser.add_argument("--measure", type=Path, metavar="news.jsonl", help="measure them first")
    parser.add_argument("--passages", type=int, default=200_000, help="synthetic ones, to measure")
    parser.add_argument("--questions", type=float, default=plan.questions, help="a second, at most")
    parser.add_argument("--written", type=float, default=plan.written,
                        help="the share of them that the language model writes for")  # fmt: skip
    parser.add_argument("--days", type=float, default=plan.days, help="to encode everything in")
    parser.add_argument("--cores", type=int, default=plan.cores, help="of a machine")
    parser.add_argument("--memory", type=float, default=plan.memory, help="of a machine, in GB")
    parser.add_argument("--replicas", type=int, default=plan.replicas, help="of each shard")
    args = parser.parse_args()
    wanted = Plan(args.questions, args.written, args.days, args.cores, args.memory, args.replicas)
    try:
        if args.measure:
            measure(args.measure, args.passages).write(args.rates)
        rates = Rates.read(args.rates)
    except MusnadError as error:
        print(f"sizing: {error}", file=sys.stderr)
        return error.exit_code
    print(f"Measured on {rates.machine}.\n")
    print(*table(rates, wanted), sep="\n", end="\n\n")
    print("One machine with a folder comes to its limits in this order:\n")
    for name, passages in limits(rates, wanted):
        print(f"- {name}: {passages:,.0f} passages")
    print()
    print(*tails(rates), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
