"""The interface in both languages, and by keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from browser.conftest import Site
from browser.reader import BOX, DAM, MEETING, Reader
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

Drivers = Callable[..., WebDriver]


@pytest.fixture
def reader(shared_site: Site, driver: WebDriver) -> Reader:
    return Reader(driver, shared_site).open()


def test_it_is_in_the_browsers_language_at_first(shared_site: Site, drivers: Drivers) -> None:
    reader = Reader(drivers(language="ar"), shared_site).open()
    assert reader.js("return [document.documentElement.lang, document.documentElement.dir]") == [
        "ar",
        "rtl",
    ]
    assert reader.one("#musnad-to-settings").text == "الإعدادات"
    box = reader.one(BOX)
    assert box.get_attribute("placeholder") == "اسأل المقالات بالعربية أو الإنجليزية"
    # The way the browser was set does not outlast the reader's choice.
    reader.click("#musnad-to-other_language")
    reader.until(lambda: reader.one("#musnad-to-settings").text == "Settings")
    reader.driver.refresh()
    assert reader.settled().one("#musnad-to-settings").text == "Settings"


def test_the_switch_mirrors_the_page_and_keeps_what_was_typed(reader: Reader) -> None:
    places = """const at = (s) => document.querySelector(s).getBoundingClientRect().left;
        return [at('#musnad-panel') > at('#musnad-chat'),
                at('#musnad-to-settings') > at('#musnad-brand')]"""
    assert reader.js(places) == [True, True]
    reader.ask(DAM)
    reader.type("half a question")
    reader.click("#musnad-to-other_language")
    reader.until(lambda: reader.one("#musnad-to-settings").text == "الإعدادات")
    reader.settled()
    assert reader.js(places) == [False, False]
    reader.until(lambda: reader.one(BOX).get_attribute("value") == "half a question")
    # The conversation came along; the answer keeps its own language and direction.
    answer = reader.answered()
    assert "northern dam opened" in answer
    assert "مقتبسة من المقالات" in answer  # The script's sentence is the article's own.
    assert reader.one(".musnad-answer p").get_attribute("dir") == "ltr"


def test_every_word_of_the_page_is_in_the_language_chosen(reader: Reader) -> None:
    reader.driver.add_cookie({"name": "musnad_language", "value": "ar"})
    reader.driver.refresh()
    reader.settled()
    reader.ask(MEETING)
    reader.until(lambda: reader.all("#musnad-chat button[data-icon='like']"))
    shown = reader.js(
        """const text = [...document.querySelectorAll('#musnad-header, [role=tablist], '
            + '#musnad-talk, #musnad-panel, #musnad-status, .musnad-drawer')]
            .map(e => e.textContent).join(' ');
        const names = [...document.querySelectorAll('.gradio-container [aria-label], '
            + '.gradio-container [title], .gradio-container [placeholder]')]
            .filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
            .flatMap(e => ['aria-label', 'title', 'placeholder'].map(a => e.getAttribute(a)));
        return [text, names.filter(Boolean)]"""
    )
    known = {"Musnad", "English", "Markdown", "scripted", "MB"}
    foreign = [word for word in shown[0].split() if word.isascii() and word.isalpha()]
    assert set(foreign) <= known, set(foreign) - known
    names = [name for name in shown[1] if name.isascii() and any(c.isalpha() for c in name)]
    assert names == []


@pytest.mark.parametrize(
    ("typed", "direction"),
    [("ماذا", "rtl"), ("What", "ltr"), ("NATO ماذا قال حلف", "rtl"), ("", "ltr")],
)
def test_the_question_box_follows_what_is_typed(reader: Reader, typed: str, direction: str) -> None:
    reader.type(typed)
    reader.until(
        lambda: (
            reader.js("return getComputedStyle(arguments[0]).direction", reader.one(BOX))
            == direction
        )
    )


def test_settings_say_what_they_do_and_do_it(reader: Reader) -> None:
    reader.click("#musnad-to-settings")
    reader.click("#musnad-model input[value='quoting']")
    reader.click("#musnad-answer-language input[value='ar']")
    reader.one("#musnad-since input, #musnad-since textarea").send_keys("2023-05")
    reader.one("#musnad-until input, #musnad-until textarea").send_keys("2023-05")
    told = "2023-05 – 2023-05 only: 1 of 7 articles"
    reader.until(lambda: told in reader.one("#musnad-effect").text, told)
    effect = reader.one("#musnad-effect").text
    assert effect.count("·") == 3
    assert "Quoted only" in effect
    assert "answers in Arabic" in effect
    reader.click("#musnad-settings .musnad-close")
    asked = len(reader.site.script.asked())
    reader.ask(DAM)
    assert "Quoted from the articles" in reader.answers()[0]
    assert len(reader.site.script.asked()) == asked
    titles = {e.text for e in reader.all(".musnad-card-head strong")}
    assert titles == {"Northern dam opens after nine years of work"}

    reader.click("#musnad-to-settings")
    reader.one("#musnad-until input, #musnad-until textarea").send_keys("x")
    reader.until(lambda: "“2023-05x” is no date." in reader.one("#musnad-effect").text)
    reader.click("#musnad-reset")
    reader.until(lambda: "Reads every article (7 articles)" in reader.one("#musnad-effect").text)


def test_it_is_used_by_keyboard_alone(reader: Reader) -> None:
    driver = reader.driver

    def press(*keys: str) -> None:
        driver.switch_to.active_element.send_keys(*keys)

    def walk(to: str, back: bool = False, most: int = 60) -> None:
        for _ in range(most):
            if driver.switch_to.active_element in reader.all(to):
                outline = reader.js(
                    "const at = document.activeElement; return [at, at.closest('.block, body')]"
                    ".map(e => getComputedStyle(e).outlineStyle).join('')"
                )
                assert outline != "nonenone", f"{to}: focus cannot be seen"
                return
            press(Keys.SHIFT + Keys.TAB if back else Keys.TAB)
        raise AssertionError(f"{to}: not reached by keyboard")

    walk(BOX)
    press(MEETING + Keys.ENTER)
    reader.answered()
    walk("#musnad-chat .musnad-marker", back=True)
    press(Keys.ENTER)
    reader.until(lambda: (reader.focused().get_attribute("id") or "").startswith("s0-"), "the card")
    walk(".musnad-card [data-open]")
    press(Keys.ENTER)
    reader.one("#musnad-article mark.musnad-current")
    press(Keys.ESCAPE)
    reader.until(lambda: not reader.all("#musnad-article[open]"), "the article closed")
    assert reader.focused().get_attribute("data-open")

    walk("#musnad-to-settings", back=True)
    press(Keys.ENTER)
    reader.until(lambda: "musnad-close" in (reader.focused().get_attribute("class") or ""))
    press(Keys.ESCAPE)
    reader.until(lambda: reader.focused().get_attribute("id") == "musnad-to-settings")
    # What is in a closed drawer is not in the way.
    hidden = driver.find_elements(By.CSS_SELECTOR, "#musnad-settings input")
    for _ in range(40):
        press(Keys.TAB)
        assert driver.switch_to.active_element not in hidden


def test_a_like_and_its_reason_are_kept_on_this_machine(reader: Reader) -> None:
    reader.ask(MEETING)
    reader.click("#musnad-chat button[data-icon='dislike']")
    reader.click("#musnad-why input[value='wrong_citation']")
    reader.one("#musnad-why textarea").send_keys("the third sentence")
    reader.click("#musnad-why button")
    reader.until(lambda: not any(e.is_displayed() for e in reader.all("#musnad-why")))
    lines = (reader.site.library.path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines[-2:])
    assert first["answer_id"] == second["answer_id"]
    assert (first["verdict"], first["reason"]) == ("dislike", None)
    assert (second["reason"], second["remark"]) == ("wrong_citation", "the third sentence")
    assert second["question"] == MEETING
    assert second["answer"]["passages"][0]["text"]
