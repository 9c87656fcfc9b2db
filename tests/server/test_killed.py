"""A server in a process of its own: what it acknowledged is there after it was killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fakes import ROOT, SEEDS
from served import wait_for

SERVE = Path(__file__).with_name("serve.py")


@contextmanager
def serving(
    folder: Path, slow: float = 0
) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """A client of ``musnad serve`` in ``folder``, and the process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
        "MUSNAD_HOME": str(folder / "home"),
    }
    with (folder / "server.log").open("a") as log:
        server = subprocess.Popen(
            [sys.executable, str(SERVE), str(folder), str(port), str(slow)],
            stdout=log,
            stderr=log,
            env=environment,
        )
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False)
    try:
        wait_for(lambda: server.poll() is not None or _answers(port), 60)
        assert server.poll() is None, (folder / "server.log").read_text()
        yield client, server
    finally:
        client.close()
        server.terminate()
        server.wait(timeout=20)
    log_text = (folder / "server.log").read_text()
    assert "Traceback" not in log_text, log_text


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def texts(client: httpx.Client) -> set[str]:
    """What the articles say."""
    listed = client.get("/v1/articles", params={"limit": 500}).json()["articles"]
    return {client.get(f"/v1/articles/{article['id']}").json()["text"] for article in listed}


def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(SEEDS)
    acknowledged = set()
    headers = {"content-type": "application/x-ndjson"}
    for turn in range(2):
        with serving(tmp_path, slow=0.05) as (client, server):
            put = f"Put in turn {turn}."
            assert client.put(f"/v1/articles/{turn}", json={"text": put}).status_code == 201
            stories = [f"Story {n} of turn {turn}." for n in range(6)]
            for story in stories:
                line = json.dumps({"text": story})
                reply = client.post("/v1/articles?wait=0", content=line, headers=headers)
                assert reply.status_code == 202
            states = [job["state"] for job in client.get("/v1/jobs").json()["jobs"]]
            os.kill(server.pid, signal.SIGKILL)
            assert "queued" in states
            acknowledged |= {put, *stories}
    with serving(tmp_path) as (client, _):
        ended = ("done", "failed")
        wait_for(
            lambda: all(j["state"] in ended for j in client.get("/v1/jobs").json()["jobs"]), 60
        )
        assert acknowledged <= texts(client)
    assert list((tmp_path / "index" / "default" / ".uploads").glob("[0-9a-f]*")) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_leaves_the_rest_to_the_next(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "seeds").symlink_to(SEEDS)
    with serving(tmp_path, slow=0.3) as (client, server):
        lines = [json.dumps({"text": f"Story {n}."}) for n in range(3)]
        for line in lines:
            reply = client.post(
                "/v1/articles?wait=0", content=line, headers={"content-type": "application/jsonl"}
            )
            assert reply.status_code == 202
        server.send_signal(number)
        assert server.wait(timeout=10) in (-signal.SIGTERM, 130)
    with serving(tmp_path) as (client, _):
        stories = {"Story 0.", "Story 1.", "Story 2."}
        wait_for(lambda: stories <= texts(client), 60)
