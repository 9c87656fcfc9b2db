"""The forward pass of transformer layers in numpy: exact, without padding, a text at a time.

For a small network that is asked for a dozen words now and then, this is quicker than any runtime
with its graphs and shapes. Weights are named as torch names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rag.models.protocols import Vectors

EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Weights:
    """Those of a network below a ``name``, which ends with a dot or is empty."""

    values: Mapping[str, Vectors]
    name: str = ""

    def below(self, name: str) -> Weights:
        """Those of a part."""
        return Weights(self.values, f"{self.name}{name}.")

    def __getitem__(self, name: str) -> Vectors:
        return self.values[self.name + name]

    def linear(self, x: Vectors) -> Vectors:
        """``x`` of shape ``(…, in)`` through this linear layer: ``(…, out)``."""
        return np.asarray(x @ self["weight"].T + self["bias"], np.float32)

    def norm(self, x: Vectors, epsilon: float = EPSILON) -> Vectors:
        """``x`` through this layer norm."""
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(-1, keepdims=True) + epsilon)
        return np.asarray(centred / scale * self["weight"] + self["bias"], np.float32)

    def parts(self, x: Vectors) -> tuple[Vectors, Vectors, Vectors]:
        """Queries, keys and values of ``x`` by this attention's one matrix."""
        joined = x @ self["in_proj_weight"].T + self["in_proj_bias"]
        q, k, v = np.split(np.asarray(joined, np.float32), 3, -1)
        return q, k, v


def gelu(x: Vectors) -> Vectors:
    """``x Φ(x)`` (https://arxiv.org/abs/1606.08415), the error function to 1.5e-7 by formula 7.1.26
    of Abramowitz and Stegun, so that scipy need not be loaded.
    """
    size = np.abs(x) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * size)
    powers = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    erf = np.sign(x) * (1 - powers * np.exp(-(size**2)))
    return np.asarray(x * (1 + erf) / 2, np.float32)


def log_softmax(logits: Vectors) -> Vectors:
    """Log-probabilities along the last axis."""
    lowered = logits - logits.max(-1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(-1, keepdims=True)), np.float32)


def attend(
    heads: int, queries: Vectors, keys: Vectors, values: Vectors, *, forward: bool = False
) -> Vectors:
    """Attention of ``queries`` ``(…, m, hidden)`` over all ``keys`` and ``values``
    ``(…, n, hidden)``, or over those that are not later: ``(…, m, hidden)``.
    """
    q, k, v = (_by_head(x, heads) for x in (queries, keys, values))
    odds = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    if forward:
        odds = odds + np.triu(np.full(odds.shape[-2:], -np.inf, np.float32), 1)
    shares = np.exp(odds - odds.max(-1, keepdims=True))
    mixed = (shares / shares.sum(-1, keepdims=True) @ v).swapaxes(-2, -3)
    return np.asarray(mixed.reshape(*mixed.shape[:-2], -1), np.float32)


def _by_head(x: Vectors, heads: int) -> Vectors:
    return x.reshape(*x.shape[:-1], heads, -1).swapaxes(-2, -3)


def bert_layer(x: Vectors, layer: Weights, heads: int, epsilon: float) -> Vectors:
    """A layer of BERT, as ``BertModel`` names its weights."""
    asking = layer.below("attention.self")
    q, k, v = (asking.below(part).linear(x) for part in ("query", "key", "value"))
    mixed = attend(heads, q, k, v)
    output = layer.below("attention.output")
    x = output.below("LayerNorm").norm(x + output.below("dense").linear(mixed), epsilon)
    wide = gelu(layer.below("intermediate.dense").linear(x))
    output = layer.below("output")
    return output.below("LayerNorm").norm(x + output.below("dense").linear(wide), epsilon)


def encoder_layer(x: Vectors, layer: Weights, heads: int) -> Vectors:
    """A ``TransformerEncoderLayer`` that norms first."""
    attention = layer.below("self_attn")
    mixed = attend(heads, *attention.parts(layer.below("norm1").norm(x)))
    x = x + attention.below("out_proj").linear(mixed)
    return x + _feed_forward(layer.below("norm2").norm(x), layer)


def _feed_forward(x: Vectors, layer: Weights) -> Vectors:
    return layer.below("linear2").linear(gelu(layer.below("linear1").linear(x)))


def decoder_layer(x: Vectors, memory: Vectors, layer: Weights, heads: int) -> Vectors:
    """A ``TransformerDecoderLayer`` that norms first: of texts ``(rows, length, hidden)``, none of
    whose tokens sees a later one; ``memory``, ``(length, hidden)``, is what all of them attend to.
    """
    attention = layer.below("self_attn")
    mixed = attend(heads, *attention.parts(layer.below("norm1").norm(x)), forward=True)
    x = x + attention.below("out_proj").linear(mixed)
    # A matrix each: what is said asks, what is remembered answers.
    crossing = layer.below("multihead_attn")
    (ask, *answer), (asking, *answering) = (
        np.split(crossing[name], 3) for name in ("in_proj_weight", "in_proj_bias")
    )
    k, v = (memory @ w.T + b for w, b in zip(answer, answering, strict=True))
    found = attend(heads, layer.below("norm2").norm(x) @ ask.T + asking, k, v)
    x = x + crossing.below("out_proj").linear(found)
    return x + _feed_forward(layer.below("norm3").norm(x), layer)
