"""The door of a server that is started at the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.console import say
from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.server.door import Door


def add_door_options(command: argparse.ArgumentParser, *, strict: bool, port: int) -> None:
    """Where a server listens, and who may come; a ``strict`` one is opened to all only if told."""
    command.add_argument("--host", default="127.0.0.1", help="address (default: this machine only)")
    command.add_argument("--port", type=int, default=port,
                         help=f"port to listen on (default: {port})")  # fmt: skip
    command.add_argument("--auth", type=Path, metavar="FILE",
                         help="who may log in: name:password lines (default: those with a token,"
                         " see `musnad tokens`; where nobody has one, everybody)")  # fmt: skip
    command.add_argument("--allow-host", action="append", default=[], metavar="NAME",
                         help="a name that the server has besides (several times)")  # fmt: skip
    if strict:
        command.add_argument("--open", action="store_true",
                             help="answer everybody at a --host that others reach")  # fmt: skip
    else:
        command.set_defaults(open=True)


def door_of(args: argparse.Namespace, settings: Settings) -> Door:
    """The door by the options; tokens and the audit are where ``settings`` say.

    Raises:
        UsageError: others reach the address, anybody of them would be let in, and nobody said so.
        TokenError: the file of tokens cannot be read.
    """
    # Only servers need these.
    from rag.chat.auth import read_logins
    from rag.server.door import Door
    from rag.server.hosts import Hosts, reaches
    from rag.server.keys import Keys
    from rag.server.tokens import Tokens
    from rag.service.audit import Audit

    home = settings.access or settings.home
    hosts = Hosts.of(args.host, args.allow_host)
    keys = Keys(Tokens(home), read_logins(args.auth) if args.auth else None)
    if reaches(args.host) and not keys.locked:
        way = "--auth FILE or `musnad tokens add NAME` asks for a login"
        if not args.open:
            raise UsageError(f"--host {args.host}: would let everybody in; {way}, --open allows it")
        say(f"everybody who reaches {args.host} may use the page; {way}")
    return Door(keys, hosts, Audit(home))
