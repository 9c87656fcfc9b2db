"""A service with an article and a language model, which is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes import LengthTranslator, WordEncoder, WordReader
from served import wait_for

from rag.config import Settings
from rag.library import Library
from rag.service.service import Service
from rag.types import Article

WHEN: dict[str, Any] = {"question": "When did the bridge of Zarqa open?"}


def bridges(folder: Path, model: Any) -> Service:
    """Answers by ``model``, from an index below ``folder``."""
    settings = Settings(home=folder, offline=True, llm="scripted", chunk_tokens=60, answerable=0.0)
    library = Library(
        folder / "index",
        settings,
        encoder=WordEncoder("passages"),
        sentence_encoder=WordEncoder("sentences"),
        reader=WordReader(),
        translator=LengthTranslator(),
        generator=model,
    )
    library.add([Article("bridge", "The bridge of Zarqa opened in 1932. It is 503 metres long.")])
    service = Service(library)
    service.start()
    wait_for(lambda: service.loader.ready)
    return service
