"""The report: it needs nothing else, and what articles and answers hold stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from eval.aggregation import summarise, values_of
from eval.metrics.citations import Cited
from eval.report import write_report
from eval.scoring import Scored, score
from eval.sets.values import Item
from rag.types import Article

HOSTILE = '</p><script>alert(1)</script><img src="http://evil.example/x.png" onerror="a()">'
ARABIC = "قال الوزير إن السد اكتمل."
ARTICLES = [
    Article("a", f"{ARABIC} {HOSTILE}", title=f"عنوان {HOSTILE}", language="ar"),
    Article("b", "The dam was finished. \u202eLater it broke.\x1b[31m", language="en"),
]
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """What a browser would make of the page: its tags, what they fetch, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def failed(item: Item, quote: Cited, shown: str) -> Scored:
    reply = {
        "key": item.key,
        "hits": [["b", 0, 20]],
        "relevant": 1,
        "legs": {"stems": None, "passage": 1},
        "answered": True,
        "reason": None,
        "text": f"«{shown}» [1]\n{HOSTILE}",
        "claims": [{"text": shown, "supported": True, "citations": [[1, *quote, shown, shown]]}],
        "confidence": 0.7,
        "quoted": [list(quote)],
        "timings": {"search": 0.1, "quoted": 0.2, "total": 0.3},
    }
    return score(item, reply, {"a": "ar", "b": "en"})


@pytest.fixture
def report(tmp_path: Path) -> Path:
    gold = ((Cited("a", 0, len(ARTICLES[0].text)),),)
    rows = [
        failed(Item("q", "ar", "single", f"هل اكتمل السد؟ {HOSTILE}", ("اكتمل",), (), gold),
               Cited("b", 0, 21), "The dam was finished."),
        failed(Item("q", "en", "single", f"Was it finished? {HOSTILE}", (HOSTILE,), (), gold),
               Cited("b", 22, 40), HOSTILE),
    ]  # fmt: skip
    record = {
        "system": "musnad",
        "set": HOSTILE,
        "model": HOSTILE,
        "encoder": "e",
        **summarise(rows),
        **values_of(rows),
    }
    record["peer"] = {**record, "system": HOSTILE}
    return write_report(tmp_path / "report", record, rows, ARTICLES)


def test_the_page_fetches_nothing_and_runs_nothing(report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base"}
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.tags if "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    style = report.read_text(encoding="utf-8").split("<style>")[1].split("</style>")[0]
    assert "url(" not in style and "@import" not in style


def test_every_tag_is_closed_and_hostile_words_are_shown_as_words(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    page = Page(html)
    assert page.open == []
    assert "<script>alert(1)</script>" in page.text
    assert not any(character in html for character in ("\u202e", "\x1b"))


def test_words_read_in_their_own_direction(report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    assert sum(a.get("dir") == "auto" for _, a in page.tags) >= 8
    assert "قال الوزير إن السد اكتمل" in page.text
    assert {"bdi", "svg", "figure"} <= {tag for tag, _ in page.tags}


def test_failures_stand_with_answer_citations_and_gold(report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    for words in ("Passage not found", "does not support", "not cited", "confidence 0.70", "q · "):
        assert words in page.text


def test_light_dark_and_print_have_their_styles(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in html and "@media print" in html


def test_pictures_are_beside_it(report: Path) -> None:
    names = {path.name for path in report.parent.iterdir()}
    pictures = {"risk-coverage.png", "reliability.png", "legs.png", "seconds.png"}
    assert names == {"report.html"} | pictures
    for name in pictures:
        with Image.open(report.parent / name) as image:
            assert image.size == (1120, 680)
