"""Figures for Prometheus, to the number."""

from __future__ import annotations

from pathlib import Path

from fakes import ScriptedGenerator
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from server.bridges import WHEN, bridges

from rag.server.app import build_app
from rag.service.service import Service


def figures(client: TestClient) -> dict[str, float]:
    """Values by name and labels, as Prometheus writes them."""
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = (s for f in text_string_to_metric_families(reply.text) for s in f.samples)
    return {
        ",".join(
            [sample.name, *(f"{k}={v}" for k, v in sorted(sample.labels.items()))]
        ): sample.value
        for sample in samples
    }


def test_requests_by_route_method_and_status(client: TestClient) -> None:
    client.post("/v1/search", json={"question": "dam"})
    client.post("/v1/search", json={"question": ""})
    for name in ("a", "b/c"):
        client.get(f"/v1/articles/{name}")
    client.get("/v1/nowhere")
    client.request("BREW", "/v1/search")
    counted = {k: v for k, v in figures(client).items() if k.startswith("musnad_requests_total")}
    assert counted == {
        "musnad_requests_total,method=POST,route=/v1/search,status=200": 1,
        "musnad_requests_total,method=POST,route=/v1/search,status=400": 1,
        "musnad_requests_total,method=GET,route=/v1/articles/{id:path},status=404": 2,
        "musnad_requests_total,method=GET,route=other,status=404": 1,
        "musnad_requests_total,method=other,route=/v1/search,status=405": 1,
    }
    assert figures(client)["musnad_request_seconds_count,route=/v1/search"] == 3


def test_answers_stages_and_tokens(tmp_path: Path) -> None:
    reply = "[1] The bridge of Zarqa opened in 1932."
    service = bridges(tmp_path, ScriptedGenerator(reply, reply))
    with TestClient(build_app(service, page=False)) as client:
        answers = [
            client.post("/v1/ask", json={**WHEN, "quote_only": quoting}).json()
            for quoting in (False, False, True)
        ]
        now = figures(client)
    assert now["musnad_answers_total,answered=true,model=scripted"] == 2
    assert now["musnad_answers_total,answered=true,model=none"] == 1
    assert now["musnad_tokens_total,kind=reply"] == 2 * len(reply)
    assert now["musnad_tokens_total,kind=prompt"] == sum(
        a["tokens"].get("prompt", 0) for a in answers
    )
    assert now["musnad_answer_seconds_count,stage=total"] == 3
    assert now["musnad_answer_seconds_count,stage=generation"] == 2
    total = sum(answer["timings"]["total"] for answer in answers)
    assert abs(now["musnad_answer_seconds_sum,stage=total"] - total) < 3 * 0.00006
    assert now["musnad_queue"] == 0


def test_the_index_and_its_changes(client: TestClient, service: Service) -> None:
    before = figures(client)
    assert before["musnad_index_articles"] == 6
    assert before["musnad_index_bytes"] == service.library.snapshot().size
    client.put("/v1/articles/a", json={"text": "One sentence. Another sentence."})
    after = figures(client)
    assert after["musnad_index_articles"] == 7
    assert after["musnad_index_sentences"] == before["musnad_index_sentences"] + 2
    (service.library.path / "manifest.json").write_text("{", encoding="utf-8")
    assert "musnad_index_articles" not in figures(client)


def test_two_applications_count_apart(service: Service) -> None:
    clients = [TestClient(build_app(service, page=False)) for _ in range(2)]
    clients[0].get("/health")
    key = "musnad_requests_total,method=GET,route=/health,status=200"
    assert [figures(client).get(key) for client in clients] == [1, None]
