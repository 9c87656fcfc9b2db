"""The library page in a browser: files in, articles found, read, removed; keys, phones, Arabic."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.conftest import PHONE, SCREENSHOTS, WIDE, Site

pytest.importorskip("selenium")

from browser.reader import Reader
from selenium.webdriver.common.keys import Keys

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

HOSTILE = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script> said"
BODY = "The minister opened the northern dam on Friday before a crowd of thousands of people."
SEARCH = "#musnad-lib-search :is(input, textarea)"
CHAT, LIBRARY = (f"[role=tablist] [role=tab]:nth-child({n})" for n in (1, 2))


class Page(Reader):
    """Somebody in front of the library page."""

    def __init__(self, driver: WebDriver, site: Site) -> None:
        super().__init__(driver, site)
        driver.get(site.url)
        tabs = "[role=tablist] [role=tab]"
        self.until(lambda: len(self.all(tabs)) == 2, tabs)
        self.click(LIBRARY)
        self.one(".musnad-lib-table")

    def press(self, css: str) -> None:
        """Click, also when what is drawn there is being drawn anew."""
        script = "const e = document.querySelector(arguments[0]); e?.click(); return !!e"
        self.until(lambda: self.js(script, css), css)

    def titles(self) -> list[str]:
        """The titles in the list."""
        script = "return [...document.querySelectorAll('.musnad-lib-open')].map(e => e.innerText)"
        return [str(title).strip() for title in self.js(script)]

    def focus(self) -> str:
        """What has the focus, by its id or key."""
        return str(self.js("const e = document.activeElement; return e.id || e.dataset.key || ''"))

    def said(self, css: str) -> str:
        """What can be read at a place."""
        return self.one(css).text

    def choose(self, *files: str) -> None:
        """Choose files to add."""
        self.all("#musnad-lib-files input[type=file]")[0].send_keys("\n".join(files))


def write(folder: Path, name: str, text: str | bytes) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_files_come_in_one_bad_and_an_article_goes_out(site: Site, driver: WebDriver) -> None:
    page = Page(driver, site)
    before = len(page.titles())
    files = [
        write(site.folder / "up", "سد.txt", f"افتتاح سد\nافتتح الوزير السد. {BODY}"),
        write(site.folder / "up", "bad.txt", b"\xff\xfe\xfa"),
    ]
    page.choose(*files)
    told = page.said(".musnad-lib-results")
    assert "1 article added" in told
    assert "bad.txt" in told
    assert "not UTF-8: byte 0xff" in told
    page.until(lambda: len(page.titles()) == before + 1)
    assert f"{before + 1} articles" in page.said("#musnad-lib-summary")
    assert any(article.path == "سد.txt" for article in site.library.articles())
    # What was added is opened from its line, and removed after a question that names it.
    page.press(".musnad-lib-results button")
    page.until(lambda: "افتتاح سد" in page.said(".musnad-lib-article h3"))
    page.press("button[data-does=remove]")
    assert "افتتاح سد" in page.said(".musnad-lib-confirm")
    page.press("button[data-does=keep]")
    page.until(lambda: not page.all(".musnad-lib-confirm"))
    page.press("button[data-does=remove]")
    page.press("button[data-does=removed]")
    page.until(lambda: "1 article removed" in page.said("#musnad-lib-article"))
    page.until(lambda: len(page.titles()) == before)
    assert "افتتاح سد" not in page.titles()
    assert len(site.library.articles()) == before


def test_what_is_added_can_be_asked_about_until_it_is_removed(
    site: Site, driver: WebDriver
) -> None:
    page = Page(driver, site)
    title = "Comet museum opens in the valley"
    told = "The comet museum of the valley had 77 visitors on its first day, its keeper said."
    page.choose(write(site.folder / "up", "museum.txt", f"{title}\n{told}"))
    page.until(lambda: title in page.titles())
    question = "How many visitors did the comet museum of the valley have on its first day?"
    page.click(CHAT)
    page.settled()
    assert "77" in page.ask(question)
    page.click(LIBRARY)
    page.press(f'.musnad-lib-open[data-id="{site.library.articles()[-1].id}"]')
    page.press("button[data-does=remove]")
    page.press("button[data-does=removed]")
    page.until(lambda: title not in page.titles())
    page.click(CHAT)
    page.settled()
    page.send(question)
    assert "77" not in page.answered(2)


def test_a_page_goes_with_the_story_found_in_it(site: Site, driver: WebDriver) -> None:
    page = Page(driver, site)
    before = len(page.titles())
    story = next(article for article in site.library.articles() if article.host)
    page.press(f'.musnad-lib-open[data-id="{story.host}"]')
    page.press("button[data-does=remove]")
    assert story.label in page.said(".musnad-lib-confirm")
    page.press("button[data-does=removed]")
    page.until(lambda: "2 articles removed" in page.said("#musnad-lib-article"))
    page.until(lambda: len(page.titles()) == before - 2)


def test_a_date_that_was_read_wrongly_is_corrected(site: Site, driver: WebDriver) -> None:
    page = Page(driver, site)
    article = next(a for a in site.library.articles() if a.date == "2023-05-12")
    page.press(f'.musnad-lib-open[data-id="{article.id}"]')
    page.until(lambda: "2023-05-12 · read from “12 May 2023”" in page.said(".musnad-lib-details"))
    page.press(".musnad-lib-amend summary")

    def enter(name: str, typed: str) -> None:
        box = page.one(f".musnad-lib-amend input[name={name}]")
        box.clear()
        box.send_keys(typed + Keys.ENTER)

    enter("date", "2024-13")
    page.until(lambda: "“2024-13” is no date" in page.said(".musnad-lib-refused"))
    assert page.js("return document.activeElement.value") == "2024-13"
    assert site.library.article(article.id) == article
    page.one(".musnad-lib-amend input[name=outlet]").send_keys("River Daily")
    enter("date", "2024-05-12")
    page.until(lambda: "2024-05-12 · said by a person" in page.said(".musnad-lib-details"))
    assert "River Daily · said by a person" in page.said(".musnad-lib-details")
    assert page.focus() == "musnad-lib-heading"
    assert driver.current_url.rstrip("/") == site.url, "no form was sent by the browser itself"
    page.until(lambda: "2024-05-12" in page.said("#musnad-lib-list"))
    now = site.library.article(article.id)
    assert now.said == {"date": "2024-05-12", "outlet": "River Daily"}, "the title is as it was"


def test_search_and_order(shared_site: Site, driver: WebDriver) -> None:
    page = Page(driver, shared_site)
    titles = page.titles()
    page.one(SEARCH).send_keys("تركيا")
    page.until(lambda: 0 < len(page.titles()) < len(titles))
    page.one(SEARCH).send_keys(" zzz")
    page.until(lambda: "No article has all these words" in page.said("#musnad-lib-list"))
    for _ in "تركيا zzz":
        page.one(SEARCH).send_keys(Keys.BACKSPACE)
    page.until(lambda: page.titles() == titles)
    page.press("th.musnad-lib-length button")
    page.until(lambda: page.all("th.musnad-lib-length[aria-sort=descending]"))
    lengths = _lengths(page)
    assert lengths == sorted(lengths, reverse=True)
    page.press("th.musnad-lib-length button")
    page.until(lambda: page.all("th.musnad-lib-length[aria-sort=ascending]"))
    assert _lengths(page) == lengths[::-1]
    shown = page.one("#musnad-lib-order input").get_attribute("value")
    assert shown == "Shortest first"


def _lengths(page: Page) -> list[int]:
    return [int(cell.text.split()[0]) for cell in page.all("td.musnad-lib-length")]


def test_an_article_is_hostile(site: Site, driver: WebDriver) -> None:
    page = Page(driver, site)
    record = {
        "text": f"{HOSTILE} the minister. {BODY}",
        "title": HOSTILE,
        "outlet": HOSTILE,
        "url": "javascript:document.title=1",
    }
    page.choose(write(site.folder / "up", "x.jsonl", json.dumps(record)))
    page.press(".musnad-lib-results button")
    page.until(lambda: "<script>" in page.said(".musnad-lib-text"))
    assert not page.all(".musnad-lib img, .musnad-lib script")
    assert not page.all(".musnad-lib a[href^=javascript]")
    assert driver.title != "run"


def test_by_keyboard_alone(shared_site: Site, driver: WebDriver) -> None:
    page = Page(driver, shared_site)
    page.click(SEARCH)
    first = page.one(".musnad-lib-open").get_attribute("data-key")
    for _ in range(15):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        if page.focus() == first:
            break
    assert page.focus() == first
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.until(lambda: page.focus() == "musnad-lib-heading")
    driver.switch_to.active_element.send_keys(Keys.TAB)
    page.until(lambda: page.focus() == "close")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.until(lambda: page.focus() == first)
    # The question of removal takes the focus to the answer that changes nothing.
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.until(lambda: page.focus() == "musnad-lib-heading")
    page.press("button[data-does=remove]")
    page.until(lambda: page.focus().startswith("keep-"))
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.until(lambda: not page.all(".musnad-lib-confirm"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(shared_site: Site, driver: WebDriver, theme: str) -> None:
    rules = resources.files(pytest.importorskip("axe_core_python")) / "axe.min.js"
    page = Page(driver, shared_site)
    page.js("document.body.classList.toggle('dark', arguments[0])", theme == "dark")
    host = next(a.host for a in shared_site.library.articles() if a.host)
    page.press(f'.musnad-lib-open[data-id="{host}"]')
    page.one(".musnad-lib-article")
    page.press(".musnad-lib-amend summary")
    for name in ("copies", "asides"):
        page.press(f"#musnad-lib-{name}-fold button")
    page.one(".musnad-lib-asides")
    page.js(rules.read_text(encoding="utf-8"))
    assert _serious(driver) == []
    page.press("button[data-does=remove]")
    page.one(".musnad-lib-confirm")
    assert _serious(driver) == []


def _serious(driver: WebDriver) -> list[tuple[str, list[object]]]:
    driver.set_script_timeout(60)
    found = driver.execute_async_script("axe.run('#musnad-tabs').then(arguments[0])")
    return [
        (violation["id"], [node["target"] for node in violation["nodes"]])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def test_the_timeline_and_the_folded_parts(shared_site: Site, driver: WebDriver) -> None:
    page = Page(driver, shared_site)
    picture = page.one("#musnad-lib-timeline svg[role=img]")
    dated = sum(1 for article in shared_site.library.articles() if article.date)
    said = f"{dated} articles from Mar 2021 to Jul 2024"
    assert said in (picture.get_attribute("aria-label") or "")
    assert len(page.all("#musnad-lib-timeline rect")) == dated
    assert "3 articles without a date" in page.said("#musnad-lib-timeline")
    assert not page.all(".musnad-lib-asides")
    page.press("#musnad-lib-asides-fold button")
    page.until(lambda: "counter" in page.said("#musnad-lib-asides"))
    page.press("#musnad-lib-copies-fold button")
    page.until(lambda: "No near-duplicates" in page.said("#musnad-lib-copies"))


def test_near_duplicates_are_shown_with_one_another(site: Site, driver: WebDriver) -> None:
    page = Page(driver, site)
    before = len(page.titles())
    files = [
        write(site.folder / "up", f"{name}.txt", f"{BODY} {more}")
        for name, more in (("one", "It rained."), ("two", "It snowed a lot."))
    ]
    page.choose(*files)
    page.until(lambda: len(page.titles()) == before + 2)
    page.press("#musnad-lib-copies-fold button")
    page.until(lambda: len(page.all("#musnad-lib-copies .musnad-lib-group button")) == 2)
    page.press("#musnad-lib-copies .musnad-lib-group button")
    page.until(lambda: "Nearly the same text" in page.said("#musnad-lib-article"))


@pytest.mark.parametrize("language", ["en-US", "ar"])
def test_both_languages_on_both_screens(
    shared_site: Site, drivers: Callable[..., WebDriver], language: str
) -> None:
    driver = drivers(language=language)
    rtl = language == "ar"
    for width, height in (WIDE, PHONE):
        _resize(driver, width, height)
        page = Page(driver, shared_site)
        page.press(".musnad-lib-open")
        page.one(".musnad-lib-article")
        page.press(".musnad-lib-amend summary")
        page.press("#musnad-lib-asides-fold button")
        page.one(".musnad-lib-asides")
        assert page.said("#musnad-lib-summary h2") == ("المكتبة" if rtl else "Library")
        for frame in page.all(".musnad-lib-frame"):
            assert frame.value_of_css_property("direction") == ("rtl" if rtl else "ltr")
        # Titles and paragraphs of the articles keep their own.
        for css in (".musnad-lib-open", ".musnad-lib-text p"):
            assert page.one(css).value_of_css_property("direction") == "rtl"
        wide = "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
        assert page.js(wide) <= 0
        _resize(driver, width, page.js("return document.body.scrollHeight"))
        SCREENSHOTS.mkdir(exist_ok=True)
        driver.save_screenshot(str(SCREENSHOTS / f"library-{language[:2]}-{width}.png"))


def _resize(driver: WebDriver, width: int, height: int) -> None:
    """The size of the page itself; a window cannot be as narrow as a phone."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
