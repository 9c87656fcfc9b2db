"""What a stopped or refused writer leaves: nothing acknowledged is lost, nothing half is seen.

    python -m eval.crashes [--kills 200] [--seed 0]
    python -m eval.crashes --refuse

A writer adds, replaces, removes and syncs articles at random, over small segments that are often
merged, and says each change when it is done. It is killed (SIGKILL) at a random moment. To
`--refuse`, each command of a script is run as often as it makes system calls that write, and every
time another of them fails (no space, no permission, an input/output error) or writes but half.
Afterwards the index must open, hold what was acknowledged and at most the one change after it, be
found sound, and after the next opening for writing have no litter; and a command that failed has
said so in one line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.refusals import refuse_all
from eval.weightless import State, library, stated
from rag.errors import MusnadError
from rag.library import Library
from rag.types import Article

_STEPS = 60
# So often a writer is stopped over one index, before a new one is begun.
_ROUNDS = 10


def write(index: Path, folder: Path, seed: int) -> None:
    """Change the index until stopped. Before a change what will be is said, after it "done"."""
    rng = random.Random(seed)
    store = library(index)
    now = stated(store)
    for step in range(_STEPS):
        wanted, change = _change(rng, now, store, folder, f"{seed}-{step}")
        print(json.dumps(wanted), flush=True)
        change()
        now = wanted
        print("done", json.dumps(now), flush=True)


def _change(
    rng: random.Random, now: State, store: Library, folder: Path, mark: str
) -> tuple[State, Callable[[], object]]:
    """What a change makes of what is there, and what makes it."""
    kind = rng.choice(["add", "add", "replace", "remove", "sync"])
    added = sorted(name for name in now if name.startswith("a"))
    if kind == "remove" and added:
        gone = rng.choice(added)
        left = {name: text for name, text in now.items() if name != gone}
        return left, lambda: store.remove([gone])
    if kind == "sync":
        rows = {f"s{n}": f"خبر {n} من {mark}." for n in range(rng.randrange(1, 4))}
        return {name: now[name] for name in added} | rows, lambda: _sync(store, folder, rows)
    name = rng.choice(added) if kind == "replace" and added else f"a{mark}"
    article = Article(name, f"أعلن الوزير في تونس خبرا {mark}.", language="ar")
    return now | {name: article.text}, lambda: store.add([article])


def _sync(store: Library, folder: Path, rows: State) -> None:
    lines = (json.dumps({"id": name, "text": text}) for name, text in rows.items())
    (folder / "synced.jsonl").write_text("\n".join(lines), encoding="utf-8")
    store.ingest([folder], sync=True)


def killed(index: Path, folder: Path, rng: random.Random) -> list[str]:
    """What a writer said that was killed at a random moment."""
    reading, writing = os.pipe()
    seed, seconds = rng.randrange(1 << 30), rng.uniform(0.0, 0.6)
    child = os.fork()
    if child == 0:
        os.dup2(writing, sys.stdout.fileno())
        write(index, folder, seed)
        os._exit(0)
    os.close(writing)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as stream:
        return stream.read().split("\n")


def faults(index: Path, said: Sequence[str]) -> list[str]:
    """What is wrong with an index of which a stopped writer said this; it is tidied."""
    states: list[State] = [{}]
    allowed: list[State] = [{}]
    for line in said:
        if line.startswith("done {") and line.endswith("}"):
            allowed = [json.loads(line.removeprefix("done "))]
        elif line.startswith("{") and line.endswith("}"):
            states.append(json.loads(line))
            allowed = [*allowed, states[-1]]
    store = library(index)
    try:
        now = stated(store)
        found = [] if now in allowed else [f"holds {len(now)} articles that nobody acknowledged"]
        if store.exists():
            found += [fault for fault in store.verify() if "left by a writer" not in fault]
            store.repair()
            found += library(index).verify()
    except MusnadError as error:
        return [str(error)]
    return found


def kill_often(work: Path, kills: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many writers were killed after how many changes, and what was wrong afterwards."""
    rng = random.Random(seed)
    # What is loaded with the first change is loaded before there are children.
    library(work / "first").add([Article("a", "نص.", language="ar")])
    counts = Counter(killed=kills, changes=0)
    wrong: list[str] = []
    for n in range(kills):
        index, folder = (work / str(n // _ROUNDS) / name for name in ("index", "folder"))
        folder.mkdir(parents=True, exist_ok=True)
        said = [f"done {json.dumps(stated(library(index)))}", *killed(index, folder, rng)]
        counts["changes"] += sum(line.startswith("done ") for line in said) - 1
        wrong += (f"killed {n}: {fault}" for fault in faults(index, said))
    return counts, wrong


def main() -> int:
    """Print how often a writer was stopped and what was wrong afterwards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--refuse", action="store_true", help="refuse calls, and kill nobody")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary).resolve()
        counts, wrong = refuse_all(work) if args.refuse else kill_often(work, args.kills, args.seed)
    for fault in wrong:
        print(fault)
    print(json.dumps({**counts, "wrong": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
