"""Arabic and English that say the same, of role train, and of what kind they are."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from babel import Locale

from eval.sets.public import read_parallel, read_table
from eval.sets.roles import digest, read_for_fitting, read_pairs, read_translations
from rag.text.analyze import is_arabic

WRITTEN = ("written", "written-arcd-train", "written-arcd-test", "xquad-even")
_PUBLIC = ("arcd-train", "arcd-test", "tydi-en")
_PLAINER = str.maketrans("’‘“”–—", "''\"\"--")


class Pair(NamedTuple):
    """``kind`` is ``question``, ``answer``, ``phrase``, ``sentence`` or ``name``."""

    kind: str
    arabic: str
    english: str


def pairs(data: Path, without: Container[str] = ()) -> Iterator[Pair]:
    """All but names, and but the questions over the sources ``without``."""
    yield from _asked(data, without)
    yield from _translated(data)
    for kind, file in (("phrase", "glossary.tsv"), ("sentence", "sentences.tsv")):
        yield from (Pair(kind, *both) for both in read_pairs(file))
    parallel = read_parallel(data / "pud/parallel.tsv")
    for both in zip(parallel["ar"], parallel["en"], strict=True):
        yield Pair("sentence", *both)
    for code, name in Locale("ar").territories.items():
        yield Pair("phrase", name, Locale("en").territories[code])


def _asked(data: Path, without: Container[str]) -> Iterator[Pair]:
    """Questions in both languages, and their answers where both have as many."""
    for name in WRITTEN:
        said: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = defaultdict(dict)
        for item in read_for_fitting(name, data).items:
            if item.source not in without:
                said[item.id][item.language] = item.text, item.answers
        for both in said.values():
            if len(both) == 2:
                (arabic, answers), (english, others) = both["ar"], both["en"]
                yield Pair("question", arabic, english)
                if len(answers) == len(others):
                    yield from (Pair("answer", *a) for a in zip(answers, others, strict=True))


def _translated(data: Path) -> Iterator[Pair]:
    """The questions of public sets that ``eval/training`` has in the other language too."""
    known = read_translations()
    for item in (item for name in _PUBLIC for item in read_for_fitting(name, data).items):
        if translation := known.get(digest(item.text)):
            language, other = translation
            both = (other, item.text) if language == "ar" else (item.text, other)
            yield Pair("question", *both)


def names(table: Path) -> Iterator[Pair]:
    """Names of people and places, in each spelling."""
    for row in read_table(table):
        arabic, latin = (
            row["arabic"].split("(")[0].strip(),
            re.split(r"[,(]", row["latin"])[0].strip(),
        )
        if is_arabic(arabic) and latin and not re.search(r"\d", latin):
            yield Pair("name", arabic, latin.title() if latin.islower() else latin)


def plain(text: str) -> str:
    """English without accents and printer's quotes."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_PLAINER)
