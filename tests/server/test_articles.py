"""Articles over HTTP: to list, read, put, correct and remove."""

from __future__ import annotations

import threading
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient

from rag.server.articles import Wanted
from rag.service.catalogue import ORDERS
from rag.service.service import Service

DAM = {"text": "The minister opened the northern dam on Friday.", "title": "Dam opens"}


def listed(client: TestClient, **wanted: object) -> list[str]:
    """Ids of the articles that are so ``wanted``."""
    reply = client.get("/v1/articles", params={name: str(value) for name, value in wanted.items()})
    assert reply.status_code == 200, reply.text
    return [article["id"] for article in reply.json()["articles"]]


def test_every_order_of_the_page_can_be_asked_for() -> None:
    assert get_args(Wanted.model_fields["order"].annotation) == tuple(ORDERS)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_a_list_are_the_list(reader: TestClient, order: str) -> None:
    whole = listed(reader, order=order)
    assert len(whole) == len(set(whole)) == 6
    parts = [listed(reader, order=order, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert parts == [whole[:2], whole[2:4], whole[4:], []]
    assert reader.get("/v1/articles", params={"limit": 1, "offset": 5}).json()["total"] == 6


def test_only_what_is_wanted_is_listed(client: TestClient) -> None:
    for name, more in {
        "a": {"date": "2023-05", "outlet": "Daily", "language": "en"},
        "b": {"date": "2022-01-31", "outlet": "Daily Star", "language": "en"},
        "c": {"outlet": "daily", "language": "ar"},
    }.items():
        article = {"text": f"The harbour of Sfax has {name} gates.", **more}
        assert client.put(f"/v1/articles/{name}", json=article).status_code == 201
    assert listed(client, query="harbours gate") == ["a", "b", "c"]
    assert listed(client, query="harbour", language="en") == ["a", "b"]
    assert listed(client, query="harbour", outlet="DAILY") == ["a", "c"]
    assert listed(client, query="harbour", since="2023") == ["a"]
    assert listed(client, query="harbour", until="2022-01") == ["b"]
    assert listed(client, query="harbour", order="oldest") == ["b", "a", "c"]
    assert listed(client, query="nowhere-to-be-found") == []


@pytest.mark.parametrize(
    ("wanted", "status", "error"),
    [
        ({"limit": "0"}, 422, "limit: "),
        ({"limit": "501"}, 422, "limit: "),
        ({"offset": "-1"}, 422, "offset: "),
        ({"offset": "9" * 30}, 422, "offset: "),
        ({"order": "best"}, 422, "order: "),
        ({"page": "2"}, 422, "page: Extra inputs"),
        ({"query": "x" * 201}, 422, "query: "),
        ({"since": "May"}, 400, "since 'May': expected a date"),
    ],
)
def test_a_list_that_cannot_be(
    reader: TestClient, wanted: dict[str, str], status: int, error: str
) -> None:
    reply = reader.get("/v1/articles", params=wanted)
    assert reply.status_code == status and reply.json()["error"].startswith(error)


def test_an_article_from_first_to_last(client: TestClient) -> None:
    put = client.put("/v1/articles/news/1", json={**DAM, "date": "2023-5-12"})
    assert put.status_code == 201
    record = put.json()
    assert (record["id"], record["date"], record["language"]) == ("news/1", "2023-05-12", "en")
    whole = client.get("/v1/articles/news%2F1").json()
    assert whole["text"] == DAM["text"] and {**record, **whole} == whole
    assert "northern dam" in client.post("/v1/search", json={"question": "Which dam?", "k": 1}).text

    patched = client.patch("/v1/articles/news/1", json={"title": "Dam", "date": None})
    assert (patched.json()["title"], patched.json()["date"]) == ("Dam", None)
    assert patched.json()["amended"] == ["date", "title"]
    # What a person said stays when the article is put again.
    again = client.put("/v1/articles/news/1", json={**DAM, "text": "It opened on Sunday."})
    assert (again.status_code, again.json()["title"]) == (200, "Dam")
    assert client.get("/v1/articles/news/1").json()["text"] == "It opened on Sunday."

    assert client.delete("/v1/articles/news/1").json() == {"removed": ["news/1"]}
    for method in ("GET", "DELETE"):
        gone = client.request(method, "/v1/articles/news/1")
        assert (gone.status_code, gone.json()) == (404, {"error": "no article with id 'news/1'"})


def test_ids_are_meant_in_full(client: TestClient) -> None:
    for name in ("one", "one-a", "one-b"):
        client.put(f"/v1/articles/{name}", json={"text": f"Story of {name}."})
    client.delete("/v1/articles/one")
    for name in ("one", "one-", "on"):
        missing = {"error": f"no article with id '{name}'"}
        assert client.get(f"/v1/articles/{name}").json() == missing
        assert client.patch(f"/v1/articles/{name}", json={"title": "x"}).json() == missing
        assert client.delete(f"/v1/articles/{name}").json() == missing
    assert listed(client)[-2:] == ["one-a", "one-b"]


@pytest.mark.parametrize(
    ("article", "status", "error"),
    [
        ({}, 422, "text: Field required"),
        ({"text": " \n"}, 400, "text: empty"),
        ({"text": "a\0b"}, 400, "text: a NUL"),
        ({"text": "x", "title": "a\0"}, 400, "title: a NUL"),
        ({"text": "x", "date": "Friday"}, 400, "date 'Friday': expected a date"),
        ({"text": "x", "id": "other"}, 422, "id: Extra inputs"),
        ({"text": 5}, 422, "text: "),
        ({"text": "ةلود ةيبرعلا ىلع ةنيدم"}, 400, "the Arabic runs backwards"),
    ],
)
def test_an_article_that_cannot_be_put(
    reader: TestClient, article: Any, status: int, error: str
) -> None:
    reply = reader.put("/v1/articles/bad", json=article)
    assert reply.status_code == status and reply.json()["error"].startswith(error), reply.text
    assert reader.get("/v1/articles/bad").status_code == 404


@pytest.mark.parametrize("name", ["%20a", "a%20", "%00", "%20"])
def test_an_id_that_cannot_be(reader: TestClient, name: str) -> None:
    assert reader.put(f"/v1/articles/{name}", json=DAM).status_code == 400


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({}, 400, "nothing to amend"),
        ({"date": "Friday"}, 400, "date 'Friday': expected a date"),
        ({"text": "x"}, 422, "text: Extra inputs"),
        ({"title": 1}, 422, "title: "),
    ],
)
def test_a_correction_that_cannot_be(
    reader: TestClient, said: Any, status: int, error: str
) -> None:
    name = listed(reader)[0]
    reply = reader.patch(f"/v1/articles/{name}", json=said)
    assert reply.status_code == status and reply.json()["error"].startswith(error)


def test_who_reads_while_others_write_sees_all_or_nothing(
    client: TestClient, service: Service
) -> None:
    """Every article of a batch says the same number: a reader never finds two of them."""
    done = threading.Event()
    seen: set[tuple[str, ...]] = set()

    def lines(n: int) -> str:
        return "\n".join(f'{{"id": "{i}", "text": "Gate number {n}"}}' for i in range(3))

    def read() -> None:
        while not done.is_set():
            hits = client.post("/v1/search", json={"question": "gate number", "k": 5}).json()[
                "hits"
            ]
            seen.add(tuple(sorted({h["text"] for h in hits if h["text"].startswith("Gate")})))
            listing = client.get("/v1/articles", params={"query": "gate"}).json()
            assert listing["total"] in (0, 3)

    reading = [threading.Thread(target=read) for _ in range(2)]
    for thread in reading:
        thread.start()
    headers = {"content-type": "application/x-ndjson"}
    for n in range(4):
        reply = client.post("/v1/articles?wait=60", content=lines(n), headers=headers)
        assert reply.json()["state"] == "done"
    done.set()
    for thread in reading:
        thread.join()
    assert seen <= {(), *((f"Gate number {n}",) for n in range(4))}
    assert len(seen) > 1


def test_the_indexes_by_name(reader: TestClient) -> None:
    (index,) = reader.get("/v1/indexes").json()["indexes"]
    assert (index["name"], index["articles"], index["error"]) == ("index", 6, None)
    assert index["passages"] > 6 and index["bytes"] > 0
