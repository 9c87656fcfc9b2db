"""The pages of a PDF, from the file to the citation; articles of other files have none."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from libraries import again
from pdf_files import Paper

from rag import cli
from rag.chat.article_view import article_html
from rag.chat.exchange import Exchange
from rag.chat.sources import panel_html
from rag.library import Library
from rag.store.articles import ArticleTable, write_articles
from rag.types import Article, Span

OPENED = "The harbour of Sfax opened again on Tuesday after three days of storm."
PAID = "The ministry of finance paid nine million dinars for the new lighthouse of Bizerte."
ASKED = "Who paid nine million dinars for the lighthouse of Bizerte?"
PLAIN = "The school of Gabes was closed on Monday because of the heavy rain."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PDF whose third page tells another thing than its first, the second being blank; a text."""
    made = tmp_path / "news"
    made.mkdir()
    paper = Paper()
    for page in ([OPENED], [], [PAID]):
        paper.add_page()
        paper.write_paragraphs(page, align="L")
    (made / "a.pdf").write_bytes(paper.bytes())
    (made / "b.txt").write_text(PLAIN, encoding="utf-8")
    return made


def test_a_citation_and_a_hit_say_their_pages(library: Library, folder: Path) -> None:
    library.ingest([folder])
    answer = library.ask(ASKED)
    first = answer.claims[0].citations[0]
    assert (first.quote, first.pages) == (PAID, (3,))
    pages = {hit.article.path: hit.pages for hit in answer.passages}
    assert pages == {f"{folder}/a.pdf": (1, 3), f"{folder}/b.txt": ()}
    assert answer.to_dict()["claims"][0]["citations"][0]["pages"] == [3]
    assert "<bdi>ص 3</bdi>" in panel_html(
        [Exchange(ASKED, answer)], lambda name, _: library.article(name), "ar"
    )


def test_the_whole_article_shows_where_its_pages_begin(library: Library, folder: Path) -> None:
    library.ingest([folder])
    paged, plain = library.articles()
    mark = Span(paged.text.index(PAID), len(paged.text))
    html = article_html(paged, [mark], "en")
    assert html.index(">p. 1<") < html.index(OPENED) < html.index(">p. 3<") < html.index(PAID)
    assert "p. 2" not in html
    assert "p. " not in article_html(plain, [], "en")


@pytest.mark.usefixtures("words")
def test_the_command_line_says_them(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = ["--index", str(tmp_path / "index")]
    assert cli.main(["ingest", str(folder), *index]) == 0
    for command in (["ask", "--llm", "none"], ["search"]):
        assert cli.main([*command, ASKED, *index]) == 0
    told = capsys.readouterr().out
    assert " · date unknown · p. 3\n" in told  # the quote
    assert " · date unknown · p. 1–3  (" in told  # the passage
    assert cli.main(["search", ASKED, "--json", *index]) == 0
    hits = json.loads(capsys.readouterr().out)
    assert [hit["pages"] for hit in hits] == [[1, 3], []]
    assert cli.main(["show", hits[0]["article"]["id"], "--json", *index]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["pages"] == [0, shown["text"].index(PAID), shown["text"].index(PAID)]


def test_they_outlast_merges_changes_backups_and_rebuilding(
    library: Library, tmp_path: Path
) -> None:
    paged = Article("paged", f"{OPENED}\n\n{PAID}", pages=(0, len(OPENED) + 2))
    library.add([paged])
    for n in range(4):
        library.add([Article(f"a{n}", f"{PLAIN} It was day {n}.")])
    assert len(list(library.path.glob("segment-*"))) < 4
    paged = replace(paged, outlet="Coast")
    library.add([paged])
    assert library.article("paged") == paged
    library.back_up(tmp_path / "kept.zip")
    other = again(library, path=tmp_path / "other")
    other.restore(tmp_path / "kept.zip")
    other.ingest([], rebuild=True)
    assert other.articles() == library.articles()
    assert other.article("paged").pages == paged.pages


def test_an_index_made_before_opens_and_learns_them(library: Library, folder: Path) -> None:
    library.ingest([folder])
    paged = library.article(library.articles()[0].id)
    library.add([replace(paged, pages=())])  # As it was read then.
    assert library.ask(ASKED).claims[0].citations[0].pages == ()
    calls = library.encoders()[0].calls  # type: ignore[attr-defined]
    done = library.ingest([folder])
    assert (done.replaced, len(done.unchanged)) == ((paged.id,), 1)
    assert library.encoders()[0].calls == calls  # type: ignore[attr-defined]
    assert library.article(paged.id) == paged


def test_a_table_made_before_has_no_pages_and_nothing_amended(tmp_path: Path) -> None:
    path = tmp_path / "articles.sqlite"
    article = Article("a", "Text.", pages=(0,), amended=("date",))
    write_articles(path, [(1, article)])
    with closing(sqlite3.connect(path)) as connection:
        for column in ("pages", "amended"):
            connection.execute(f"ALTER TABLE articles DROP COLUMN {column}")
    (placed,) = ArticleTable(path)
    assert placed.article == replace(article, pages=(), amended=())
