"""The page is there, and asks nobody else for anything."""

from __future__ import annotations

from browser.conftest import Site
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait


def test_it_opens_and_fetches_nothing_from_outside(shared_site: Site, driver: WebDriver) -> None:
    driver.get(shared_site.url)
    WebDriverWait(driver, 20).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, "#musnad-question textarea")
    )
