"""The libraries that the fast tests share, over encoders that count words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes import SEEDS, LengthTranslator, WordEncoder, WordReader
from libraries import word_library, word_settings

from rag.config import Settings
from rag.library import Library


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--times 10`` tries ten times as many damaged files."""
    parser.addoption("--times", type=int, default=1, help="so many times as many damaged files")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No fetching, no language model, and nothing declined."""
    return word_settings(tmp_path / "home")


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Library:
    """An empty library whose encoders count words."""
    return word_library(tmp_path / "index", settings)


@pytest.fixture
def seeded(library: Library, tmp_path: Path) -> Library:
    """The same, holding the five seed articles."""
    corpus = tmp_path / "seeds"
    shutil.copytree(SEEDS, corpus)
    library.ingest([corpus])
    return library


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command line over encoders that need no weights, an empty home, and a working folder
    that holds the seeds.
    """
    passages, sentences = WordEncoder("passages"), WordEncoder("sentences")
    monkeypatch.setattr("rag.models.loaded.load_encoder", lambda settings, progress=None: passages)
    monkeypatch.setattr("rag.models.loaded.load_sentence_encoder", lambda settings: sentences)
    for name in ("MUSNAD_LLM", "MUSNAD_ENCODER", "MUSNAD_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUSNAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MUSNAD_OFFLINE", "1")
    monkeypatch.setattr(
        "rag.models.loaded.load_reader", lambda settings, progress=None: WordReader(99.0)
    )
    monkeypatch.setattr(
        "rag.models.loaded.load_translator", lambda settings, progress: LengthTranslator()
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").symlink_to(SEEDS)
