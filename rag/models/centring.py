"""Takes out of each vector what all texts of its language and role have in common.

Multilingual encoders give Arabic and English, questions and passages, each a direction of their
own, which drowns meaning when they are compared across. Subtracting a mean removes it (the "mean
centring" of Libovický et al. 2020, https://arxiv.org/abs/2004.05160). The means are fixed, taken
from neutral parallel text and shipped in ``reference.npz``: a corpus's own means remove its topic.
``eval/fit/reference.py`` makes the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.models.protocols import Encoder, Role, Vectors
from rag.text.language import detect_language

REFERENCE = Path(__file__).with_name("reference.npz")
# Enough of a text to tell its language.
_LANGUAGE_CHARACTERS = 300
_FALLBACK = "en"


class CentredEncoder:
    """An encoder whose vectors are centred by language and role, and of length 1 again.

    ``means`` maps ``"role/language"`` to a vector; ``projection``, of shape ``(dimension, d)``,
    shortens the vectors of single words, or is ``None``. Both are part of the fingerprint.
    """

    def __init__(
        self, encoder: Encoder, means: Mapping[str, Vectors], projection: Vectors | None = None
    ) -> None:
        self.encoder = encoder
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.count_tokens = encoder.count_tokens
        self.means = means
        self._projection = projection
        digest = hashlib.sha256(encoder.fingerprint.encode())
        for key in sorted(means):
            digest.update(key.encode() + means[key].tobytes())
        if projection is not None:
            digest.update(projection.tobytes())
        self.fingerprint = digest.hexdigest()

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Centred vectors, rows of length 1; of words, projected where there is a projection."""
        vectors = self.encoder.encode(texts, role)
        if not len(vectors):
            return vectors
        vectors = vectors - np.stack([_mean(self.means, role, text) for text in texts])
        if role == "word" and self._projection is not None:
            vectors = vectors @ self._projection
        return _unit(vectors)


def _mean(means: Mapping[str, Vectors], role: Role, text: str) -> Vectors:
    mean = means.get(f"{role}/{detect_language(text[:_LANGUAGE_CHARACTERS])}")
    return means[f"{role}/{_FALLBACK}"] if mean is None else mean


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def centred(encoder: Encoder, reference: Path = REFERENCE) -> Encoder:
    """``encoder`` with its means from ``reference``; as it is when the file has none for it."""
    with np.load(reference, allow_pickle=False) as arrays:
        prefix = f"{encoder.name}/"
        own = {
            key.removeprefix(prefix): arrays[key].astype(np.float32)
            for key in arrays.files
            if key.startswith(prefix)
        }
    projection = own.pop("projection", None)
    return CentredEncoder(encoder, own, projection) if own else encoder
