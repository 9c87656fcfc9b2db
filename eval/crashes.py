"""What a stopped or refused writer leaves: nothing acknowledged is lost, nothing half is seen.

    python -m eval.crashes [--kills 200] [--refusals 100] [--seed 0]

A writer adds, replaces, removes and syncs articles at random, over small segments that are often
merged, and says each change when it is done. It is killed (SIGKILL) at a random moment; or, where
`strace` is there, one of its system calls that write is refused (no space, no permission, an
input/output error). Afterwards the index must open, hold what was acknowledged and at most the one
change after it, be found sound, and after the next opening for writing have no litter.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from rag.config import Settings
from rag.errors import MusnadError, StoreError
from rag.library import Library
from rag.models.protocols import Role, Vectors
from rag.types import Article

_STEPS = 60
_CALLS = ("write", "pwrite64", "fsync", "rename", "mkdir", "openat", "unlink", "unlinkat")
_ERRORS = ("ENOSPC", "EACCES", "EIO")
_WHEN = (1, 120)
_STRACE = ("strace", "-f", "-qq", "-o", os.devnull)
# So often a writer is stopped over one index, before a new one is begun.
_ROUNDS = 10

State: TypeAlias = dict[str, str]


class HashEncoder:
    """Unit vectors drawn by the text's hash: quick, and the same in every process."""

    name = fingerprint = "hash"
    dimension = 16

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """See :class:`rag.models.protocols.Encoder`, here and below."""
        rows = [np.random.default_rng(list(text.encode())).normal(size=16) for text in texts]
        vectors = np.asarray(rows, dtype=np.float32).reshape(-1, 16)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]


def library(path: Path) -> Library:
    """A library that needs no weights."""
    settings = Settings.from_environment({"MUSNAD_LLM": "none"})
    return Library(path, settings, encoder=HashEncoder(), sentence_encoder=HashEncoder())


def stated(store: Library) -> State:
    """What an index holds: texts by id."""
    return {article.id: article.text for article in store.articles()} if store.exists() else {}


def write(index: Path, folder: Path, seed: int) -> None:
    """Change the index until stopped. Before a change what will be is said, after it "done"; one
    that is refused leaves what was, or has happened.
    """
    rng = random.Random(seed)
    store = library(index)
    now = stated(store)
    for step in range(_STEPS):
        wanted, change = _change(rng, now, store, folder, f"{seed}-{step}")
        print(json.dumps(wanted), flush=True)
        try:
            change()
            now = wanted
        except (StoreError, OSError):
            before, now = now, stated(store)
            if now not in (before, wanted):
                raise
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


def refused(index: Path, folder: Path, rng: random.Random) -> list[str]:
    """What a writer said of whose system calls one was refused."""
    call, error = rng.choice(_CALLS), rng.choice(_ERRORS)
    when = rng.randrange(*_WHEN)
    own = ["-m", "eval.crashes", "--write", str(rng.randrange(1 << 30)), str(index), str(folder)]
    inject = f"inject={call}:error={error}:when={when}"
    # Refusals begin where the writer opens its folder, not while Python starts.
    done = subprocess.run(
        [*_STRACE, "-P", str(index), "-e", inject, sys.executable, *own],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split("\n")


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


def main() -> int:
    """Print how often a writer was stopped and what was wrong afterwards."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--refusals", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", nargs=3, metavar=("SEED", "INDEX", "FOLDER"), help="be a writer")
    args = parser.parse_args()
    if args.write:
        seed, index, folder = args.write
        write(Path(index), Path(folder), int(seed))
        return 0
    rng = random.Random(args.seed)
    wrong: list[str] = []
    rounds = [killed] * args.kills + [refused] * (args.refusals if shutil.which("strace") else 0)
    changes = 0
    with tempfile.TemporaryDirectory() as temporary:
        # What is loaded with the first change is loaded before there are children.
        library(Path(temporary) / "first").add([Article("a", "نص.", language="ar")])
        for n, stop in enumerate(rounds):
            work = Path(temporary) / str(n // _ROUNDS)
            (work / "folder").mkdir(parents=True, exist_ok=True)
            before = stated(library(work / "index"))
            said = [f"done {json.dumps(before)}", *stop(work / "index", work / "folder", rng)]
            changes += sum(line.startswith("done ") for line in said) - 1
            wrong += (f"{stop.__name__} {n}: {fault}" for fault in faults(work / "index", said))
    for fault in wrong:
        print(fault)
    counts = {stop.__name__: sum(stop is other for other in rounds) for stop in (killed, refused)}
    print(json.dumps({**counts, "changes": changes, "wrong": len(wrong)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
