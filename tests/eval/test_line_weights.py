"""The fitting of the weights that tell furniture from news."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cleanup import Page
from eval.fit import lines as fitting
from eval.fit.lines import crossed, fit, labelled, plain, written
from rag.corpus.page.lines import lines_of
from rag.corpus.page.linesort import load_weights, weigh

STORY = "The town council of Larch End opened a new vegetable market on Monday in the station yard."


def test_the_written_pages_are_marked_line_by_line() -> None:
    pages = list(written())
    marks = [mark for page in pages for mark in page.furniture]
    assert len(pages) > 30
    assert marks.count(True) > 300 and marks.count(False) > 150 and None in marks
    assert all(len(page.features) == len(page.furniture) for page in pages)


def test_the_weights_that_ship_say_what_they_should() -> None:
    weights = load_weights()
    assert weights["pages"] > 0 > weights["long"]
    assert weights["short story"] > weights["in a list"]


def test_what_is_fitted_tells_the_pages_apart() -> None:
    pages = list(written())
    weights = fit(pages)
    rows = [
        (weigh(looks, weights) > 0, known)
        for page in pages
        for looks, known in zip(page.features, page.furniture, strict=True)
        if known is not None
    ]
    assert sum(found == known for found, known in rows) / len(rows) > 0.9


def test_crossed_counts_only_what_is_known() -> None:
    text = f"{STORY}\nShare\n{STORY}\nFollow us on Facebook\n"
    lines = lines_of(text)
    page = Page(text, {}, debris=(lines[1], lines[3]), either=(lines[2],))
    right, found, there = crossed([labelled(page)], list(written()), 0.0)
    assert (right, found, there) == (2, 2, 2)


def test_plain_news_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ant").mkdir()
    (tmp_path / "ant" / "training_ids.txt").write_text("a\n", "utf-8")
    articles = [{"id": name, "text": f"{STORY}\n" * 6} for name in "ab"]
    (tmp_path / "ant" / "articles.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    monkeypatch.setattr(fitting, "_PLAIN", 5)
    assert [sample.furniture for sample in plain(tmp_path)] == [[False] * 6]
