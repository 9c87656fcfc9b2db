"""What a person says of an article: kept through whatever its files say, and used at once."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from rag import cli
from rag.errors import ArticleNotFound, UsageError
from rag.filters import Filter, Period
from rag.library import Library
from rag.reading.heading import heading
from rag.service.uploads import add_files
from rag.store.articles import ArticleTable, write_articles
from rag.types import Article

TEXT = "افتتاح ميناء صفاقس\n25/03/2023\n\nافتتحت بلدية صفاقس الميناء الجديد يوم الاثنين."
SAID = {"title": "ميناء جديد في صفاقس", "date": "2024-03-25", "outlet": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    write(made / "port.txt", TEXT)
    row = {"id": "row", "text": "The dam opened.", "date": "2020-01-02", "outlet": "Daily"}
    write(made / "rows.jsonl", json.dumps(row))
    return made


def write(file: Path, text: str) -> None:
    """A file that looks changed, however soon after."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(time.time_ns(), time.time_ns()))


def port(library: Library) -> Article:
    return next(article for article in library.articles() if "صفاقس" in article.text)


def amended(library: Library, folder: Path) -> Article:
    """What is said of the article of a file, and of one of its own id."""
    library.ingest([folder], sync=True)
    library.amend("row", outlet="Weekly")
    return library.amend(port(library).id, title=SAID["title"], date=SAID["date"], outlet="")


def said(library: Library) -> list[dict[str, str | None]]:
    return [article.said for article in (port(library), library.article("row"))]


BOTH: list[dict[str, str | None]] = [SAID, {"outlet": "Weekly"}]


def test_it_is_what_the_article_has_and_nothing_else_changes(
    library: Library, folder: Path
) -> None:
    library.ingest([folder])
    before = port(library)
    assert (before.date, before.said) == ("2023-03-25", {})
    article = amended(library, folder)
    assert article == port(library)
    assert (article.title, article.date, article.outlet) == (SAID["title"], "2024-03-25", None)
    assert (article.id, article.text, article.debris) == (before.id, TEXT, before.debris)
    assert library.article("row").date == "2020-01-02"
    assert [a.id for a in library.articles()] == [before.id, "row"]
    assert library.verify() == []


def test_a_period_and_the_heading_go_by_it_at_once(library: Library, folder: Path) -> None:
    def found(year: str) -> list[str]:
        hits = library.search("بلدية صفاقس", where=Filter(Period.parse(year, year)))
        return [hit.article.date or "" for hit in hits]

    library.ingest([folder])
    assert (found("2023"), found("2024")) == (["2023-03-25"], [])
    article = amended(library, folder)
    assert (found("2023"), found("2024")) == ([], ["2024-03-25"])
    assert heading(article) == f"{SAID['title']}. 2024-03-25"
    library.amend(article.id, date="")
    assert (found("2023"), found("2024")) == ([], [])
    # A title is embedded with each passage.
    assert library.search("ميناء جديد", 1)[0].article.title == SAID["title"]


def test_only_a_title_is_encoded_anew(library: Library, folder: Path) -> None:
    library.ingest([folder])
    encoder = library.encoders()[0]
    calls = encoder.calls  # type: ignore[attr-defined]
    library.amend("row", date="2021", outlet="")
    assert encoder.calls == calls  # type: ignore[attr-defined]
    library.amend("row", title="Dam opens")
    assert encoder.calls > calls  # type: ignore[attr-defined]


def test_it_outlasts_what_its_files_say(library: Library, folder: Path, tmp_path: Path) -> None:
    first = amended(library, folder)
    assert library.ingest([folder]).unchanged == (first.id, "row")
    library.ingest([folder], rebuild=True)
    assert said(library) == BOTH
    # Another text is another article, in the place of the one it was read from.
    write(folder / "port.txt", TEXT.replace("الاثنين", "الثلاثاء"))
    write(folder / "rows.jsonl", '{"id": "row", "text": "It rained.", "outlet": "Other"}')
    assert library.ingest([folder], sync=True).replaced == tuple(sorted([first.id, "row"]))
    assert port(library).id != first.id
    assert (said(library), library.article("row").date) == (BOTH, None)
    assert port(library).date == "2024-03-25"
    # As other segments come and all are merged into one; and out of a backup.
    for n in range(9):
        library.add([Article(f"n{n}", f"News number {n}.")])
    assert said(library) == BOTH
    assert library.verify() == []
    library.back_up(tmp_path / "kept.zip")
    shutil.rmtree(library.path)
    library.restore(tmp_path / "kept.zip")
    assert (said(library), library.verify()) == (BOTH, [])
    # What is uploaded is the same article, however it is known now.
    (result,) = add_files(library, [folder / "port.txt"])
    assert result.known == (port(library).id,)


def test_what_is_said_of_a_story_outlasts_a_change_of_its_page(library: Library) -> None:
    page = Article("one", "The dam opened.", source="/page.txt")
    story = Article("one-story", "It rained in Sfax.", host="one")
    library.add([page, story])
    library.amend("one-story", date="2024-05")
    assert len(library.articles()) == 2
    library.add([
        Article("two", "The dam was closed.", source="/page.txt"),
        Article("two-story", "It rained in Sfax.", host="two"),
    ])  # fmt: skip
    assert [(a.id, a.date) for a in library.articles()] == [("two", None), ("two-story", "2024-05")]
    # Of a page that is amended the stories stay.
    library.amend("two", date="2024")
    assert [(a.id, a.date) for a in library.articles()] == [
        ("two", "2024"), ("two-story", "2024-05"),
    ]  # fmt: skip


def test_an_index_of_before_is_read_and_can_be_amended(tmp_path: Path) -> None:
    article = Article("a", "It rained.", date="2024")
    write_articles(tmp_path / "articles", [(0, article.amend({"date": None}))])
    assert ArticleTable(tmp_path / "articles")[0].said == {"date": None}
    with closing(sqlite3.connect(tmp_path / "articles")) as connection:
        connection.execute("ALTER TABLE articles DROP COLUMN amended")
    assert ArticleTable(tmp_path / "articles")[0].said == {}


@pytest.mark.parametrize(
    ("date", "kept"), [("2024-3-5", "2024-03-05"), (" ٢٠٢٤-٠٣ ", "2024-03"), ("2024", "2024")]
)
def test_a_date_is_written_properly(library: Library, date: str, kept: str) -> None:
    library.add([Article("a", "It rained.")])
    assert library.amend("a", date=date).date == kept


def test_what_cannot_be_said_changes_nothing(library: Library, folder: Path) -> None:
    library.ingest([folder])
    before = library.articles()
    for date in ("yesterday", "2024-13", "2024-02-30", "25/03/2024", "2024-0", "9999"):
        with pytest.raises(UsageError, match="expected a date like 2024-07-25"):
            library.amend("row", date=date, outlet="Weekly")
    with pytest.raises(UsageError, match="nothing to amend"):
        library.amend("row")
    with pytest.raises(ArticleNotFound, match="no article with id 'zzz'"):
        library.amend("zzz", date="2024")
    assert library.articles() == before


@pytest.mark.usefixtures("words")
def test_on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ingest", str(folder)]) == 0
    capsys.readouterr()
    for wrong, told in (
        (["row", "--date", "2024-13"], "musnad: --date '2024-13': expected a date like 2024-07-25"),
        (["row"], "musnad: nothing to amend: give a title, a date or an outlet"),
    ):
        assert cli.main(["amend", *wrong]) == 2
        assert capsys.readouterr().err == told + "\n"
    assert cli.main(["amend", "ro", "--date", "2024-03-25", "--outlet", "", "--title", "Dam"]) == 0
    line, who = capsys.readouterr().out.splitlines()
    assert line.split() == ["row", "2024-03-25", "en", "Dam"]
    assert who == "said by a person: date, outlet, title"
    assert cli.main(["show", "row"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [line, who, "", "The dam opened."]
    assert cli.main(["show", "row", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["amended"], shown["evidence"]) == (["date", "outlet", "title"], {})
    assert (shown["title"], shown["date"], shown["outlet"]) == ("Dam", "2024-03-25", None)
    assert cli.main(["list", "--json"]) == 0
    listed = {one["id"]: one["amended"] for one in json.loads(capsys.readouterr().out)}
    assert sorted(listed.values()) == [[], ["date", "outlet", "title"]]
