"""What it costs to spread an ingest over workers, and that nothing is lost when some are killed.

    python -m eval.spreading paired ARTICLES.jsonl [--limit 2000] [--pairs 3]
    python -m eval.spreading driver|worker|node ARTICLES.jsonl [--limit 10138]

`paired` times a whole ingest by one process, by two and by a Ray cluster of two machines (nodes of
this one, a processor each), in turns. The others make an index while something is killed (SIGKILL):
the command itself after each of its commits, which is then given again; one of two processes, or
one of the two machines, when half is committed. The index is then held against what one process
makes: articles lost, twice, or in another order, and questions (titles) that find something else.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.library import Library

_QUESTIONS, _K = 100, 10
_TWO = ["--workers", "2"]


def main() -> int:
    """Print every figure as a line of JSON; exit with 1 where an index is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measure", choices=("paired", *_KILLS))
    parser.add_argument("corpus", type=Path, help="articles as JSON lines")
    parser.add_argument("--limit", type=int, help="of the articles only the first")
    parser.add_argument("--pairs", type=int, default=3, help="so many ingests of each kind")
    parser.add_argument("--work", type=Path, help="keep the indexes here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        corpus = work / "articles.jsonl"
        with args.corpus.open("rb") as lines, corpus.open("wb") as limited:
            limited.writelines(islice(lines, args.limit))
        if args.measure == "paired":
            print(json.dumps(paired(corpus, work, args.pairs)))
            return 0
        one, other = work / "one", work / args.measure
        if not one.exists():
            _ingest(corpus, one).wait()
        shutil.rmtree(other, ignore_errors=True)
        killed = _KILLS[args.measure](corpus, other)
        found = compared(*(Library(path, Settings.from_environment()) for path in (one, other)))
        print(json.dumps({"killed": f"{args.measure}, {killed} times", **found}))
        return 1 if found["lost"] or found["twice"] else 0


def paired(corpus: Path, work: Path, pairs: int) -> dict[str, Any]:
    """Seconds of a whole ingest, and of how many of one process each is the throughput."""
    with two_machines() as (address, _):
        kinds = {"one": [], "processes": _TWO, "ray": [*_TWO, "--ray", address]}
        seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(pairs):
            for kind, options in kinds.items():
                index = work / f"paired-{kind}"
                shutil.rmtree(index, ignore_errors=True)
                started = time.perf_counter()
                if _ingest(corpus, index, *options).wait():
                    raise SystemExit(f"{kind}: the ingest failed")
                seconds[kind].append(time.perf_counter() - started)
    medians = {kind: statistics.median(each) for kind, each in seconds.items()}
    ratios = {
        kind: [round(one / s, 3) for one, s in zip(seconds["one"], each, strict=True)]
        for kind, each in seconds.items()
        if kind != "one"
    }
    return {
        "articles": len(corpus.read_bytes().splitlines()),
        "seconds": {kind: round(median, 1) for kind, median in medians.items()},
        "throughput": {kind: statistics.median(each) for kind, each in ratios.items()},
        "each": ratios,
    }


def compared(one: Library, other: Library) -> dict[str, Any]:
    """How the other library differs from what one process made."""
    articles, ids = one.articles(), [article.id for article in other.articles()]
    titles = [article.title for article in articles if article.title]
    asked = titles[:: max(1, len(titles) // _QUESTIONS)][:_QUESTIONS]
    same = sum(
        [(hit.article.id, hit.start) for hit in one.search(question, _K)]
        == [(hit.article.id, hit.start) for hit in other.search(question, _K)]
        for question in asked
    )
    return {
        "articles": len(articles),
        "lost": len({article.id for article in articles} - set(ids)),
        "twice": len(ids) - len(set(ids)),
        "same_order": [article.id for article in articles] == ids,
        "passages": [library.snapshot().counts.passages for library in (one, other)],
        "words": [len(library.snapshot().vocabulary) for library in (one, other)],
        "questions": len(asked),
        "same_top_10": same / len(asked),
    }


def kill_drivers(corpus: Path, index: Path) -> int:
    """Kill the command some seconds after each time it committed; how often it was."""
    rng, kills = random.Random(0), 0
    while True:
        before = committed(index)
        command = _ingest(corpus, index, *_TWO)
        while command.poll() is None and committed(index) == before:
            time.sleep(0.5)
        with contextlib.suppress(subprocess.TimeoutExpired):
            command.wait(rng.uniform(0, 10))
        if command.poll() is not None:
            return kills
        command.kill()
        command.wait()
        kills += 1


def kill_worker(corpus: Path, index: Path) -> int:
    """Kill the one of the command's processes that has worked most, when half is committed."""
    command = _ingest(corpus, index, *_TWO)
    _midway(command, corpus, index)
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
    worker = max(map(int, children), key=_ticks)
    os.kill(worker, signal.SIGKILL)
    command.wait()
    return 1


def kill_node(corpus: Path, index: Path) -> int:
    """Kill one of two machines when half is committed."""
    with two_machines() as (address, kill):
        command = _ingest(corpus, index, "--ray", address)
        _midway(command, corpus, index)
        kill()
        command.wait()
    return 1


_KILLS = {"driver": kill_drivers, "worker": kill_worker, "node": kill_node}


@contextlib.contextmanager
def two_machines() -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a cluster of two machines, and what kills the one that is not its head."""
    from ray._common.usage.usage_lib import set_usage_stats_enabled_via_env_var
    from ray.cluster_utils import Cluster

    set_usage_stats_enabled_via_env_var(False)
    # Where the cluster notes its address, wherever its other files go.
    Path(tempfile.gettempdir(), "ray").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ray-") as folder:
        options = {"num_cpus": 1, "include_dashboard": False, "temp_dir": folder}
        cluster: Any = Cluster(initialize_head=True, head_node_args=options)
        try:
            second = cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            yield cluster.address, lambda: cluster.remove_node(second, allow_graceful=False)
        finally:
            cluster.shutdown()


def _ingest(corpus: Path, index: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rag", "ingest", str(corpus), "--index", str(index), *options]
    return subprocess.Popen(command)


def _midway(command: subprocess.Popen[bytes], corpus: Path, index: Path) -> None:
    half = len(corpus.read_bytes().splitlines()) // 2
    while committed(index) < half:
        if command.poll() is not None:
            raise SystemExit(f"{index}: done before half of it was committed; give more articles")
        time.sleep(0.5)


def committed(index: Path) -> int:
    """Articles in the index."""
    library = Library(index)
    return library.snapshot().counts.articles if library.exists() else 0


def _ticks(process: int) -> int:
    """The time that a process has had a processor."""
    fields: Sequence[str] = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    sys.exit(main())
