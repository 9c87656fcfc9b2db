"""``python serve.py FOLDER PORT``: the page over the seeds and a scripted model.

A process of its own, so that what the server leaves open or warns of stays out of the tests.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from browser.scripted import PageModel, Script
from fakes import SEEDS, WordEncoder

from rag.chat.launch import launch
from rag.config import Settings
from rag.library import Library


def main(folder: Path, port: int) -> None:
    """Serve until killed."""
    if not (folder / "seeds").exists():
        shutil.copytree(SEEDS, folder / "seeds")
    library = Library(
        folder / "index",
        # A gate that lets everything pass, for it is fitted to real cosines.
        Settings(home=folder / "home", offline=True, chunk_tokens=60, answerable=0.0),
        encoder=WordEncoder("passages"),
        sentence_encoder=WordEncoder("sentences"),
        generator=PageModel(Script(folder / "script")),
    )
    library.ingest([folder / "seeds"])
    launch(library, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
