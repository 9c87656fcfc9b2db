"""``python mcp_command.py``: ``musnad mcp`` over models without weights, which print."""

from __future__ import annotations

import sys

from fakes import LengthTranslator, WordEncoder, WordReader

from rag import cli
from rag.models import loaded


def noisy(model: object) -> object:
    """A loader that writes where only the protocol may."""

    def load(*_: object, **__: object) -> object:
        print("loading")
        return model

    return load


if __name__ == "__main__":
    vars(loaded).update(
        load_encoder=noisy(WordEncoder("passages")),
        load_sentence_encoder=noisy(WordEncoder("sentences")),
        load_reader=noisy(WordReader(99.0)),
        load_translator=noisy(LengthTranslator()),
    )
    sys.exit(cli.main(["mcp", "--llm", "none", *sys.argv[1:]]))
