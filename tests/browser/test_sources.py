"""Sources: from a marker to its card and back, the article at exactly the words cited."""

from __future__ import annotations

import json

import pytest
from browser.conftest import PHONE, Site
from browser.reader import MEETING, MOSCOW, Reader
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

# The text of the marks of one span; paragraphs stand for the line breaks between them.
MARKED = """return [...document.querySelectorAll('#musnad-article mark[data-mark="0"]')]
    .map(mark => mark.textContent).join('\\n')"""


@pytest.fixture
def reader(shared_site: Site, driver: WebDriver) -> Reader:
    return Reader(driver, shared_site).open()


def test_from_a_marker_to_its_card_and_back(reader: Reader) -> None:
    reader.ask(MEETING)
    reader.ask(MOSCOW)
    sections = reader.all(".musnad-sources")
    assert [section.is_displayed() for section in sections] == [False, True]
    # A marker of the answer before brings its own sources to light.
    marker = reader.all("#musnad-chat .musnad-marker")[0]
    reader.click_on(marker)
    reader.until(lambda: reader.focused().get_attribute("id") == "s0-1", "the card")
    assert [section.is_displayed() for section in sections] == [True, False]
    reader.click("#s0-1 .musnad-number")
    reader.until(lambda: reader.focused().get_attribute("id") == "m0-1", "the marker")


@pytest.mark.parametrize("question", [MEETING, MOSCOW])
def test_the_whole_article_opens_at_exactly_the_words_cited(reader: Reader, question: str) -> None:
    reader.ask(question)
    asked = json.loads(reader.one(".musnad-card [data-open]").get_attribute("data-open") or "")
    article = reader.site.library.article(asked["article"])
    reader.click(".musnad-card [data-open]")
    mark = reader.one("#musnad-article mark.musnad-current")
    assert reader.js(MARKED) == article.text[asked["start"] : asked["end"]]
    # The mark is in view, inside the part that scrolls.
    inside = reader.js(
        """const box = arguments[0].getBoundingClientRect();
        const view = document.querySelector('#musnad-article article').getBoundingClientRect();
        return box.top >= view.top && box.bottom <= view.bottom""",
        mark,
    )
    assert inside
    body = reader.js("return document.querySelector('.musnad-article-body').textContent")
    assert "".join(body.split()) == "".join(article.text.split())
    reader.focused().send_keys(Keys.ESCAPE)
    reader.until(lambda: not reader.all("#musnad-article[open]"), "the article closed")


def test_every_citation_of_an_article_is_marked_and_can_be_stepped_through(reader: Reader) -> None:
    reader.click("#musnad-to-settings")
    reader.click("#musnad-model input[value='quoting']")
    reader.click("#musnad-settings .musnad-close")
    reader.ask("ماذا قال وانغ ولافروف عن العلاقات بين الصين وروسيا؟")
    openers = [json.loads(e.get_attribute("data-open") or "") for e in
               reader.all(".musnad-card [data-open]")]  # fmt: skip
    first = openers[0]["article"]
    spans = {(o["start"], o["end"]) for o in openers if o["article"] == first}
    reader.click(".musnad-card [data-open]")
    reader.one("#musnad-article mark")
    marks = reader.js(
        "return new Set([...document.querySelectorAll('#musnad-article mark')]"
        ".map(m => m.dataset.mark)).size"
    )
    assert marks == len(spans)
    where = reader.one("#musnad-article .musnad-where").text
    assert where.endswith(f"of {len(spans)}")
    if len(spans) > 1:
        reader.click("#musnad-article .musnad-next")
        assert reader.one("#musnad-article .musnad-where").text != where


def test_what_was_found_and_not_cited_is_listed_apart(reader: Reader) -> None:
    reader.ask(MOSCOW)
    summary = reader.one(".musnad-also summary")
    assert summary.text.startswith("Found, but not cited (")
    reader.click_on(summary)
    found = reader.until(lambda: [e for e in reader.all(".musnad-found li") if e.is_displayed()])
    assert f"({len(found)})" in summary.text
    assert "date unknown" in "".join(item.text for item in found)


def test_an_abstention_says_why_and_shows_what_is_nearest(reader: Reader) -> None:
    question = "Which zebra painted the opera house of Sydney?"
    answer = reader.ask(question)
    assert "No answer was found in the passages nearest to the question" in answer
    assert reader.one(".musnad-sources h2").text == "The nearest articles"
    assert all(
        item.find_elements("css selector", "mark") for item in reader.all(".musnad-found li")
    )
    assert reader.all(".musnad-found li")


def test_a_period_without_articles_is_why_there_is_no_answer(reader: Reader) -> None:
    reader.click("#musnad-to-settings")
    reader.one("#musnad-since input, #musnad-since textarea").send_keys("2031")
    reader.until(lambda: "of 2031 – … only: 0 of" in reader.one("#musnad-effect").text)
    reader.click("#musnad-settings .musnad-close")
    answer = reader.ask(MEETING)
    assert "The articles do not answer" in answer or "لا تجيب المقالات" in answer
    assert "No article is dated within the period set in Settings." in answer


def test_beside_the_answer_on_a_wide_screen_and_beneath_it_on_a_phone(reader: Reader) -> None:
    reader.ask(MOSCOW)
    places = """const at = (s) => document.querySelector(s).getBoundingClientRect();
        return [at('#musnad-chat'), at('#musnad-panel')]
            .map(b => [b.left, b.right, b.top, b.bottom])"""
    (_, chat_right, chat_top, _), (left, _, top, _) = reader.js(places)
    assert left >= chat_right
    assert abs(top - chat_top) < 40
    reader.driver.set_window_size(500, PHONE[1])
    (_, _, _, chat_bottom), (_, right, top, _) = reader.until(
        lambda: (p := reader.js(places))[1][2] >= p[0][3] and p
    )
    assert top >= chat_bottom
    assert right <= 500
