"""axe-core finds nothing serious, in light and dark, wide and narrow, in both languages."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from browser.conftest import PHONE, Site
from browser.reader import MEETING, Reader
from selenium.webdriver.remote.webdriver import WebDriver

AXE = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


def findings(reader: Reader, within: str = "document") -> list[str]:
    """Serious and critical findings, one line each."""
    reader.js(AXE)
    found: dict[str, Any] = reader.driver.execute_async_script(
        f"const done = arguments[0]; axe.run({within}, {{resultTypes: ['violations']}}).then(done)"
    )
    return [
        f"{v['id']}: {node['html'][:160]} ({node['any'][0]['message'] if node['any'] else ''})"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious(shared_site: Site, driver: WebDriver, language: str, theme: str) -> None:
    driver.get(shared_site.url)
    driver.add_cookie({"name": "musnad_language", "value": language})
    reader = Reader(driver, shared_site).open(f"/?__theme={theme}")
    assert findings(reader) == [], "the empty page"
    reader.ask(MEETING)
    reader.js("document.querySelector('.musnad-also').open = true")
    assert findings(reader) == [], "an answer"
    reader.click("#musnad-to-settings")
    assert findings(reader) == [], "the settings"
    reader.click("#musnad-settings .musnad-close")
    reader.click("#musnad-to-conversations")
    assert findings(reader) == [], "the conversations"
    reader.click("#musnad-conversations .musnad-close")
    reader.click(".musnad-card [data-open]")
    reader.one("#musnad-article mark")
    assert findings(reader) == [], "an article"
    reader.js("document.querySelector('#musnad-article').close()")
    driver.set_window_size(500, PHONE[1])
    assert findings(reader) == [], "narrow"


def test_nothing_moves_for_those_who_asked_for_that(shared_site: Site, driver: WebDriver) -> None:
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]},
    )
    try:
        reader = Reader(driver, shared_site).open()
        reader.ask(MEETING)
        moving = reader.js(
            """return [...document.querySelectorAll('.musnad-drawer, .musnad-card, #musnad-told')]
            .map(e => getComputedStyle(e))
            .filter(s => parseFloat(s.transitionDuration) > 0.001
                || parseFloat(s.animationDuration) > 0.001).length"""
        )
        assert moving == 0
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_cut_off_at_360_pixels(
    shared_site: Site, driver: WebDriver, language: str
) -> None:
    driver.get(shared_site.url)
    driver.add_cookie({"name": "musnad_language", "value": language})
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        reader = Reader(driver, shared_site).open()
        reader.ask(MEETING)
        wide = reader.js(
            """return [...document.querySelectorAll('#musnad-header *, #musnad-main *')]
            .filter(e => e.checkVisibility() && e.getClientRects().length)
            .filter(e => !e.closest('.visually-hidden, .sr-only, .hide'))
            .filter(e => { const b = e.getBoundingClientRect();
                return b.width > 1 && (b.right > innerWidth + 1 || b.left < -1); })
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert wide == []
        assert reader.js("return document.documentElement.scrollWidth") <= 360
        # The question stays at hand.
        box = reader.js(
            "return document.querySelector('#musnad-question').getBoundingClientRect().bottom"
        )
        assert box <= 740
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
