"""The E5S1 container: values by visible arithmetic, and every way the file can be wrong."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models.e5 import BertShape, dequantise, materialise, read_tensors

SHAPE = BertShape(
    hidden=32, layers=1, heads=2, feed_forward=64, vocabulary=5, positions=4, types=2, epsilon=0.5
)
Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


def block(scale: float, low: int, high: int) -> bytes:
    """One Q4_0 block of which the first 16 values share a nibble and the last 16 another."""
    return struct.pack("<e", scale) + bytes([low | high << 4] * 16)


def tensor(name: str, shape: tuple[int, ...]) -> tuple[int, int, bytes]:
    """Kind, count and bytes: matrices but the positions are Q4_0, as in the real file."""
    count = int(np.prod(shape))
    if len(shape) == 1 or name == "emb.pos":
        return 0, count, np.full(count, 0.25, "<f4").tobytes()
    return 1, count, b"".join(block(0.5 * (i + 1), 15, 0) for i in range(count // 32))


def container(magic: bytes = b"E5S1", *, leave_out: str = "") -> bytes:
    blob, normaliser = b"abc", b"anything"
    head = struct.pack("<4sI7ifi5iQ", magic, 1, 32, 1, 2, 64, 5, 4, 2, 0.5, 32, 2, 0, 2, 1, 3, 3)
    head += struct.pack("<3I2f", 0, 1, 3, -1.0, -2.0) + blob
    head += struct.pack("<iI", 7, len(normaliser)) + normaliser
    chosen = {n: tensor(n, s) for n, (_, s) in SHAPE.tensors().items() if n != leave_out}
    data_at = len(head) + 4 + sum(2 + len(name) + 21 for name in chosen)
    table, data = struct.pack("<i", len(chosen)), b""
    for name, (kind, count, raw) in chosen.items():
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, count, data_at + len(data), len(raw))
        data += raw
    return head + table + data


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.bin"
    path.write_bytes(container())
    return path


def test_a_block_holds_low_nibbles_first_each_less_eight_times_the_scale() -> None:
    nibbles = bytes(low | high << 4 for low, high in zip(range(16), reversed(range(16))))  # noqa: B905
    values = dequantise(np.frombuffer(struct.pack("<e", 0.5) + nibbles, Q4))
    assert values.tolist() == [(n - 8) * 0.5 for n in [*range(16), *reversed(range(16))]]


def test_tensors_come_with_their_names_shapes_and_values(binary: Path) -> None:
    shape, found = read_tensors(binary)
    assert shape == SHAPE
    assert found["embeddings.position_embeddings.weight"].tolist() == [[0.25] * 32] * 4
    words = found["embeddings.word_embeddings.weight"]
    assert words.shape == (5, 32)
    # Row i is one block of scale 0.5 · (i + 1): 16 nibbles of 15, then 16 of 0.
    assert words[2].tolist() == [(15 - 8) * 1.5] * 16 + [(0 - 8) * 1.5] * 16
    assert found["encoder.layer.0.intermediate.dense.weight"].shape == (64, 32)
    assert found["encoder.layer.0.output.dense.weight"].shape == (32, 64)
    assert len(found) == 5 + 16


def test_another_kind_of_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(container(b"GGUF"))
    with pytest.raises(ModelError, match=r"other\.bin: not a complete E5S1 .*b'GGUF'"):
        read_tensors(path)


@pytest.mark.parametrize("kept", [0, 3, 40, 90, 300, -1])
def test_a_file_cut_short_is_refused_by_name_in_one_line(binary: Path, kept: int) -> None:
    binary.write_bytes(container()[:kept])
    with pytest.raises(ModelError, match=r"tiny\.bin: not a complete E5S1") as caught:
        read_tensors(binary)
    assert "\n" not in str(caught.value)


def test_a_missing_tensor_is_named(binary: Path) -> None:
    binary.write_bytes(container(leave_out="l0.q.w"))
    with pytest.raises(ModelError, match=r"l0\.q\.w"):
        read_tensors(binary)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.bin"):
        read_tensors(tmp_path / "nowhere.bin")


def test_the_directory_has_what_sentence_transformers_reads(binary: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}", encoding="utf-8")
    target = tmp_path / "tiny"
    target.mkdir()
    materialise(binary, tokenizer, target)

    weights = load_file(target / "model.safetensors")
    assert weights["embeddings.word_embeddings.weight"][0, 0] == (15 - 8) * 0.5
    prompts = json.loads((target / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    modules = json.loads((target / "modules.json").read_text())
    assert [module["path"] for module in modules] == ["", "1_Pooling", "2_Normalize"]
    assert json.loads((target / "config.json").read_text())["hidden_size"] == 32
    assert (target / "tokenizer.json").read_text() == "{}"
