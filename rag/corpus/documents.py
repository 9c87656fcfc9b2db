"""What a file gives: a document, or the reason why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from rag.errors import CorpusError

# Characters of the longest article; of all War and Peace there are three million.
_LONGEST = 10_000_000
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Teh marbuta and alef maksura end a word. One after a vowel mark does not begin one.
_ENDING_FIRST = re.compile("(?<![\\w\u0640\u064b-\u0652\u0670])[ةى]\\w")
_ENDING_LAST = re.compile(r"\w[ةى]\b")


@dataclass(frozen=True, slots=True)
class Document:
    """One article as a file gives it. Fields the file does not state are ``None``.

    ``path`` is the file as the user named it. ``source`` is its absolute path when the file holds
    this one article, so that an edited file replaces its former self; ``None`` otherwise. ``pages``
    are where the pages of a PDF begin in ``text``.
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
    pages: tuple[int, ...] = ()

    @classmethod
    def of_file(
        cls, path: Path, text: str, pages: tuple[int, ...] = (), **stated: str | None
    ) -> Document:
        """The one article of the file at ``path``, with what it states of itself.

        Raises:
            CorpusError: as :func:`refuse`.
        """
        found = cls.one_of(path, text, **stated)
        return replace(found, source=str(path.resolve()), pages=pages)

    @classmethod
    def one_of(cls, path: Path, text: str, **stated: str | None) -> Document:
        """One of the many articles of the file at ``path``, with what it states of that one.

        Raises:
            CorpusError: as :func:`refuse`.
        """
        refuse(text, *stated.values())
        return cls(text, **stated, path=path.as_posix(), pages=())


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, or a line of one, that could not be read, and why: one line for a person."""

    path: str
    reason: str

    def __post_init__(self) -> None:
        """A reason may name what stands in a damaged file: line ends of any kind too."""
        object.__setattr__(self, "reason", " ".join(self.reason.split()))


def content(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        CorpusError: it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(error.strerror or str(error)) from error


def refuse(text: str, *fields: str | None) -> None:
    """Refuse an article's ``text`` and what is stated of it where they cannot be kept or read.

    Raises:
        CorpusError: it is too long for an article; there is a lone surrogate; or the Arabic runs
            backwards, words beginning with letters that only end one, as some PDF tools give it.
    """
    if len(text) > _LONGEST:
        raise CorpusError(f"a text of {len(text):,} characters: at most {_LONGEST:,}")
    if any(_SURROGATE.search(value) for value in (text, *fields) if value):
        raise CorpusError("a lone surrogate, which is not a character")
    first, last = (len(ending.findall(text)) for ending in (_ENDING_FIRST, _ENDING_LAST))
    if first > max(last, 1):
        raise CorpusError("the Arabic runs backwards (letters in visual order)")
