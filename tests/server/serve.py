"""``python serve.py FOLDER PORT SECONDS``: ``musnad serve`` over encoders that count words.

Each call of an encoder takes so many seconds. A process of its own, which may be killed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fakes import LengthTranslator, WordEncoder, WordReader

from rag import cli
from rag.models import loaded
from rag.models.protocols import Role, Vectors


class SlowEncoder(WordEncoder):
    """Takes a while."""

    seconds = 0.0

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        time.sleep(self.seconds)
        return super().encode(texts, role)


def main(folder: Path, port: str, slow: float) -> int:
    """Serve until killed."""
    SlowEncoder.seconds = slow
    passages, sentences = SlowEncoder("passages"), SlowEncoder("sentences")
    models: dict[str, object] = {
        "encoder": passages,
        "sentence_encoder": sentences,
        "reader": WordReader(99.0),
        "translator": LengthTranslator(),
    }
    for name, model in models.items():
        setattr(loaded, f"load_{name}", lambda *_, model=model, **__: model)
    os.chdir(folder)
    return cli.main(["serve", "--no-page", "--llm", "none", "--port", port])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
