"""The reader's network: a question and a passage read together, every layer seeing both.

Of its weights only the heads and the layers that were trained are its own; the rest are the
passage encoder's. It is trained by ``eval/fit/reader`` and run by :mod:`rag.models.reader`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from transformers import BertConfig, BertModel

from rag.errors import ModelError
from rag.models.e5 import BertShape, Floats

# Layers from the bottom that are the encoder's, as are the embeddings.
SHARED_LAYERS = 4


def bert_of(shape: BertShape, encoder: Mapping[str, Floats]) -> BertModel:
    """The passage encoder in torch, of weights that are named as ``BertModel`` names them."""
    config = BertConfig(**shape.config())
    config._attn_implementation = "eager"
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict({name: torch.from_numpy(w) for name, w in encoder.items()})
    return bert


class CrossEncoder(torch.nn.Module):
    """Logits of an answer's start and end at each token, and of the passage answering at all.

    A cross-encoder with the span heads of BERT (https://arxiv.org/abs/1810.04805, section 4.2).
    """

    def __init__(self, shape: BertShape, encoder: Mapping[str, Floats]) -> None:
        """Untrained heads over the weights of ``encoder``, named as ``BertModel`` names them."""
        super().__init__()
        self.bert = bert_of(shape, encoder)
        self.span = torch.nn.Linear(shape.hidden, 2)
        self.answers = torch.nn.Linear(shape.hidden, 1)
        self._freeze_shared()

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of ``(n, length)`` ids and mask: starts and ends, ``(n, length)``; answers, ``(n,)``."""
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        starts, ends = self.span(states).unbind(-1)
        return starts, ends, self.answers(states[:, 0]).squeeze(-1)

    def own(self) -> dict[str, torch.Tensor]:
        """The weights that are its own, by name: those that are trained."""
        return {name: p.detach() for name, p in self.named_parameters() if p.requires_grad}

    def load_own(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Take the place of :meth:`own`.

        Raises:
            ModelError: one is missing, or is none of them.
        """
        if odd := weights.keys() ^ self.own().keys():
            raise ModelError(f"the reader's weights do not fit: {', '.join(sorted(odd)[:3])}")
        self.load_state_dict(dict(weights), strict=False)

    def _freeze_shared(self) -> None:
        for part in (self.bert.embeddings, *self.bert.encoder.layer[:SHARED_LAYERS]):
            part.requires_grad_(False)
