"""A sentence encoder on OpenVINO: no torch, memory-mapped weights, ready in half a second.

:func:`convert` lays a sentence-transformers model out for it, once (see
:mod:`rag.models.openvino_convert`).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from rag.errors import ModelError
from rag.models.description import EncoderDescription
from rag.models.graphs import Graph, batches, compile_graph, padded, padded_width
from rag.models.protocols import Role, Vectors
from rag.models.tokens import Tokens

# Of the vectors: an index is made anew when it changes. Of the folder: that is made anew.
VERSION = 1
FORMAT = 4
DESCRIPTION, GRAPH, TOKENIZER = "encoder.json", "model.xml", "tokenizer.json"


class OpenVinoEncoder:
    """An :class:`~rag.models.protocols.Encoder` over a compiled graph and a tokenizer.

    Safe to use from several threads.
    """

    def __init__(
        self,
        name: str,
        description: EncoderDescription,
        graph: Graph,
        tokens: Tokens,
        *,
        threads: int = 1,
    ) -> None:
        """``graph`` is called by so many ``threads`` at a time."""
        self.name = name
        self.fingerprint = description.fingerprint
        self.dimension = description.dimension
        self.prompts = description.prompts
        self._length = description.length
        self._graph = graph
        self._tokens = tokens
        self._pool = ThreadPoolExecutor(threads)

    @classmethod
    def open(cls, folder: Path, *, name: str, threads: int) -> OpenVinoEncoder:
        """The encoder that ``convert`` wrote to ``folder``.

        Raises:
            ModelError: the folder is missing, of another version, damaged, or does not run.
        """
        known = EncoderDescription.load(folder / DESCRIPTION)
        if known.version != FORMAT:
            raise ModelError(f"{folder}: made for version {known.version}, this is {FORMAT}")
        for file, size in known.sizes.items():
            if not (folder / file).is_file() or (folder / file).stat().st_size != size:
                raise ModelError(f"{folder / file}: missing or not {size} bytes long")
        return cls(
            name,
            known,
            compile_graph(folder / GRAPH, threads, known.precision),
            Tokens.open(folder / TOKENIZER, known.length),
            threads=threads,
        )

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given.

        A text longer than the model reads is cut at its end.
        """
        prompt = self.prompts[role]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        ids = self._tokens.ids([prompt + text for text in texts])
        widths = [padded_width(len(row), self._length) for row in ids]

        def encode(group: list[int]) -> None:
            rows = [ids[i] for i in group]
            (vectors[group],) = self._graph(*padded(rows, widths[group[0]]))

        list(self._pool.map(encode, batches(widths)))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, prompt and special tokens left out, nothing cut."""
        return self._tokens.count(texts)
