"""Answers as HTML: an article is never markup, directions are right, markers lead to sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.chat.exchange import Exchange
from rag.chat.render import answer_html, question_html
from rag.chat.sources import context, panel_html
from rag.console import answer_lines
from rag.library import Library
from rag.types import Answer, ArticleRef, Citation, Claim, Short, Span

QUESTION = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"


def answer(text: str, **more: object) -> Answer:
    fields: dict[str, object] = {
        "question": "q",
        "language": "en",
        "answered": True,
        "reason": None,
        "text": text,
        "claims": (),
        "passages": (),
        "model": "none",
        "timings": {"total": 0.26},
    }
    return Answer(**{**fields, **more})  # type: ignore[arg-type]


def test_an_answer_and_its_cards_lead_to_each_other(seeded: Library) -> None:
    given = seeded.ask(QUESTION)
    bubble = answer_html(given, 7, "en")
    panel = panel_html([Exchange(QUESTION, given)], lambda name, _: seeded.article(name), "en")
    assert '<a class="musnad-marker" href="#s7-1" id="m7-1"><bdi>[1]</bdi></a>' in bubble
    assert 'id="s0-1" tabindex="-1"' in panel
    assert 'href="#m0-1"' in panel
    assert "<mark>" in panel
    assert "144" in panel
    assert "\n" not in bubble + panel


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
    given = library.ask("When did the dam open, minister?")
    panel = panel_html([Exchange("q", given)], lambda name, _: library.article(name), "ar")
    for shown in (answer_html(given, 0, "ar"), panel):
        for tag in ("<script", "<img", "<b>", "</mark></div><b"):
            assert tag not in shown
        assert "&lt;" in shown


def test_what_stands_in_for_a_rejected_sentence_is_called_quoted(seeded: Library) -> None:
    asked = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
    given = replace(seeded.ask(asked), model="a model")
    assert "Quoted from the articles" in answer_html(given, 0, "en")
    said = replace(given, claims=(replace(given.claims[0], text="144"),))
    assert "Written by <bdi>a model</bdi>" in answer_html(said, 0, "en")


def test_what_was_put_into_english_is_said_to_be() -> None:
    article = ArticleRef("a", "عنوان", language="ar")
    own = Short("144 شخصا", "ar", article, 0, 8)
    assert "put into English" not in answer_html(answer("144 [1]", short=own), 0, "en")
    rendered = replace(own, text="144 people", language="en")
    assert "put into English" in answer_html(answer("144 [1]", short=rendered), 0, "en")


def test_how_likely_it_is_that_the_articles_answer_is_said_of_an_answer() -> None:
    given = replace(answer("144"), confidence=0.723)
    assert "<bdi>72%</bdi> likely" in answer_html(given, 0, "en")
    assert "<bdi>72%</bdi>" in answer_html(given, 0, "ar")
    assert "likely" not in answer_html(replace(given, answered=False), 0, "en")
    assert "(72% likely that the articles answer this)" in answer_lines(given)


def test_each_paragraph_has_its_own_direction_and_language() -> None:
    page = answer_html(answer("Lavrov said [1]\nقال لافروف [2] [1]"), 3, "en")
    assert page == (
        '<div class="musnad-answer">'
        '<p dir="ltr" lang="en">Lavrov said '
        '<a class="musnad-marker" href="#s3-1" id="m3-1"><bdi>[1]</bdi></a></p>'
        '<p dir="rtl" lang="ar">قال لافروف '
        '<a class="musnad-marker" href="#s3-2" id="m3-2"><bdi>[2]</bdi></a> '
        '<a class="musnad-marker" href="#s3-1"><bdi>[1]</bdi></a></p>'
        '<p class="musnad-note" dir="ltr" lang="en">'
        "Quoted from the articles in <bdi>0.3</bdi> s</p></div>"
    )


def test_the_pages_words_before_a_quote_keep_their_own_direction() -> None:
    citation = Citation(1, ArticleRef("a"), 0, 4, "قال لافروف")
    claim = Claim("قال لافروف في موسكو", True, 1.0, (citation,))
    page = answer_html(answer("See also: «قال لافروف في موسكو» [1]", claims=(claim,)), 0, "en")
    assert '<p class="musnad-lead" dir="ltr" lang="en">See also: </p>' in page
    assert '<p dir="rtl" lang="ar">«قال لافروف في موسكو» <a' in page


def test_what_is_told_beside_the_answer_is_folded() -> None:
    first, second = (Citation(n, ArticleRef("a"), 0, 10, "قال لافروف") for n in (1, 2))
    claims = (
        Claim("قال لافروف", True, 1.0, (first,)),
        Claim("قال لافروف", True, 1.0, (second,), also=True),
    )
    text = "«قال لافروف» [1]\nSee also: «قال لافروف» [2]"
    page = answer_html(answer(text, claims=claims), 0, "en")
    before, _, folded = page.partition(
        '<details class="musnad-also"><summary dir="ltr" lang="en">See also (1)</summary>'
    )
    assert 'id="m0-1"' in before and "musnad-lead" not in page
    assert folded.startswith('<p dir="rtl" lang="ar">«قال لافروف» <a') and 'id="m0-2"' in folded


def test_a_question_keeps_its_lines_and_is_no_markup() -> None:
    assert question_html("<b>ما\nwhat?") == (
        '<div class="musnad-asked"><p dir="rtl" lang="ar">&lt;b&gt;ما</p>'
        '<p dir="ltr" lang="en">what?</p></div>'
    )


@pytest.mark.parametrize(
    ("reason", "passages", "said"),
    [("no_evidence", (), "dated within"),
     ("tired", (), "tired")],
)  # fmt: skip
def test_why_nothing_is_answered_is_said(reason: str, passages: tuple[()], said: str) -> None:
    given = answer("No.", answered=False, reason=reason, passages=passages)
    assert said in answer_html(given, 0, "en")
    assert 'dir="rtl" lang="ar"' in answer_html(given, 0, "ar")


def test_context_stays_in_its_line_and_is_cut_at_a_space() -> None:
    text = "first line\naaa bbb QUOTE ccc ddd\nlast"
    span = Span(text.index("QUOTE"), text.index("QUOTE") + 5)
    assert context(text, span) == ("aaa bbb ", " ccc ddd")
    assert context(text, span, reach=6) == ("… bbb ", " ccc …")
