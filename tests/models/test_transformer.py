"""Transformer layers in numpy, against those of torch and transformers with the same weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from rag.models.transformer import Weights, bert_layer, decoder_layer, encoder_layer

HIDDEN, HEADS = 12, 3
SIZES = {"batch_first": True, "norm_first": True, "activation": "gelu", "dropout": 0.0}


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(1)


def weights(module: torch.nn.Module) -> Weights:
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return Weights({name: p.detach().numpy() for name, p in module.named_parameters()})


def test_a_layer_of_an_encoder() -> None:
    layer = torch.nn.TransformerEncoderLayer(HIDDEN, HEADS, 20, **SIZES).eval()  # type: ignore[arg-type]
    own, x = weights(layer), torch.randn(5, HIDDEN)
    expected = layer(x[None])[0].detach().numpy()
    np.testing.assert_allclose(encoder_layer(x.numpy(), own, HEADS), expected, atol=1e-5)


def test_a_layer_of_bert() -> None:
    config = BertConfig(
        hidden_size=HIDDEN, num_attention_heads=HEADS, intermediate_size=20, num_hidden_layers=1,
        vocab_size=7, layer_norm_eps=0.25,
    )  # fmt: skip
    bert = BertModel(config, add_pooling_layer=False)
    bert.train(mode=False)
    own = weights(bert)
    before, after = bert(torch.tensor([[3, 1, 4]]), output_hidden_states=True).hidden_states
    made = bert_layer(before[0].detach().numpy(), own.below("encoder.layer.0"), HEADS, 0.25)
    np.testing.assert_allclose(made, after[0].detach().numpy(), atol=1e-5)


def test_a_layer_of_a_decoder_sees_what_is_remembered_and_nothing_later() -> None:
    layer = torch.nn.TransformerDecoderLayer(HIDDEN, HEADS, 20, **SIZES).eval()  # type: ignore[arg-type]
    own, memory, x = weights(layer), torch.randn(4, HIDDEN), torch.randn(2, 3, HIDDEN)
    later = torch.ones(3, 3, dtype=torch.bool).triu(1)
    expected = layer(x, memory.expand(2, -1, -1), tgt_mask=later).detach().numpy()
    made = decoder_layer(x.numpy(), memory.numpy(), own, HEADS)
    np.testing.assert_allclose(made, expected, atol=1e-5)
    np.testing.assert_allclose(
        decoder_layer(x[:, :2].numpy(), memory.numpy(), own, HEADS), expected[:, :2], atol=1e-5
    )
