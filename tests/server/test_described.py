"""The description of the interface, and that the server keeps to it whatever it is sent.

``MUSNAD_EXAMPLES=2000 pytest tests/server/test_described.py`` tries that many a route.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import positive_data_acceptance
from server.conftest import seeded_service

from rag.server.app import build_app

_EXAMPLES = int(os.environ.get("MUSNAD_EXAMPLES", "12"))


_SETTINGS = settings(
    max_examples=_EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of an application over the seeds, which the examples change."""
    service = seeded_service(tmp_path_factory.mktemp("described"))
    yield schemathesis.openapi.from_asgi("/openapi.json", build_app(service, page=False))
    service.stop()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name)
def test_the_server_keeps_to_its_description(api: Any, mode: schemathesis.GenerationMode) -> None:
    tried = set()
    for found in api.get_all_operations():
        operation = found.ok()

        @_SETTINGS
        @given(operation.as_strategy(generation_mode=mode))
        def keeps(case: Any) -> None:
            # An empty question is a string too.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        # Of some there is nothing that does not fit.
        with contextlib.suppress(Unsatisfiable):
            keeps()
            tried.add(operation.label)
    assert (
        len(tried) == 18
        or {
            "POST /v1/search",
            "POST /v1/ask",
            "GET /v1/articles",
            "PUT /v1/articles/{id}",
            "PATCH /v1/articles/{id}",
        }
        <= tried
    )


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_route_is_described(reader: TestClient) -> None:
    described = reader.get("/openapi.json").json()
    every = dict(operations(described))
    assert every.keys() == {
        "POST /v1/search",
        "POST /v1/ask",
        "GET /v1/articles",
        "POST /v1/articles",
        "GET /v1/articles/{id}",
        "PUT /v1/articles/{id}",
        "PATCH /v1/articles/{id}",
        "DELETE /v1/articles/{id}",
        "GET /v1/jobs",
        "GET /v1/jobs/{id}",
        "DELETE /v1/jobs/{id}",
        "GET /v1/indexes",
        "GET /v1/models",
        "GET /v1/models/{model}",
        "POST /v1/chat/completions",
        "GET /health",
        "GET /ready",
        "GET /metrics",
    }
    # The second as OpenAI's API has it.
    errors = [{"$ref": f"#/components/schemas/{name}"} for name in ("Error", "Failed")]
    for name, operation in every.items():
        assert operation["summary"] and operation["description"] and operation["tags"], name
        for status, response in operation["responses"].items():
            (content,) = (
                response["content"].values() if status != "200" else ({"schema": errors[0]},)
            )
            assert (
                status in ("201", "202") or name == "GET /ready" or content["schema"] in errors
            ), name
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        assert body is None or body["examples"].keys() == {"Arabic", "English"}, name
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_examples_are_answered(reader: TestClient) -> None:
    described = reader.get("/openapi.json").json()
    for name in ("search", "ask"):
        body = described["paths"][f"/v1/{name}"]["post"]["requestBody"]["content"]
        for example in body["application/json"]["examples"].values():
            assert reader.post(f"/v1/{name}", json=example["value"]).status_code == 200
