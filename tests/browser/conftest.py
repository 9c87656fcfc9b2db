"""The real page on a free port, over models a person can compute, and a headless chromium.

``site`` is a page over the seed articles with a scripted model, whose articles a test may change:
they are put back after it; ``shared_site`` is one for all that only read. ``driver`` is a window of
one chromium; ``drivers`` makes windows of further ones. A request to anywhere but this machine
fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from browser.scripted import Script
from fakes import ROOT

from rag.library import Library
from rag.store.writing import MANIFEST

try:
    from selenium import webdriver
except ImportError:  # pragma: no cover - the reason is given where it matters
    webdriver = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver

HERE = Path(__file__).parent
SCREENSHOTS = HERE / "screenshots"
WIDE, PHONE = (1280, 900), (390, 844)
_START_SECONDS = 60
_LOCAL = {"127.0.0.1", "localhost", ""}
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--hide-scrollbars",
    # Nothing outside this machine is reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@dataclass(frozen=True)
class Site:
    """A page that is being served, its articles, its model's script, and the folder of it all.

    ``library`` is for looking at the articles: it has no models, and the page has its own.
    """

    url: str
    library: Library
    script: Script
    folder: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the tests here are skipped, unless one is required."""
    lack = None if os.environ.get("MUSNAD_REQUIRE_BROWSER") else _lacking()
    for item in items:
        if HERE in item.path.parents:
            # Left open by chromedriver's connection.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            if lack:
                item.add_marker(pytest.mark.skip(reason=lack))


def _lacking() -> str | None:
    if webdriver is None:
        return "needs selenium: pip install '.[test]'"
    if not (_chromium() and shutil.which("chromedriver")):
        return "needs a browser: apt-get install chromium chromium-driver"
    return None


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


# --- the page ---------------------------------------------------------------------------------


@contextmanager
def serving(folder: Path, *more: Path) -> Iterator[Site]:
    """The page over the seeds in an index below ``folder``, in a process of its own.

    ``more`` is the file of those who may log in, if there is to be one.

    Fails when the server wrote a traceback.
    """
    port = _free_port()
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, str(HERE / "serve.py"), *map(str, (folder, port, *more))],
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        )
    script = Script(folder / "script")
    try:
        _wait_for(port, server, log)
        yield Site(f"http://127.0.0.1:{port}", Library(folder / "index"), script, folder)
    finally:
        script.release()
        server.terminate()
        server.wait(timeout=20)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said, said


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"no page after {_START_SECONDS} s:\n{log.read_text(encoding='utf-8')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def _changed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("changed")) as served:
        shutil.copytree(served.library.path, served.folder / "before")
        yield served


@pytest.fixture
def site(_changed_site: Site) -> Iterator[Site]:
    """A page whose articles are those at its start again after the test."""
    yield _changed_site
    _changed_site.script.reset()
    before, index = _changed_site.folder / "before", _changed_site.library.path
    # A segment never changes, and the server may have its files open: only a lost one is copied.
    for said in json.loads((before / MANIFEST).read_text(encoding="utf-8"))["segments"]:
        if not (index / said["name"]).exists():
            shutil.copytree(before / said["name"], index / said["name"])
    # Last and in one step, as the store does it.
    shutil.copy(before / MANIFEST, index / "put-back")
    (index / "put-back").replace(index / MANIFEST)
    assert _changed_site.library.articles() == Library(before).articles()


@pytest.fixture(scope="session")
def _one_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def shared_site(_one_site: Site) -> Site:
    """One page for the tests that leave its articles as they are; its model has no script yet."""
    _one_site.script.reset()
    return _one_site


# --- the browser ------------------------------------------------------------------------------


def start_browser(language: str = "en-US") -> WebDriver:
    """A chromium whose pages see ``language`` as the reader's."""
    options = webdriver.ChromeOptions()
    for argument in (*_ARGUMENTS, f"--lang={language}", f"--accept-lang={language}"):
        options.add_argument(argument)
    prefs = {"intl.accept_languages": language, "download.default_directory": gettempdir()}
    options.add_experimental_option("prefs", prefs)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    options.binary_location = _chromium() or "chromium"
    service = webdriver.ChromeService(shutil.which("chromedriver") or "chromedriver")
    browser = webdriver.Chrome(options=options, service=service)
    browser.set_window_size(*WIDE)
    return browser


def outside_requests(browser: WebDriver) -> list[str]:
    """Addresses off this machine that pages asked for since this was last read."""
    asked = []
    for entry in browser.get_log("performance"):  # type: ignore[attr-defined]
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            parts = urlsplit(url)
            if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _LOCAL:
                asked.append(url)
    return asked


@pytest.fixture(scope="session")
def _chromium_window() -> Iterator[WebDriver]:
    browser = start_browser()
    yield browser
    browser.quit()


@pytest.fixture
def driver(_chromium_window: WebDriver) -> Iterator[WebDriver]:
    """A wide window with nothing stored, in English. Fails the test on a request to outside."""
    browser = _chromium_window
    browser.set_window_size(*WIDE)
    yield browser
    outside = outside_requests(browser)
    if browser.current_url.startswith("http"):
        browser.execute_script("localStorage.clear(); sessionStorage.clear();")
    browser.delete_all_cookies()
    browser.get("about:blank")
    assert outside == []


@pytest.fixture
def drivers() -> Iterator[Callable[..., WebDriver]]:
    """Starts further browsers, each with storage of its own; ``drivers(language="ar")``."""
    started: list[WebDriver] = []

    def start(language: str = "en-US") -> WebDriver:
        started.append(start_browser(language))
        return started[-1]

    yield start
    outside = [url for browser in started for url in outside_requests(browser)]
    for browser in started:
        browser.quit()
    assert outside == []
