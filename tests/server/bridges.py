"""A service with an article and a language model, which is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from libraries import word_library, word_settings
from served import wait_for

from rag.service.service import Service
from rag.types import Article

WHEN: dict[str, Any] = {"question": "When did the bridge of Zarqa open?"}


def bridges(folder: Path, model: Any) -> Service:
    """Answers by ``model``, from an index below ``folder``."""
    settings = word_settings(folder, llm="scripted")
    library = word_library(folder / "index", settings, generator=model)
    library.add([Article("bridge", "The bridge of Zarqa opened in 1932. It is 503 metres long.")])
    service = Service(library)
    service.start()
    wait_for(lambda: service.loader.ready)
    return service
