"""A conversation as values: what was asked and answered, kept on the page and in the browser.

What comes back from a browser may be anything: it is read strictly, and shown escaped.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from rag.answering.conversation import Turn
from rag.types import Answer, ArticleRef, Citation, Claim, Hit

End = Literal["done", "stopped", "failed"]
_ENDS = ("done", "stopped", "failed")
MOST_EXCHANGES = 200


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
        exchanges = [_exchange_to_dict(exchange) for exchange in self.exchanges]
        title = self.exchanges[0].question if self.exchanges else ""
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
                exchanges.append(_exchange_from_dict(item))
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        name = str(stored.get("id") or "")
        known = name.isascii() and name.isalnum() and len(name) <= 40
        return cls(tuple(exchanges), name if known else "")


def _exchange_to_dict(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer.to_dict() if exchange.answer else None
    if answer:
        answer = {k: v for k, v in answer.items() if k not in ("raw", "tokens")}
        answer["passages"] = [
            {k: v for k, v in hit.items() if k not in ("text", "chunk")}
            for hit in answer["passages"]
        ]
    return {
        "question": exchange.question,
        "answer": answer,
        "end": exchange.end,
        "trouble": exchange.trouble,
    }


def _exchange_from_dict(stored: Mapping[str, Any]) -> Exchange:
    answer = stored["answer"]
    end = stored["end"]
    if end not in _ENDS:
        raise ValueError(end)
    return Exchange(
        str(stored["question"]),
        None if answer is None else _answer(answer),
        end,
        str(stored.get("trouble") or ""),
    )


def _answer(stored: Mapping[str, Any]) -> Answer:
    return Answer(
        question=str(stored["question"]),
        language=str(stored["language"]),
        answered=bool(stored["answered"]),
        reason=_text(stored["reason"]),
        text=str(stored["text"]),
        claims=tuple(_claim(claim) for claim in stored["claims"]),
        passages=tuple(_hit(hit) for hit in stored["passages"]),
        model=str(stored["model"]),
        timings={str(name): float(value) for name, value in stored["timings"].items()},
        resolved=_text(stored.get("resolved")),
        nearest=_citations(stored.get("nearest", ())),
    )


def _claim(stored: Mapping[str, Any]) -> Claim:
    return Claim(
        str(stored["text"]),
        bool(stored["supported"]),
        float(stored["support"]),
        _citations(stored["citations"]),
    )


def _citations(stored: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            int(cited["n"]),
            _article(cited["article"]),
            int(cited["start"]),
            int(cited["end"]),
            str(cited["quote"]),
        )
        for cited in stored
    )


def _hit(stored: Mapping[str, Any]) -> Hit:
    return Hit(
        rank=int(stored["rank"]),
        score=float(stored["score"]),
        article=_article(stored["article"]),
        chunk="",
        start=int(stored["start"]),
        end=int(stored["end"]),
        text="",
        also=tuple(_article(article) for article in stored.get("also", ())),
    )


def _article(stored: Mapping[str, Any]) -> ArticleRef:
    fields = ("title", "date", "outlet", "url", "language", "path")
    known = {name: _text(stored.get(name)) for name in fields}
    return ArticleRef(id=str(stored["id"]), label=str(stored.get("label") or ""), **known)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
