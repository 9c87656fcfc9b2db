"""Answers as HTML: an article is never markup, directions are right, markers lead to sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.chat.render import answer_html, context, text_html
from rag.library import Library
from rag.types import Span


def test_an_answer_links_its_markers_to_cards_with_the_quote_marked(seeded: Library) -> None:
    answer = seeded.ask("كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟")
    page = answer_html(answer, seeded.article, key="s7")
    assert '<a href="#s7-1"><bdi>[1]</bdi></a>' in page
    assert 'id="s7-1" dir="rtl"' in page
    assert "<mark>" in page
    assert "144" in page
    assert "\n" not in page


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> said the minister of the dam in May.",
        'The dam opened "onmouseover=alert(1)" in May <img src=x onerror=alert(1)>.',
        "The dam opened in May </mark></div><b>bold</b>.",
    ],
)
def test_markup_in_an_article_is_shown_not_obeyed(
    library: Library, tmp_path: Path, hostile: str
) -> None:
    page = tmp_path / "a.txt"
    page.write_text(hostile, encoding="utf-8")
    library.ingest([page])
    answer = library.ask("When did the dam open, minister?")
    shown = answer_html(answer, library.article, key="k")
    for tag in ("<script", "<img", "<b>", "</mark></div><b"):
        assert tag not in shown
    assert "&lt;" in shown


def test_each_paragraph_has_its_own_direction() -> None:
    page = text_html("Lavrov said [1]\nقال لافروف [2]", key="k")
    assert page == (
        '<p dir="ltr">Lavrov said <a href="#k-1"><bdi>[1]</bdi></a></p>'
        '<p dir="rtl">قال لافروف <a href="#k-2"><bdi>[2]</bdi></a></p>'
    )


def test_context_stays_in_its_line_and_is_cut_at_a_space() -> None:
    text = "first line\naaa bbb QUOTE ccc ddd\nlast"
    span = Span(text.index("QUOTE"), text.index("QUOTE") + 5)
    assert context(text, span) == ("aaa bbb ", " ccc ddd")
    assert context(text, span, reach=6) == ("… bbb ", " ccc …")
