"""Many at once: the real server under load, with the real weights, driven over HTTP.

    python -m eval.load search --index DIR [--clients 50] [--seconds 60] [--think 1]
    python -m eval.load ask --index DIR [--clients 20] [--seconds 60]
    python -m eval.load line --index DIR [--clients 20] [--llm auto]
    python -m eval.load mixed --index DIR [--requests 20000] [--clients 50]
    python -m eval.load kill --index DIR [--rounds 10]

Each client asks one of the dev questions over the news, waits for the reply, thinks (exponentially
distributed, ``--think`` seconds in the mean) and asks another. ``ask`` is answered by quoting. In
``line`` all ask the language model at once, and every fourth goes away at its turn. ``mixed``
searches and asks, and breaks off one request in a hundred. ``kill`` kills the server while
clients search and put articles, and starts it again: what was acknowledged must be there, and
the clients go on. Its index is changed.
``--checkout`` serves by the code of another copy of this project. The clients' share of the cores
is told: beyond a third it is they who are slow.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from eval.sets.ours import QUESTIONS, read_questions
from rag.config import available_cores

_START_SECONDS = 300
_WARM_SECONDS = 10
_BROKEN_OFF = 0.01
# The longest that a client waits for a reply.
_REPLY_SECONDS = 120


# --- the server -------------------------------------------------------------------------------


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
        until = time.monotonic() + _START_SECONDS
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


# --- the clients ------------------------------------------------------------------------------


@dataclass
class Record:
    """What the clients met: seconds of each reply, and how often anything else came."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    broken_off: int = 0

    def tell(self, elapsed: float) -> None:
        """Print the figures."""
        print(f"replies {len(self.seconds)}, {len(self.seconds) / elapsed:.1f} a second,", end=" ")
        print(f"errors {self.errors.total()} {dict(self.errors)}, broken off {self.broken_off}")
        if self.seconds:
            p50, p95, p99 = 1000 * np.percentile(self.seconds, (50, 95, 99))
            longest = 1000 * max(self.seconds)
            print(f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {longest:.0f} ms")


Ask = Callable[[httpx.AsyncClient, str], Awaitable[None]]


async def search(client: httpx.AsyncClient, question: str) -> None:
    """One search."""
    reply = await client.post("/v1/search", json={"question": question})
    reply.raise_for_status()
    if not reply.json()["hits"]:
        raise ValueError("no hits")


async def ask(client: httpx.AsyncClient, question: str) -> None:
    """One question, by quoting."""
    reply = await client.post("/v1/ask", json={"question": question, "quote_only": True})
    reply.raise_for_status()
    if not reply.json()["passages"]:
        raise ValueError("no passages")


async def drive(
    server: Server,
    args: argparse.Namespace,
    kinds: Sequence[Ask],
    going: Callable[[], bool],
    broken_off: float = 0.0,
) -> Record:
    """Clients at work as long as they are ``going``."""
    record, rng = Record(), random.Random(args.seed)
    questions = _questions()

    async def one(client: httpx.AsyncClient) -> None:
        await asyncio.sleep(rng.uniform(0, args.think))
        while going():
            kind, question = rng.choice(kinds), rng.choice(questions)
            breaking = rng.random() < broken_off
            started = time.perf_counter()
            try:
                async with asyncio.timeout(rng.uniform(0, 0.2) if breaking else None):
                    await kind(client, question)
                record.seconds.append(time.perf_counter() - started)
            except TimeoutError:
                record.broken_off += 1
            except (httpx.HTTPError, ValueError) as error:
                told = getattr(getattr(error, "response", None), "status_code", "")
                record.errors[f"{type(error).__name__} {told}".strip()] += 1
                await asyncio.sleep(0.1)
            await asyncio.sleep(rng.expovariate(1 / args.think) if args.think else 0)

    async with _client(server, args.clients) as client:
        await asyncio.gather(*(one(client) for _ in range(args.clients)))
    return record


@contextlib.asynccontextmanager
async def _client(server: Server, clients: int) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(
        base_url=server.url, limits=limits, timeout=_REPLY_SECONDS, trust_env=False
    ) as client:
        yield client


def _questions(*, answerable: bool = False) -> list[str]:
    """The dev questions over the news, in both languages; or those alone that have an answer."""
    items = read_questions("news", QUESTIONS / "news.jsonl", []).items
    return [item.text for item in items if item.groups or not answerable]


# --- what is measured -------------------------------------------------------------------------


def measured(
    server: Server,
    args: argparse.Namespace,
    kinds: Sequence[Ask],
    going: Callable[[], bool],
    broken_off: float = 0.0,
) -> Record:
    """Drive the server, and tell what it held at the start, once warm, and at the end."""
    warm = argparse.Namespace(**{**vars(args), "seed": args.seed + 1})
    states = [server.state()]
    asyncio.run(drive(server, warm, kinds, _for(args.warm)))
    states.append(server.state())
    own, started = time.process_time(), time.perf_counter()
    record = asyncio.run(drive(server, args, kinds, going, broken_off))
    elapsed = time.perf_counter() - started
    share = (time.process_time() - own) / elapsed / available_cores()
    time.sleep(1)
    states.append(server.state())
    record.tell(elapsed)
    for when, state in zip(("start", "warm", "end"), states, strict=True):
        print(f"{when:<6}{state.megabytes:8.0f} MB {state.threads:4} threads", end=" ")
        print(f"{state.descriptors:4} descriptors")
    print(f"memory since warm {states[2].megabytes / states[1].megabytes - 1:+.1%}", end=", ")
    busy = 1000 * (states[2].seconds - states[1].seconds) / max(len(record.seconds), 1)
    print(f"processor time a reply {busy:.1f} ms")
    print(f"clients' share of the cores {share:.0%}, load average {os.getloadavg()[0]:.1f}")
    return record


def _for(seconds: float) -> Callable[[], bool]:
    until: list[float] = []

    def going() -> bool:
        if not until:
            until.append(time.monotonic() + seconds)
        return time.monotonic() < until[0]

    return going


def _requests(count: int) -> Callable[[], bool]:
    left = iter(range(count))
    return lambda: next(left, None) is not None


def run_search(args: argparse.Namespace) -> None:
    """Clients that search."""
    with serving(args) as server:
        measured(server, args, [search], _for(args.seconds))


def run_ask(args: argparse.Namespace) -> None:
    """Clients that ask."""
    with serving(args) as server:
        measured(server, args, [ask], _for(args.seconds))


def run_mixed(args: argparse.Namespace) -> None:
    """Clients that do both, and sometimes go away."""
    with serving(args) as server:
        measured(server, args, [search, search, search, ask], _requests(args.requests), _BROKEN_OFF)


@dataclass
class Line:
    """How it went in the line; ``freed`` are seconds from one leaving to the next being served."""

    ends: Counter[str] = field(default_factory=Counter)
    backwards: int = 0
    freed: list[float] = field(default_factory=list)
    left: float | None = None

    async def stand(self, client: httpx.AsyncClient, question: str, *, leaving: bool) -> None:
        """Ask, and go away once the model writes, if ``leaving``."""
        before: int | None = None
        writing = False
        asked = {"question": question, "stream": True}
        async with client.stream("POST", "/v1/ask", json=asked) as reply:
            name = ""
            async for line in reply.aiter_lines():
                kind, _, said = line.partition(": ")
                if kind == "event":
                    name = said
                elif kind == "data" and name == "waiting":
                    ahead = json.loads(said)["ahead"]
                    self.backwards += before is not None and ahead > before
                    before = ahead
                elif kind == "data" and name == "writing" and not writing:
                    writing = True
                    if self.left is not None:
                        self.freed.append(time.perf_counter() - self.left)
                        self.left = None
                    if leaving:
                        break
                elif kind == "data" and name == "answer":
                    self.ends[json.loads(said)["model"]] += 1
                    return
        self.ends["left" if writing else "lost"] += 1
        if writing:
            self.left = time.perf_counter()


def run_line(args: argparse.Namespace) -> None:
    """Clients that wait for the language model, some of whom go away."""
    with serving(args) as server:
        # For one that is declined the model is not asked.
        known = _questions(answerable=True)
        line, questions = Line(), random.Random(args.seed).choices(known, k=args.clients)

        async def all_ask() -> None:
            async with _client(server, args.clients) as client:
                until = time.monotonic() + _START_SECONDS
                while (model := (await client.get("/ready")).json()["model"])["state"] != "ready":
                    if model["state"] != "loading" or time.monotonic() > until:
                        raise SystemExit(f"no language model: {model}")
                    await asyncio.sleep(1)
                async with asyncio.TaskGroup() as group:
                    for n, question in enumerate(questions):
                        group.create_task(line.stand(client, question, leaving=n % 4 == 3))

        asyncio.run(all_ask())
        print(f"ends by model {dict(line.ends)}, places that went backwards {line.backwards}")
        print("seconds until the next was written for, once one had gone away:", end=" ")
        print(", ".join(f"{seconds:.2f}" for seconds in line.freed))


def run_kill(args: argparse.Namespace) -> None:
    """Clients that search and put articles in, while the server is killed and started again."""
    server = Server(args.index, args.llm, args.checkout)
    acknowledged: list[str] = []

    async def put(client: httpx.AsyncClient, question: str) -> None:
        name = f"put-{os.getpid()}-{len(acknowledged)}-{random.random()}"
        reply = await client.put(f"/v1/articles/{name}", json={"text": f"خبر جديد. {question}"})
        reply.raise_for_status()
        acknowledged.append(name)

    try:
        for _ in range(args.rounds):
            killed = asyncio.run(_killed(server, args, [search, search, search, put]))
            server = Server(args.index, args.llm, args.checkout, server.port)
            after = asyncio.run(drive(server, args, [search], _for(3)))
            found = [_is_there(server, name) for name in acknowledged]
            print(f"{len(killed.seconds)} replies before, {len(after.seconds)} after,", end=" ")
            print(f"errors after {dict(after.errors)},", end=" ")
            print(f"acknowledged {len(acknowledged)}, of which lost {found.count(False)}")
    finally:
        server.end()


async def _killed(server: Server, args: argparse.Namespace, kinds: Sequence[Ask]) -> Record:
    """What clients meet of a server that is killed after some seconds."""
    driven = asyncio.create_task(drive(server, args, kinds, lambda: server.process.poll() is None))
    await asyncio.sleep(random.uniform(3, 6))
    server.process.kill()
    return await driven


def _is_there(server: Server, name: str) -> bool:
    reply = httpx.get(f"{server.url}/v1/articles/{name}", timeout=_REPLY_SECONDS, trust_env=False)
    return reply.status_code == 200


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.load", description=__doc__.splitlines()[0]
    )
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    for name, run, clients, think in (
        ("search", run_search, 50, 1.0),
        ("ask", run_ask, 20, 1.0),
        ("line", run_line, 20, 0.0),
        ("mixed", run_mixed, 50, 0.0),
        ("kill", run_kill, 10, 0.2),
    ):
        kind = kinds.add_parser(name, help=run.__doc__)
        kind.add_argument("--index", type=Path, required=True, metavar="DIR")
        kind.add_argument("--checkout", type=Path, default=Path(__file__).parent.parent)
        kind.add_argument("--llm", default="auto" if run is run_line else "none")
        kind.add_argument("--clients", type=int, default=clients)
        kind.add_argument("--seconds", type=float, default=60)
        kind.add_argument("--think", type=float, default=think)
        kind.add_argument("--requests", type=int, default=20_000)
        kind.add_argument("--rounds", type=int, default=10)
        kind.add_argument("--warm", type=float, default=_WARM_SECONDS)
        kind.add_argument("--seed", type=int, default=0)
        kind.set_defaults(run=run)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
