"""Every word the page says: one file a language in ``words/``, read once.

A sentence is an attribute, ``said.searching``, and its braces are filled in where it is used. What
is counted has a form for each plural category of its language, as Unicode's CLDR names them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("ar", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The page's words in one language. ``tables`` name the values of the code: orders, units."""

    language: str
    sentences: Mapping[str, str]
    nouns: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, Mapping[str, str]]

    def __getattr__(self, name: str) -> str:
        """The sentence ``name``."""
        try:
            return self.sentences[name]
        except KeyError:
            raise AttributeError(f"no words for {name!r} in {self.language!r}") from None

    def counted(self, noun: str, count: int) -> str:
        """``count`` of ``noun``, with the form the number asks for."""
        forms = self.nouns[noun]
        return forms.get(_category(count), forms["other"]).format(n=f"{count:,}")

    def choices(self, table: str) -> list[tuple[str, str]]:
        """What ``table`` names, for a reader to choose from: (name, value)."""
        return [(name, value) for value, name in self.tables[table].items()]

    @property
    def way(self) -> dict[str, str]:
        """The attributes of what is in this language: its direction and its name."""
        return {"dir": "rtl" if self.language == "ar" else "ltr", "lang": self.language}


def words(language: str) -> Words:
    """The page's words in ``language``; English where it has none of its own."""
    return _read(language if language in LANGUAGES else "en")


@cache
def _read(language: str) -> Words:
    file = Path(__file__).parent / "words" / f"{language}.json"
    return Words(language, **json.loads(file.read_text(encoding="utf-8")))


def _category(count: int) -> str:
    """The plural category of Arabic; a language without it has the form ``other`` for it."""
    last = count % 100
    if count in (1, 2):
        return ("one", "two")[count - 1]
    return "few" if 3 <= last <= 10 else "many" if last >= 11 else "other"
