"""The library page as HTML: articles are never markup, directions are right, words agree."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rag.chat.library_article import AMENDABLE
from rag.chat.library_list import pages, turned
from rag.chat.library_page import PIECES, LibraryPage, View
from rag.chat.library_results import progress_html, results_html
from rag.chat.timeline import timeline
from rag.chat.timeline_html import summary, timeline_html, top_of
from rag.chat.words import words
from rag.corpus.page.cleanup import reason
from rag.library import Library
from rag.service.catalogue import PAGE_ROWS, Catalogue
from rag.service.uploads import FileResult, Problem
from rag.types import Article, Span

EN, AR = words("en"), words("ar")
HOSTILE = "</p></div><script>alert(1)</script><img src=x onerror=\"alert(2)\">' onfocus='x\u202eآ"
_VOID = {"img", "br", "rect", "line", "input"}
_OURS = {
    "a", "article", "bdi", "button", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "form", "g", "h2", "h3", "h4", "i", "input", "label", "li", "line", "ol", "p", "rect",
    "span", "summary", "svg", "table", "tbody", "td", "th", "thead", "time", "title", "tr", "ul",
    "br",
}  # fmt: skip


class Reader(HTMLParser):
    """Holds that every element is one of ours, is closed, and runs nothing."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _OURS, tag
        self.attributes += attrs
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("href", "src") or (value or "").startswith("http")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data

    def all(self, name: str) -> list[str | None]:
        return [value for known, value in self.attributes if known == name]


def hostile(article_id: str, **fields: str) -> Article:
    return Article(article_id, f"{HOSTILE}\nA plain line.", **fields)  # type: ignore[arg-type]


@pytest.fixture
def attacked(library: Library) -> LibraryPage:
    """A library whose every field is an attack."""
    host = dataclasses.replace(
        hostile('"><x', title=HOSTILE, date="2024-05-01", outlet=HOSTILE, language=HOSTILE),
        url="javascript:alert(1)", path=f"/home/someone/{HOSTILE}", debris=(Span(0, len(HOSTILE)),),
    )  # fmt: skip
    story = hostile("story", title=HOSTILE)
    library.add([host, dataclasses.replace(story, host=host.id), hostile("copy")])
    return LibraryPage(library)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_markup_in_an_article_is_shown_not_obeyed(attacked: LibraryPage, language: str) -> None:
    view = View(chosen='"><x', parts=frozenset({"copies", "asides"}))
    pieces = [
        *(attacked.piece(name, view, language) for name in PIECES),
        attacked.piece("article", dataclasses.replace(view, asking=True), language),
        attacked.piece(
            "article", attacked.amend(view, dict.fromkeys(AMENDABLE, HOSTILE), language), language
        ),
        attacked.remove('"><x', language)[0],
    ]
    shown = dict(zip(PIECES, pieces, strict=False))
    for piece in pieces:
        reader = Reader(piece)
        assert "\u202e" not in piece
        assert reader.all("dir")[0] == ("rtl" if language == "ar" else "ltr")
    assert "<script>alert(1)</script>" in Reader(shown["article"]).said
    assert "/home/someone" not in shown["article"]
    assert set(Reader(shown["list"]).all("data-id")) == {'"><x', "story", "copy"}
    assert Reader(pieces[-2]).all("value") == [HOSTILE.replace("\u202e", "")] * 3


def test_a_file_name_and_a_reason_are_no_markup() -> None:
    result = FileResult(HOSTILE, problems=(Problem(HOSTILE, 3),))
    assert "line 3" in Reader(results_html([result], None, EN)).said


def test_the_list_in_pages(library: Library) -> None:
    library.add([Article(f"n{n}", f"Article number {n}.", f"T{n}") for n in range(PAGE_ROWS + 1)])
    page = LibraryPage(library)
    first = Reader(page.piece("list", View(order="added"), "en"))
    assert "1–50 of 51" in first.said
    assert (first.all("data-id")[0], len(first.all("data-id"))) == ("n0", PAGE_ROWS)
    last = page.turn(View(order="added"), {"does": "page", "to": "1"})
    assert Reader(page.piece("list", last, "en")).all("data-id") == ["n50"]
    far = page.turn(View(), {"does": "page", "to": "99"})
    assert "51–51 of 51" in Reader(page.piece("list", far, "en")).said
    assert page.turn(View(), {"does": "page", "to": "-1"}).page == 0
    assert page.turn(View(), {"does": "sort", "by": "nothing"}) == View()
    assert (pages(0), pages(50), pages(51)) == (1, 1, 2)


def test_a_heading_sorts_and_then_turns_around() -> None:
    assert turned("newest", "title") == "title"
    assert turned("title", "title") == "title_back"
    assert turned("title_back", "title") == "title"


def test_each_title_finds_its_own_direction_and_dates_are_said(seeded: Library) -> None:
    page = LibraryPage(seeded)
    shown = Reader(page.piece("list", View(), "en"))
    assert shown.all("dir").count("auto") == 6
    assert "date unknown" in shown.said
    assert "descending" in shown.all("aria-sort")
    assert "التاريخ غير معروف" in page.piece("list", View(), "ar")


def test_an_article_shows_what_was_set_aside_and_why(seeded: Library) -> None:
    page = LibraryPage(seeded)
    host = next(article for article in seeded.articles() if article.path and "004" in article.path)
    shown = Reader(page.piece("article", View(chosen=host.id), "en"))
    assert "set aside: counter" in shown.said
    for span in host.debris:
        assert EN.tables["debris"][reason(span.of(host.text))] in shown.said
    story = next(article for article in seeded.articles() if article.host)
    assert "Found in the page of" in Reader(page.piece("article", View(chosen=story.id), "en")).said
    with_story = page.piece("article", View(chosen=story.host or ""), "en")
    assert "another story on the same page" in with_story
    assert story.label in with_story


def test_the_question_before_removal_names_all_that_goes(seeded: Library) -> None:
    page = LibraryPage(seeded)
    story = next(article for article in seeded.articles() if article.host)
    host = seeded.article(story.host or "")
    asked = page.piece("article", View(chosen=host.id, asking=True), "ar")
    confirm = asked[asked.index("alertdialog") :]
    assert host.label in confirm
    assert story.label in confirm
    told, gone = page.remove(host.id, "en")
    assert gone
    assert "2 articles removed" in told
    assert host.label in told
    assert len(seeded.articles()) == 4


def test_an_article_is_removed_by_its_whole_id_only(seeded: Library) -> None:
    page = LibraryPage(seeded)
    assert "no longer" in page.remove(seeded.articles()[0].id[:6], "en")[0]
    assert page.remove("", "en")[1] is False
    assert len(seeded.articles()) == 6


def test_without_an_index_the_page_says_so(library: Library) -> None:
    page = LibraryPage(library)
    assert "no index here" in page.piece("summary", View(), "en")
    assert "no index here" in page.piece("article", View(chosen="x"), "ar")


def test_uploading_tells_how_far_it_is_and_then_each_file(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("A story of one sentence.", encoding="utf-8")
    said = [Reader(piece).said for piece in LibraryPage(library).add([path], "en")]
    assert said[0] == "Reading 1 file…"
    assert "1 article added" in said[-1]


def test_counting_in_words() -> None:
    assert [EN.counted("article", n) for n in (0, 1, 2, 1234)] == [
        "0 articles", "1 article", "2 articles", "1,234 articles",
    ]  # fmt: skip
    assert [AR.counted("article", n) for n in (1, 2, 3, 10, 11, 99, 100, 103)] == [
        "مقال واحد", "مقالان", "3 مقالات", "10 مقالات", "11 مقالًا", "99 مقالًا", "100 مقال",
        "103 مقالات",
    ]  # fmt: skip


def test_the_timeline_says_in_words_what_it_shows() -> None:
    days = [("2024-05-01", "A"), ("2024-05-01", HOSTILE), ("2024-05-03", None), (None, "A")]
    line = timeline(days)
    assert summary(line, EN) == (
        "3 articles from 1 May 2024 to 3 May 2024, the most in 1 May 2024: 2 articles"
    )
    shown = Reader(timeline_html(line, EN))
    assert "img" in shown.all("role")
    assert shown.all("aria-label")[0] == summary(line, EN)
    assert "1 article without a date" in shown.said
    assert "outlet unknown" in shown.said


def test_the_bars_are_as_high_as_their_counts_and_turn_around_in_arabic() -> None:
    line = timeline([("2024-05-01", "A"), ("2024-05-01", "A"), ("2024-05-12", "B")])
    for said, places in ((EN, ["0.07", "11.07"]), (AR, ["11.07", "0.07"])):
        shown = Reader(timeline_html(line, said))
        assert shown.all("x") == places
        # The top of the scale is 2: the first bar takes all of it, the second one half.
        assert shown.all("height") == ["100", "50"]
        assert shown.all("y") == ["0", "50"]


def test_the_top_of_the_scale() -> None:
    assert [top_of(n) for n in (1, 2, 3, 5, 20, 21, 99, 101, 1203)] == [
        2, 2, 4, 10, 20, 40, 100, 200, 2000,
    ]  # fmt: skip


def test_no_timeline_without_a_date() -> None:
    shown = Reader(timeline_html(timeline([(None, None)]), EN)).said
    assert "No article has a known date yet." in shown
    assert "1 article without a date" in shown


def test_the_catalogue_knows_stories_by_their_page(seeded: Library) -> None:
    catalogue = Catalogue(seeded.snapshot())
    story = next(entry for entry in catalogue.entries if entry.host)
    assert catalogue.stories_of(story.host or "") == [story]


def test_an_article_names_its_copies(library: Library) -> None:
    text = "The minister opened the northern dam on Friday before a crowd of thousands."
    library.add([Article("a", text), Article("b", f"{text} It rained."), Article("c", "Else.")])
    page = LibraryPage(library)
    assert "Nearly the same text" in page.piece("article", View(chosen="a"), "en")
    assert "Nearly the same text" not in page.piece("article", View(chosen="c"), "en")


def test_the_progress_ends_with_the_writing() -> None:
    told = [progress_html(1, *state, EN) for state in (("similarity", 1, 2), ("similarity", 2, 2))]
    assert "1 / 2" in told[0]
    assert "Writing the index…" in told[1]
