"""Makes ``rag/models/reference.npz``: the means that centre each encoder, and a word projection.

    python -m eval.fit.reference PUD/parallel.tsv

The means are over the sentences of a parallel corpus (Universal Dependencies PUD, CC BY-SA 3.0),
by language and role, so that neither language nor role differs in topic; those of single words are
over its content words. The projection keeps the directions in which those words differ most.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.sets.public import read_parallel
from rag.config import Settings
from rag.models.centring import REFERENCE
from rag.models.encoders import load_encoder, load_sentence_encoder
from rag.models.protocols import Vectors
from rag.text.analyze import content_words, is_arabic

WORD_DIMENSIONS = 192


def words_of(language: str, sentences: Sequence[str]) -> list[str]:
    """The distinct content words of ``sentences`` in the script of ``language``."""
    words = {word for sentence in sentences for word in content_words(sentence)}
    return sorted(w for w in words if w[0].isalpha() and is_arabic(w) == (language == "ar"))


def project(words: Vectors) -> Vectors:
    """The leading principal directions of centred ``words``, shape ``(dimension, 192)``."""
    _, directions = np.linalg.eigh(np.cov(words.T))
    return directions[:, ::-1][:, :WORD_DIMENSIONS].astype(np.float32)


def main() -> int:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parallel", type=Path)
    args = parser.parse_args()
    settings = Settings.from_environment()
    sentences = read_parallel(args.parallel)
    passages, senses = load_encoder(settings), load_sentence_encoder(settings)
    arrays: dict[str, Vectors] = {}
    centred_words = []
    for language, texts in sentences.items():
        for role in ("query", "passage"):
            arrays[f"{passages.name}/{role}/{language}"] = passages.encode(texts, role).mean(0)
            arrays[f"{senses.name}/{role}/{language}"] = senses.encode(texts, role).mean(0)
        words = senses.encode(words_of(language, texts), "word")
        arrays[f"{senses.name}/word/{language}"] = words.mean(0)
        centred_words.append(words - words.mean(0))
    arrays[f"{senses.name}/projection"] = project(np.concatenate(centred_words)).astype(np.float16)
    np.savez(REFERENCE, allow_pickle=False, **arrays)
    for key, array in arrays.items():
        print(key, array.shape, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
