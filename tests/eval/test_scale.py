"""The synthetic corpus of the scale benchmark, small."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from eval.scale import RandomVectors, build_synthetic
from rag.library import Library


def test_random_vectors_are_the_same_however_they_are_sliced() -> None:
    vectors = RandomVectors((1000, 8), 3)
    whole = vectors[0:1000]
    assert whole.shape == (1000, 8)
    assert np.array_equal(vectors[300:700], whole[300:700])
    assert np.linalg.norm(whole, axis=1) == pytest.approx(np.ones(1000), rel=1e-5)
    assert not np.array_equal(whole[:256], whole[256:512])


def test_passages_are_repeated_with_other_words(library: Library, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    texts = ["وصل الوزير إلى المدينة اليوم. التقى الرئيس هناك.", "سقط المطر على الحقول."]
    corpus.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    encoders = library.encoders()
    build_synthetic(tmp_path / "index", corpus, 5, dataclasses.replace(library.settings), encoders)
    built = Library(
        tmp_path / "index", library.settings, encoder=encoders[0], sentence_encoder=encoders[1]
    )
    articles = built.articles()
    assert [article.text for article in articles] == [texts[n % 2] for n in range(5)]
    snapshot = built.snapshot()
    assert snapshot.counts == (5, 5, 2 * 3 + 2)
    for _, article, chunk in snapshot.passages(np.arange(5)):
        assert chunk.text == article.text
        assert all(span.of(article.text).strip() for span in chunk.sentences)
    assert len(built.search("المدينة")) > 0
