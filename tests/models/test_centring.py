"""Means taken out of vectors, with numbers a person can check."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_graphs import DESCRIPTION, CharacterTokens, SumGraph

from rag.models.centring import centred
from rag.models.openvino_encoder import OpenVinoEncoder
from rag.models.protocols import Vectors


def reference(folder: Path, **arrays: Vectors) -> Path:
    np.savez(folder / "reference.npz", allow_pickle=False, **arrays)
    return folder / "reference.npz"


def test_vectors_are_centred_by_language_and_role_and_of_length_1(tmp_path: Path) -> None:
    inner = OpenVinoEncoder("fake", DESCRIPTION, SumGraph(), CharacterTokens())
    means = {
        "fake/query/en": np.array([2, sum(map(ord, "q "))], np.float32),
        "fake/query/ar": np.array([0, sum(map(ord, "q ")) + ord("ا")], np.float32),
    }
    encoder = centred(inner, reference(tmp_path, **means))
    english, arabic = encoder.encode(["a", "ا"], "query")
    # "q a" is 3 tokens, 1 more than the mean; their sum is more by that of "a".
    assert english == pytest.approx(np.asarray([1, ord("a")]) / np.hypot(1, ord("a")))
    assert arabic == pytest.approx([1, 0])


def test_an_encoder_without_means_stays_as_it_is(tmp_path: Path) -> None:
    inner = OpenVinoEncoder("fake", DESCRIPTION, SumGraph(), CharacterTokens())
    other = {"another/query/en": np.array([1, 1], np.float32)}
    assert centred(inner, reference(tmp_path, **other)) is inner
