"""Encoders without weights: fakes whose vectors a person can compute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_graphs import DESCRIPTION, CharacterTokens, SumGraph

from rag.config import Settings
from rag.errors import ModelError, WeightsMissing
from rag.models.description import EncoderDescription, content_digest, role_prompts, state_of
from rag.models.encoders import build_folder, load_encoder
from rag.models.graphs import batches, padded_width
from rag.models.openvino_encoder import OpenVinoEncoder
from rag.models.tokens import Tokens


def encoder(graph: SumGraph) -> OpenVinoEncoder:
    return OpenVinoEncoder("fake", DESCRIPTION, graph, CharacterTokens())


def test_rows_come_back_in_the_order_given_whatever_the_batches() -> None:
    texts = ["b" * n for n in (3, 900, 1, 250, 900, 200, 2, 0)]
    graph = SumGraph()
    vectors = encoder(graph).encode(texts, "query")
    prompt = ord("q") + ord(" ")
    assert vectors.tolist() == [[2 + len(t), prompt + len(t) * ord("b")] for t in texts]
    # 256 tokens twice are within 512, 902 are not; the short ones go together.
    assert graph.shapes == [(1, 902), (1, 902), (2, 256), (4, 16)]


def test_the_prompt_follows_the_role() -> None:
    graph = SumGraph()
    query = encoder(graph).encode(["x"], "query")
    passage = encoder(graph).encode(["x"], "passage")
    assert query[0].tolist() == [3, sum(map(ord, "q x"))]
    assert passage[0].tolist() == [12, sum(map(ord, "a passage: x"))]


def test_no_texts_give_no_rows() -> None:
    assert encoder(SumGraph()).encode([], "query").shape == (0, 2)


def test_tokens_are_counted_without_the_prompt() -> None:
    assert encoder(SumGraph()).count_tokens(["", "four", "السلام"]) == [0, 4, 6]


def test_widths_are_few_and_never_past_what_the_model_reads() -> None:
    assert [padded_width(n, 512) for n in (0, 1, 16, 17, 511, 512)] == [16, 16, 16, 32, 512, 512]
    assert [padded_width(n, 250) for n in (239, 241, 250)] == [240, 250, 250]
    assert len({padded_width(n, 512) for n in range(513)}) == 32


def test_texts_of_neighbouring_lengths_are_given_to_the_graph_in_one_shape() -> None:
    graph = SumGraph()
    vectors = encoder(graph).encode(["b" * n for n in range(111, 127)], "query")
    assert vectors[:, 0].tolist() == list(range(113, 129))
    assert graph.shapes == [(4, 128)] * 4


def test_batches_hold_at_most_512_tokens_or_one_long_text() -> None:
    assert list(batches([])) == []
    assert list(batches([5000, 3000, 10])) == [[0], [1], [2]]
    assert list(batches([256, 256, 1])) == [[0, 1], [2]]
    assert [len(group) for group in batches([16] * 66)] == [32, 32, 2]


@pytest.mark.parametrize(
    ("name", "prompts", "expected"),
    [
        ("any", {"query": "Q: ", "document": "D: "}, {"query": "Q: ", "passage": "D: "}),
        ("any", {"passage": "P: ", "document": "D: "}, {"query": "", "passage": "P: "}),
        ("any", {"query": None, "document": ""}, {"query": "", "passage": ""}),
        ("intfloat/multilingual-e5-base", {}, {"query": "query: ", "passage": "passage: "}),
        ("/models/e5-large-v2", {}, {"query": "query: ", "passage": "passage: "}),
        ("multilingual-e5-large-instruct", {}, {"query": "", "passage": ""}),
        ("sentence-transformers/LaBSE", {}, {"query": "", "passage": ""}),
        ("BAAI/bge-m3", {}, {"query": "", "passage": ""}),
        ("some1e5x", {}, {"query": "", "passage": ""}),
    ],
)
def test_prompts_are_the_models_own_or_those_of_its_family(
    name: str, prompts: dict[str, str | None], expected: dict[str, str]
) -> None:
    assert role_prompts(name, prompts) == expected


# --- folders ------------------------------------------------------------------------------


def test_a_description_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "encoder.json"
    DESCRIPTION.save(path)
    assert EncoderDescription.load(path) == DESCRIPTION


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}'])
def test_a_damaged_description_is_named_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "encoder.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"encoder\.json") as caught:
        EncoderDescription.load(path)
    assert "\n" not in str(caught.value)


def test_a_folder_of_another_version_or_with_a_short_file_does_not_open(tmp_path: Path) -> None:
    replace(DESCRIPTION, version=0).save(tmp_path / "encoder.json")
    with pytest.raises(ModelError, match="version 0"):
        OpenVinoEncoder.open(tmp_path, name="x", threads=1)

    (tmp_path / "model.bin").write_bytes(b"123")
    replace(DESCRIPTION, sizes={"model.bin": 4}).save(tmp_path / "encoder.json")
    with pytest.raises(ModelError, match=r"model\.bin.*4 bytes"):
        OpenVinoEncoder.open(tmp_path, name="x", threads=1)


def test_digest_and_state_follow_the_model_and_not_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "openvino").mkdir()
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    first = content_digest(tmp_path), state_of(tmp_path)
    (tmp_path / "openvino" / "encoder.json").write_text("{}", encoding="utf-8")
    (tmp_path / "README.md").write_text("words", encoding="utf-8")
    assert (content_digest(tmp_path), state_of(tmp_path)) == first
    (tmp_path / "config.json").write_text('{"a": 1}', encoding="utf-8")
    assert content_digest(tmp_path) != first[0] and state_of(tmp_path) != first[1]


def test_a_folder_appears_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "encoders" / "tiny"

    def interrupted(draft: Path) -> None:
        (draft / "half").touch()
        raise KeyboardInterrupt

    for kept in ([], [target]):
        with pytest.raises(KeyboardInterrupt):
            build_folder(target, interrupted)
        assert list(target.parent.iterdir()) == kept
        build_folder(target, lambda draft: (draft / "whole").touch())
        assert list(target.iterdir()) == [target / "whole"]


def test_a_damaged_tokenizer_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff{")
    with pytest.raises(ModelError, match=str(path)) as caught:
        Tokens.open(path, length=6)
    assert "\n" not in str(caught.value)


def test_a_folder_that_holds_no_model_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words", encoding="utf-8")
    with pytest.raises(ModelError, match=r"no modules\.json"):
        load_encoder(Settings(home=tmp_path / "home", encoder=str(tmp_path), offline=True))


def test_missing_weights_say_so_and_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="multilingual-e5-small"):
        load_encoder(Settings(home=tmp_path, offline=True))
    assert not (tmp_path / "encoders" / "multilingual-e5-small").exists()


def test_an_unknown_name_offline_is_one_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in ("nobody/no-such-encoder", "./no/such/folder"):
        with pytest.raises(ModelError, match=name) as caught:
            load_encoder(Settings(home=tmp_path, encoder=name, offline=True))
        assert "\n" not in str(caught.value)
