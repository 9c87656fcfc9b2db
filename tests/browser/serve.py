"""``python serve.py FOLDER PORT [LOGINS]``: the page over the seeds and an English article.

With a scripted model; and, where FOLDER has an archive, with an index of that beside the other. A
process of its own, so that what the server leaves open or warns of stays out of the tests.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from browser.scripted import PageModel, Script
from fakes import SEEDS, WordReader
from libraries import word_library

from rag.chat.auth import read_logins
from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Marks, Told
from rag.server.app import build_app
from rag.server.door import Door
from rag.server.hosts import Hosts
from rag.server.keys import Keys
from rag.server.running import run
from rag.server.tokens import Tokens
from rag.service.audit import Audit
from rag.service.service import Service

# The seeds are all Arabic.
ENGLISH = (
    "Northern dam opens after nine years of work\n"
    "12 May 2023\n"
    "The northern dam opened on Friday, the water authority said.\n"
    "It holds 310 million cubic metres and supplies eleven towns along the river.\n"
)


class PageReader(WordReader):
    """Finds an answer to all questions but those about zebras."""

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        found = super().read(question, passages)
        more = 4 - max((marks.answers for marks in found), default=0)
        sure = -9.0 if "zebra" in question else more
        return [marks._replace(answers=marks.answers + sure) for marks in found]


def main(folder: Path, port: int, logins: Path | None) -> None:
    """Serve until killed."""
    if not (folder / "seeds").exists():
        shutil.copytree(SEEDS, folder / "seeds")
        (folder / "seeds" / "english.txt").write_text(ENGLISH, encoding="utf-8")
    archive, beside = folder / "archive", folder / "index" / "archive"
    library = word_library(
        beside.with_name("default") if archive.exists() else folder / "index",
        Settings(home=folder / "home", offline=True, chunk_tokens=60, llm="scripted"),
        reader=PageReader(),
        generator=PageModel(Script(folder / "script")),
    )
    library.ingest([folder / "seeds"])
    if archive.exists():
        Library(beside, library.settings, models=library.models).ingest([archive])
    service = Service(library)
    service.start()
    home = library.settings.home
    keys = Keys(Tokens(home), read_logins(logins) if logins else None)
    door = Door(keys, Hosts.of("127.0.0.1"), Audit(home))
    run(build_app(service, door=door), "127.0.0.1", port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), next(map(Path, sys.argv[3:]), None))
