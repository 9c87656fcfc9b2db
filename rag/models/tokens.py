"""Texts to token ids, the way an encoder was trained to see them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import ModelError
from rag.models.progress import one_line

if TYPE_CHECKING:
    import tokenizers


class Tokens:
    """A tokenizer of the `tokenizers` library, for a model that reads ``length`` tokens."""

    def __init__(self, backend: tokenizers.Tokenizer, length: int) -> None:
        backend.no_padding()
        backend.no_truncation()
        self._backend = backend
        self._room = length - backend.num_special_tokens_to_add(False)

    @classmethod
    def open(cls, path: Path, length: int) -> Tokens:
        """The ``tokenizer.json`` in ``path``.

        Raises:
            ModelError: it is missing or damaged.
        """
        from tokenizers import Tokenizer

        try:
            return cls(Tokenizer.from_file(str(path)), length)
        except Exception as error:  # the tokenizers library raises nothing more precise
            raise ModelError(f"{path}: damaged tokenizer ({one_line(error)})") from error

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text with special tokens, cut to the model's length."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        for encoding in encodings:
            encoding.truncate(self._room)
        return [list(self._backend.post_process(encoding).ids) for encoding in encodings]

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, special tokens left out, nothing cut."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids of a text, and where each token stands in it; nothing added, nothing cut."""
        encoding = self._backend.encode(text, add_special_tokens=False)
        return encoding.ids, encoding.offsets

    def special(self, token: str) -> int:
        """The id of a special token.

        Raises:
            ModelError: the tokenizer has none of this name.
        """
        found = self._backend.token_to_id(token)
        if found is None:
            raise ModelError(f"the tokenizer has no token {token}")
        return int(found)
