"""``python serve.py FOLDER PORT [LOGINS]``: the page over the seeds and an English article.

With a scripted model. A process of its own, so that what the server leaves open or warns of stays
out of the tests.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from unittest.mock import patch

from browser.scripted import PageModel, Script
from fakes import SEEDS, WordEncoder

from rag.chat.launch import launch
from rag.config import Settings
from rag.library import Library

# The seeds are all Arabic.
ENGLISH = (
    "Northern dam opens after nine years of work\n"
    "12 May 2023\n"
    "The northern dam opened on Friday after nine years of work, the water authority said.\n"
    "It holds 310 million cubic metres and supplies eleven towns along the river.\n"
)


def main(folder: Path, port: int, logins: Path | None) -> None:
    """Serve until killed."""
    if not (folder / "seeds").exists():
        shutil.copytree(SEEDS, folder / "seeds")
        (folder / "seeds" / "english.txt").write_text(ENGLISH, encoding="utf-8")
    # The likelihood is fitted to real cosines. This one finds an answer to all but one question.
    patch(
        "rag.reading.reader.likelihood", lambda query, *_: 0.6 * ("zebra" not in query.text)
    ).start()
    library = Library(
        folder / "index",
        Settings(home=folder / "home", offline=True, chunk_tokens=60),
        encoder=WordEncoder("passages"),
        sentence_encoder=WordEncoder("sentences"),
        generator=PageModel(Script(folder / "script")),
    )
    library.ingest([folder / "seeds"])
    launch(library, host="127.0.0.1", port=port, auth=logins)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), next(map(Path, sys.argv[3:]), None))
