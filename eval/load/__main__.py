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
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from eval.load.clients import (
    REPLY_SECONDS,
    Ask,
    Line,
    Record,
    ask,
    client_of,
    counting,
    dev_questions,
    drive,
    lasting,
    measured,
    search,
)
from eval.load.server import START_SECONDS, Server, serving

_WARM_SECONDS = 10
_BROKEN_OFF = 0.01


def run_search(args: argparse.Namespace) -> None:
    """Clients that search."""
    with serving(args) as server:
        measured(server, args, [search], lasting(args.seconds))


def run_ask(args: argparse.Namespace) -> None:
    """Clients that ask."""
    with serving(args) as server:
        measured(server, args, [ask], lasting(args.seconds))


def run_mixed(args: argparse.Namespace) -> None:
    """Clients that do both, and sometimes go away."""
    with serving(args) as server:
        measured(server, args, [search, search, search, ask], counting(args.requests), _BROKEN_OFF)


def run_line(args: argparse.Namespace) -> None:
    """Clients that wait for the language model, some of whom go away."""
    with serving(args) as server:
        # For one that is declined the model is not asked.
        known = dev_questions(answerable=True)
        line, questions = Line(), random.Random(args.seed).choices(known, k=args.clients)

        async def all_ask() -> None:
            async with client_of(server, args.clients) as client:
                until = time.monotonic() + START_SECONDS
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
            after = asyncio.run(drive(server, args, [search], lasting(3)))
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
    reply = httpx.get(f"{server.url}/v1/articles/{name}", timeout=REPLY_SECONDS, trust_env=False)
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
        kind.add_argument("--checkout", type=Path, default=Path(__file__).parents[2])
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
