"""Every payload of the catalogue, for real: fetched where it is missing, then hashed."""

from __future__ import annotations

import os

import pytest

from rag.config import Settings
from rag.models.catalogue import CATALOGUE, Payload
from rag.models.fetch import pull, verify

pytestmark = pytest.mark.skipif(
    os.environ.get("MUSNAD_REQUIRE_MODELS") != "1", reason="MUSNAD_REQUIRE_MODELS is not 1"
)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_pull_and_verify(entry: Payload) -> None:
    home = Settings.from_environment().home
    path = pull(entry, home=home)
    assert path.stat().st_size == entry.size
    assert verify(entry, home=home) == path
