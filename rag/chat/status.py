"""The status line: the model and how far its download is, the index's size and fingerprint."""

from __future__ import annotations

from rag.chat.markup import Markup, element, filled, isolated
from rag.chat.model_loader import ModelLoader
from rag.chat.words import words
from rag.errors import MusnadError
from rag.library import Library
from rag.models.progress import readable_size


def status_html(library: Library, loader: ModelLoader, language: str) -> Markup:
    """One line for a reader whose page is in ``language``."""
    said = words(language)
    parts: list[str] = [loader.status(said)]
    try:
        snapshot = library.snapshot()
    except MusnadError as error:
        parts.append(f"{said.failed} {error}")
    else:
        sizes = {
            "articles": said.counted("article", snapshot.counts.articles),
            "passages": said.counted("passage", snapshot.counts.passages),
            "size": isolated(readable_size(snapshot.size)),
        }
        parts.append(filled(said.index_size, **sizes))
        parts.append(filled(said.fingerprint, name=isolated(snapshot.version)))
    return element("p.musnad-status", *(element("span", part) for part in parts))
