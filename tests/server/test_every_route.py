"""Every route of the running application, Gradio's own included, with and without a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from server.doors import Running, running
from starlette.routing import Mount, Route

from rag.server.rights import READING
from rag.service.rights import Role

METHODS = (*READING, "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# All that answers without a token, and all that a reader may send something to.
OPEN = {"/health", "/ready", "/login"}
ASKING = {
    "/login",
    "/logout",
    "/v1/search",
    "/v1/ask",
    "/v1/chat/completions",
    "/mcp",
    "/gradio_api/queue/join",
    "/gradio_api/run/{api_name}",
    "/gradio_api/api/{api_name}",
    "/gradio_api/call/{api_name}",
    "/gradio_api/call/v2/{api_name}",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/component_server",
}


@pytest.fixture(scope="module", name="running")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("running")) as served:
        yield served


def paths(routes: list[Any], before: str = "") -> Iterator[str]:
    """The path of every route; a kind of route that is not known here is not passed over."""
    for route in routes:
        if isinstance(route, Mount):
            yield f"{before}{route.path}/anything"
            yield from paths(list(route.routes), before + route.path)
        elif isinstance(route, (Route, APIRoute)):
            yield before + route.path
        else:
            # FastAPI's own kind, of a router that was included.
            yield from paths(route.original_router.routes, before + route.include_context.prefix)


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "x", path)


def statuses(running: Running, headers: dict[str, str]) -> Iterator[tuple[str, str, int]]:
    """Method, path and status of every request that some route might answer."""
    with httpx.Client(base_url=running.url, headers=headers) as client:
        for path in sorted({*paths(running.app.routes)}):
            for method in METHODS:
                # Only the head of the reply: some never end.
                with client.stream(method, filled(path)) as reply:
                    yield method, path, reply.status_code


def test_the_walk_comes_to_all_parts(running: Running) -> None:
    found = {*paths(running.app.routes)}
    assert {"/v1/search", "/login", "/logout", "/config", "/gradio_api/upload"} <= found
    assert len(found) > 60


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_without_a_token_nothing_but_the_login_and_health_answers(
    running: Running, accept: str
) -> None:
    for method, path, status in statuses(running, {"accept": accept}):
        refused = (303,) if accept == "text/html" and method == "GET" else (401,)
        if path in OPEN and method in (*READING, "POST"):
            continue
        assert status in refused, (method, path)


@pytest.fixture(scope="module")
def by_role(running: Running) -> dict[Role, dict[tuple[str, str], int]]:
    """The status of every request, for each role."""
    return {
        role: {
            (method, path): status
            for method, path, status in statuses(running, running.locked.bearer(role))
        }
        for role in Role
    }


def test_a_reader_can_send_something_only_where_questions_are_asked(
    by_role: dict[Role, dict[tuple[str, str], int]],
) -> None:
    for (method, path), status in by_role[Role.READER].items():
        if method not in READING and path.rstrip("/") not in ASKING:
            # Forbidden, or there is nothing that could be done.
            assert status in (403, 405), (method, path)


def test_roles_may_more_and_more(by_role: dict[Role, dict[tuple[str, str], int]]) -> None:
    refused = {
        role: {request for request, status in found.items() if status == 403}
        for role, found in by_role.items()
    }
    assert refused[Role.READER] > refused[Role.EDITOR] > refused[Role.ADMIN]
    assert ("POST", "/gradio_api/upload") in refused[Role.READER] - refused[Role.EDITOR]
    assert ("GET", "/gradio_api/proxy={url_path:path}") in refused[Role.EDITOR]
    assert all(status < 500 for found in by_role.values() for status in found.values())
