"""The translator that ships: the network it was trained as, and what it takes for English."""

from __future__ import annotations

import os

import numpy as np
import pytest

from rag.answering.rendering import Renderer
from rag.config import Settings
from rag.models.protocols import Translator
from rag.models.translator import LENGTH, LONGEST, PIECES, load_translator

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("MUSNAD_REQUIRE_MODELS") != "1", reason="MUSNAD_REQUIRE_MODELS is not 1"
    ),
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture(scope="module")
def translator(settings: Settings) -> Translator:
    return load_translator(settings)


def test_it_weighs_as_the_network_does(translator: Translator, settings: Settings) -> None:
    import torch

    from eval.fit.translator.network import Source, TranslationNetwork
    from eval.fit.translator.training import unpacked
    from rag.models.e5 import read_tensors
    from rag.models.tokens import Tokens

    weights = settings.home / "weights"
    source = Source(*read_tensors(weights / "e5-small-q4.bin")).eval()
    tokens = Tokens.open(weights / "multilingual-e5-small-tokenizer.json", LENGTH)
    pieces, _ = Tokens.open(PIECES, LONGEST).pieces("rising energy prices")
    network = TranslationNetwork(8000)
    network.load_state_dict(unpacked(source.unit))
    arabic = "ارتفاع أسعار الطاقة"
    ids = torch.tensor(tokens.ids([f"query: {arabic}"]))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        states, words = source(ids, mask)
        memory = network.eval().read(states, words, mask)
        logits = network.write(memory, mask, torch.tensor([[1, *pieces]]))[0]
    expected = logits.log_softmax(-1)[range(len(pieces) + 1), [*pieces, 1]]
    (odds,) = translator.weigh(arabic, ["rising energy prices"])
    np.testing.assert_allclose(odds, expected.numpy(), atol=0.02)


@pytest.mark.parametrize(
    ("arabic", "said"),
    [
        ("144 شخصا", "144 people"),
        ("بسبب نقص التمويل", "because of a lack of funding"),
        ("السفير السعودي", "the Saudi ambassador"),
        ("فينتيان", "Vientiane"),
    ],
)
def test_what_is_sure_is_said(translator: Translator, arabic: str, said: str) -> None:
    assert Renderer(lambda: translator).english(arabic) == said


def test_what_is_likelier_is_what_was_meant(translator: Translator) -> None:
    right, wrong = translator.weigh("أسعار النفط", ["oil prices", "the price of gold"])
    assert right.mean() > wrong.mean()
