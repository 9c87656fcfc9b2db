"""The translator's network: a few Arabic words, as the passage encoder sees them, said in English.

A transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762) whose encoder stands on the
states of the passage encoder, which knows both languages; those are not its own. It is trained by
``eval/fit/translator`` and run by :mod:`rag.models.translator`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from rag.models.cross_encoder import bert_of
from rag.models.e5 import BertShape, Floats
from rag.models.translator import HEADS, LONGEST

LAYERS_READING, LAYERS_WRITING, FEED_FORWARD = 2, 3, 1024


class Source(torch.nn.Module):
    """What the translator is shown of a text: of each token the encoder's word embedding, and its
    state below the last layer, where words of both languages are nearest (``eval/NOTES.md``).
    """

    def __init__(self, shape: BertShape, encoder: Mapping[str, Floats]) -> None:
        """Over the weights of ``encoder``, named as ``BertModel`` names them."""
        super().__init__()
        self.bert = bert_of(shape, encoder)
        self.bert.encoder.layer = self.bert.encoder.layer[:-1]
        self.words = self.bert.embeddings.word_embeddings
        self.requires_grad_(False)
        self.unit = 1 / float(self.words.weight.std())

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """States and words of ``(n, length)`` ids and mask, each ``(n, length, hidden)``."""
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return states, self.words(ids) * self.unit


class TranslationNetwork(torch.nn.Module):
    """All that is trained; says ``pieces`` different things, piece 1 being beginning and end."""

    def __init__(self, pieces: int, hidden: int = 384) -> None:
        """Untrained."""
        super().__init__()
        reading = torch.nn.TransformerEncoderLayer(
            hidden, HEADS, FEED_FORWARD, 0.0, "gelu", batch_first=True, norm_first=True
        )
        writing = torch.nn.TransformerDecoderLayer(
            hidden, HEADS, FEED_FORWARD, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.join = torch.nn.Linear(2 * hidden, hidden)
        self.enc = torch.nn.TransformerEncoder(
            reading, LAYERS_READING, torch.nn.LayerNorm(hidden), enable_nested_tensor=False
        )
        self.dec = torch.nn.TransformerDecoder(writing, LAYERS_WRITING, torch.nn.LayerNorm(hidden))
        self.emb = torch.nn.Embedding(pieces, hidden)
        self.pos = torch.nn.Embedding(LONGEST, hidden)
        self.inp = torch.nn.Linear(hidden, hidden)
        self.out = torch.nn.Linear(hidden, hidden)
        self.bias = torch.nn.Parameter(torch.zeros(pieces))

    def read(self, states: torch.Tensor, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What is remembered of a text, ``(n, length, hidden)``, of what :class:`Source` shows."""
        joined = self.join(torch.cat([states, words], -1))
        memory: torch.Tensor = self.enc(joined, src_key_padding_mask=mask == 0)
        return memory

    def write(self, memory: torch.Tensor, mask: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
        """Logits of the piece after each of ``said``, ``(n, length)``: ``(n, length, pieces)``."""
        length = said.shape[1]
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        states = self.dec(
            self.inp(self.emb(said)) + self.pos.weight[:length],
            memory,
            tgt_mask=later,
            memory_key_padding_mask=mask == 0,
        )
        logits: torch.Tensor = self.out(states) @ self.emb.weight.T + self.bias
        return logits
