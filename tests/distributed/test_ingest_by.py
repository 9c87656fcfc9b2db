"""Many articles by several workers: the index that one process makes, whatever stops it."""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Generator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from fake_tasks import Inline
from fakes import (
    HashEncoder,
    LengthTranslator,
    WordReader,
    deadly_encoders,
    hash_encoders,
    other_encoders,
)

from rag.config import Settings
from rag.distributed.pools import Pool
from rag.distributed.processes import Processes
from rag.errors import CorpusError, ModelError
from rag.filters import EVERYTHING
from rag.ingestion import Ingested
from rag.library import Library
from rag.store.protocol import DENSE_FIELDS, single
from rag.text.analyze import analyze
from rag.types import Article

_SAID = "أعلنت بلدية صفاقس افتتاح الميناء والسوق The harbour of Tunis opened again on Monday"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few articles in a share, and in a commit."""
    monkeypatch.setattr("rag.distributed.reading._BATCH", 2)
    monkeypatch.setattr("rag.distributed.encoding._TOGETHER", 4)


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> Inline:
    """Workers, also those that read, that are this process."""
    monkeypatch.setattr("rag.library.Processes", Inline)
    return Inline(2)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Files of one article and of many, one twice, one that cannot be read, and a bad row."""
    folder = tmp_path / "news"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text("أعلنت بلدية صفاقس افتتاح الميناء.", encoding="utf-8")
    (folder / "deep" / "same.txt").write_text("أعلنت بلدية صفاقس افتتاح الميناء.", encoding="utf-8")
    (folder / "deep" / "bad.txt").write_bytes(b"\x00")
    rows = [json.dumps({"id": f"r{n}", "text": f"Row {n} of the harbour."}) for n in range(9)]
    (folder / "many.jsonl").write_text("\n".join([*rows[:5], "{", *rows[5:]]), encoding="utf-8")
    return folder


def made(path: Path, settings: Settings) -> Library:
    return Library(
        path,
        settings,
        encoder=HashEncoder("passages"),
        sentence_encoder=HashEncoder("sentences"),
        reader=WordReader(),
        translator=LengthTranslator(),
    )


def spread(library: Library, pool: Pool, *paths: Path) -> list[Ingested]:
    return list(library.ingest_by(pool, paths, hash_encoders))


def together(parts: Sequence[Ingested]) -> dict[str, Counter[object]]:
    """All ids and refusals of each kind."""
    names = [part.name for part in dataclasses.fields(Ingested)]
    return {name: Counter(one for done in parts for one in getattr(done, name)) for name in names}


def content(library: Library) -> dict[tuple[str, int], tuple[Article, list[float]]]:
    """Each passage by its article and place, with scores that tell of all its vectors and words."""
    snapshot = library.snapshot()
    probe = np.random.default_rng(0).standard_normal(4096).astype(np.float32)
    ids = snapshot.nearest(probe, 1000, EVERYTHING)
    candidates = snapshot.candidates(ids)
    columns = [candidates.cosines(field, probe).mean() for field in DENSE_FIELDS]
    columns.append(candidates.bm25("stems", single(dict.fromkeys(analyze(_SAID), 1.0))))
    return {
        (passage.article.id, passage.chunk.start): (
            passage.article,
            [round(float(column[n]), 5) for column in columns],
        )
        for n, passage in enumerate(snapshot.passages(ids))
    }


def test_processes_make_the_index_that_one_makes(
    tmp_path: Path, settings: Settings, news: Path
) -> None:
    one, other = (made(tmp_path / name, settings) for name in ("one", "other"))
    whole = one.ingest([news, tmp_path / "nowhere"])
    with Processes(2) as pool:
        parts = spread(other, pool, news, tmp_path / "nowhere")
        assert len(parts) == 3
        assert together(parts) == together([whole])
        assert other.articles() == one.articles()
        assert other.refused() == one.refused()
        assert set(other.snapshot().vocabulary) == set(one.snapshot().vocabulary)
        for question in ("افتتاح الميناء في صفاقس", "harbour row 7"):
            assert other.search(question) == one.search(question)
        assert other.verify() == []
        again = together(spread(other, pool, news))
        assert again["unchanged"] == together([one.ingest([news])])["unchanged"]
        assert not again["added"] and not again["replaced"]


def test_after_any_changes_of_the_files_it_holds_what_one_process_holds(
    tmp_path: Path, settings: Settings, inline: Inline
) -> None:
    rng = random.Random(5)
    one, other = (made(tmp_path / name, settings) for name in ("one", "other"))
    files = [tmp_path / "news" / f"{n}.txt" for n in range(5)]
    files[0].parent.mkdir()
    texts = [" ".join(rng.sample(_SAID.split(), 6)) + f" {n}." for n in range(7)]
    for _ in range(12):
        for file in rng.sample(files, 3):
            file.write_text(rng.choice(texts), encoding="utf-8")
        rows = [{"id": f"r{n}", "text": rng.choice(texts)} for n in range(rng.randrange(1, 9))]
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (files[0].parent / "many.jsonl").write_text(lines, encoding="utf-8")
        one.ingest([files[0].parent])
        spread(other, inline, files[0].parent)
        assert content(other) == content(one)
        assert not changed_by_sync(other, files[0].parent)


def changed_by_sync(library: Library, folder: Path) -> bool:
    """Whether files would be read again that were recorded."""
    done = library.ingest([folder], sync=True)
    return bool(done.added or done.replaced or done.removed)


def test_stopped_anywhere_it_goes_on_and_adds_nothing_twice(
    tmp_path: Path, settings: Settings, news: Path, inline: Inline
) -> None:
    whole = made(tmp_path / "whole", settings)
    parts = spread(whole, inline, news)
    for stopped in range(1, len(parts)):
        library = made(tmp_path / f"stopped-{stopped}", settings)
        running = library.ingest_by(inline, [news], hash_encoders)
        before = together(list(islice(running, stopped)))
        assert isinstance(running, Generator)
        running.close()
        assert Counter(a.id for a in library.articles()) == before["added"]
        after = together(spread(library, inline, news))
        assert after["unchanged"] == before["added"]
        assert before["added"] + after["added"] == together(parts)["added"]
        assert library.articles() == whole.articles()
        assert content(library) == content(whole)


def test_an_article_that_ends_its_workers_is_named_and_the_rest_added(
    tmp_path: Path, settings: Settings, news: Path, inline: Inline, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = made(tmp_path / "index", settings)
    parts = list(library.ingest_by(inline, [news], deadly_encoders))
    bad = {one.reason for done in parts for one in done.unreadable}
    assert "article r7: ended the process that encoded it, twice; it is left out" in bad
    assert len(bad) == 3
    assert sum(len(done.added) for done in parts) == 9
    assert "r7" not in {article.id for article in library.articles()}
    # It may have been the fault of a machine: the file is read again when the folder is synced.
    assert library.ingest([news], sync=True).added == ("r7",)


def test_one_id_of_two_texts_is_refused_however_far_apart(
    tmp_path: Path, settings: Settings, inline: Inline
) -> None:
    rows = [json.dumps({"id": f"r{n % 8}", "text": f"Row {n}."}) for n in range(9)]
    (tmp_path / "many.jsonl").write_text("\n".join(rows), encoding="utf-8")
    library = made(tmp_path / "index", settings)
    with pytest.raises(CorpusError, match="id 'r0' stands for two different texts"):
        spread(library, inline, tmp_path / "many.jsonl")


def test_workers_of_other_models_are_refused(
    tmp_path: Path, settings: Settings, news: Path, inline: Inline
) -> None:
    library = made(tmp_path / "index", settings)
    with pytest.raises(ModelError, match="not those of the command"):
        list(library.ingest_by(inline, [news], other_encoders))
    assert not library.exists()
