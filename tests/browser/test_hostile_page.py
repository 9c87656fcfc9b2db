"""An article that holds markup, scripts and controls is text on every part of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Site, serving
from browser.reader import Reader
from selenium.webdriver.remote.webdriver import WebDriver

RUN = "window.hacked=(window.hacked||0)+1"
TITLE = f"<img src=x onerror={RUN}> The <b>harbour</b> of Sandholm"
TEXT = f"""{TITLE}
The harbour of Sandholm opened in June <script>{RUN}</script> with nine piers.
The harbour cost 45 million "onmouseover="{RUN}" crowns </mark></p></div><svg onload={RUN}>.
[1] [99] The harbour is $$x^2$$ `code` **deep** ![x](http://outside.example/x.png).
The harbour is [y](javascript:{RUN}) <iframe src="javascript:parent.{RUN}"></iframe> wide.
The harbour \u202etxet desrever\u202c stands in the north.
{{{{value}}}} ${{value}} {{{{#each x}}}} The harbour is <a href="javascript:{RUN}">open</a>.
"""
LOUD = "img, svg[onload], iframe, script, b, [onerror], [onload], [onmouseover], a[href^='java']"


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "hostile.txt").write_text(TEXT, encoding="utf-8")
    with serving(tmp_path) as site:
        yield site


def test_no_script_of_an_article_runs(hostile: Site, driver: WebDriver) -> None:
    hostile.script.say("harbour", "[1] The harbour <img src=x onerror=window.hacked=1> opened.")
    reader = Reader(driver, hostile).open()
    for question in (
        "When did the harbour of Sandholm open, with how many piers?",
        "What does the harbour cost <img src=x onerror=window.hacked=1>?",
    ):
        count = len(reader.answers())
        reader.ask(question)
        assert len(reader.answers()) == count + 1
    shown = "#musnad-chat .message-wrap, #musnad-panel, #musnad-article, #musnad-conversations"
    inside = ", ".join(f"{part} :is({LOUD})" for part in shown.split(", "))
    reader.click(".musnad-card [data-open]")
    reader.one("#musnad-article mark")
    body = reader.js("return document.querySelector('.musnad-article-body').textContent")
    assert f"<script>{RUN}</script>" in body
    assert "\u202e" not in body
    assert reader.all(inside) == []
    reader.js("document.querySelector('#musnad-article').close()")

    reader.click("button[role=tab][data-tab-id=library]")
    reader.until(lambda: "harbour" in reader.one(".musnad-lib-table, #musnad-lib-list").text)
    library = "#musnad-lib-list, #musnad-lib-article, #musnad-lib-results, #musnad-lib-summary"
    inside = ", ".join(f"{part} :is({LOUD})" for part in library.split(", "))
    assert reader.all(inside) == []
    assert reader.js("return window.hacked") is None
    # Links of the answer are the page's own.
    reader.click("button[role=tab][data-tab-id=chat]")
    links = {e.get_attribute("href") for e in reader.all("#musnad-chat a")}
    assert all(link and link.startswith(f"{hostile.url}/#s") for link in links)
