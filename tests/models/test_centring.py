"""Means taken out of vectors and of tokens' states, with numbers a person can check."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_graphs import DESCRIPTION, CharacterTokens, SumGraph

from rag.models import centring
from rag.models.centring import CentredTokenEncoder, centred
from rag.models.openvino_encoder import Integers, OpenVinoEncoder
from rag.models.protocols import Encoder, TokenEncoder, Vectors


class CountingGraph(SumGraph):
    """A token's state is its id and 1; texts are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def __call__(self, ids: Integers, mask: Integers) -> tuple[Vectors, Vectors]:
        self.texts += len(ids)
        sums, states = super().__call__(ids, mask)
        return sums, np.concatenate([states, np.ones_like(states)], axis=2)


def reference(folder: Path, **arrays: Vectors) -> Path:
    np.savez(folder / "reference.npz", allow_pickle=False, **arrays)
    return folder / "reference.npz"


@pytest.fixture
def graph() -> CountingGraph:
    return CountingGraph()


@pytest.fixture
def encoder(graph: CountingGraph, tmp_path: Path) -> Encoder:
    inner = OpenVinoEncoder("fake", DESCRIPTION, graph, CharacterTokens())
    means = {
        f"fake/{kind}{role}/{language}": np.asarray(mean, dtype=np.float32)
        for role in ("query", "passage")
        for language, mean in (("en", [ord("a"), 0.0]), ("ar", [ord("ا"), 0.0]))
        for kind in ("", "tokens/")
    }
    return centred(inner, reference(tmp_path, **means))


def test_the_states_are_centred_by_language_and_of_length_1(encoder: Encoder) -> None:
    assert isinstance(encoder, TokenEncoder)
    english, arabic, none = encoder.encode_tokens(["ad", "ا", ""], "passage")
    # "a" lies on the mean but for the constant; "d" is 3 after it.
    assert english == pytest.approx(np.asarray([[0, 1], [3, 1] / np.sqrt(10)]), abs=1e-3)
    assert arabic == pytest.approx(np.asarray([[0, 1]]), abs=1e-3)
    assert none.shape == (0, 2)


def test_means_of_tokens_shape_no_index(encoder: Encoder, tmp_path: Path) -> None:
    assert isinstance(encoder, CentredTokenEncoder)
    plain = {f"fake/{key}": mean for key, mean in encoder.means.items()}
    without = centred(encoder.encoder, reference(tmp_path, **plain))
    assert without.fingerprint == encoder.fingerprint
    assert not isinstance(without, TokenEncoder)


def test_a_text_is_read_once_until_it_is_forgotten(
    encoder: Encoder, graph: CountingGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(encoder, TokenEncoder)
    monkeypatch.setattr(centring, "_REMEMBERED", 2)
    first = encoder.encode_tokens(["ab", "cd", "ab"], "passage")
    assert graph.texts == 2
    again = encoder.encode_tokens(["cd", "ab"], "passage")
    assert graph.texts == 2
    assert [row.tolist() for row in again] == [first[1].tolist(), first[0].tolist()]
    encoder.encode_tokens(["ab"], "query")
    assert graph.texts == 3  # Another role; and "ab" the passage, the oldest, is forgotten.
    encoder.encode_tokens(["cd"], "passage")
    assert graph.texts == 3
    encoder.encode_tokens(["ab"], "passage")
    assert graph.texts == 4
