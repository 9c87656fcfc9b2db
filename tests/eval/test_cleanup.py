"""The measure of the clean-up, on a page whose counts a person can see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import cleanup
from eval.cleanup import Count, Page, main, measure, set_aside
from rag.corpus.page.lines import lines_of
from rag.types import Span

BODY = (
    "The town council of Larch End opened a new vegetable market on Monday in the station yard.\n"
    "The mayor said that the market has sixty stalls and that the rent would be low."
)
TEXT = f"New market opens at Larch End\n12 May 2021\n{BODY}\nShare\nFollow us on Facebook\n"


def page(**fields: str | None) -> Page:
    lines = lines_of(TEXT)
    told = {"title": None, "date": None, "outlet": None} | fields
    return Page(TEXT, told, debris=tuple(lines[-2:]), either=(lines[1],))


def test_what_is_found_is_counted_against_what_is_there() -> None:
    counts = measure([page(date="2021-05-12", outlet="Larch Gazette")])
    assert counts["date"] == Count(right=1, found=1, there=1)
    assert counts["outlet"] == Count(right=0, found=0, there=1)
    assert counts["title"] == Count(right=0, found=1, there=0)
    # The headline and two lines of the story are kept, the stamp may be either.
    assert counts["lines"] == Count(right=2, found=2, there=2)


def test_the_furniture_of_a_story_inside_a_page_counts_and_the_story_does_not() -> None:
    story = (
        f"School garden wins prize\n13 May 2021\n{BODY}\nPrint\nEnd of the story, as told above."
    )
    text = f"{TEXT}{story}\nTweet"
    aside = [span.of(text) for span in set_aside(text)]
    assert {"Share", "Follow us on Facebook", "Print", "Tweet"} <= set(aside)
    assert not any(line in aside for line in BODY.splitlines())


def test_a_line_of_a_page() -> None:
    first, stamp, *_, last = lines_of(TEXT)
    assert [page().is_furniture(line) for line in (first, stamp, last)] == [False, None, True]


@pytest.mark.parametrize(
    ("right", "total", "told"),
    [
        (0, 0, "recall   -                    0/0   "),
        (10, 10, f"recall 1.000 [{10 / (10 + 1.96**2):.3f}, 1.000]   10/10  "),
        (5, 10, "recall 0.500 [0.237, 0.763]    5/10  "),
    ],
)
def test_a_share_is_told_with_its_wilson_interval(right: int, total: int, told: str) -> None:
    assert cleanup._share("recall", right, total) == told


def test_the_command_reads_a_half_and_the_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spans = {"debris": [list(Span(0, 0))], "either": []}
    none = {"title": None, "date": None, "outlet": None}
    pages = [{"half": half, "text": TEXT, **none, **spans} for half in ("dev", "exam", "dev")]
    (tmp_path / "pages.jsonl").write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
    news = {"id": "a", **none, **spans}
    (tmp_path / "news.jsonl").write_text(json.dumps(news), encoding="utf-8")
    (tmp_path / "ant").mkdir()
    article = {"id": "a", "text": BODY}
    (tmp_path / "ant" / "articles.jsonl").write_text(json.dumps(article), encoding="utf-8")
    monkeypatch.setattr(cleanup, "FOLDER", tmp_path)
    assert main(["--data", str(tmp_path)]) == 0
    dev, _, news_lines = capsys.readouterr().out.partition("news")
    assert "0/2" in dev and "0/0" in news_lines
