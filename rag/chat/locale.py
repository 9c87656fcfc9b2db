"""Which language a reader sees the page in, and its words as labels of components.

The reader's choice is kept in a cookie; before there is one the browser's language counts. Labels
are translated by Gradio in the browser, which is told that language (see ``front.py``), so that
its own words are in it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, Protocol

import gradio as gr
from gradio.i18n import I18nData

from rag.chat.words import ARABIC, ENGLISH, LANGUAGES, Words

COOKIE = "musnad_language"


class HasHeaders(Protocol):
    """A request, Gradio's or Starlette's."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names are looked up in lower case."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """By name."""


def language_of(request: HasHeaders | None) -> str:
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
    """The word ``name`` of :class:`Words`, translated in the browser."""
    if name not in _NAMES:
        raise KeyError(f"no word {name!r}")
    return I18nData(name)


def translations(
    *tables: tuple[Mapping[str, str], Mapping[str, str]],
) -> gr.I18n:
    """What Gradio translates labels with: our words and further (Arabic, English) ``tables``."""
    arabic, english = _plain(ARABIC), _plain(ENGLISH)
    for more_arabic, more_english in tables:
        arabic.update(more_arabic)
        english.update(more_english)
    return gr.I18n(ar=arabic, en=english)


def _plain(table: Words) -> dict[str, str]:
    return {name: said for name, said in asdict(table).items() if isinstance(said, str)}


_NAMES = frozenset(field.name for field in fields(Words))
