"""Folders that appear whole or not at all, one builder at a time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from rag.errors import ModelError

__all__ = ["build_folder"]


def build_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Make the folder ``target`` by calling ``fill`` on an empty sibling, then renaming it.

    Does nothing where ``target`` exists. A second process that wants the same folder waits for
    the first. Whatever stops ``fill``, nothing is left at ``target``.

    Raises:
        ModelError: the disk refuses; errors of ``fill`` itself pass through.
    """
    from filelock import FileLock

    if target.is_dir():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            if not target.is_dir():
                _build(target, fill)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written ({error.strerror or error})") from error


def _build(target: Path, fill: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        fill(draft)
        draft.chmod(0o755)
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
