"""Keeping an index in step with folders, and what is told of what cannot be read."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from rag import cli
from rag.corpus.web.fetching import Fetched
from rag.errors import CorpusError
from rag.ingestion import Ingested
from rag.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    (made / "deep").mkdir(parents=True)
    write(made / "one.txt", "أعلنت بلدية صفاقس افتتاح الميناء.")
    write(made / "deep" / "two.txt", "The harbour of Sfax opened on Monday.")
    rows(made / "many.jsonl", "a", "b", "c")
    return made


def write(file: Path, text: str) -> None:
    """A file that looks changed, however soon after."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(time.time_ns(), time.time_ns()))


def rows(file: Path, *names: str) -> None:
    write(file, "\n".join(json.dumps({"id": n, "text": f"Row {n} has a text."}) for n in names))


def told(done: Ingested) -> tuple[int, int, int, int]:
    return len(done.added), len(done.replaced), len(done.unchanged), len(done.removed)


def test_a_folder_is_kept_in_step(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(library.ingest([folder], sync=True)) == (5, 0, 0, 0)
    read: list[str] = []
    opened = Path.read_bytes

    def noting(path: Path) -> bytes:
        read.append(path.name)
        return opened(path)

    monkeypatch.setattr(Path, "read_bytes", noting)
    assert told(library.ingest([folder], sync=True)) == (0, 0, 5, 0)
    assert not [name for name in read if name.endswith(("txt", "jsonl"))]

    write(folder / "one.txt", "أعلنت بلدية صفاقس إغلاق الميناء.")
    rows(folder / "many.jsonl", "a", "d")
    write(folder / "new.txt", "Something new.")
    (folder / "deep" / "two.txt").unlink()
    # Of the rows one is as it was, one is new, two are gone; so is the file.
    assert told(library.ingest([folder], sync=True)) == (3, 1, 1, 3)
    texts = {article.text for article in library.articles()}
    assert texts == {
        "أعلنت بلدية صفاقس إغلاق الميناء.",
        "Something new.",
        "Row a has a text.",
        "Row d has a text.",
    }
    assert told(library.ingest([folder], sync=True)) == (0, 0, 4, 0)


def test_what_came_otherwise_is_left_alone(library: Library, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "news-of-old.txt"
    write(other, "Older news lie beside the folder.")
    library.ingest([other])
    library.ingest([folder], sync=True)
    # The same article in a second file stays as long as one of them does.
    write(tmp_path / "news" / "again.txt", "Older news lie beside the folder.")
    library.ingest([folder], sync=True)
    (folder / "again.txt").unlink()
    assert told(library.ingest([folder], sync=True)) == (0, 0, 5, 0)
    assert len(library.articles()) == 6


def test_an_index_made_without_a_record_is_taken_over(library: Library, folder: Path) -> None:
    library.ingest([folder])
    (library.path / "sources.sqlite").write_bytes(b"damaged, not a database at all")
    assert told(library.ingest([folder], sync=True)) == (0, 0, 5, 0)
    (folder / "one.txt").unlink()
    assert told(library.ingest([folder], sync=True)) == (0, 0, 4, 1)


def test_a_folder_that_is_gone_or_empty_removes_nothing(library: Library, folder: Path) -> None:
    library.ingest([folder], sync=True)
    away = folder.rename(folder.parent / "away")
    with pytest.raises(CorpusError, match="no such folder"):
        library.ingest([folder], sync=True)
    folder.mkdir()
    with pytest.raises(CorpusError, match="empty, and 3 files were read from it"):
        library.ingest([folder], sync=True)
    assert len(library.articles()) == 5
    folder.rmdir()
    away.rename(folder)
    assert told(library.ingest([folder], sync=True)) == (0, 0, 5, 0)


def test_what_was_refused_is_told_again_until_it_can_be_read(
    library: Library, folder: Path
) -> None:
    bad, table = folder / "bad.txt", folder / "half.jsonl"
    bad.write_bytes(b"\x00\x01\x02\xff")
    write(table, '{"text": "good"}\n{"no": "text"}')
    done = library.ingest([folder], sync=True)
    assert len(done.added) == 6
    reasons = [(one.path, one.reason) for one in done.unreadable]
    assert library.refused() == sorted(reasons)
    assert len(reasons) == 2
    # Read again they are not: they look as they did.
    assert library.ingest([folder], sync=True).unreadable == ()
    assert len(library.refused()) == 2
    write(bad, "Now it is text.")
    table.unlink()
    assert told(library.ingest([folder], sync=True)) == (1, 0, 5, 1)
    assert library.refused() == []


def test_strict_adds_nothing_where_anything_is_refused(library: Library, folder: Path) -> None:
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02\xff")
    done = library.ingest([folder], strict=True)
    assert told(done) == (0, 0, 0, 0)
    assert [Path(one.path).name for one in done.unreadable] == ["bad.txt"]
    assert not library.exists()


@pytest.mark.usefixtures("words")
def test_the_command_line_syncs_lists_refusals_and_keeps_indexes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02\xff")
    index = ["--index", str(tmp_path / "index")]
    assert cli.main(["ingest", "--sync", str(folder), *index]) == 1
    assert "5 added, 0 replaced, 0 unchanged" in capsys.readouterr().err
    assert cli.main(["list", "--refused", "--json", *index]) == 0
    (refused,) = json.loads(capsys.readouterr().out)
    assert Path(refused["path"]).name == "bad.txt"
    (folder / "one.txt").unlink()
    (folder / "bad.txt").unlink()
    assert cli.main(["ingest", "--sync", str(folder), *index]) == 0
    assert "0 added, 0 replaced, 4 unchanged, 1 removed" in capsys.readouterr().err
    assert cli.main(["verify", *index]) == 0
    assert cli.main(["backup", str(tmp_path / "kept.zip"), *index]) == 0
    again = ["--index", str(tmp_path / "again")]
    assert cli.main(["restore", str(tmp_path / "kept.zip"), *again]) == 0
    assert "sound, 4 articles" in capsys.readouterr().err
    segment = next((tmp_path / "again").glob("segment-*"))
    (segment / "words.txt").write_bytes(b"x")
    assert cli.main(["verify", *again]) == 1
    assert "musnad repair --index" in capsys.readouterr().err
    assert cli.main(["repair", *again]) == 0
    assert cli.main(["verify", *again]) == 0
    for wrong in (["ingest", "--watch"], ["ingest", "--sync", "--rebuild"]):
        assert cli.main([*wrong, *index]) == 2


@pytest.mark.usefixtures("words")
def test_indexes_have_names_and_may_be_searched_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.txt", "أعلنت بلدية صفاقس افتتاح الميناء الجديد.")
    write(tmp_path / "b.txt", "أعلنت بلدية سوسة إغلاق المطار القديم.")
    for name in ("a", "b"):
        assert cli.main(["ingest", f"{name}.txt", "--index", f"index/{name}"]) == 0
    capsys.readouterr()
    assert cli.main(["corpora", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["articles"]) for one in told] == [("a", 1), ("b", 1)]

    def found(*where: str) -> set[str]:
        assert cli.main(["search", "بلدية", "--json", *where]) == 0
        return {hit["text"].split()[2] for hit in json.loads(capsys.readouterr().out)}

    assert found("--index", "a") == {"صفاقس"}
    assert found("--index", "b") == {"سوسة"}
    assert found("--index", "a", "--also", "b") == {"صفاقس", "سوسة"}
    manifest = tmp_path / "index" / "b" / "manifest.json"
    manifest.write_text("{", encoding="utf-8")
    assert cli.main(["corpora"]) == 0
    assert "b  index/b/manifest.json: damaged" in capsys.readouterr().out
    assert cli.main(["search", "بلدية", "--index", "a", "--also", "b"]) == 1


@pytest.mark.usefixtures("words")
def test_pages_and_feeds_are_fetched_when_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (
        "<html><head><title>Harbour of Sfax opens</title></head><body><article><h1>Harbour of Sfax"
        " opens</h1><p>{}</p></article></body></html>"
    )
    entries = "".join(
        f"<item><title>News {n}</title><link>https://radio.example/{n}</link>"
        f"<description>News number {n} is told here.</description></item>"
        for n in range(2)
    )
    feed = f'<rss version="2.0"><channel><title>Radio</title>{entries}</channel></rss>'
    told = "The harbour opened on Monday after a storm, said the ministry of transport in Tunis."
    there = {
        "https://daily.example/a": ("text/html", page.format(told)),
        "https://radio.example/feed": ("application/rss+xml", feed),
    }

    def fetch(url: str, before: Fetched | None) -> Fetched:
        if url not in there:
            raise CorpusError("the site answers with status 404")
        kind, text = there[url]
        return Fetched(url, kind, text.encode())

    monkeypatch.setattr("rag.corpus.web.fetching.fetch", fetch)
    index = ["--index", str(tmp_path / "index")]
    assert cli.main(["ingest", "--fetch", *there, *index]) == 0
    assert "3 added" in capsys.readouterr().err
    there["https://daily.example/a"] = ("text/html", page.format(told.replace("Monday", "Friday")))
    assert cli.main(["ingest", "--fetch", *there, "https://gone.example/", *index]) == 1
    said = capsys.readouterr().err
    assert "https://gone.example/: the site answers with status 404" in said
    assert "1 added, 1 replaced, 2 unchanged" in said
    assert cli.main(["list", "--json", *index]) == 0
    urls = {article["url"] for article in json.loads(capsys.readouterr().out)}
    assert urls == {"https://daily.example/a", "https://radio.example/0", "https://radio.example/1"}
    assert cli.main(["ingest", "--fetch", "--sync", *there, *index]) == 2


@pytest.mark.usefixtures("words")
def test_a_watched_folder_is_kept_in_step(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    # As many rounds as the test has; each is told when the one before it is done.
    rounds = iter([threading.Event(), threading.Event()])
    seen: list[int] = []

    def watch(*paths: Path, raise_interrupt: bool) -> object:
        for n, _ in enumerate(rounds):
            write(folder / f"later-{n}.txt", f"Later news, number {n}.")
            yield {n}

    def reported(parts: list[Ingested]) -> int:
        seen.append(len(parts[0].added))
        return 0

    monkeypatch.setattr(watchfiles, "watch", watch)
    monkeypatch.setattr(cli, "_report", reported)
    index = ["--index", str(tmp_path / "index")]
    assert cli.main(["ingest", "--sync", "--watch", str(folder), *index]) == 0
    assert seen == [5, 1, 1]
