"""How fast the page is there, and pictures of it for people to look at, in a git-ignored folder."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.conftest import PHONE, SCREENSHOTS, WIDE, Site, serving
from browser.reader import DAM, MEETING, MOSCOW, Reader
from selenium.webdriver.remote.webdriver import WebDriver

FIRST_PAINT_SECONDS = 2.0
LONG_TITLE = "A very long title " * 14
LINE = "The council of Sandholm met on day {n} and spoke of the harbour, its piers and its ships. "


def test_first_paint_is_quick(shared_site: Site, drivers: Callable[..., WebDriver]) -> None:
    """In a browser that has nothing of the page yet, with the index loaded."""
    reader = Reader(drivers(), shared_site)
    reader.driver.get(shared_site.url)
    paint = """return performance.getEntriesByName('first-contentful-paint')
        .map(entry => entry.startTime)[0]"""
    seconds = float(reader.until(lambda: reader.js(paint), "the first paint")) / 1000
    reader.settled()
    usable = float(reader.js("return performance.now()")) / 1000
    print(f"first contentful paint after {seconds:.2f} s, usable after {usable:.2f} s")
    assert seconds < FIRST_PAINT_SECONDS


@pytest.fixture
def long_site(tmp_path: Path) -> Iterator[Site]:
    """A page over an article of 50,000 characters with a long title."""
    (tmp_path / "seeds").mkdir()
    text = "\n".join(LINE.format(n=n) * 3 for n in range(200))[:50_000]
    text += "\nThe lighthouse keeper counted 4711 gulls."
    article = {"title": LONG_TITLE, "text": text, "date": "2024-02-01", "outlet": "Harbour News"}
    lines = tmp_path / "seeds" / "long.jsonl"
    lines.write_text(json.dumps(article), encoding="utf-8")
    with serving(tmp_path) as site:
        yield site


def test_an_article_of_50000_characters_opens_at_its_end(
    long_site: Site, driver: WebDriver
) -> None:
    reader = Reader(driver, long_site).open()
    reader.ask("How many gulls did the lighthouse keeper count?")
    started = time.monotonic()
    reader.click(".musnad-card [data-open]")
    mark = reader.one("#musnad-article mark.musnad-current")
    assert time.monotonic() - started < 3
    assert "4711" in mark.text
    assert reader.js(
        "const box = arguments[0].getBoundingClientRect();"
        "return box.top > 0 && box.bottom < innerHeight",
        mark,
    )
    shoot(reader, "long-article", "en", WIDE)
    reader.js("document.querySelector('#musnad-article').close()")
    shoot(reader, "long-title", "en", WIDE)


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("ar", PHONE)], ids=["1280", "390"])
def test_pictures(
    shared_site: Site, driver: WebDriver, language: str, size: tuple[int, int]
) -> None:
    driver.get(shared_site.url)
    driver.add_cookie({"name": "musnad_language", "value": language})
    resize(driver, size)
    try:
        reader = Reader(driver, shared_site).open()
        reader.until(lambda: reader.all("#musnad-chat .example"))
        shoot(reader, "empty", language, size)
        reader.ask(DAM if language == "ar" else MEETING)
        reader.ask(MOSCOW if language == "ar" else DAM)
        shoot(reader, "answer", language, size)
        reader.js("document.querySelector('.musnad-card [data-open]').click()")
        reader.one("#musnad-article mark")
        shoot(reader, "article", language, size)
        reader.js("document.querySelector('#musnad-article').close()")
        for drawer in ("settings", "conversations"):
            reader.click(f"#musnad-to-{drawer}")
            time.sleep(0.3)
            shoot(reader, drawer, language, size)
            reader.click(f"#musnad-{drawer} .musnad-close")
        shared_site.script.hold()
        reader.send(MEETING)
        reader.until(lambda: "«" in reader.answers()[-1])
        shoot(reader, "writing", language, size)
        shared_site.script.release()
        reader.answered(3)
        reader.click("#musnad-chat button[data-icon='dislike']")
        reader.one("#musnad-why")
        shoot(reader, "feedback", language, size)
        reader.js("musnad.toggle('musnad-settings', true)")
        reader.one("#musnad-since input, #musnad-since textarea").send_keys("2031x")
        reader.until(lambda: reader.all("#musnad-effect .musnad-trouble"))
        reader.js("musnad.toggle('musnad-settings', false)")
        reader.ask(MEETING)
        shoot(reader, "refused", language, size)
    finally:
        shared_site.script.release()
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def resize(driver: WebDriver, size: tuple[int, int]) -> None:
    """The size of the page itself: a window cannot be as narrow as a phone."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def shoot(reader: Reader, name: str, language: str, size: tuple[int, int]) -> None:
    """A picture of what is seen; it holds something."""
    SCREENSHOTS.mkdir(exist_ok=True)
    file = SCREENSHOTS / f"{name}-{language}-{size[0]}.png"
    assert reader.driver.save_screenshot(str(file))
    assert file.stat().st_size > 5000
