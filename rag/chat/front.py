"""The first bytes of the page: its language and direction, style and script.

Gradio adds what it is given for the head only after it has chosen a language and drawn the page,
which then jumps; and it takes the browser's language, not the reader's choice. This is ASGI
middleware that writes them into the page as it leaves, and forbids the page to fetch from outside.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.chat.locale import COOKIE, language_of
from rag.chat.words import words

_HERE = Path(__file__).parent
# Gradio's own code needs inline scripts and eval; everything else comes from this server alone.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:;"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " connect-src 'self' blob: data:; worker-src 'self' blob:; media-src 'self' blob:;"
    " object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_STYLES = ("style.css", "library.css")
# In this order: each uses what those before it define.
_SCRIPTS = (
    "page", "language", "drawers", "sources", "article", "copying", "conversations", "gradio",
    "events",
)  # fmt: skip
_HTML = '<html\n\tlang="en"'


class Front:
    """ASGI middleware around Gradio's application."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Changes the one HTML page; everything else passes."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: MutableMapping[str, Any] | None = None
        body = bytearray()

        async def change(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                kind = MutableHeaders(raw=message["headers"]).get("content-type", "")
                if kind.startswith("text/html"):
                    start = message
                    return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                page = written(body.decode("utf-8"), language_of(Request(scope))).encode("utf-8")
                headers = MutableHeaders(raw=start["headers"])
                headers.update({**_HEADERS, "content-length": str(len(page))})
                headers.append("vary", "cookie, accept-language")
                await send(start)
                await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, change)


def written(page: str, language: str) -> str:
    """Gradio's page in ``language``, with our style and script in its head."""
    way = words(language).way
    page = page.replace(_HTML, f'<html lang="{language}" dir="{way["dir"]}"', 1)
    return page.replace("<head>", f"<head>{_head(language)}", 1)


def _head(language: str) -> str:
    told = {"language": language, "cookie": COOKIE, "words": words(language).sentences}
    given = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    style = "".join((_HERE / name).read_text("utf-8") for name in _STYLES)
    script = "".join((_HERE / "script" / f"{n}.js").read_text("utf-8") for n in _SCRIPTS)
    # One function for all files, so that their names are theirs and not the window's.
    return (
        f"<style>{style}</style><script>window.musnad = {given};</script>"
        f"<script>(() => {{\n{script}}})();</script>"
    )
