"""``musnad tokens``: who is let in to a server, and as what."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rag.config import Settings
from rag.console import say
from rag.server.tokens import Tokens
from rag.service.rights import Role

_ROLES = [role.name.lower() for role in Role]


def add_tokens_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add ``tokens`` to ``commands``, each of its actions with the options of ``common``."""
    tokens = commands.add_parser("tokens", help="say who may use a server")
    actions = tokens.add_subparsers(required=True, metavar="ACTION")
    adding = actions.add_parser("add", parents=[common], help="make a token; it is shown once")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--role", choices=_ROLES, default=_ROLES[0],
                        help="reader: search, ask, read; editor: also change the articles;"
                        " admin: everything (default: reader)")  # fmt: skip
    listing = actions.add_parser("list", parents=[common], help="list them")
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    revoking = actions.add_parser("revoke", parents=[common], help="let one in no more, at once")
    revoking.add_argument("name", metavar="NAME")
    for action, run in ((adding, _add), (listing, _list), (revoking, _revoke)):
        action.set_defaults(run=run)


def _tokens() -> Tokens:
    settings = Settings.from_environment()
    return Tokens(settings.access or settings.home)


def _add(args: argparse.Namespace) -> int:
    token = _tokens().add(args.name, Role[args.role.upper()])
    say(f"the token of {args.name}, {args.role}; it is not shown again:")
    print(token)
    return 0


def _list(args: argparse.Namespace) -> int:
    tokens = _tokens().all()
    if args.json:
        shown = ("name", "role", "made")
        records = [{name: token.to_dict()[name] for name in shown} for token in tokens]
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return 0
    for token in tokens:
        print(f"{token.role.name.lower():<6}  {token.made}  {token.name}")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    gone = _tokens().revoke(args.name)
    say(f"revoked {gone.name}, {gone.role.name.lower()}")
    return 0
