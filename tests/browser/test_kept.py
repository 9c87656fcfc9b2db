"""Conversations are kept in the browser: after a reload, several of them, on paper, and away."""

from __future__ import annotations

import json

import pytest
from browser.conftest import Site
from browser.reader import DAM, MEETING, MOSCOW, Reader
from selenium.webdriver.remote.webdriver import WebDriver


@pytest.fixture
def reader(shared_site: Site, driver: WebDriver) -> Reader:
    return Reader(driver, shared_site).open()


def kept(reader: Reader) -> list[str]:
    titles = reader.js(
        "return [...document.querySelectorAll('button.musnad-kept')].map(e => e.textContent)"
    )
    return [str(title) for title in titles]


def test_a_reload_brings_the_conversation_back_and_it_goes_on(reader: Reader) -> None:
    answer = reader.ask(MEETING)
    reader.driver.refresh()
    reader.settled()
    assert reader.answered() == answer
    assert reader.all("#musnad-panel .musnad-card mark")
    assert "Understood as:" in reader.ask("ومن حضر؟")


def test_several_conversations_are_opened_and_deleted(reader: Reader) -> None:
    reader.ask(MEETING)
    reader.click("#musnad-to-conversations")
    reader.click(".musnad-new")
    reader.until(lambda: not reader.answers(), "an empty conversation")
    reader.ask(DAM)
    reader.until(lambda: kept(reader) == [DAM, MEETING], "both conversations")

    reader.click("#musnad-to-conversations")
    reader.click("#musnad-conversations li:nth-child(2) button.musnad-kept")
    reader.until(lambda: [e.text for e in reader.all(".musnad-asked")] == [MEETING])
    assert reader.one("#musnad-panel blockquote").get_attribute("dir") == "rtl"

    reader.click("#musnad-to-conversations")
    reader.click("#musnad-conversations li:nth-child(1) button.musnad-delete")
    reader.until(lambda: reader.driver.switch_to.alert.text, "being asked")
    reader.driver.switch_to.alert.accept()
    reader.until(lambda: kept(reader) == [MEETING])
    stored = reader.js("return Object.keys(localStorage).filter(k => k.startsWith('musnad.'))")
    assert len(stored) == 1


def test_two_windows_of_one_browser_do_not_lose_each_others_conversations(reader: Reader) -> None:
    first = reader.driver.current_window_handle
    reader.driver.switch_to.new_window("tab")
    second = reader.driver.current_window_handle
    try:
        Reader(reader.driver, reader.site).open().ask(MOSCOW)
        reader.driver.switch_to.window(first)
        reader.ask(DAM)
        reader.until(lambda: sorted(kept(reader)) == sorted([DAM, MOSCOW]))
    finally:
        reader.driver.switch_to.window(second)
        reader.driver.close()
        reader.driver.switch_to.window(first)


def test_it_is_saved_as_markdown_and_opened_to_print(reader: Reader) -> None:
    reader.ask(MEETING)
    reader.js(
        "const made = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => made.call(URL, (window.blob = blob));"
    )
    reader.click("#musnad-to-conversations")
    reader.click(".musnad-export_markdown")
    text = reader.until(lambda: reader.js("return window.blob && window.blob.text()"))
    assert text.startswith("# Conversation with Musnad\n\n## Question: متى")
    assert "[1] **" in text
    assert "> " in text
    before = len(reader.driver.window_handles)
    reader.js("window.blob = null")
    reader.click(".musnad-print_page")
    page = reader.until(lambda: reader.js("return window.blob && window.blob.text()"))
    assert page.startswith('<!doctype html><html lang="en" dir="ltr">')
    assert '<h2 dir="rtl" lang="ar">' in page
    here = reader.driver.current_window_handle
    reader.until(lambda: len(reader.driver.window_handles) == before + 1)
    for window in reader.driver.window_handles:
        if window != here:
            reader.driver.switch_to.window(window)
            reader.driver.close()
    reader.driver.switch_to.window(here)


def test_what_somebody_put_into_the_storage_is_shown_and_not_obeyed(reader: Reader) -> None:
    answer = reader.ask(MEETING)
    assert answer
    key = reader.js("return Object.keys(localStorage).find(k => k.startsWith('musnad.conv'))")
    stored = json.loads(reader.js("return localStorage.getItem(arguments[0])", key))
    bad = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
    stored["title"] = bad
    stored["exchanges"][0]["question"] = bad
    stored["exchanges"][0]["answer"]["text"] = bad
    stored["exchanges"][0]["answer"]["claims"][0]["citations"][0]["article"]["label"] = bad
    stored["exchanges"].append({"question": 3})
    reader.js("localStorage.setItem(arguments[0], arguments[1])", key, json.dumps(stored))
    reader.driver.refresh()
    reader.settled()
    reader.until(lambda: bad in "".join(reader.answers()), "the text as text")
    assert reader.js("return window.hacked") is None
    assert not reader.all("#musnad-chat img, #musnad-panel img")
