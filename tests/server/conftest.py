"""An application over the seed articles, without the page, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import SEEDS
from fastapi import FastAPI
from fastapi.testclient import TestClient
from libraries import word_library

from rag.server.app import build_app
from rag.service.service import Service


def seeded_service(folder: Path) -> Service:
    """Over the five seed articles in an index below ``folder``, quoting."""
    library = word_library(folder / "index")
    library.ingest([SEEDS])
    service = Service(library)
    service.start()
    return service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service whose articles the test may change."""
    service = seeded_service(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def app(service: Service) -> FastAPI:
    """All routes for programs."""
    return build_app(service, page=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """What the server answers, its own faults included."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same, shared by the tests that change nothing."""
    service = seeded_service(tmp_path_factory.mktemp("shared"))
    with TestClient(build_app(service, page=False), raise_server_exceptions=False) as client:
        yield client
    service.stop()
