"""The first bytes of the page: its language and direction, style and script.

Gradio adds what it is given for the head only after it has chosen a language and drawn the page,
which then jumps; and it takes the browser's language, not the reader's choice. This is ASGI
middleware that writes them into the page as it leaves, and forbids the page to fetch from outside.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import asdict
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
                headers["content-length"] = str(len(page))
                headers["content-security-policy"] = _POLICY
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers.append("vary", "cookie, accept-language")
                await send(start)
                await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, change)


def written(page: str, language: str) -> str:
    """Gradio's page in ``language``, with our style and script in its head."""
    direction = "rtl" if language == "ar" else "ltr"
    page = page.replace(_HTML, f'<html lang="{language}" dir="{direction}"', 1)
    return page.replace("<head>", f"<head>{_head(language)}", 1)


def _head(language: str) -> str:
    said = {name: text for name, text in asdict(words(language)).items() if isinstance(text, str)}
    told = json.dumps({"language": language, "cookie": COOKIE, "words": said}, ensure_ascii=False)
    told = told.replace("<", "\\u003c")
    style = "".join(
        (_HERE / name).read_text(encoding="utf-8") for name in ("style.css", "library.css")
    )
    script = (_HERE / "script.js").read_text(encoding="utf-8")
    return (
        f"<style>{style}</style><script>window.musnad = {told};</script><script>{script}</script>"
    )
