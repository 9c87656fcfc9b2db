"""Over the page's own protocol: no event of the page lets a reader change an article."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from server.doors import Running, running

from rag.service.audit import FILE as AUDIT
from rag.service.rights import Role

ADDRESS = "http://127.0.0.1:9/nothing"


@pytest.fixture(name="running")
def _running(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as served:
        yield served


@pytest.fixture
def opened(running: Running) -> Iterator[Callable[[Role], Page]]:
    """Opens the page for somebody of a role."""
    with ExitStack() as clients:
        yield lambda role: Page(
            clients.enter_context(
                httpx.Client(base_url=running.url, headers=running.locked.bearer(role), timeout=30)
            )
        )


class Page:
    """A page as somebody has it, without a browser."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.config = self.client.get("/config").json()
        self.props = {c["id"]: c["props"] for c in self.config["components"]}

    def events(self) -> list[dict[str, Any]]:
        """All that the page can be told, whichever component it is about."""
        return [one for one in self.config["dependencies"] if one["backend_fn"]]

    def of(self, element: str, trigger: str) -> dict[str, Any]:
        """The event ``trigger`` of the component with that id in the page."""
        named = (i for i, p in self.props.items() if element in (p.get("elem_id"), p.get("id")))
        target = [next(named), trigger]
        return next(one for one in self.events() if target in one["targets"])

    def tell(self, event: dict[str, Any], about: object = None, *first: object) -> str:
        """Raise the event; all that is answered."""
        values = [self.props[id_].get("value") for id_ in event["inputs"]]
        values[: len(first)] = first
        session = f"s{event['id']}"
        told = {"data": values, "fn_index": event["id"], "session_hash": session}
        joined = self.client.post("/gradio_api/queue/join", json={**told, "event_data": about})
        if joined.status_code != 200:
            return joined.text
        answered = []
        place = f"/gradio_api/queue/data?session_hash={session}"
        with self.client.stream("GET", place) as stream:
            for line in stream.iter_lines():
                answered.append(line)
                if '"process_completed"' in line or '"close_stream"' in line:
                    break
        return "\n".join(answered)

    def upload(self, name: str, text: str) -> Any:
        """A file, and what Gradio calls it; or the status where it is refused."""
        reply = self.client.post("/gradio_api/upload", files={"files": (name, text.encode())})
        if reply.status_code != 200:
            return reply.status_code
        return [{"path": reply.json()[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}]


def test_no_event_lets_a_reader_change_an_article(
    running: Running, opened: Callable[[Role], Page]
) -> None:
    before = running.library.articles()
    victim = before[0].id
    editor, reader = opened(Role.EDITOR), opened(Role.READER)
    file = editor.upload("new.txt", "A new bridge opened in Oxford on Monday.\n")
    assert reader.upload("other.txt", "Another bridge.") == 403
    assert len(reader.events()) > 20
    fields = {"id": victim, "title": "Changed", "date": "2001", "outlet": "Nobody"}
    for event in reader.events():
        for does in ("removed", "amended"):
            reader.tell(event, {"does": does, **fields})
    refused = reader.tell(reader.of("musnad-lib-files", "upload"), None, file)
    assert "takes the role of an editor" in refused
    assert "takes the role of an editor" in reader.tell(
        reader.of("musnad-lib-address", "submit"), None, ADDRESS
    )
    assert running.library.articles() == before
    # The same events, of somebody who may.
    told = editor.tell(editor.of("musnad-lib-article", "click"), {"does": "amended", **fields})
    assert "Changed" in told
    assert running.library.article(victim).title == "Changed"
    editor.tell(editor.of("musnad-lib-article", "click"), {"does": "removed", "id": victim})
    editor.tell(editor.of("musnad-lib-files", "upload"), None, file)
    after = running.library.articles()
    assert victim not in [article.id for article in after]
    assert any("Oxford" in article.text for article in after)
    noted = (running.locked.home / AUDIT).read_text(encoding="utf-8").splitlines()
    told_of = {(line["who"], line["did"], line["outcome"]) for line in map(json.loads, noted)}
    assert told_of >= {
        ("reader", "removed", "refused"),
        ("reader", "amended", "refused"),
        ("reader", "add", "refused"),
        ("reader", "fetch", "refused"),
        ("reader", "POST", "403"),
        ("editor", "POST", "200"),
        ("editor", "amend", "done"),
        ("editor", "remove", "done"),
        ("editor", "add", "begun"),
    }


def test_a_reader_is_shown_no_way_to_change_an_article(
    running: Running, opened: Callable[[Role], Page]
) -> None:
    victim = running.library.articles()[0].id
    for role, shown in ((Role.READER, False), (Role.EDITOR, True)):
        page = opened(role)
        article = page.tell(page.of("musnad-lib-article", "click"), {"does": "open", "id": victim})
        assert "musnad-lib-heading" in article
        assert ("musnad-lib-amend" in article) == shown
        assert ('data-does=\\"remove\\"' in article) == shown
        tab = page.tell(page.of("library", "select"))
        assert ("takes the role of an editor" in tab) != shown
        assert tab.count('"visible":' + json.dumps(shown)) == 2


def test_a_reader_can_ask(opened: Callable[[Role], Page]) -> None:
    page = opened(Role.READER)
    reply = page.client.post("/gradio_api/call/ask", json={"data": ["من حضر الاجتماع؟"]})
    assert reply.status_code == 200
    with page.client.stream("GET", f"/gradio_api/call/ask/{reply.json()['event_id']}") as stream:
        text = "".join(stream.iter_text())
    assert "event: complete" in text and "passages" in text
