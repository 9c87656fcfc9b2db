"""Texts to token ids, the way an encoder was trained to see them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelError
from rag.models.progress import one_line

if TYPE_CHECKING:
    import tokenizers


class Tokens(Protocol):
    """The two questions an encoder asks of its tokenizer."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text with special tokens, cut to the model's length."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, special tokens left out, nothing cut."""


def open_tokens(path: Path, length: int) -> Tokens:
    """The ``tokenizer.json`` in ``path``, cut to ``length`` tokens.

    Raises:
        ModelError: it is missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        return WholeTokens(Tokenizer.from_file(str(path)), length)
    except Exception as error:  # the tokenizers library raises nothing more precise
        raise ModelError(f"{path}: damaged tokenizer ({one_line(error)})") from error


def frame_of(tokens: Tokens) -> tuple[list[int], list[int]]:
    """The special tokens that stand before and after every text."""
    empty, framed = tokens.ids(["", "a"])
    pairs = enumerate(zip(empty, framed, strict=False))
    before = next((i for i, (one, other) in pairs if one != other), len(empty))
    return empty[:before], empty[before:]


class WholeTokens:
    """A tokenizer run by the `tokenizers` library, cut to ``length`` tokens."""

    def __init__(self, backend: tokenizers.Tokenizer, length: int) -> None:
        backend.no_padding()
        backend.no_truncation()
        self._backend = backend
        self._room = length - backend.num_special_tokens_to_add(False)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        for encoding in encodings:
            encoding.truncate(self._room)
        return [list(self._backend.post_process(encoding).ids) for encoding in encodings]

    def count(self, texts: Sequence[str]) -> list[int]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]
