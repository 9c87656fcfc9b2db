"""A server told to end: what only stands open ends, answers are finished, nothing new gets in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fakes import ROOT

APP = Path(__file__).with_name("closing_app.py")

# What a newcomer is told: nobody listens any more; or, where the kernel had let it in when the
# server stopped to listen, that it was put out unanswered.
REFUSED = (httpx.NetworkError, httpx.RemoteProtocolError)


@contextmanager
def serving(last_seconds: float) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The server and a client of it; it must not have said anything of an error."""
    with subprocess.Popen(
        [sys.executable, str(APP), str(last_seconds)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as server:
        assert server.stderr
        url = server.stderr.readline().split()[-1]
        try:
            with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
                yield server, client
            assert server.wait(timeout=20) == -signal.SIGTERM
            assert "Traceback" not in server.stderr.read()
        finally:
            server.kill()


def gets_in(url: httpx.URL) -> bool:
    """Whether a newcomer is let in, as nobody is once the server ends."""
    try:
        httpx.get(url, timeout=5, trust_env=False)
    except REFUSED:
        return False
    return True


def test_an_answer_is_finished_and_a_standing_stream_ends_at_once() -> None:
    with (
        serving(20) as (server, client),
        client.stream("GET", "/beats") as beats,
        client.stream("POST", "/answer/0.5") as answer,
    ):
        lines, told = beats.iter_lines(), answer.iter_lines()
        assert next(lines) == "data: ALIVE"
        assert next(told) == "data: begun"
        server.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert [line for line in lines if line] == []
        assert [line for line in told if line] == ["data: done"]
        with pytest.raises(REFUSED):
            client.post("/answer/0")
        server.wait(timeout=20)
        assert time.monotonic() - started < 10


def test_an_answer_that_takes_too_long_is_cut_off() -> None:
    with serving(0.2) as (server, client), client.stream("POST", "/answer/60") as answer:
        told = answer.iter_lines()
        assert next(told) == "data: begun"
        server.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.RemoteProtocolError):
            list(told)


def test_a_second_signal_ends_it_at_once() -> None:
    with serving(60) as (server, client), client.stream("POST", "/answer/60") as answer:
        told = answer.iter_lines()
        assert next(told) == "data: begun"
        server.send_signal(signal.SIGTERM)
        while gets_in(client.base_url):
            pass
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == -signal.SIGTERM
