"""The reader that ships: the network it was trained as, and what it reads in the seed articles."""

from __future__ import annotations

import os

import numpy as np
import pytest
from fakes import SEEDS

from rag.config import Settings
from rag.library import Library
from rag.models.protocols import Reader, Told
from rag.models.quantised import unpack
from rag.models.reader import WEIGHTS, load_reader

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("MUSNAD_REQUIRE_MODELS") != "1", reason="MUSNAD_REQUIRE_MODELS is not 1"
    ),
    pytest.mark.filterwarnings("default"),
]

TOLD = [
    Told("افتتاح السد. 2019-05-02", "افتتح سد سنار يوم الخميس. وبلغت كلفته 320 مليون دولار."),
    Told("Weather", "Rain fell on the northern fields for nine days, and nothing else happened."),
]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Reader:
    return load_reader(settings)


@pytest.fixture(scope="module")
def seeds(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("seeds") / "index", settings)
    library.ingest([SEEDS])
    return library


def test_the_marks_are_those_of_the_network(reader: Reader, settings: Settings) -> None:
    import torch

    from rag.models.cross_encoder import CrossEncoder
    from rag.models.e5 import read_tensors
    from rag.models.framing import frame
    from rag.models.tokens import Tokens

    weights = settings.home / "weights"
    model = CrossEncoder(*read_tensors(weights / "e5-small-q4.bin")).eval()
    model.load_own({name: torch.from_numpy(values) for name, values in unpack(WEIGHTS).items()})
    tokens = Tokens.open(weights / "multilingual-e5-small-tokenizer.json", 512)
    question = "كم بلغت كلفة سد سنار؟"
    for told, marks in zip(TOLD, reader.read(question, TOLD), strict=True):
        framed = frame(tokens, question, *told)
        ids = torch.tensor([framed.ids])
        with torch.no_grad():
            starts, _, answers = model(ids, torch.ones_like(ids))
        inside = starts[0, framed.first : framed.first + len(framed.offsets)].log_softmax(-1)
        assert marks.answers == pytest.approx(float(answers[0]), abs=0.3)
        assert int(np.argmax(marks.starts)) == int(inside.argmax())


@pytest.mark.parametrize(
    "question",
    [
        "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟",
        "How many people were killed in the attack near Moscow?",
    ],
)
def test_the_answer_is_found_in_a_few_words(seeds: Library, question: str) -> None:
    answer = seeds.ask(question, quote_only=True)
    assert answer.answered and answer.short
    assert "144" in answer.short.text
    article = seeds.article(answer.short.article.id)
    assert "144" in article.text[answer.short.start : answer.short.end]


def test_what_nobody_tells_is_declined(seeds: Library) -> None:
    for question in ("من فاز بكأس العالم سنة 2022؟", "Which bank merged with Barclays in 1998?"):
        assert not seeds.ask(question, quote_only=True).answered


def test_an_article_without_words_is_read(reader: Reader) -> None:
    (marks,) = reader.read("?", [Told("", "…")])
    assert len(marks.tokens) == len(marks.starts) == len(marks.ends)


def test_the_weights_are_few() -> None:
    assert WEIGHTS.stat().st_size < 45_000_000
