"""What each route takes: a role, and how large a body it is sent may be."""

from __future__ import annotations

from typing import NamedTuple

from rag.service.rights import Role
from rag.service.uploads import MOST_BYTES

READER, EDITOR, ADMIN = Role
# What changes nothing.
READING = ("GET", "HEAD")
# Methods, path, role; the first that fits counts. A ``*`` at the end stands for anything, a ``/*``
# also for nothing. Without a role everybody is answered; what is not here only admins may do.
_TABLE = (
    # What a balancer asks, which has no token.
    (READING, "/health", None),
    (READING, "/ready", None),
    (("GET", "HEAD", "POST"), "/login", None),
    (("GET", "HEAD", "POST"), "/logout", READER),
    # The interface for programs.
    (READING, "/metrics", READER),
    (READING, "/openapi.json", READER),
    (READING, "/docs/*", READER),
    (("POST",), "/v1/search", READER),
    (("POST",), "/v1/ask", READER),
    (("POST",), "/v1/chat/completions", READER),
    (READING, "/v1/indexes", READER),
    (READING, "/v1/models/*", READER),
    (READING, "/v1/articles/*", READER),
    (("POST", "PUT", "PATCH", "DELETE"), "/v1/articles/*", EDITOR),
    (("GET", "HEAD", "POST", "DELETE"), "/v1/jobs/*", EDITOR),
    (("GET", "HEAD", "POST", "DELETE"), "/mcp/*", READER),
    # The page: what it is made of, its events (whose handlers look at the role), its uploads.
    (READING, "/", READER),
    (READING, "/config/*", READER),
    (READING, "/assets/*", READER),
    (READING, "/static/*", READER),
    (READING, "/svelte/*", READER),
    (READING, "/theme.css", READER),
    (READING, "/favicon.ico", READER),
    (READING, "/robots.txt", READER),
    (READING, "/manifest.json", READER),
    (READING, "/gradio_api/theme.css", READER),
    (READING, "/gradio_api/info/*", READER),
    (READING, "/gradio_api/user/*", READER),
    (READING, "/gradio_api/app_id/*", READER),
    (READING, "/gradio_api/startup-events", READER),
    (READING, "/gradio_api/heartbeat/*", READER),
    (READING, "/gradio_api/queue/*", READER),
    (READING, "/gradio_api/call/*", READER),
    (("POST",), "/gradio_api/queue/join", READER),
    (("POST",), "/gradio_api/call/*", READER),
    (("POST",), "/gradio_api/run/*", READER),
    (("POST",), "/gradio_api/api/*", READER),
    (("POST",), "/gradio_api/cancel", READER),
    (("POST",), "/gradio_api/reset/*", READER),
    (("POST",), "/gradio_api/component_server/*", READER),
    (READING, "/gradio_api/upload_progress", EDITOR),
    (READING, "/gradio_api/file=*", EDITOR),
    (("POST",), "/gradio_api/upload", EDITOR),
)
# Bytes of a body, as above. Several files may come at once.
_SIZES = (
    ("/login", 10_000),
    ("/v1/articles/*", 20 * MOST_BYTES),
    ("/gradio_api/upload", 20 * MOST_BYTES),
    ("*", 10_000_000),
)


class Needs(NamedTuple):
    """What a request takes. Without a ``role`` nobody has to say who they are."""

    role: Role | None
    most_bytes: int


def needs(method: str, path: str) -> Needs:
    """What a request of ``method`` for ``path``, as it is routed, takes."""
    fitting = (role for methods, at, role in _TABLE if method in methods and _fits(at, path))
    return Needs(next(fitting, ADMIN), next(most for at, most in _SIZES if _fits(at, path)))


def _fits(pattern: str, path: str) -> bool:
    if pattern.endswith("/*") and path == pattern[:-2]:
        return True
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern
