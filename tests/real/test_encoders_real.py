"""The default encoder against sentence-transformers itself, on the real weights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.config import DEFAULT_ENCODER, Settings
from rag.errors import WeightsMissing
from rag.models.encoders import load_encoder, load_sentence_encoder
from rag.models.openvino_encoder import OpenVinoEncoder
from rag.models.protocols import Encoder, Role, Vectors
from rag.models.sentence_transformers_encoder import SentenceTransformersEncoder, load_model

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("MUSNAD_REQUIRE_MODELS") != "1", reason="MUSNAD_REQUIRE_MODELS is not 1"
    ),
    pytest.mark.filterwarnings("default"),
]

ENGLISH = [
    "What did the foreign ministers discuss in Vientiane?",
    "The peaceful transition of power is without precedent, she wrote on 25 July 2024.",
    "",
    "  leading, trailing and\n\nbroken \t space ",
]
LONG = "طويل جدا " * 900


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture(scope="module")
def encoder(settings: Settings) -> Encoder:
    return load_encoder(settings)


def texts() -> list[str]:
    lines = [
        line
        for path in sorted(SEEDS.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [*lines[:14], *ENGLISH, LONG]


def expected(model: Any, role: Role, given: list[str], prompt: str) -> Vectors:
    vectors = model.encode(given, prompt=prompt, normalize_embeddings=True)
    return np.asarray(vectors, np.float32)


@pytest.mark.parametrize(("role", "prompt"), [("query", "query: "), ("passage", "passage: ")])
def test_the_vectors_are_those_of_sentence_transformers(
    encoder: Encoder, settings: Settings, role: Role, prompt: str
) -> None:
    model = load_model(str(settings.home / "encoders" / DEFAULT_ENCODER))
    cosines = np.sum(encoder.encode(texts(), role) * expected(model, role, texts(), prompt), axis=1)
    assert cosines.min() >= 0.9999


def test_a_question_finds_its_answer_in_the_other_language(encoder: Encoder) -> None:
    queries = encoder.encode(["ما هي عاصمة فرنسا؟", "Who discovered penicillin?"], "query")
    passages = encoder.encode(
        ["Alexander Fleming discovered penicillin in 1928.", "Paris is the capital of France."],
        "passage",
    )
    assert (queries @ passages.T).argmax(axis=1).tolist() == [1, 0]


def test_once_converted_nothing_imports_torch_or_reports_home(encoder: Encoder) -> None:
    program = """
import json, sys
from rag.config import Settings
from rag.models.encoders import load_encoder
encoder = load_encoder(Settings.from_environment(), fetch=False)
encoder.encode(["ما هي عاصمة فرنسا؟"], "query")
unwanted = ("torch", "transformers", "sentence_transformers", "openvino_telemetry")
print(json.dumps([name for name in unwanted if sys.modules.get(name)]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=SEEDS.parent,
    )
    assert json.loads(run.stdout) == []


@pytest.fixture
def layout(encoder: Encoder, settings: Settings, tmp_path: Path) -> Path:
    """The default encoder's folder in a home of its own that has no weights to build it from."""
    assert encoder.name == DEFAULT_ENCODER  # laid out by now
    folder = Path("encoders") / DEFAULT_ENCODER
    shutil.copytree(settings.home / folder, tmp_path / folder)
    return tmp_path / folder


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.bin", b""),
        ("tokenizer.json", b"{}"),
    ],
)
def test_a_damaged_folder_is_built_again_from_the_model_beside_it(
    layout: Path, settings: Settings, encoder: Encoder, file: str, content: bytes
) -> None:
    (layout / "openvino" / file).write_bytes(content)
    again = load_encoder(replace(settings, home=layout.parents[1], offline=True))
    assert again.fingerprint == encoder.fingerprint
    assert np.array_equal(again.encode(["باريس"], "query"), encoder.encode(["باريس"], "query"))


def test_a_damaged_model_without_weights_to_rebuild_it_says_what_is_missing(
    layout: Path, settings: Settings
) -> None:
    shutil.rmtree(layout / "openvino")
    with (layout / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(WeightsMissing, match="e5-small") as caught:
        load_encoder(replace(settings, home=layout.parents[1], offline=True))
    assert "\n" not in str(caught.value)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A BERT of 32 dimensions with random weights, words for tokens and CLS pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    source, target = tmp_path / "bert", tmp_path / "tiny-random"
    source.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghij", "باريس", "عاصمة"]
    (source / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(7)
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(shape).save_pretrained(source)
    BertTokenizer(vocab=str(source / "vocab.txt")).save_pretrained(source)
    transformer = Transformer(str(source), max_seq_length=48)
    pooling = Pooling(32, pooling_mode="cls")
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(target))
    return target


def test_any_sentence_transformers_directory_works(tiny: Path, tmp_path: Path) -> None:
    before = sorted(path for path in tiny.rglob("*"))
    other = load_encoder(Settings(home=tmp_path / "home", encoder=str(tiny), offline=True))
    given = ["a b c", "باريس عاصمة a", "", "j " * 100, "zz"]
    assert isinstance(other, OpenVinoEncoder)
    assert other.dimension == 32
    found = other.encode(given, "passage")
    cosines = np.sum(found * expected(load_model(str(tiny)), "passage", given, ""), axis=1)
    assert cosines.min() >= 0.9999
    assert other.count_tokens(["a b", ""]) == [2, 0]
    assert sorted(path for path in tiny.rglob("*")) == before

    torch_encoder = SentenceTransformersEncoder(tiny, name="tiny", threads=1)
    assert np.sum(torch_encoder.encode(given, "query") * found, axis=1).min() >= 0.9999
    assert torch_encoder.fingerprint != other.fingerprint
    assert torch_encoder.count_tokens(["a b", ""]) == [2, 0]


def test_a_model_the_graph_does_not_reproduce_runs_in_torch(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models.openvino_convert.WORST_COSINE", 1.1)
    settings = Settings(home=tmp_path / "home", encoder=str(tiny), offline=True)
    first = load_encoder(settings)
    monkeypatch.undo()
    second = load_encoder(settings)
    assert isinstance(first, SentenceTransformersEncoder)
    assert isinstance(second, SentenceTransformersEncoder)
    assert first.fingerprint == second.fingerprint


def test_the_sentence_encoder_takes_empty_and_long_texts_and_repeats_itself(
    settings: Settings,
) -> None:
    use = load_sentence_encoder(settings)
    given = ["", " ", "ما هي عاصمة فرنسا؟", LONG]
    vectors = use.encode(given, "passage")
    assert vectors.shape == (4, use.dimension) == (4, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, use.encode(given, "query"))
    assert use.encode([], "query").shape == (0, 512)
    assert use.count_tokens(["", " "]) == [0, 0]
