"""What a stopped or refused writer leaves: nothing acknowledged is lost, nothing half is seen.

    python -m eval.crashes [--kills 200] [--seed 0]
    python -m eval.crashes --milvus [--kills 50]
    python -m eval.crashes --refuse

A writer adds, replaces, removes and syncs articles at random, over small segments that are often
merged, and says each change when it is done. It is killed (SIGKILL) at a random moment. To
`--refuse`, each command of a script is run as often as it makes system calls that write, and every
time another of them fails (no space, no permission, an input/output error) or writes but half.
Afterwards the index must open, hold what was acknowledged and at most the one change after it, be
found sound, and after the next opening for writing have no litter; and a command that failed has
said so in one line. With `--milvus` all is kept in a file of Milvus Lite, which is killed with the
writer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
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
from rag.store.protocol import Snapshot
from rag.text.analyze import stem
from rag.types import Article

_STEPS = 60
# So often a writer is stopped over one index, before a new one is begun.
_ROUNDS = 10


def write(index: Path, folder: Path, seed: int, url: str | None = None) -> None:
    """Change the index until stopped. Before a change what will be is said, after it "done"."""
    rng = random.Random(seed)
    store = library(index, url)
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


def killed_apart(index: Path, folder: Path, rng: random.Random) -> list[str]:
    """The same of a writer to Milvus Lite, whose threads do not outlive a fork."""
    seed, seconds = rng.randrange(1 << 30), rng.uniform(0.0, 6.0)
    command = [sys.executable, "-m", "eval.crashes", "--write", str(index), str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        return (first + child.stdout.read()).split("\n")


def store_of(index: Path) -> str:
    """The file of Milvus Lite that belongs to an index folder."""
    return f"milvus:///{index}.db"


def faults_in_milvus(index: Path, said: Sequence[str]) -> tuple[State, list[str]]:
    """What a store holds of which a stopped writer said this, and what is wrong with it."""
    store = library(index, store_of(index))
    try:
        now = stated(store)
        found = (
            [] if now in allowed(said) else ["holds what nobody acknowledged, or lost something"]
        )
        if store.exists():
            store.add([Article("b", "نص آخر.", language="ar")])
            store.remove(["b"])
            found += miscounted(store.snapshot())
    except MusnadError as error:
        return {}, [str(error)]
    finally:
        store.close()
    return now, found


def miscounted(snapshot: Snapshot) -> list[str]:
    """What is counted otherwise than it is."""
    entries = list(snapshot.entries())
    passages = [words for entry in entries for words in entry.words]
    sentences = sum(len(chunk.sentences) for entry in entries for chunk in entry.chunks)
    counts = len(entries), len(passages), sentences
    found = [] if snapshot.counts == counts else [f"{snapshot.counts}, but holds {counts}"]
    stems = Counter(s for words in passages for s in {stem(word) for word in words})
    for term, passages_with in stems.items():
        if snapshot.document_frequency("stems", term) != passages_with:
            found.append(f"{term}: not in {snapshot.document_frequency('stems', term)} passages")
    return found


def faults(index: Path, said: Sequence[str]) -> list[str]:
    """What is wrong with an index of which a stopped writer said this; it is tidied."""
    store = library(index)
    try:
        now = stated(store)
        found = (
            [] if now in allowed(said) else [f"holds {len(now)} articles that nobody acknowledged"]
        )
        if store.exists():
            found += [fault for fault in store.verify() if "left by a writer" not in fault]
            store.repair()
            found += library(index).verify()
    except MusnadError as error:
        return [str(error)]
    return found


def allowed(said: Sequence[str]) -> list[State]:
    """What may be there when a writer was stopped that said this: what it did last, or did next."""
    states: list[State] = [{}]
    for line in said:
        if line.startswith("done {") and line.endswith("}"):
            states = [json.loads(line.removeprefix("done "))]
        elif line.startswith("{") and line.endswith("}"):
            states.append(json.loads(line))
    return states


def kill_over_milvus(work: Path, kills: int, seed: int) -> tuple[Counter[str], list[str]]:
    """As :func:`kill_often`, of writers to Milvus Lite."""
    rng = random.Random(seed)
    counts = Counter(killed=kills, changes=0)
    wrong: list[str] = []
    now: State = {}
    for n in range(kills):
        index, folder = (work / str(n // _ROUNDS) / name for name in ("index", "folder"))
        if not folder.exists():
            folder.mkdir(parents=True)
            now = {}
        said = [f"done {json.dumps(now)}", *killed_apart(index, folder, rng)]
        counts["changes"] += sum(line.startswith("done ") for line in said) - 1
        now, found = faults_in_milvus(index, said)
        wrong += (f"killed {n}: {fault}" for fault in found)
    return counts, wrong


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
    parser.add_argument("--milvus", action="store_true", help="write to Milvus Lite")
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        index, folder = map(Path, args.write[:2])
        write(index, folder, int(args.write[2]), store_of(index))
        return 0
    kill = kill_over_milvus if args.milvus else kill_often
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary).resolve()
        counts, wrong = refuse_all(work) if args.refuse else kill(work, args.kills, args.seed)
    for fault in wrong:
        print(fault)
    print(json.dumps({**counts, "wrong": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
