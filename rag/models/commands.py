"""``musnad models``: what weights there are, bringing them here, and checking them."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.errors import ChecksumMismatch, ModelError, UsageError
from rag.models.cache import WeightCache
from rag.models.catalogue import CATALOGUE, Payload, payload
from rag.models.fetch import pull, verify
from rag.models.progress import TransferReport, readable_size


def add_models_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add ``models`` to ``commands``, each of its actions with the options of ``common``."""
    models = commands.add_parser("models", help="list, fetch and check the weights")
    actions = models.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="the weights and their state")
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    listing.set_defaults(run=_list)
    pulling = actions.add_parser("pull", parents=[common], help="fetch weights (default: all)")
    pulling.add_argument("names", nargs="*", metavar="NAME")
    pulling.add_argument("--force", action="store_true", help="replace what is in the cache")
    pulling.add_argument(
        "--from",
        dest="source_file",
        type=Path,
        metavar="FILE",
        help="take the one NAME from this file, once its sha256 is found right",
    )
    pulling.set_defaults(run=_pull)
    checking = actions.add_parser(
        "verify", parents=[common], help="hash weights anew (default: all)"
    )
    checking.add_argument("names", nargs="*", metavar="NAME")
    checking.set_defaults(run=_verify)


def _list(args: argparse.Namespace) -> int:
    cache = WeightCache(Settings.from_environment().home)
    records = [_record(entry, cache) for entry in CATALOGUE]
    if args.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return 0
    width = max(len(entry.name) for entry in CATALOGUE)
    for record in records:
        size = readable_size(record["size"])
        line = f"{record['name']:<{width}}  {record['role']:<9}  {size:>8}"
        print(f"{line}  {record['licence']:<10}  {record['state']}")
    return 0


def _record(entry: Payload, cache: WeightCache) -> dict[str, Any]:
    try:
        state = "missing" if cache.find(entry) is None else "ready"
    except ChecksumMismatch:
        state = "damaged"
    fields = ("name", "role", "size", "licence")
    record = {field: getattr(entry, field) for field in fields}
    return {**record, "state": state, "sha256": entry.sha256, "path": str(cache.path(entry))}


def _pull(args: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if args.source_file is not None and len(args.names) != 1:
        raise UsageError(f"--from {args.source_file}: give the one NAME that it is")
    progress = TransferReport()

    def bring(entry: Payload) -> str:
        path = pull(
            entry,
            home=settings.home,
            allow_fetch=not settings.offline,
            force=args.force,
            source_file=args.source_file,
            progress=progress,
        )
        return str(path)

    return _each(args, bring)


def _verify(args: argparse.Namespace) -> int:
    home = Settings.from_environment().home
    return _each(args, lambda entry: f"ok, sha256 {entry.sha256} ({verify(entry, home=home)})")


def _each(args: argparse.Namespace, line: Callable[[Payload], str]) -> int:
    """Print the line of each payload named; one that fails does not keep back the others."""
    code = 0
    names = args.names or [entry.name for entry in CATALOGUE]
    for entry in [payload(name) for name in dict.fromkeys(names)]:
        try:
            print(f"{entry.name}: {line(entry)}")
        except ModelError as error:
            if args.debug:
                traceback.print_exc()
            print(f"musnad: {error}", file=sys.stderr)
            code = error.exit_code
    return code
