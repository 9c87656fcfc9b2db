"""Doors with a token for each role, and a clock that stands until it is put forward."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fakes import SEEDS
from fastapi import FastAPI
from libraries import word_library, word_settings
from served import served

from rag.chat.auth import Check
from rag.library import Library
from rag.server.app import build_app
from rag.server.door import Door
from rag.server.hosts import Hosts
from rag.server.keys import Keys
from rag.server.limits import Rate
from rag.server.tokens import Tokens
from rag.service.audit import Audit
from rag.service.rights import Role
from rag.service.service import Service


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Locked:
    """A door, a token of each role and the clock that it goes by."""

    def __init__(
        self,
        home: Path,
        *,
        check: Check | None = None,
        roles: bool = True,
        rate: Rate | None = None,
    ) -> None:
        self.home, self.clock = home, Clock()
        self.tokens = Tokens(home)
        self.shown = {
            role: self.tokens.add(role.name.lower(), role) for role in (Role if roles else ())
        }
        keys = Keys(Tokens(home), check, self.clock)
        self.door = Door(keys, Hosts.of("127.0.0.1"), Audit(home), rate)

    def bearer(self, role: Role) -> dict[str, str]:
        """The header of a program that has a token of that role."""
        return {"authorization": f"Bearer {self.shown[role]}"}


class Running(NamedTuple):
    """The whole application over the seeds behind a locked door, at an address."""

    app: FastAPI
    url: str
    locked: Locked
    library: Library


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """It, as long as the ``with`` lasts."""
    library = word_library(folder / "index", word_settings(folder / "home"))
    library.ingest([SEEDS])
    # The walk over all routes asks more often than anybody may.
    locked = Locked(folder / "home", rate=Rate(1e6, 10**6))
    app = asyncio.run(_built(Service(library), locked.door))
    with served(app) as url:
        yield Running(app, url, locked, library)


async def _built(service: Service, door: Door) -> FastAPI:
    """The application. Gradio would leave a loop open if it found none."""
    return build_app(service, door=door)
