"""Commands of which every system call that writes is refused once: see :mod:`eval.crashes`."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from eval.refusing import SHORT, Ended, refusing
from eval.weightless import HashEncoder, State, library, stated
from rag import cli
from rag.errors import MusnadError
from rag.types import Article

_FAULTS = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EIO": errno.EIO, "short": SHORT}
# What a command says of how far it is, which is no error.
_PROGRESS = re.compile(r"\w+: [\d,]+")
# What there may be besides segments; what is in a journal SQLite takes back when next it reads.
_BELONGING = {
    *("index", "kept.zip", ".lock", "manifest.json", "manifest.copy.json"),
    *("sources.sqlite", "sources.sqlite-journal"),
}


def script(work: Path) -> Iterator[tuple[list[str], State]]:
    """Commands, each when what it reads lies below ``work``, and what the index holds after it."""
    file, folder = work / "file.jsonl", work / "folder"
    folder.mkdir()
    index = work / "base" / "index"

    def ingest(rows: State, *options: str) -> list[str]:
        place = folder / "rows.jsonl" if options else file
        lines = (json.dumps({"id": name, "text": text}) for name, text in rows.items())
        place.write_text("\n".join(lines), encoding="utf-8")
        return ["ingest", *options, str(folder if options else file)]

    now = {"a": "أعلن الوزير في تونس خبرا."}
    yield ingest(now), now
    for name in "bc":
        library(index).add([Article(name, f"خبر {name}.", language="ar")])
    # The fourth has all of them merged.
    for new in ({"d": "أعلن الوزير في تونس خبرا آخر."}, {"a": "نفى الوزير الخبر."}):
        now = stated(library(index)) | new
        yield ingest(new), now
    del now["b"]
    yield ["remove", "b"], now
    ingest({"r": "خبر أول.", "s": "خبر ثان."}, "--sync")
    library(index).ingest([folder], sync=True)
    rows = {"s": "خبر آخر.", "t": "خبر ثالث."}
    now = now | rows
    yield ingest(rows, "--sync"), now
    yield ["ingest", "--rebuild", str(file)], now
    yield ["backup", str(work / "run" / "kept.zip")], now
    shutil.rmtree(index)
    yield ["restore", str(work / "run" / "kept.zip")], now


@patch("rag.models.loaded.load_encoder", lambda settings, progress=None: HashEncoder())
@patch("rag.models.loaded.load_sentence_encoder", lambda settings: HashEncoder())
def refuse_all(work: Path) -> tuple[Counter[str], list[str]]:
    """How many calls there are, how often one was refused, and what was wrong afterwards."""
    base, run = work / "base", work / "run"
    base.mkdir()
    counts: Counter[str] = Counter(points=0, faults=0)
    wrong: list[str] = []
    for words, wanted in script(work):
        command = [*words, "--index", str(run / "index")]
        before = stated(library(base / "index"))
        for name, ended in _refusals(base, run, command):
            counts.update([name, "faults"])
            what = f"{' '.join(words[:2])}: {ended.refused}: {name}"
            found = _wrong(base, run, command, ended, before, wanted)
            wrong += (f"{what}: {fault}" for fault in found)
        shutil.rmtree(base)
        run.rename(base)
    counts["points"] = max(counts[name] for name in _FAULTS)
    return counts, wrong


def _refusals(base: Path, run: Path, command: list[str]) -> Iterator[tuple[str, Ended]]:
    """Every fault at every call of a command, over a copy of ``base``; in the end, none at all."""
    for name, error in _FAULTS.items():
        for nth in itertools.count():
            shutil.rmtree(run, ignore_errors=True)
            shutil.copytree(base, run)
            ended = refusing(run, nth, error, partial(cli.main, command))
            if ended.refused is None:
                break
            yield name, ended


def _wrong(
    base: Path, run: Path, command: list[str], ended: Ended, before: State, wanted: State
) -> Iterator[str]:
    """What is wrong after a command of which a call was refused, and after the next to write."""
    lines = [line for line in ended.said.splitlines() if not _PROGRESS.fullmatch(line)]
    if ended.code not in (0, 1) or len(lines) != 1 or not lines[0].startswith("musnad: "):
        yield f"ended with {ended.code} and said {lines[-3:]}"
    try:
        now = stated(library(run / "index"))
        if now != wanted and (ended.code == 0 or now != before):
            yield f"holds {len(now)} articles that nobody acknowledged"
        # What the change makes needless is left if it is not certain that it is on the disk.
        changed = _manifest(run) != _manifest(base)
        if not changed and not str(ended.refused).startswith(("unlink", "rmdir")):
            yield from _unsound(run)
        again = ["repair", "--index", str(run / "index")] if changed else command
        with contextlib.redirect_stderr(io.StringIO()):
            code = cli.main(again)
        if code or stated(library(run / "index")) != wanted:
            yield f"{' '.join(again)}: failed afterwards"
        yield from (f"still {fault}" for fault in _unsound(run))
    except MusnadError as error:
        yield str(error)


def _manifest(run: Path) -> bytes:
    file = run / "index" / "manifest.json"
    return file.read_bytes() if file.exists() else b"{}"


def _unsound(run: Path) -> Iterator[str]:
    """What is wrong with an index, and what lies in its folder and beside it."""
    store = library(run / "index")
    yield from store.verify() if store.exists() else ()
    said = json.loads(_manifest(run)).get("segments", ())
    known = _BELONGING | {segment["name"] for segment in said}
    there = (*run.glob("*"), *run.glob("index/*"))
    yield from (f"{file}: litter" for file in there if file.name not in known)
