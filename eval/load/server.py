"""The real server in a process of its own, and what that process holds."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 300


@dataclass(frozen=True)
class State:
    """What a process holds, and the seconds of a processor that it took."""

    megabytes: float
    threads: int
    descriptors: int
    seconds: float


class Server:
    """The server of ``checkout`` over ``index``, in a process of its own."""

    def __init__(self, index: Path, llm: str, checkout: Path, port: int | None = None) -> None:
        """Started, and answering."""
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "rag", "chat", "--index", str(index.resolve())]
        command += ["--llm", llm, "--port", str(self.port)]
        # What `python -m` imports it looks for in its working directory first.
        self.process = subprocess.Popen(command, cwd=checkout)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                httpx.post(f"{self.url}/v1/search", json={"question": "مصر"}, timeout=60)
                return
            time.sleep(0.1)
        self.process.kill()
        raise SystemExit(f"the server does not answer at {self.url}")

    def state(self) -> State:
        """Now."""
        process = Path(f"/proc/{self.process.pid}")
        said = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
        return State(
            int(said["VmRSS"].split()[0]) / 1e3,
            int(said["Threads"]),
            len(list((process / "fd").iterdir())),
            sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"),
        )

    def end(self, number: int = signal.SIGTERM) -> float:
        """Send the signal; the seconds until the process was gone."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=60)
        return time.monotonic() - started


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(args: argparse.Namespace) -> Iterator[Server]:
    """The server, ended afterwards."""
    server = Server(args.index, args.llm, args.checkout)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            print(f"ended within {server.end():.1f} s of SIGTERM")
