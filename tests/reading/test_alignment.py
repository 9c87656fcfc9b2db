"""Sentences compared with a question token by token, over encoders that count words."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import WordEncoder

from rag.answering.pipeline import Request
from rag.library import Library
from rag.models.protocols import Encoder, Role, Vectors
from rag.reading.evidence import ACROSS, WITHIN, alignments


class Opaque:
    """An encoder that tells nothing of its tokens."""

    name, fingerprint, dimension = "opaque", "opaque", 2

    def encode(self, texts: list[str], role: Role) -> Vectors:
        return np.ones((len(texts), 2), dtype=np.float32)

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [1] * len(texts)


def test_alignment_is_the_mean_of_each_tokens_best_match() -> None:
    sentences = ["ministers met in Guilin", "met", "trees grow", ""]
    assert alignments(WordEncoder(), "Ministers met Guilin?", sentences) == pytest.approx(
        [1.0, 1 / 3, 0.0, 0.0]
    )


def test_without_tokens_nothing_is_known() -> None:
    opaque: Encoder = Opaque()  # type: ignore[assignment]
    assert alignments(opaque, "who met?", ["ministers met", "التقى"]) == [WITHIN, ACROSS]
    assert alignments(WordEncoder(), "?", ["ministers met"]) == [ACROSS]
    assert alignments(WordEncoder(), "who met?", []) == []


def test_the_evidence_is_ordered_by_alignment_too(
    seeded: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
    query, found = seeded.pipeline().search(Request(question))
    reader = seeded.pipeline().reader
    before = reader.select(query, found, 4)
    assert before[0].signals.alignment == max(item.signals.alignment for item in before)
    assert [item.score for item in before] == sorted((i.score for i in before), reverse=True)

    def only_the_last(_: Encoder, __: str, sentences: list[str]) -> list[float]:
        return [float(text == before[-1].text) for text in sentences]

    monkeypatch.setattr("rag.reading.reader.alignments", only_the_last)
    assert reader.select(query, found, 4)[0].text == before[-1].text
