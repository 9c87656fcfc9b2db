"""Texts to token ids, the way an encoder was trained to see them.

Any ``tokenizer.json`` runs on the `tokenizers` library. For the large unigram vocabularies of
XLM-R and its family that library builds a trie of maps: 285 MB and half a second for 250,000
pieces. :mod:`rag.models.pieces` does the same work from a dictionary, in a sixth of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import tokenizers

__all__ = ["Tokens", "WholeTokens"]


class Tokens(Protocol):
    """The two questions an encoder asks of its tokenizer."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text with special tokens, cut to the model's length."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, special tokens left out, nothing cut."""


class WholeTokens:
    """A tokenizer run by the `tokenizers` library, cut to ``length`` tokens."""

    def __init__(self, backend: tokenizers.Tokenizer, length: int) -> None:
        backend.no_padding()
        backend.no_truncation()
        self._backend = backend
        self._length = length
        self._special: int = backend.num_special_tokens_to_add(False)

    @classmethod
    def open(cls, path: Path, length: int) -> WholeTokens:
        """The tokenizer of the file ``path``."""
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_file(str(path)), length)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        found = []
        for encoding in encodings:
            encoding.truncate(self._length - self._special)
            found.append(list(self._backend.post_process(encoding).ids))
        return found

    def count(self, texts: Sequence[str]) -> list[int]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def frame(self) -> tuple[list[int], list[int]]:
        """The special tokens that stand before and after every text."""
        encoding = self._backend.encode("a")
        special = encoding.special_tokens_mask
        first, last = special.index(0), len(special) - special[::-1].index(0)
        return list(encoding.ids[:first]), list(encoding.ids[last:])
