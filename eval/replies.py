"""Replies on disk, one JSON object a line, so that an interrupted evaluation goes on where it was.

The file is named after what shapes all replies: the index, the models, the settings, the program.
Each reply names the question it answers, gold included: a question that was changed is asked
again, and one that was asked in a part of the set is not asked again in the whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rag
from eval.sets.values import Item
from rag.config import Settings

OURS = "musnad"
# What changes no reply: where weights lie and come from, keys, the number of threads, what servers
# alone look at.
_NO_MATTER = (
    "home", "hub", "hub_token", "llm", "llm_key", "offline", "threads",
    "access", "answer_seconds", "llm_slots", "llm_waiting",
)  # fmt: skip


def run_key(shape: Mapping[str, Any], settings: Settings, system: str, corpus: str) -> str:
    """A name for what shapes all replies of ``system``; 16 hexadecimal digits."""
    chosen = {k: v for k, v in asdict(settings).items() if k not in _NO_MATTER}
    parts = [dict(shape), chosen, system, corpus, program_fingerprint(system)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


# What of the package decides its replies: code, and what was learned.
_PROGRAM = (".py", ".json", ".npz", ".safetensors")
# What stands before it.
_FACES = {"chat", "mcp", "server", "service"}


def program_fingerprint(system: str) -> str:
    """Changes when the program that answers or asks does; its faces are no part of it."""
    root = Path(rag.__file__).parent
    sources = [
        path
        for path in sorted(root.rglob("*"))
        if path.suffix in _PROGRAM and _FACES.isdisjoint(path.relative_to(root).parts)
    ]
    asking = ["asking.py"] if system.startswith(OURS) else ["peer.py"]
    digest = hashlib.sha256()
    for path in (*sources, *map(Path(__file__).with_name, asking)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(path: Path) -> dict[str, dict[str, Any]]:
    """The replies that an earlier run left at ``path``, by key.

    Lines that are not whole objects are left out, and what follows the last whole line is cut off.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
    found = {}
    for line in data[:whole].split(b"\n"):
        try:
            record = json.loads(line)
            found[record["key"]] = record
        except (ValueError, KeyError, TypeError):
            continue
    return found


def ask_all(
    items: Sequence[Item], ask: Callable[[Item], dict[str, Any]], path: Path
) -> Iterator[dict[str, Any]]:
    """The reply to every item, in order; each is on disk before the next is asked for.

    Raises:
        MusnadError: ``path`` cannot be written; and what ``ask`` raises.
    """
    done = kept(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        for item in items:
            record = done.get(item.key, {})
            if record.get("item") != item.fingerprint:
                record = {**ask(item), "item": item.fingerprint}
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                stream.flush()
            yield record
