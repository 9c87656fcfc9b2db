"""A conversation as values: what was asked and answered, kept on the page and in the browser.

What comes back from a browser may be anything: it is read strictly, and shown escaped.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rag.answering.conversation import Turn
from rag.types import Answer, Hit

End = Literal["done", "stopped", "failed"]
MOST_EXCHANGES = 200
# What the browser does not keep of a hit, because the articles have it, and of an answer.
_LEFT_OUT: dict[type, dict[str, Any]] = {
    Hit: {"text": "", "chunk": ""},
    Answer: {"raw": None, "tokens": {}},
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with what came of it: an answer, even a quoted one, or a ``trouble`` in words."""

    question: str
    answer: Answer | None = None
    end: End = "done"
    trouble: str = ""

    @property
    def turn(self) -> Turn:
        """This exchange as history for the next question."""
        if self.answer is None:
            return Turn(self.question, self.question, "")
        return Turn(self.question, self.answer.resolved or self.question, self.answer.text)

    def to_dict(self) -> dict[str, Any]:
        """What the browser keeps of it."""
        answer = _kept(Answer, self.answer.to_dict()) if self.answer else None
        if answer:
            answer["passages"] = [_kept(Hit, hit) for hit in answer["passages"]]
        told = {"question": self.question, "answer": answer}
        return {**told, "end": self.end, "trouble": self.trouble}


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges in order. ``id`` names it in the browser's storage; it has none before the first.

    Two windows begin with the same empty one, so it is drawn when something is asked.
    """

    exchanges: tuple[Exchange, ...] = ()
    id: str = ""

    def before(self, index: int) -> Conversation:
        """The conversation up to, and without, exchange ``index``."""
        return replace(self, exchanges=self.exchanges[:index])

    def with_last(self, exchange: Exchange) -> Conversation:
        """The conversation with ``exchange`` after all others."""
        return replace(self, exchanges=(*self.exchanges, exchange))

    def named(self) -> Conversation:
        """The conversation with a name of its own."""
        return self if self.id else replace(self, id=secrets.token_hex(8))

    @property
    def history(self) -> list[Turn]:
        """What a follow-up question leans on."""
        return [exchange.turn for exchange in self.exchanges if exchange.answer]

    def to_dict(self) -> dict[str, Any]:
        """What the browser keeps. Passages go without their text, which the articles have."""
        title = self.exchanges[0].question if self.exchanges else ""
        exchanges = [exchange.to_dict() for exchange in self.exchanges]
        return {"id": self.id, "title": title, "exchanges": exchanges}

    @classmethod
    def from_dict(cls, stored: object) -> Conversation:
        """What the browser kept; what of it cannot be read is left out."""
        if not isinstance(stored, Mapping):
            return cls()
        exchanges = []
        listed = stored.get("exchanges")
        for item in listed[:MOST_EXCHANGES] if isinstance(listed, list) else ():
            try:
                exchanges.append(_read(Exchange, item))
            except (TypeError, OverflowError):
                continue
        name = str(stored.get("id") or "")
        known = name.isascii() and name.isalnum() and len(name) <= 40
        return cls(tuple(exchanges), name if known else "")


def _kept(kind: type, told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in _LEFT_OUT[kind]}


def _read(kind: Any, stored: Any) -> Any:
    """``stored``, of JSON, as a ``kind``: a dataclass, a tuple, a mapping, a plain value.

    Raises:
        TypeError: it is none, or a field without a default is not there.
        OverflowError: a number is too large.
    """
    of, inside = get_origin(kind) or kind, get_args(kind)
    if of is UnionType:
        return None if stored is None else _read(inside[0], stored)
    if of is Literal and stored in inside:
        return stored
    if of is tuple and isinstance(stored, list):
        return tuple(_read(inside[0], item) for item in stored)
    if hasattr(of, "_fields") and isinstance(stored, list):  # A named tuple.
        kinds = _hints(of).values()
        return of(*(_read(each, item) for each, item in zip(kinds, stored, strict=False)))
    if of is Mapping and isinstance(stored, dict):
        return {name: _read(inside[1], item) for name, item in stored.items()}
    if is_dataclass(of) and isinstance(stored, dict):
        told, hints = _LEFT_OUT.get(kind, {}) | stored, _hints(kind)
        return kind(**{name: _read(hints[name], told[name]) for name in hints if name in told})
    if of is float and type(stored) is int:
        return float(stored)
    if type(stored) is of:
        return stored
    raise TypeError(f"expected {kind}, found {stored!r}")


_hints = cache(get_type_hints)
