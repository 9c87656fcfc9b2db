"""``musnad models``: what weights there are, which would do, bringing them here, checking them."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.config import DEFAULT_LLM, Settings, available_cores
from rag.errors import ChecksumMismatch, ModelError, UsageError, WeightsMissing
from rag.models.cache import WeightCache
from rag.models.catalogue import CATALOGUE, Payload, payload
from rag.models.fetch import pull, verify
from rag.models.hub import bring, find, is_hub_name, parse_hub_name, recorded
from rag.models.machine import memory, memory_left
from rag.models.progress import TransferReport, readable_size
from rag.models.suggestions import Suggestion, suggestions


def add_models_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add ``models`` to ``commands``, each of its actions with the options of ``common``."""
    models = commands.add_parser("models", help="list, fetch and check the weights")
    actions = models.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="the weights and their state")
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    listing.set_defaults(run=_list)
    suggesting = actions.add_parser(
        "suggest", parents=[common], help="larger language models that read Arabic"
    )
    suggesting.add_argument("--json", action="store_true", help="as a JSON array")
    suggesting.set_defaults(run=_suggest)
    pulling = actions.add_parser(
        "pull",
        parents=[common],
        help="fetch weights (default: all that are needed)",
        description="NAME is one that `musnad models list` shows, or hf:OWNER/NAME[:FILE] for a"
        " language model of the hub (GGUF); without FILE the one that suits this machine is taken.",
    )
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
    home = Settings.from_environment().home
    cache = WeightCache(home)
    records = [_record(entry, cache) for entry in (*CATALOGUE, *recorded(home))]
    if args.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return 0
    width = max(len(record["name"]) for record in records)
    for record in records:
        size = readable_size(record["size"])
        line = f"{record['name']:<{width}}  {record['role']:<9}  {size:>8}"
        print(f"{line}  {record['licence']:<10}  {record['state']}")
    return 0


def _suggest(args: argparse.Namespace) -> int:
    tokens = Settings.from_environment().context_tokens
    judged = suggestions(tokens)
    if args.json:
        records = [_suggestion(model, fits, tokens) for model, fits in judged]
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return 0
    print(
        f"{readable_size(memory())} of memory, {readable_size(memory_left())} of it for a language"
        f" model; {available_cores()} cores"
    )
    default = payload(DEFAULT_LLM).size
    width = max(len(model.name) for model, _ in judged)
    for model, fits in judged:
        needs = f"{readable_size(model.size)}, needs {readable_size(model.memory(tokens))}"
        fit = "fits" if fits else "too large"
        print(f"{model.name:<{width}}  {needs}: {fit}; {model.licence}, {model.released}")
        print(f"    {model.expected}; {model.size / default:.1f} times the default's work")
    print(
        f"None was measured here. Needed: weights, the cache of {tokens:,} tokens, and buffers."
        " `musnad models pull NAME` fetches one, `--llm NAME` uses it."
    )
    return 0


def _suggestion(model: Suggestion, fits: bool, tokens: int) -> dict[str, Any]:
    fields = ("name", "released", "licence", "size", "expected")
    record = {field: getattr(model, field) for field in fields}
    return {**record, "memory": model.memory(tokens), "fits": fits}


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
    how = {"force": args.force, "source_file": args.source_file, "progress": TransferReport()}
    for name in args.names:
        parse_hub_name(name) if is_hub_name(name) else payload(name)

    def bring_one(name: str) -> str:
        if is_hub_name(name):
            return str(bring(name, settings, **how))
        allowed = not settings.offline
        return str(pull(payload(name), home=settings.home, allow_fetch=allowed, **how))

    return _each(args, args.names or [entry.name for entry in CATALOGUE], bring_one)


def _verify(args: argparse.Namespace) -> int:
    home = Settings.from_environment().home
    here = {entry.name: entry for entry in (*CATALOGUE, *recorded(home))}
    names = [one for name in args.names for one in _files(name, home)] or list(here)

    def verify_one(name: str) -> str:
        entry = here.get(name)
        if entry is None:
            raise WeightsMissing(f"{name}: not here; run `musnad models pull {name}`")
        return f"ok, sha256 {entry.sha256} ({verify(entry, home=home)})"

    return _each(args, names, verify_one)


def _files(name: str, home: Path) -> list[str]:
    """The weights that go by ``name``: of the hub's, all the files of one model."""
    if not is_hub_name(name):
        return [payload(name).name]
    return [entry.name for entry in find(name, home)] or [name]


def _each(args: argparse.Namespace, names: Sequence[str], line: Callable[[str], str]) -> int:
    """Print the line of each; one that fails does not keep back the others."""
    code = 0
    for name in dict.fromkeys(names):
        try:
            print(f"{name}: {line(name)}")
        except ModelError as error:
            if args.debug:
                traceback.print_exc()
            print(f"musnad: {error}", file=sys.stderr)
            code = error.exit_code
    return code
