"""``musnad serve``, ``chat`` and ``mcp``: for programs, persons and language models."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rag.console import say
from rag.library import Library
from rag.models.generators import LLM_HELP

Opened = Callable[[argparse.Namespace], Library]


def add_serve_commands(commands: Any, placed: argparse.ArgumentParser, opened: Opened) -> None:
    """Add them to ``commands``, with the options of ``placed``; ``opened`` gives the library that
    these name, with something in it.
    """
    serve = commands.add_parser("serve", parents=[placed], help="answer over HTTP, page included")
    serve.add_argument("--no-page", dest="page", action="store_false",
                       help="the interface for programs alone")  # fmt: skip
    chat = commands.add_parser("chat", parents=[placed], help="open the chat page")
    chat.set_defaults(page=True)
    for command, port in ((serve, 8000), (chat, 7860)):
        command.set_defaults(run=partial(_serve, opened=opened))
        command.add_argument("--llm", help=LLM_HELP)
        command.add_argument("--host", default="127.0.0.1",
                             help="address (default: this machine only)")  # fmt: skip
        command.add_argument("--port", type=int, default=port,
                             help=f"port to listen on (default: {port})")  # fmt: skip
        command.add_argument("--auth", type=Path, metavar="FILE",
                             help="who may log in to the page: name:password lines"
                             " (default: everybody)")  # fmt: skip
    mcp = commands.add_parser("mcp", parents=[placed], help="serve a language model's tools (MCP)")
    mcp.add_argument("--llm", help=LLM_HELP)
    mcp.set_defaults(run=partial(_mcp, opened=opened))


def _serve(args: argparse.Namespace, opened: Opened) -> int:
    # Here the door comes in: who may, and what is refused to a server that everybody reaches.
    from rag.chat.auth import read_logins

    check = read_logins(args.auth) if args.auth else None
    if not check and args.host not in ("127.0.0.1", "localhost", "::1"):
        say(f"everybody who reaches {args.host} may use the page; --auth FILE asks for a login")
    library = opened(args)
    from rag.server.app import build_app
    from rag.server.running import run
    from rag.service.service import Service

    service = Service(library)
    service.start()
    try:
        run(build_app(service, page=args.page, check=check), args.host, args.port)
    finally:
        service.stop()
    return 0


def _mcp(args: argparse.Namespace, opened: Opened) -> int:
    from rag.mcp.serving import serve_stdio
    from rag.service.service import Service

    # The output is the protocol's alone.
    with contextlib.redirect_stdout(sys.stderr):
        service = Service(opened(args))
        service.start()
    serve_stdio(service)
    return 0
