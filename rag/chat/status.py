"""The status line: the model and how far its download is, the index's size and fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.chat.model_loader import ModelLoader
from rag.chat.render import escape
from rag.chat.words import words
from rag.errors import MusnadError
from rag.library import Library
from rag.models.progress import readable_size


def status_html(library: Library, loader: ModelLoader, language: str) -> str:
    """One line for a reader whose page is in ``language``."""
    said = words(language)
    parts = [loader.status(said)]
    try:
        manifest = library.index().manifest
    except MusnadError as error:
        parts.append(f"{said.failed} {error}")
    else:
        counts = manifest["counts"]
        parts.append(
            said.index_size.format(
                articles=said.articles.of(counts["articles"]),
                passages=said.passage.of(counts["chunks"]),
                size=f"\u2066{readable_size(sum(manifest['files'].values()))}\u2069",
            )
        )
        parts.append(said.fingerprint.format(name=f"\u2066{fingerprint(manifest)}\u2069"))
    shown = "".join(f"<span>{_isolated(part)}</span>" for part in parts)
    return f'<p class="musnad-status">{shown}</p>'


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """A short name of the index as it stands: another one after each change."""
    return str(manifest["snapshot"]).removeprefix("snapshot-")


def _isolated(text: str) -> str:
    """``text`` escaped, what stands between isolates as ``<bdi>``, which escaping would drop."""
    pieces = text.replace("\u2069", "\u2066").split("\u2066")
    return "".join(f"<bdi>{escape(p)}</bdi>" if n % 2 else escape(p) for n, p in enumerate(pieces))
