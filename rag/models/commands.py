"""``musnad models``: what weights there are, bringing them here, and checking them."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.errors import ChecksumMismatch, ModelError, UsageError
from rag.models.cache import WeightCache
from rag.models.catalogue import CATALOGUE, Payload, payload
from rag.models.fetch import ensure, pull, verify
from rag.models.progress import TqdmProgress, readable_size

__all__ = ["add_models_command"]


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


def _chosen(names: list[str]) -> list[Payload]:
    return [payload(name) for name in dict.fromkeys(names)] if names else list(CATALOGUE)


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
    return {
        "name": entry.name,
        "role": entry.role,
        "size": entry.size,
        "licence": entry.licence,
        "state": state,
        "sha256": entry.sha256,
        "path": str(cache.path(entry)),
    }


def _pull(args: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    wanted = _chosen(args.names)
    if args.source_file is not None and len(args.names) != 1:
        raise UsageError(f"--from {args.source_file}: give the one NAME that it is")
    progress = TqdmProgress()
    code = 0
    for entry in wanted:
        try:
            print(f"{entry.name}: {_bring(entry, args, settings, progress)}")
        except ModelError as error:
            code = _report(error, args.debug)
    return code


def _bring(
    entry: Payload, args: argparse.Namespace, settings: Settings, progress: TqdmProgress
) -> Path:
    if settings.offline and args.source_file is None:
        return ensure(entry, home=settings.home, allow_fetch=False)
    return pull(
        entry,
        home=settings.home,
        force=args.force,
        source_file=args.source_file,
        progress=progress,
    )


def _verify(args: argparse.Namespace) -> int:
    home = Settings.from_environment().home
    code = 0
    for entry in _chosen(args.names):
        try:
            print(f"{entry.name}: ok, sha256 {entry.sha256} ({verify(entry, home=home)})")
        except ModelError as error:
            code = _report(error, args.debug)
    return code


def _report(error: ModelError, debug: bool) -> int:
    """One payload that fails does not keep the others from their turn."""
    if debug:
        traceback.print_exc()
    print(f"musnad: {error}", file=sys.stderr)
    return error.exit_code
