"""A sentence-transformers model turned into an OpenVINO folder, checked against the original.

Runs once per model and is the only reason the default encoder ever needs torch.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import ModelError
from rag.models.description import EncoderDescription, content_digest, fingerprint, role_prompts
from rag.models.graphs import compile_graph, import_openvino
from rag.models.openvino_encoder import (
    DESCRIPTION,
    FORMAT,
    GRAPH,
    TOKENIZER,
    VERSION,
    OpenVinoEncoder,
)
from rag.models.protocols import Role
from rag.models.sentence_transformers_encoder import load_model, quiet_transformers
from rag.models.tokens import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WORST_COSINE = 0.9999
_EXAMPLES = (
    "كتبت كوري شولمان، المساعدة الخاصة لأوباما، في تدوينة نشرتها يوم الإثنين.",
    "The peaceful transition of power is not without precedent in the United States.",
    "عاصمة فرنسا",
    "a",
)
_PROBES = (*_EXAMPLES, " ".join(_EXAMPLES * 5), _EXAMPLES[0] * 2, " ".join(_EXAMPLES[:2] * 40))


class NotConvertible(ModelError):
    """The model is sound but has parts that OpenVINO does not reproduce."""


def convert(model_folder: Path, folder: Path, name: str) -> None:
    """Lay the sentence-transformers directory ``model_folder`` out for OpenVINO in ``folder``.

    ``name`` tells models of the E5 family that carry no prompts of their own.

    Raises:
        NotConvertible: the graph's vectors differ from the model's (cosine under 0.9999).
        ModelError: the model cannot be loaded.
        OSError: the disk refuses.
    """
    model = load_model(str(model_folder))
    length = _length(model)
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise NotConvertible("its tokenizer is not one of the tokenizers library")
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    dimension = _save_graph(model, folder / GRAPH)
    prompts = role_prompts(name, model.prompts)
    mark = fingerprint(VERSION, content_digest(model_folder), prompts, length)
    draft = EncoderDescription(FORMAT, mark, dimension, length, prompts, "f32", {})
    precision = _best_precision(model, folder, draft)
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    replace(draft, precision=precision, sizes=sizes).save(folder / DESCRIPTION)


def _length(model: SentenceTransformer) -> int:
    length = model.max_seq_length or getattr(model.tokenizer, "model_max_length", None)
    if not isinstance(length, int) or not 0 < length < 1_000_000:
        raise NotConvertible("it does not say how many tokens it reads")
    return length


def _save_graph(model: SentenceTransformer, path: Path) -> int:
    """Trace ids and mask to unit vectors, and save it; the dimension."""
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(model)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
            for part in self.parts:
                features = part(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

    mask = torch.tensor([[1] * 9, [1] * 6 + [0] * 3])
    example = {"input_ids": mask * 5, "attention_mask": mask}
    openvino = import_openvino()
    with torch.no_grad(), quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            graph = openvino.convert_model(Whole().eval(), example_input=example)
        except Exception as error:  # the tracer raises whatever the model's own code raises
            raise NotConvertible(f"it cannot be traced ({type(error).__name__})") from error
    # In half precision, only on disk: it halves the file, and the memory it is mapped into.
    openvino.save_model(graph, str(path), compress_to_fp16=True)
    return int(graph.output(0).get_partial_shape()[1].get_length())


def _best_precision(
    model: SentenceTransformer, folder: Path, description: EncoderDescription
) -> str:
    """The fastest precision at which every probe agrees with the original model."""
    worst = -1.0
    tokens = Tokens.open(folder / TOKENIZER, description.length)
    for precision in ("bf16", "f32"):
        graph = compile_graph(folder / GRAPH, 1, precision)
        encoder = OpenVinoEncoder("", description, graph, tokens)
        worst = min(_agreement(model, encoder, role) for role in ("query", "passage"))
        if worst >= WORST_COSINE:
            return precision
    raise NotConvertible(f"its vectors would change (cosine {worst:.5f})")


def _agreement(model: SentenceTransformer, encoder: OpenVinoEncoder, role: Role) -> float:
    expected = model.encode(
        list(_PROBES),
        prompt=encoder.prompts[role],
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    found = encoder.encode(_PROBES, role)
    return float(np.min(np.sum(np.asarray(expected) * found, axis=1)))
