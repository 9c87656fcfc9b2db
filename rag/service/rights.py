"""Who calls, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from rag.service.audit import Audit


class Role(IntEnum):
    """Each may do what the one before it may: read and ask; change the articles; everything."""

    READER = 1
    EDITOR = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who made a request: the ``name`` of a token or a log-in, empty where none is asked for."""

    name: str
    role: Role
    address: str = ""
    audit: Audit | None = field(default=None, repr=False, compare=False)

    def may(self, role: Role) -> bool:
        """Whether they may do what takes ``role``."""
        return self.role >= role

    def note(self, did: str, what: str, outcome: str) -> None:
        """Note it in the audit, if there is one."""
        if self.audit is not None:
            self.audit.note(self.name, self.address, did, what, outcome)
