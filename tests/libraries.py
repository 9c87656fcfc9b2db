"""Libraries over models that a person can compute by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes import LengthTranslator, WordEncoder, WordReader

from rag.config import Settings
from rag.library import Library


def word_settings(home: Path, **given: Any) -> Settings:
    """No fetching, no language model and nothing declined, unless ``given``."""
    plain = {"offline": True, "llm": "none", "chunk_tokens": 60, "answerable": 0.0}
    return Settings(home, **{**plain, **given})


def word_library(path: Path, settings: Settings | None = None, **given: Any) -> Library:
    """A library at ``path`` whose models count words, but for those ``given``."""
    models: dict[str, Any] = {
        "encoder": WordEncoder("passages"),
        "sentence_encoder": WordEncoder("sentences"),
        "reader": WordReader(),
        "translator": LengthTranslator(),
    }
    return Library(path, settings or word_settings(path.parent), **{**models, **given})


def again(
    library: Library, settings: Settings | None = None, *, path: Path | None = None, **given: Any
) -> Library:
    """Another library over the same models, but for those ``given``, and the same index or that at
    ``path``.
    """
    encoder, sentence_encoder = library.encoders()
    models: dict[str, Any] = {
        "encoder": encoder,
        "sentence_encoder": sentence_encoder,
        "reader": library.reader(),
        "translator": library.translator(),
    }
    return Library(path or library.path, settings or library.settings, **{**models, **given})
