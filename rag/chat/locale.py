"""Which language a reader sees the page in, and its words as labels of components.

The reader's choice is kept in a cookie; before there is one the browser's language counts. Labels
are translated by Gradio in the browser, which is told that language (see ``front.py``), so that
its own words are in it too.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.i18n import I18nData
from starlette.requests import Request

from rag.chat.words import LANGUAGES, words

COOKIE = "musnad_language"


def language_of(request: gr.Request | Request | None) -> str:
    """``"ar"`` or ``"en"``: what the reader chose, else what the browser prefers."""
    if request is None:
        return "en"
    return choose(request.cookies.get(COOKIE), request.headers.get("accept-language"))


def choose(cookie: str | None, accepted: str | None) -> str:
    """The language of the page from the cookie and the ``Accept-Language`` header."""
    if cookie in LANGUAGES:
        return cookie
    first = (accepted or "").split(",")[0].strip().lower()
    return "ar" if first.split("-")[0] == "ar" else "en"


def label(name: str) -> Any:
    """The sentence ``name``, translated in the browser.

    Raises:
        KeyError: there is none.
    """
    if name not in words("en").sentences:
        raise KeyError(f"no word {name!r}")
    return I18nData(name)


def translations() -> gr.I18n:
    """What Gradio translates labels with."""
    return gr.I18n(**{language: dict(words(language).sentences) for language in LANGUAGES})
