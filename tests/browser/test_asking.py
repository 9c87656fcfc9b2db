"""Asking: quotes at once, then the written answer; stop, again, otherwise, back; follow-ups."""

from __future__ import annotations

import pytest
from browser.conftest import Site
from browser.reader import ANSWERS, DAM, MEETING, MOSCOW, Reader
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver


@pytest.fixture
def reader(shared_site: Site, driver: WebDriver) -> Reader:
    return Reader(driver, shared_site).open()


def test_an_answer_in_each_language_with_the_direction_of_every_block(reader: Reader) -> None:
    reader.ask(MOSCOW)
    assert "144" in reader.one("#musnad-panel mark").text
    assert "northern dam opened" in reader.ask(DAM)
    blocks = reader.js(
        """return [...document.querySelectorAll('#musnad-chat .musnad-asked p,'
        + '#musnad-chat .musnad-answer p, #musnad-panel blockquote, .musnad-card-head,'
        + '.musnad-about bdi, .musnad-snippet')].filter(e => e.innerText.trim())
        .map(e => [e.innerText, getComputedStyle(e).direction, getComputedStyle(e).textAlign])"""
    )
    assert len(blocks) >= 10
    for text, direction, align in blocks:
        arabic = sum("\u0600" <= c <= "\u06ff" for c in text)
        latin = sum(c.isascii() and c.isalpha() for c in text)
        if arabic != latin:
            assert direction == ("rtl" if arabic > latin else "ltr"), text
        assert align == "start", text
    questions = reader.js(
        "return [...document.querySelectorAll('.musnad-asked p')].map(e => [e.dir, e.lang])"
    )
    assert questions == [["rtl", "ar"], ["ltr", "en"]]


@pytest.mark.parametrize(("question", "after"), [(MOSCOW, "left"), (DAM, "right")])
def test_a_marker_stands_after_its_sentence_whichever_way_that_runs(
    reader: Reader, question: str, after: str
) -> None:
    reader.ask(question)
    # The marker, its two brackets, and the last word before it, as they lie on the screen.
    marker, first, last, word = reader.js(
        """const marker = document.querySelector('.musnad-marker');
        const text = marker.querySelector('bdi').firstChild, before = marker.previousSibling;
        const box = (node, from, to) => {
            const range = document.createRange();
            range.setStart(node, from); range.setEnd(node, to);
            const {left, right, top} = range.getBoundingClientRect(); return {left, right, top}; };
        const words = before.textContent.trimEnd();
        return [text.textContent, box(text, 0, 1), box(text, text.length - 1, text.length),
                box(before, words.lastIndexOf(' ') + 1, words.length)]"""
    )
    assert marker == "[1]"
    assert first["left"] < last["left"], "a bracket is on the wrong side of its number"
    assert abs(word["top"] - first["top"]) < 8
    if after == "left":
        assert last["right"] <= word["left"] + 1
    else:
        assert word["right"] <= first["left"] + 1


def test_the_quote_comes_first_and_gives_way_to_the_written_answer(reader: Reader) -> None:
    reader.site.script.say(MEETING, "[1] عقد وزير الخارجية الصيني محادثات مع لافروف.")
    reader.site.script.hold()
    reader.send(MEETING)
    reader.until(lambda: "«" in "".join(reader.answers()), "the quoted answer")
    assert reader.all("#musnad-panel .musnad-card"), "sources come with the quotes"
    reader.until(lambda: "Writing the answer" in reader.answers()[0], "progress in words")
    reader.site.script.release()
    answer = reader.answered()
    assert answer.startswith("عقد وزير الخارجية الصيني محادثات مع لافروف.")
    assert "Writing" not in answer
    assert "Written by scripted" in answer


def test_a_stream_is_stopped_and_what_was_found_stays(reader: Reader) -> None:
    stopped = reader.site.script.stopped()
    reader.site.script.hold()
    reader.send(MEETING)
    reader.until(lambda: "Writing" in "".join(reader.answers()), "the draft")
    reader.click("#musnad-question .stop-button")
    answer = reader.answered()
    assert "«" in answer
    assert "Stopped. What had been found stays." in answer
    reader.site.script.release()
    reader.until(lambda: reader.site.script.stopped() == stopped + 1, "the model being stopped")
    assert "Written by scripted" in reader.ask(MOSCOW)


def test_a_question_is_asked_again_put_otherwise_and_taken_back(reader: Reader) -> None:
    other = "أين التقى وانغ يي ولافروف في مارس؟"
    reader.site.script.say("أين التقى", "[1] قويلين")
    reader.ask(MOSCOW)
    asked = reader.site.script.asked()
    reader.click("#musnad-chat button[data-icon='retry']")
    reader.until(lambda: len(reader.site.script.asked()) == len(asked) + 1, "asked again")
    reader.answered()

    reader.click("#musnad-chat button[data-icon='edit']")
    field = reader.one("#musnad-chat textarea.edit-textarea")
    reader.until(lambda: field.get_attribute("value") == MOSCOW, "the question as it was typed")
    field.send_keys(Keys.CONTROL + "a")
    field.send_keys(other)
    reader.click("#musnad-chat button[data-icon='save_edit']")
    reader.until(lambda: other in reader.site.script.asked()[-1], "the new question")
    reader.answered()
    assert [e.text for e in reader.all(".musnad-asked")] == [other]

    reader.click("#musnad-chat button[data-icon='undo']")
    reader.until(lambda: not reader.all(ANSWERS), "an empty conversation")
    box = reader.one("#musnad-question textarea")
    reader.until(lambda: box.get_attribute("value") == other)


def test_a_follow_up_is_understood_from_the_turn_before(reader: Reader) -> None:
    reader.ask(MEETING)
    answer = reader.ask("ومن حضر؟")
    assert "Understood as:" in answer
    assert "لافروف" in answer.split("Understood as:")[1].splitlines()[0]


def test_an_example_is_answered_from_the_article_it_was_made_for(reader: Reader) -> None:
    examples = reader.until(lambda: reader.all("#musnad-chat .example"))
    texts = [example.text for example in examples]
    assert any(text.isascii() for text in texts) and not all(text.isascii() for text in texts)
    reader.click_on(examples[0])
    reader.answered()
    assert reader.one(".musnad-asked").text == texts[0]
    assert reader.all(".musnad-card")


def test_what_is_copied_is_text_with_its_sources(reader: Reader) -> None:
    reader.ask(MOSCOW)
    reader.js("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    reader.click("#musnad-chat .message-buttons-left button[data-icon='copy']")
    copied = reader.until(lambda: reader.js("return window.copied"))
    assert "<" not in copied
    answer, _, sources = copied.partition("\n\n")
    assert "[1]" in answer
    assert sources.startswith("[1] ")
    assert "144" in sources
    assert "date unknown" in sources


def test_a_question_that_is_none_is_refused_in_words(reader: Reader) -> None:
    reader.send("   ")
    reader.until(lambda: "Write a question first." in reader.text(), "the refusal")
    assert not reader.all(ANSWERS)
