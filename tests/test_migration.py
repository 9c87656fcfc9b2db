"""From one store to another and back: the same answers, and nothing is encoded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from libraries import again

from rag import cli
from rag.errors import IndexMismatch, StoreError
from rag.library import Library
from rag.migration import migrate
from rag.store.opening import open_store
from rag.types import Article


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    url = f"milvus:///{tmp_path}/store.db"
    yield url
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(str(tmp_path / "store.db"))


def beside(library: Library, path: Path, store: str | None = None) -> Library:
    """A library over the same models at another place."""
    return again(library, dataclasses.replace(library.settings, store=store), path=path)


def answers(library: Library) -> list[dict[str, Any]]:
    asked = [library.ask(question).to_dict() for question in ("وانغ يي", "الهجوم الإرهابي")]
    for answer in asked:
        del answer["timings"]
    return asked


def test_there_and_back_it_answers_the_same_and_nothing_is_encoded(
    seeded: Library, tmp_path: Path, url: str
) -> None:
    seeded.remove([seeded.articles()[1].id])
    seeded.amend(seeded.articles()[0].id, outlet="وكالة")
    expected, articles, counts = answers(seeded), seeded.articles(), seeded.snapshot().counts
    calls = [encoder.calls for encoder in seeded.encoders()]  # type: ignore[attr-defined]
    told: list[tuple[str, int, int]] = []
    done = seeded.migrate(url, report=lambda *each: told.append(each))
    assert (done.moved, done.there, done.counts) == (counts.articles, 0, counts)
    assert told == [("articles", counts.articles, counts.articles)]
    there = beside(seeded, seeded.path, url)
    back = there.migrate(str(tmp_path / "back"))
    assert (back.moved, back.counts) == (counts.articles, counts)
    assert [encoder.calls for encoder in seeded.encoders()] == calls  # type: ignore[attr-defined]
    for library in (there, beside(seeded, tmp_path / "back")):
        assert library.articles() == articles
        assert set(library.snapshot().vocabulary) == set(seeded.snapshot().vocabulary)
        assert answers(library) == expected
    assert beside(seeded, tmp_path / "back").verify() == []


def test_stopped_anywhere_it_goes_on_where_it_was(
    seeded: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.migration._BATCH", 2)
    target = open_store(tmp_path / "target", None)
    whole = seeded.snapshot()

    def stopped(stage: str, done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(whole, target, stopped)
    assert len(target.snapshot().articles) == 4
    changed = dataclasses.replace(seeded.articles()[0], outlet="وكالة")
    seeded.add([changed])
    again = migrate(seeded.snapshot(), target, lambda *_: None)
    assert (again.moved, again.there) == (3, 3)
    assert list(target.snapshot().articles) == seeded.articles()
    version = target.snapshot().version
    assert migrate(seeded.snapshot(), target, lambda *_: None).moved == 0
    assert target.snapshot().version == version


def test_what_other_models_made_is_not_added_to(
    seeded: Library, settings: Any, tmp_path: Path
) -> None:
    other = beside(seeded, tmp_path / "other")
    other.settings = dataclasses.replace(settings, chunk_tokens=61)
    other.add([Article("a", "نص.", language="ar")])
    with pytest.raises(IndexMismatch, match=r"--index .*other: made by other models"):
        seeded.migrate(str(other.path))
    assert [article.id for article in other.articles()] == ["a"]


def test_an_empty_index_stays_one(seeded: Library, tmp_path: Path) -> None:
    seeded.remove([article.id for article in seeded.articles()])
    assert seeded.migrate(str(tmp_path / "other")).counts == (0, 0, 0)
    assert beside(seeded, tmp_path / "other").articles() == []


@pytest.mark.usefixtures("words")
def test_the_command_line_over_a_store(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["search", "--store", url, "وانغ يي"]) == 1
    assert f"no index here; make one with: musnad ingest --store {url}" in capsys.readouterr().err
    assert cli.main(["ingest"]) == 0
    assert cli.main(["migrate", "--to", url]) == 0
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith(
        f"6 articles moved, 0 were there; --store {url} holds 6 articles, 8 passages"
    )
    monkeypatch.setenv("MUSNAD_STORE", url)
    assert cli.main(["list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert cli.main(["ingest"]) == 0
    assert "0 added, 0 replaced, 6 unchanged" in capsys.readouterr().err
    for command in (["verify"], ["repair"], ["backup", "f"], ["restore", "f"]):
        assert cli.main(command) == 2
        assert f"--store {url}: not kept in a folder" in capsys.readouterr().err
    assert cli.main(["search", "--also", "index/default", "وانغ يي"]) == 2
    assert "cannot be searched with others" in capsys.readouterr().err
    assert cli.main(["corpora"]) == 0
    assert capsys.readouterr().out == "default  6\n"
    assert cli.main(["search", "--store", "http://host", "q"]) == 2
    assert "--store 'http://host': expected milvus" in capsys.readouterr().err


def test_what_is_not_all_there_afterwards_is_told(seeded: Library, tmp_path: Path) -> None:
    seeded.migrate(str(tmp_path / "other"))
    source = seeded.snapshot()
    with pytest.raises(StoreError, match="holds"):
        migrate(
            _Claiming(source, source.counts._replace(passages=1)),
            open_store(tmp_path / "other", None),
            lambda *_: None,
        )


class _Claiming:
    """A snapshot that claims to hold so much."""

    def __init__(self, snapshot: Any, counts: Any) -> None:
        self._snapshot = snapshot
        self.counts = counts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._snapshot, name)
