"""A language model that says what a test tells it to, and can be held in the middle of an answer.

The page runs in a process of its own, so the two talk through files: :class:`Script` is the test's
end of them and :class:`PageModel` the model's.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Generator, Sequence
from pathlib import Path

from rag.models.protocols import Message, Usage

_EXCERPT = re.compile(r"^\[1\] (?:\(\S+\) )?(.+)$", re.MULTILINE)
_QUESTION = re.compile(r"(?:Question|السؤال): (.+)\Z")
_WORDS = 12
_TICK = 0.02
_PATIENCE = 30.0


class Script:
    """What the model is to say, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        """The script in ``folder``, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        self._replies = folder / "replies.json"
        self._held = folder / "held"
        self._events = folder / "events.jsonl"

    def say(self, question: str, reply: str) -> None:
        """Answer a question that holds ``question`` with ``reply``."""
        replies = self.replies() | {question: reply}
        self._replies.write_text(json.dumps(replies), encoding="utf-8")

    def hold(self) -> None:
        """Stop after the first piece of each answer from now on."""
        self._held.touch()

    def release(self) -> None:
        """Go on."""
        self._held.unlink(missing_ok=True)

    def reset(self) -> None:
        """Say nothing in particular, and do not wait."""
        self._replies.unlink(missing_ok=True)
        self.release()

    def asked(self) -> list[str]:
        """The questions it was asked, in order."""
        return [str(said) for kind, said in self._log() if kind == "asked"]

    def stopped(self) -> int:
        """How many answers were broken off."""
        return sum(kind == "stopped" for kind, _ in self._log())

    def replies(self) -> dict[str, str]:
        """What it says by what a question holds."""
        if not self._replies.exists():
            return {}
        replies: dict[str, str] = json.loads(self._replies.read_text(encoding="utf-8"))
        return replies

    def held(self) -> bool:
        """Whether it is to wait."""
        return self._held.exists()

    def note(self, kind: str, said: str) -> None:
        """Remember that something happened."""
        with self._events.open("a", encoding="utf-8") as events:
            events.write(json.dumps([kind, said]) + "\n")

    def _log(self) -> list[tuple[str, str]]:
        if not self._events.exists():
            return []
        lines = self._events.read_text(encoding="utf-8").splitlines()
        return [(kind, said) for kind, said in map(json.loads, lines)]


class PageModel:
    """Says the first words of the first excerpt, or what the script has for the question."""

    name = "scripted"

    def __init__(self, script: Script) -> None:
        """Obeys ``script``."""
        self._script = script

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Generator[str, None, Usage]:
        """The reply in pieces of seven characters."""
        said = messages[-1]["content"]
        asked = _QUESTION.search(said)
        question = asked[1] if asked else ""
        self._script.note("asked", question)
        replies = self._script.replies().items()
        reply = next((r for q, r in replies if q in question), _first_words(said))
        try:
            for start in range(0, len(reply), 7):
                yield reply[start : start + 7]
                self._wait()
        except GeneratorExit:
            self._script.note("stopped", question)
            raise
        return Usage(prompt=len(said), reply=len(reply))

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while self._script.held() and time.monotonic() < until:
            time.sleep(_TICK)


def _first_words(said: str) -> str:
    excerpt = _EXCERPT.search(said)
    return f"[1] {' '.join(excerpt[1].split()[:_WORDS])}" if excerpt else "NOT FOUND"
