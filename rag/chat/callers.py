"""Who uses the page, as the server's door says of each request."""

from __future__ import annotations

import gradio as gr
from starlette.requests import Request

from rag.service.rights import Caller, Role

# Where nothing was said, nothing may be changed.
_NOBODY = Caller("", Role.READER)


def caller_of(request: gr.Request | Request | None) -> Caller:
    """Who made the request."""
    caller = getattr(getattr(request, "state", None), "caller", None)
    return caller if isinstance(caller, Caller) else _NOBODY


def name_of(request: Request) -> str | None:
    """Their name for Gradio, which lets nobody in who has none; empty is one."""
    caller = getattr(request.state, "caller", None)
    return caller.name if isinstance(caller, Caller) else None
