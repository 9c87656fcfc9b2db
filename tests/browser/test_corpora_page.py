"""Choosing on the page which indexes a question goes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("selenium")

from browser.conftest import SCREENSHOTS, Site, serving
from browser.reader import DAM, Reader
from selenium.webdriver.remote.webdriver import WebDriver

BRIDGE = "When did the southern bridge open?"
CHOICE = "#musnad-corpora input[type=checkbox]"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A page with an archive beside its index."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "archive").mkdir()
    text = "Southern bridge opens\n3 June 2019\nThe southern bridge opened on Monday, it was said."
    (folder / "archive" / "bridge.txt").write_text(text, encoding="utf-8")
    with serving(folder) as served:
        yield served


def _titles(reader: Reader) -> set[str]:
    """The titles of what an answer quotes."""
    return {e.text for e in reader.all(".musnad-card .musnad-card-head strong")}


def test_where_there_is_one_index_nothing_is_to_be_chosen(
    shared_site: Site, driver: WebDriver
) -> None:
    reader = Reader(driver, shared_site).open()
    reader.click("#musnad-to-settings")
    reader.one("#musnad-model")
    assert not [e for e in reader.all("#musnad-corpora") if e.is_displayed()]


def test_everybody_chooses_for_themselves(
    two: Site, driver: WebDriver, drivers: Callable[..., WebDriver]
) -> None:
    here = Reader(driver, two).open()
    there = Reader(drivers(language="ar"), two).open()
    for reader in (here, there):
        reader.click("#musnad-to-settings")
        reader.one("#musnad-corpora")
        assert [box.is_selected() for box in reader.all(CHOICE)] == [True, False]
        reader.click("#musnad-model input[value='quoting']")
        squeezed = "return all.some(f => f.scrollHeight > f.clientHeight + 1)"
        forms = "const all = [...document.querySelectorAll('#musnad-settings > .form')]; "
        assert not reader.js(forms + squeezed)
    first, second = here.all(CHOICE)
    here.click_on(second)
    here.until(lambda: "every article (8 articles)" in here.one("#musnad-effect").text)
    here.click_on(first)
    here.until(lambda: "every article (1 article)" in here.one("#musnad-effect").text)
    SCREENSHOTS.mkdir(exist_ok=True)
    for reader, name in ((here, "en"), (there, "ar")):
        reader.driver.save_screenshot(str(SCREENSHOTS / f"corpora-{name}.png"))
        reader.click("#musnad-settings .musnad-close")
    assert "bridge" in here.ask(BRIDGE)
    assert _titles(here) == {"Southern bridge opens"}
    # Its article can be read, though it is not in the index of the library tab.
    here.click(".musnad-card .musnad-open")
    here.until(lambda: "Southern bridge opens" in here.one("#musnad-article h2").text)
    assert "dam" in there.ask(DAM)
    assert _titles(there) == {"Northern dam opens after nine years of work"}
    here.driver.refresh()
    here.settled().click("#musnad-to-settings")
    here.one("#musnad-corpora")
    here.click_on(here.all(CHOICE)[1])
    here.until(lambda: "8 articles" in here.one("#musnad-effect").text)
    here.click("#musnad-reset")
    here.until(lambda: "7 articles" in here.one("#musnad-effect").text)
    assert [box.is_selected() for box in here.all(CHOICE)] == [True, False]
