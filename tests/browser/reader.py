"""What a reader does on the page and sees there, so that tests read like what people do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from browser.conftest import Site
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

T = TypeVar("T")
SECONDS = 20.0
BOX = "#musnad-question textarea"
ANSWERS = "#musnad-chat .bot-row .message-content"
MOSCOW = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
DAM = "When did the northern dam open?"
MEETING = "متى وأين التقى وانغ يي ولافروف في يوليو 2024؟"


class Reader:
    """Somebody in front of one browser window."""

    def __init__(self, driver: WebDriver, site: Site) -> None:
        """Has not opened the page yet."""
        self.driver = driver
        self.site = site

    # --- seeing -----------------------------------------------------------------------------

    def all(self, selector: str) -> list[WebElement]:
        """The elements there now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The first that can be seen, as soon as there is one."""
        return self.until(
            lambda: next((e for e in self.all(selector) if e.is_displayed()), None), selector
        )

    def until(self, seen: Callable[[], T | None], what: str = "") -> T:
        """What ``seen`` returns as soon as that is something."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                result = seen()
            except (StaleElementReferenceException, WebDriverException):
                result = None
            if result:
                return result
            time.sleep(0.05)
        raise AssertionError(f"not seen in {SECONDS:.0f} s: {what}\n{self.text()}")

    def js(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def text(self) -> str:
        """All that can be read."""
        return str(self.js("return document.body.innerText"))

    def answers(self) -> list[str]:
        """The answers of the conversation."""
        return [str(t) for t in self.js(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", ANSWERS
        )]  # fmt: skip

    def focused(self) -> WebElement:
        """What has the focus."""
        return self.driver.switch_to.active_element

    # --- doing ------------------------------------------------------------------------------

    def open(self, path: str = "") -> Reader:
        """Open the page and wait until it can be used."""
        self.driver.get(self.site.url + path)
        return self.settled()

    def settled(self) -> Reader:
        """Wait until the page can be used."""
        self.one(BOX)
        self.one("#musnad-status .musnad-status")
        self.until(lambda: self.js("return !!document.querySelector('.musnad-list .musnad-new')"))
        return self

    def type(self, words: str) -> None:
        """Write into the question box."""
        self.one(BOX).send_keys(words)

    def send(self, question: str) -> None:
        """Ask, without waiting for the answer."""
        self.type(question + Keys.ENTER)

    def ask(self, question: str) -> str:
        """Ask, and return the whole answer when it is there."""
        before = len(self.answers())
        self.send(question)
        return self.answered(before + 1)

    def answered(self, count: int = 1) -> str:
        """The last answer, once there are ``count`` and the page is ready for a question."""
        self.until(
            lambda: len(self.answers()) == count and self.all("#musnad-question .submit-button"),
            f"answer {count}",
        )
        # The buttons beneath it rest until the stream has ended.
        resting = "#musnad-chat .pending, #musnad-chat .message-buttons button:disabled"
        self.until(lambda: not self.all(resting), "the end of the stream")
        return self.answers()[-1]

    def click(self, selector: str) -> None:
        """Click what can be seen of it, once it has stopped moving."""
        self.click_on(self.one(selector), selector)

    def click_on(self, element: WebElement, what: str = "") -> None:
        """The same of an element: while others are drawn, something may lie over it."""
        self.js("arguments[0].scrollIntoView({block: 'center'})", element)
        place: list[dict[str, float]] = [{}]

        def still() -> bool:
            before, place[0] = place[0], element.rect
            return before == place[0]

        self.until(still, f"{what} standing still")

        def clicked() -> bool:
            element.click()
            return True

        self.until(clicked, f"clicking {what}")
