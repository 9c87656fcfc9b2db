"""Segments: an index that grew, shrank and was merged holds what one made at once would."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from fakes import WordEncoder, WordReader

from rag.config import Settings
from rag.filters import EVERYTHING
from rag.library import Library
from rag.store.protocol import DENSE_FIELDS, Floats, LexicalField, single
from rag.store.snapshot import FolderSnapshot
from rag.store.writing import _to_merge
from rag.types import Article

ASKED = ["ميناء صفاقس"]
PLACES = ["تونس", "صفاقس", "سوسة", "قابس", "بنزرت", "نابل", "القيروان", "قفصة", "مدنين", "توزر"]
THINGS = ["الميناء", "المطار", "السوق", "المدرسة", "المستشفى", "الجسر", "القطار", "المصنع"]


def article(n: int, more: str = "") -> Article:
    rng = random.Random(n)
    sentences = [
        f"افتتحت بلدية {rng.choice(PLACES)} {rng.choice(THINGS)} يوم {rng.randrange(1, 29)} مارس."
        for _ in range(rng.randrange(1, 6))
    ]
    day = f"2024-03-{rng.randrange(1, 29):02}"
    return Article(
        f"a{n:03}", " ".join(sentences) + more, title=f"خبر {n}", date=day, language="ar"
    )


def library(path: Path, like: Library | None = None) -> Library:
    settings = Settings.from_environment({"MUSNAD_LLM": "none"})
    models = like.encoders() if like else (WordEncoder(), WordEncoder("sentences"))
    return Library(
        path, settings, encoder=models[0], sentence_encoder=models[1], reader=WordReader()
    )


def opened(library: Library) -> FolderSnapshot:
    snapshot = library.snapshot()
    assert isinstance(snapshot, FolderSnapshot)
    return snapshot


def scores(library: Library) -> dict[tuple[str, int, str], float]:
    """Every score of every passage, by article and start."""
    snapshot = opened(library)
    ids = np.concatenate([np.asarray([], np.int64), snapshot.nearest(
        np.ones(library.encoders()[0].dimension, np.float32), 10_000, EVERYTHING)])  # fmt: skip
    passages = snapshot.passages(ids)
    candidates = snapshot.candidates(ids)
    encoder, sentence_encoder = library.encoders()
    vector, other = (each.encode(ASKED, "query")[0] for each in (encoder, sentence_encoder))
    query = single({"مدين": 1.0, "ميناء": 0.5, "صفاقس": 2.0})
    lexical: tuple[LexicalField, ...] = get_args(LexicalField)
    found: dict[str, Floats] = {field: candidates.bm25(field, query) for field in lexical}
    for dense in DENSE_FIELDS:
        asked = other if dense == "similarity" else vector
        found[dense] = candidates.cosines(dense, asked).best()
    return {
        (p.article.id, p.chunk.start, name): float(score)
        for name, each in found.items()
        for p, score in zip(passages, each, strict=True)
    }


def test_after_any_changes_it_scores_like_one_made_at_once(tmp_path: Path) -> None:
    rng = random.Random(3)
    grown = library(tmp_path / "grown")
    now: dict[str, Article] = {}
    for step in range(60):
        done = rng.random()
        if done < 0.6 or not now:
            some = [article(n) for n in rng.sample(range(200), rng.randrange(1, 4))]
        elif done < 0.8:
            some = [replace(now[rng.choice(sorted(now))], text=f"نص جديد في سوسة {step}.")]
        else:
            gone = rng.choice(sorted(now))
            assert [a.id for a in grown.remove([gone])] == [gone]
            del now[gone]
            continue
        grown.add(some)
        now |= {a.id: a for a in some}
    whole = library(tmp_path / "whole", grown)
    whole.add(now.values())
    assert 1 < len(opened(grown).parts) < 12
    assert any(part.dead for part in opened(grown).parts)
    assert grown.articles() == list(now.values()) == whole.articles()
    assert opened(grown).counts == opened(whole).counts
    expected = scores(whole)
    assert scores(grown) == pytest.approx(expected, rel=1e-5)
    for question in ("متى افتتح ميناء صفاقس؟", "سوق القيروان", "نص جديد"):
        found, other = (
            {(h.article.id, h.start, round(h.score, 4)) for h in one.search(question, 10)}
            for one in (grown, whole)
        )
        assert found == other
    assert set(opened(whole).vocabulary) <= set(opened(grown).vocabulary)


def test_what_is_replaced_or_removed_is_dead_in_its_segment(tmp_path: Path) -> None:
    kept = library(tmp_path / "index")
    kept.add([article(n) for n in range(8)])
    kept.remove(["a003"])
    kept.add([replace(article(4), text="جسر آخر في مدينة أخرى.")])
    assert [len(part.dead) for part in opened(kept).parts] == [2, 0]
    assert [a.id for a in kept.articles()] == [f"a{n:03}" for n in range(8) if n != 3]


def test_one_more_article_writes_little_and_merges_are_bounded() -> None:
    segments, written = [10_000], []
    for _ in range(3000):
        merged = _to_merge([(size, 0) for size in segments], 1)
        size = 1 + sum(segments[n] for n in merged)
        segments = [s for n, s in enumerate(segments) if n not in merged] + [size]
        written.append(size)
    assert segments[0] == 10_000
    assert max(written) <= 1024
    assert sum(written) / len(written) < 6
    assert len(segments) < 20


def test_what_is_mostly_dead_is_written_anew() -> None:
    assert _to_merge([(70, 30)], 0) == {0}
    assert _to_merge([(80, 20), (5000, 3000)], 0) == set()


def test_an_index_of_the_format_before_is_brought_up_to_date_as_it_is(tmp_path: Path) -> None:
    kept = library(tmp_path / "index")
    kept.add([article(n) for n in range(5)])
    expected = scores(kept)
    _as_format_3(kept.path)
    calls = kept.encoders()[0].calls  # type: ignore[attr-defined]
    again = library(tmp_path / "index", kept)
    with pytest.raises(
        Exception, match="not an index of format 4; bring it up to date with: musnad"
    ):
        again.snapshot()
    again.add([])
    assert kept.encoders()[0].calls == calls  # type: ignore[attr-defined]
    assert scores(again) == expected
    assert not list(kept.path.glob("snapshot-*"))


def _as_format_3(path: Path) -> None:
    """As it was written before there were segments."""
    import sqlite3

    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    (said,) = manifest.pop("segments")
    (path / said["name"]).rename(path / "snapshot-1")
    database = path / "snapshot-1" / "articles.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE articles DROP COLUMN place")
    connection.close()
    for name in ("version", "sha256"):
        del manifest[name]
    files = {file.name: file.stat().st_size for file in (path / "snapshot-1").iterdir()}
    manifest |= {"format": 3, "snapshot": "snapshot-1", "counts": said["counts"], "files": files}
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (path / "manifest.copy.json").unlink()
