"""``musnad verify``, ``repair``, ``backup``, ``restore``, ``migrate`` and ``corpora``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from rag import console
from rag.config import DEFAULT_INDEX, Settings
from rag.console import say
from rag.errors import MusnadError
from rag.library import Library, corpora
from rag.models.progress import TransferReport

STORE_HELP = (
    "keep the articles in Milvus: milvus://HOST:PORT/DB, or milvus:///FILE.db (default:"
    " MUSNAD_STORE, else the index folder)"
)


def named_index(value: str) -> Path:
    """The index folder that is meant: a path, or the name of one beside the default."""
    named = DEFAULT_INDEX.parent / value
    return named if not Path(value).exists() and named in corpora() else Path(value)


def add_index_commands(
    commands: Any, placed: argparse.ArgumentParser, common: argparse.ArgumentParser
) -> None:
    """Add them to ``commands``; all but ``corpora`` have the options of ``placed``."""
    verify = commands.add_parser("verify", parents=[placed], help="check every byte of the index")
    repair = commands.add_parser("repair", parents=[placed], help="mend a damaged index")
    backup = commands.add_parser("backup", parents=[placed], help="write the index to one file")
    restore = commands.add_parser("restore", parents=[placed], help="make the index of a backup")
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE")
    migrate = commands.add_parser("migrate", parents=[placed], help="move the index elsewhere")
    migrate.add_argument("--to", required=True, metavar="URL",
                         help="a store as of --store, or a folder")  # fmt: skip
    corpora = commands.add_parser("corpora", parents=[common], help="list the indexes by name")
    corpora.add_argument("--json", action="store_true", help="as a JSON array")
    runs = ((verify, _verify), (repair, _repair), (backup, _backup), (restore, _restore))
    for command, run in (*runs, (migrate, _migrate), (corpora, _corpora)):
        command.set_defaults(run=run)


def _library(args: argparse.Namespace) -> Library:
    settings = Settings.from_environment()
    settings = dataclasses.replace(settings, store=args.store or settings.store)
    return Library(args.index, settings, progress=TransferReport())


def _verify(args: argparse.Namespace) -> int:
    library = _library(args)
    faults = library.verify()
    for fault in faults:
        say(fault)
    if faults:
        say(f"mend it with: musnad repair --index {args.index}")
        return 1
    return _told(library)


def _repair(args: argparse.Namespace) -> int:
    library = _library(args)
    library.repair(report=console.StageReport())
    return _told(library)


def _backup(args: argparse.Namespace) -> int:
    library = _library(args)
    library.back_up(args.file)
    return _told(library)


def _restore(args: argparse.Namespace) -> int:
    library = _library(args)
    library.restore(args.file)
    return _told(library)


def _migrate(args: argparse.Namespace) -> int:
    done = _library(args).migrate(args.to, report=console.StageReport())
    say(
        f"{done.moved} articles moved, {done.there} were there; {done.place} holds"
        f" {done.counts.articles} articles, {done.counts.passages} passages"
    )
    return 0


def _told(library: Library) -> int:
    counts = library.snapshot().counts
    say(f"{library.path}: sound, {counts.articles} articles, {counts.passages} passages")
    return 0


def _corpora(args: argparse.Namespace) -> int:
    records = list(map(_record, corpora()))
    if args.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for record in records:
            print(f"{record['name']}  {record.get('articles', record.get('error'))}")
    return 0


def _record(path: Path) -> dict[str, Any]:
    """What is told of an index."""
    try:
        settings = dataclasses.replace(Settings.from_environment(), store=None)
        counts = Library(path, settings).snapshot().counts
    except MusnadError as error:
        return {"name": path.name, "path": str(path), "error": str(error)}
    return {"name": path.name, "path": str(path), **counts._asdict()}
