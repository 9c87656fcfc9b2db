"""The log-in as a page of HTML: a form, without a script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from rag.chat.markup import Markup, element
from rag.chat.words import Words, words

_STYLE = Path(__file__).parent / "login.css"
# The icon, which browsers ask for by themselves, is not to be had before the log-in.
_HEAD = Markup(
    '<meta charset="utf-8"><link rel="icon" href="data:,">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
)
_BRAND = element(
    "h1", element("bdi", "Musnad", lang="en"), " · ", element("bdi", "مُسنَد", lang="ar")
)


def login_html(language: str, name: str = "", *, failed: bool = False, wait: int = 0) -> str:
    """The page in ``language``. Where the log-in of ``name`` ``failed``, or the next has to
    ``wait`` so many seconds, it says so.
    """
    said = words(language)
    style = element("style", Markup(_style()))
    head = element("head", _HEAD, element("title", f"{said.log_in} · Musnad"), style)
    trouble = said.log_in_failed if failed else ""
    if wait:
        trouble = said.log_in_wait.format(seconds=said.counted("second", wait))
    inside = element("main", _BRAND, element("p", said.tagline), _form(name, trouble, said))
    page = element("html", head, element("body", inside), **said.way)
    return f"<!doctype html>{page}"


@cache
def policy() -> str:
    """The content security policy of the page: its form, and this very style."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return _STYLE.read_text("utf-8")


def _form(name: str, trouble: str, said: Words) -> Markup:
    told = element("p.trouble", trouble, role="alert", id="trouble") if trouble else Markup()
    about = {"aria_describedby": "trouble"} if trouble else {}
    here: dict[str, str | int] = {"required": True, "autofocus": True}
    there: dict[str, str | int] = {"required": True}
    typed = element(
        "input", name="name", value=name, autocomplete="username", dir="auto",
        **about, **(there if trouble else here),
    )  # fmt: skip
    secret = element(
        "input", type="password", name="password", autocomplete="current-password",
        **about, **(here if trouble else there),
    )  # fmt: skip
    fields = (element("label", said.log_in_name, typed), element("label", said.password, secret))
    button = element("button", said.log_in, type="submit")
    hint = element("p", said.log_in_hint)
    return element("form", told, *fields, button, hint, method="post", action="/login")
