"""What a file gives: a document, or the reason why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.errors import CorpusError

# Teh marbuta and alef maksura end a word. One after a vowel mark does not begin one.
_ENDING_FIRST = re.compile("(?<![\\w\u0640\u064b-\u0652\u0670])[ةى]\\w")
_ENDING_LAST = re.compile(r"\w[ةى]\b")


@dataclass(frozen=True, slots=True)
class Document:
    """One article as a file gives it. Fields the file does not state are ``None``.

    ``path`` is the file as the user named it. ``source`` is its absolute path when the file holds
    this one article, so that an edited file replaces its former self; ``None`` otherwise.
    """

    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    path: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, or a line of one, that could not be read, and why: one line for a person."""

    path: str
    reason: str


def refuse_reversed(text: str) -> None:
    """Some PDF tools give Arabic in the order in which it stands on the page.

    Raises:
        CorpusError: it runs backwards: words begin with letters that only end one.
    """
    first, last = (len(ending.findall(text)) for ending in (_ENDING_FIRST, _ENDING_LAST))
    if first > max(last, 1):
        raise CorpusError("the Arabic runs backwards (letters in visual order)")
