"""The libraries that the fast tests share, over encoders that count words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes import SEEDS, WordEncoder

from rag.config import Settings
from rag.library import Library


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No fetching, no language model; a gate that lets everything pass, for it is fitted to real
    cosines and not to counted words.
    """
    return Settings(
        home=tmp_path / "home", offline=True, llm="none", chunk_tokens=60, answerable=0.0
    )


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Library:
    """An empty library whose encoders count words."""
    return Library(
        tmp_path / "index",
        settings,
        encoder=WordEncoder("passages"),
        sentence_encoder=WordEncoder("sentences"),
    )


@pytest.fixture
def seeded(library: Library, tmp_path: Path) -> Library:
    """The same, holding the five seed articles."""
    corpus = tmp_path / "seeds"
    shutil.copytree(SEEDS, corpus)
    library.ingest([corpus])
    return library
