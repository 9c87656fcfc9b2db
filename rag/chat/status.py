"""The status line: how far the language model is, and the index's size and fingerprint."""

from __future__ import annotations

from rag.chat.markup import Markup, element, escape, filled, isolated, joined
from rag.chat.words import Words, words
from rag.errors import MusnadError
from rag.models.progress import readable_size
from rag.service.loading import ModelLoader
from rag.service.service import Service


def status_html(service: Service, language: str) -> Markup:
    """One line for a reader whose page is in ``language``."""
    said = words(language)
    parts: list[str] = [_model(service.loader, said)]
    try:
        snapshot = service.library.snapshot()
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


def _model(loader: ModelLoader, said: Words) -> Markup:
    label, done, total = loader.progress
    if loader.failure:
        return joined((f"{said.model_failed} ", isolated(loader.failure)))
    if model := loader.model:
        return filled(said.model_ready, model=isolated(model))
    if done < total and not loader.ready:
        counts = {"done": f"{done / 1e6:,.0f}", "total": f"{total / 1e6:,.0f}"}
        return filled(said.fetching, label=isolated(label), **counts)
    return escape(said.no_model if loader.ready else said.loading_model)
