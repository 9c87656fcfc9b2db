"""What the reader is trained on: rows, losses and epochs, by hand."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from eval.fit.reader.examples import Example, read, write
from rag.types import Span

torch = pytest.importorskip("torch")
training = pytest.importorskip("eval.fit.reader.training")

HELD = Example("written ar-ar", "who came", "News", "Omar came late", (Span(0, 4),))
LACKS = Example("written-none ar-ar", "who left", "News", "Omar came late")


def test_examples_come_back_as_they_were_written(tmp_path: Path) -> None:
    write(tmp_path / "e.jsonl", [HELD, LACKS])
    assert read(tmp_path / "e.jsonl") == [HELD, LACKS]


def test_an_epoch_has_the_share_of_each_set_that_is_named() -> None:
    retrieved = Example("written ar-ar", "who came", "News", "Nobody")
    examples = [HELD] * 400 + [LACKS] * 400 + [retrieved] * 400
    chosen = training.epoch(examples, 1)
    assert chosen.count(HELD) == chosen.count(LACKS) == 400
    assert 60 < chosen.count(retrieved) < 140  # A quarter of them.
    assert chosen == training.epoch(examples, 1) != training.epoch(examples, 2)


def test_losses_are_those_of_spans_where_there_are_some_and_of_answering() -> None:
    # Two rows of three tokens, the first one special; the passage answers in the first row alone.
    rows = [
        training.Row([9, 1, 2, 3], 1, [1], [1], True),
        training.Row([9, 1, 2, 3], 1, [], [], False),
    ]
    batch = training.tensors(rows)
    width = batch["ids"].shape[1]
    assert batch["passage"][0].tolist()[:5] == [0, 1, 1, 0, 0]

    def model(ids: Any, mask: Any) -> tuple[Any, Any, Any]:
        even = torch.zeros(2, width)
        return even, even, torch.tensor([0.0, 0.0])

    span, answers = training.losses(model, batch)
    # Two tokens of the passage, all alike; start and end weigh half each.
    assert float(span) == pytest.approx(math.log(2), abs=1e-4)
    assert float(answers) == pytest.approx(math.log(2), abs=1e-4)


def test_a_row_marks_every_token_that_its_span_touches() -> None:
    tokens = SimpleNamespace(
        special=lambda name: 0,
        pieces=lambda text: (
            [1] * len(text.split()),
            [(text.index(word), text.index(word) + len(word)) for word in text.split()],
        ),
    )
    row = training.row_of(tokens, Example("x", "q", "h", "Omar came very late", (Span(5, 14),)))
    assert row is not None
    assert (row.starts, row.ends) == ([row.first + 1], [row.first + 2])
    cut = training.row_of(tokens, Example("x", "q", "h", "Omar", (Span(50, 54),)))
    assert cut is None
