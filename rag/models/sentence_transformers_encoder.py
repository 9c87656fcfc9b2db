"""Any sentence-transformers model, run in torch: slower and heavier, but it runs them all."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import ModelError
from rag.models.description import content_digest, fingerprint, role_prompts
from rag.models.progress import one_line
from rag.models.protocols import Role, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

VERSION = 1
BATCH = 32


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers from drawing bars and from remarking on models that are in order."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def load_model(directory: str) -> SentenceTransformer:
    """The model in ``directory``, on the processor, in float32, evaluating.

    Only safetensors are read: a pickle could run code. Nothing is fetched.

    Raises:
        ModelError: the directory does not hold such a model; the message says what failed.
    """
    from sentence_transformers import SentenceTransformer

    try:
        with quiet_transformers():
            model = SentenceTransformer(
                directory,
                device="cpu",
                local_files_only=True,
                model_kwargs={"use_safetensors": True, "dtype": "float32"},
            )
    except Exception as error:  # the loader raises whatever the files provoke
        reason = one_line(error)
        raise ModelError(
            f"{directory}: not a model sentence-transformers opens ({reason})"
        ) from error
    return model.eval()


class SentenceTransformersEncoder:
    """An :class:`~rag.models.protocols.Encoder` over the model in ``directory``.

    ``name`` is shown to people and tells models of the E5 family.

    Raises:
        ModelError: the directory does not hold a sentence-transformers model.
    """

    def __init__(self, directory: Path, *, name: str, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.name = name
        self._model = load_model(str(directory))
        self._prompts = role_prompts(name, self._model.prompts)
        digest = content_digest(directory)
        self.fingerprint = fingerprint("torch", VERSION, digest, self._prompts)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._turn = threading.Lock()

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of shape ``(len(texts), dimension)``, rows of length 1, in the order given."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with self._turn:
            vectors = self._model.encode(
                list(texts),
                prompt=self._prompts[role],
                batch_size=BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, special tokens left out, nothing cut."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]
