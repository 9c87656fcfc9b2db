"""multilingual-e5-small out of its ``E5S1`` container, laid out as a sentence-transformers model.

The container keeps every matrix in Q4_0: blocks of 32 values that share one half-precision scale.
Decoding needs numpy alone. What comes out is an ordinary directory that ``SentenceTransformer``
opens; running it is left to :mod:`rag.models.openvino_encoder`.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

MAGIC = b"E5S1"
BLOCK = 32
_HEADER = struct.Struct("<4sI7ifi5iQ")
_TENSOR = struct.Struct("<BIQQ")
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
_PREFIXES = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BertShape:
    """The sizes a BERT encoder is made of; ``epsilon`` is that of its layer norms."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float

    def tensors(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Container name → (``BertModel`` name, shape), for every tensor the model has."""
        hidden, wide = self.hidden, self.feed_forward
        found: dict[str, tuple[str, tuple[int, ...]]] = {
            "emb.word": ("embeddings.word_embeddings.weight", (self.vocabulary, hidden)),
            "emb.pos": ("embeddings.position_embeddings.weight", (self.positions, hidden)),
            "emb.type": ("embeddings.token_type_embeddings.weight", (self.types, hidden)),
            "emb.ln.w": ("embeddings.LayerNorm.weight", (hidden,)),
            "emb.ln.b": ("embeddings.LayerNorm.bias", (hidden,)),
        }
        matrices = {"fi": (wide, hidden), "fo": (hidden, wide), "aln": (hidden,), "oln": (hidden,)}
        for layer in range(self.layers):
            for short, long in _LAYER_NAMES.items():
                shape = matrices.get(short, (hidden, hidden))
                target = f"encoder.layer.{layer}.{long}"
                found[f"l{layer}.{short}.w"] = (f"{target}.weight", shape)
                found[f"l{layer}.{short}.b"] = (f"{target}.bias", shape[:1])
        return found

    def config(self) -> dict[str, Any]:
        """``config.json`` of the same model for transformers."""
        return {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "attention_probs_dropout_prob": 0.1,
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": self.hidden,
            "initializer_range": 0.02,
            "intermediate_size": self.feed_forward,
            "layer_norm_eps": self.epsilon,
            "max_position_embeddings": self.positions,
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers,
            "pad_token_id": 0,
            "tokenizer_class": "XLMRobertaTokenizer",
            "type_vocab_size": self.types,
            "vocab_size": self.vocabulary,
        }


def dequantise(blocks: NDArray[np.void]) -> Floats:
    """The values of Q4_0 ``blocks``, shape ``(32 × len(blocks),)``.

    Low nibbles are a block's values 0–15 and high nibbles 16–31; value = (nibble − 8) × scale
    (the Q4_0 type of ggml, https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c).
    """
    values = np.empty((len(blocks), BLOCK), np.float32)
    nibbles = blocks["nibbles"]
    np.subtract(nibbles & 0x0F, 8.0, out=values[:, : BLOCK // 2], dtype=np.float32)
    np.subtract(nibbles >> 4, 8.0, out=values[:, BLOCK // 2 :], dtype=np.float32)
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def read_tensors(path: Path, without: Container[str] = ()) -> tuple[BertShape, dict[str, Floats]]:
    """The sizes of the model in ``path`` and its weights, named as ``BertModel`` names them.

    Raises:
        ModelError: the file is not ``E5S1``, is cut short, or lacks a tensor.
    """
    with _whole(path):
        data = path.read_bytes()
        shape, table_at = _read_header(data)
        table = _read_table(data, table_at)
        named = shape.tensors().items()
        chosen = [(short, long, size) for short, (long, size) in named if long not in without]
        return shape, {long: _decode(data, *table[short], size) for short, long, size in chosen}


@dataclass(frozen=True, slots=True)
class TokenEmbeddings:
    """The vectors of tokens, decoded when they are asked for: all of them take 384 MB.

    ``blocks`` are in Q4_0, of shape ``(vocabulary, hidden / 32)``.
    """

    blocks: NDArray[np.void]

    def __call__(self, ids: Sequence[int]) -> Floats:
        """Of shape ``(len(ids), hidden)``."""
        return dequantise(self.blocks[list(ids)].reshape(-1)).reshape(len(ids), -1)


def read_token_embeddings(path: Path) -> TokenEmbeddings:
    """The vectors of the tokens of the model in ``path``. Raises as :func:`read_tensors` does."""
    with _whole(path):
        data = path.read_bytes()
        shape, table_at = _read_header(data)
        _, count, at = _read_table(data, table_at)["emb.word"]
        blocks = np.frombuffer(data, _Q4_BLOCK, count // BLOCK, at)
        return TokenEmbeddings(blocks.reshape(shape.vocabulary, -1).copy())


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Whatever shows that the file is damaged is told as that."""
    try:
        yield
    except (ValueError, KeyError, struct.error, OSError) as error:
        raise ModelError(f"{path}: not a complete E5S1 encoder file ({error})") from error


def _read_header(data: bytes) -> tuple[BertShape, int]:
    """The sizes of the model, and where the table of its tensors begins."""
    fields = _HEADER.unpack_from(data, 0)
    if fields[0] != MAGIC:
        raise ValueError(f"it starts with {fields[0]!r}, not {MAGIC!r}")
    shape, block, pieces, blob = BertShape(*fields[2:10]), fields[10], fields[11], fields[16]
    if block != BLOCK or min(pieces, *fields[2:9]) < 1:
        raise ValueError(f"sizes {fields[2:12]} make no sense")
    # The container's own tokenizer, which nobody needs.
    at = _HEADER.size + 4 * (pieces + 1) + 4 * pieces + blob
    _, normaliser = struct.unpack_from("<iI", data, at)
    return shape, at + 8 + normaliser


def _read_table(data: bytes, at: int) -> dict[str, tuple[int, int, int]]:
    """For each tensor its kind, the number of its values, and where they begin."""
    table = {}
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, count, offset, _size = _TENSOR.unpack_from(data, at + 2 + length)
        table[name] = kind, count, offset
        at += 2 + length + _TENSOR.size
    return table


def _decode(data: bytes, kind: int, count: int, at: int, shape: tuple[int, ...]) -> Floats:
    """One tensor: of kind 0 it is float32, of any other Q4_0."""
    if kind == 0:
        return np.frombuffer(data, "<f4", count, at).astype(np.float32).reshape(shape)
    return dequantise(np.frombuffer(data, _Q4_BLOCK, count // BLOCK, at)).reshape(shape)


def materialise(binary: Path, tokenizer: Path, folder: Path) -> None:
    """Lay the encoder out in ``folder`` so that ``SentenceTransformer(str(folder))`` opens it.

    Raises:
        ModelError: ``binary`` is not a whole ``E5S1`` file.
        OSError: the disk refuses.
    """
    from safetensors.numpy import save_file

    shape, tensors = read_tensors(binary)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    # safetensors writes for its owner alone; a cache may be shared.
    (folder / "model.safetensors").chmod(0o644)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    for name, content in _descriptions(shape).items():
        (folder / name).parent.mkdir(exist_ok=True)
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def _descriptions(shape: BertShape) -> dict[str, Any]:
    """Every JSON file of the directory but the tokenizer's own, by relative name."""
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return {
        "config.json": shape.config(),
        "tokenizer_config.json": {
            "tokenizer_class": "XLMRobertaTokenizer",
            "model_max_length": shape.positions,
            **_SPECIAL,
        },
        "special_tokens_map.json": _SPECIAL,
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": _PREFIXES,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(kinds.items())
        ],
    }


_SPECIAL = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}
