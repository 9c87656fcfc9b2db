"""Parts of the page: its language, first bytes, words, examples, settings, article view, status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.chat.answering import Choices
from rag.chat.article_view import article_html, merged
from rag.chat.examples import Examples
from rag.chat.front import written
from rag.chat.locale import choose
from rag.chat.settings_drawer import effect
from rag.chat.words import words
from rag.errors import UsageError
from rag.library import Library
from rag.types import Article, Span


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        (None, "en-US,ar;q=0.5", "en"),
        (None, "fr", "en"),
        (None, None, "en"),
        ("ar", "en", "ar"),
        ("en", "ar", "en"),
        ("<x>", "ar", "ar"),
    ],
)
def test_the_readers_choice_comes_before_the_browsers(
    cookie: str | None, accepted: str | None, language: str
) -> None:
    assert choose(cookie, accepted) == language


def test_the_first_bytes_carry_language_direction_style_and_script() -> None:
    page = written('<html\n\tlang="en"\n><head></head><body></body></html>', "ar")
    assert page.startswith('<html lang="ar" dir="rtl"')
    assert page.index("<style>") < page.index("window.musnad = ") < page.index("</head>")


def test_gradios_own_page_is_one_that_can_be_written() -> None:
    import gradio

    source = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"
    page = written(source.read_text(encoding="utf-8"), "ar")
    assert '<html lang="ar" dir="rtl"' in page
    assert page.count("window.musnad = ") == 1


def test_examples_are_answered_from_the_article_they_were_made_for(seeded: Library) -> None:
    questions = Examples(seeded).questions()
    assert "متى وأين التقى وانغ يي ولافروف في يوليو 2024؟" in questions
    assert len(questions) == 4


def test_examples_follow_the_articles(library: Library, tmp_path: Path) -> None:
    examples = Examples(library)
    assert examples.questions() == []
    page = tmp_path / "a.jsonl"
    page.write_text('{"title": "Northern dam opens", "text": "The northern dam opens in May."}')
    library.ingest([page])
    assert examples.questions() == ["What do the articles say about “Northern dam opens”?"]
    library.remove([article.id for article in library.articles()])
    assert examples.questions() == []


def test_what_the_settings_come_to(seeded: Library) -> None:
    assert effect(seeded, Choices(passages=5), "en") == (
        "Reads every article (6 articles) · 5 passages for each question",
        False,
    )
    text, wrong = effect(seeded, Choices(True, 2, "2021", "2023-12", "en"), "ar")
    assert not wrong
    assert "2 من 6 مقالات" in text
    assert "الإنجليزية" in text
    for since, until, said in (("x", "", "“x” is no date"), ("2024", "2021", "after the last")):
        text, wrong = effect(seeded, Choices(since=since, until=until), "en")
        assert wrong
        assert said in text
    with pytest.raises(UsageError, match="13"):
        Choices(until="2024-13").period(words("en"))


def test_marks_cover_exactly_the_characters_cited() -> None:
    text = "Title <b>\n\nfirst second third\nأولا ثانيا\nShare this page"
    spans = [Span(17, 23), Span(20, 40), Span(0, 5), Span(900, 901)]
    article = Article("a", text, debris=(Span(text.index("Share"), len(text)),))
    page = article_html(article, spans, "en", at=Span(30, 31))
    marks = re.findall(r"<mark[^>]* data-mark=\"(\d)\"[^>]*>([^<]*)</mark>", page)
    assert [said for n, said in marks if n == "0"] == ["Title"]
    assert "\n".join(said for n, said in marks if n == "1") == text[17:40]
    assert page.count("musnad-current") == 2, "both lines of the mark that was asked for"
    assert "&lt;b&gt;" in page
    assert '<p class="musnad-debris"' in page
    assert merged([Span(3, 5), Span(0, 4), Span(5, 6)]) == [Span(0, 5), Span(5, 6)]
