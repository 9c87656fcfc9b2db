"""Clients that ask the server one thing after another, and what they meet."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx
import numpy as np

from eval.load.server import Server
from eval.sets.ours import QUESTIONS, read_questions
from rag.config import available_cores

# The longest that a client waits for a reply.
REPLY_SECONDS = 120


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
    questions = dev_questions()

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

    async with client_of(server, args.clients) as client:
        await asyncio.gather(*(one(client) for _ in range(args.clients)))
    return record


@contextlib.asynccontextmanager
async def client_of(server: Server, clients: int) -> AsyncIterator[httpx.AsyncClient]:
    """A connection to the server for each of so many clients."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(
        base_url=server.url, limits=limits, timeout=REPLY_SECONDS, trust_env=False
    ) as client:
        yield client


def dev_questions(*, answerable: bool = False) -> list[str]:
    """The dev questions over the news, in both languages; or those alone that have an answer."""
    items = read_questions("news", QUESTIONS / "news.jsonl", []).items
    return [item.text for item in items if item.groups or not answerable]


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
    asyncio.run(drive(server, warm, kinds, lasting(args.warm)))
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


def lasting(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds have not passed since it was first asked."""
    until: list[float] = []

    def going() -> bool:
        if not until:
            until.append(time.monotonic() + seconds)
        return time.monotonic() < until[0]

    return going


def counting(count: int) -> Callable[[], bool]:
    """Whether it was asked less often than that."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


@dataclass
class Line:
    """How it went in the line. ``freed`` are seconds from one leaving to the next being served,
    where nobody is ``reading`` any more: the next might be.
    """

    ends: Counter[str] = field(default_factory=Counter)
    backwards: int = 0
    freed: list[float] = field(default_factory=list)
    reading: int = 0
    left: float | None = None

    async def stand(self, client: httpx.AsyncClient, question: str, *, leaving: bool) -> None:
        """Ask, and go away once the model writes, if ``leaving``."""
        before: int | None = None
        reading, writing = True, False
        self.reading += 1
        asked = {"question": question, "stream": True}
        async with client.stream("POST", "/v1/ask", json=asked) as reply:
            name = ""
            async for line in reply.aiter_lines():
                kind, _, said = line.partition(": ")
                if kind == "event":
                    name = said
                    if reading and name in ("waiting", "writing", "answer"):
                        reading = False
                        self.reading -= 1
                elif kind == "data" and name == "waiting":
                    ahead = json.loads(said)["ahead"]
                    self.backwards += before is not None and ahead > before
                    before = ahead
                elif kind == "data" and name in ("writing", "answer"):
                    if self.left is not None:
                        self.freed.append(time.perf_counter() - self.left)
                        self.left = None
                    if name == "answer":
                        self.ends[json.loads(said)["model"]] += 1
                        return
                    writing = True
                    if leaving:
                        break
        self.ends["left" if writing else "lost"] += 1
        if writing and not self.reading:
            self.left = time.perf_counter()
