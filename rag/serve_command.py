"""``musnad serve``, ``chat`` and ``mcp``: for programs, persons and language models."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from rag.config import Settings
from rag.library import Library
from rag.models.generators import LLM_HELP
from rag.server.opening import add_door_options, door_of

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
    for command, strict, port in ((serve, True, 8000), (chat, False, 7860)):
        command.set_defaults(run=partial(_serve, opened=opened))
        command.add_argument("--llm", help=LLM_HELP)
        add_door_options(command, strict=strict, port=port)
    mcp = commands.add_parser("mcp", parents=[placed], help="serve a language model's tools (MCP)")
    mcp.add_argument("--llm", help=LLM_HELP)
    mcp.set_defaults(run=partial(_mcp, opened=opened))


def _serve(args: argparse.Namespace, opened: Opened) -> int:
    door = door_of(args, Settings.from_environment())
    library = opened(args)
    from rag.server.app import build_app
    from rag.server.running import run
    from rag.service.service import Service

    service = Service(library)
    service.start()
    try:
        run(build_app(service, page=args.page, door=door), args.host, args.port)
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
