"""The translator learns three texts by heart, and says them in numpy as torch says them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

training = pytest.importorskip("eval.fit.translator.training")
torch = pytest.importorskip("torch")

from eval.fit.translator.network import Source, TranslationNetwork  # noqa: E402
from eval.fit.translator.pairs import Pair, names, plain  # noqa: E402
from rag.models.e5 import BertShape  # noqa: E402
from rag.models.tokens import Tokens  # noqa: E402
from rag.models.transformer import Weights  # noqa: E402
from rag.models.translator import NumpyTranslator  # noqa: E402

SHAPE = BertShape(
    hidden=24,
    layers=2,
    heads=2,
    feed_forward=32,
    vocabulary=12,
    positions=16,
    types=2,
    epsilon=1e-5,
)
PAIRS = [
    Pair("phrase", "بحر", "sea"),
    Pair("phrase", "بحر كبير", "a big sea"),
    Pair("phrase", "كبير", "big"),
]
SAID = {"sea": [2], "a big sea": [3, 4, 2], "big": [4]}
PIECES = 5


class LetterTokens(Tokens):
    """A token for each word, by its length."""

    def __init__(self) -> None:
        """There is no tokenizer behind it."""

    def ids(self, texts: list[str]) -> list[list[int]]:  # type: ignore[override]
        return [[len(word) for word in text.split()] for text in texts]


class SaidTokens(Tokens):
    """The pieces of what may be said."""

    def __init__(self) -> None:
        """There is no tokenizer behind it."""

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        return SAID[text], []


def learned(folder: Path, epochs: int) -> tuple[TranslationNetwork, Source]:
    torch.manual_seed(1)
    shapes = dict(SHAPE.tensors().values())
    source = Source(SHAPE, {n: np.random.default_rng(1).normal(size=s).astype(np.float32) * 0.3
                            for n, s in shapes.items()}).eval()  # fmt: skip
    network = TranslationNetwork(PIECES, hidden=24)
    sources = training.Sources([one.arabic for one in PAIRS], source, LetterTokens())
    training.train(network, PAIRS, SAID, sources, folder / "state.pt", epochs)
    return network.eval(), source


def test_what_was_learned_by_heart_is_likeliest_and_as_likely_as_torch_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "WARM", 1)
    monkeypatch.setattr(training, "RATE", 5e-3)
    network, source = learned(tmp_path, 100)
    encoder = {name: p.numpy() for name, p in source.bert.named_parameters()}
    translator = NumpyTranslator(
        Weights(training.packed(network, source.unit)),
        SaidTokens(),
        LetterTokens(),
        lambda ids: encoder["embeddings.word_embeddings.weight"][list(ids)],
        Weights(encoder),
        SHAPE,
    )
    ids = torch.tensor([[6, 3, 4]])
    mask = torch.ones_like(ids)
    with torch.no_grad():
        states, words = source(ids, mask)
        memory = network.read(states, words, mask)
        logits = network.write(memory, mask, torch.tensor([[1, 3, 4, 2]]))[0]
    expected = [float(row.log_softmax(-1)[n]) for row, n in zip(logits, [3, 4, 2, 1], strict=True)]
    weighed = dict(zip(SAID, translator.weigh("بحر كبير", list(SAID)), strict=True))
    np.testing.assert_allclose(weighed["a big sea"], expected, atol=1e-4)
    for one in PAIRS:
        odds = [float(each.sum()) for each in translator.weigh(one.arabic, list(SAID))]
        assert list(SAID)[int(np.argmax(odds))] == one.english


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    learned(tmp_path, 1)
    first = torch.load(tmp_path / "state.pt", weights_only=True)
    learned(tmp_path, 2)
    assert (first["epochs"], torch.load(tmp_path / "state.pt", weights_only=True)["epochs"]) == (
        1,
        2,
    )


def test_names_come_in_each_spelling_and_plain(tmp_path: Path) -> None:
    table = tmp_path / "names.tsv"
    rows = [
        "source\tlatin\tarabic\tkind",
        "a\tsaïd\tسعيد\t",
        "a\tSaeed, King\tسعيد (ملك)\t",
        "a\tx1\tس\t",
    ]
    table.write_text("\n".join(rows), "utf-8")
    assert [(one.arabic, plain(one.english)) for one in names(table)] == [
        ("سعيد", "Said"),
        ("سعيد", "Saeed"),
    ]
