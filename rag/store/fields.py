"""The lexical indexes that every snapshot holds, each another view of the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.store.lexical import LexicalIndex, Postings, Saturation, build_lexical
from rag.store.words import WordTable
from rag.text.analyze import grams, is_arabic, stem
from rag.text.skeleton import arabic_skeletons, latin_skeletons


@dataclass(frozen=True, slots=True)
class Field:
    """How a word becomes terms, and how their repeats and a passage's length count."""

    analyse: Callable[[str], Sequence[str]]
    parameters: Saturation


def _stems(word: str) -> tuple[str, ...]:
    return (stem(word),)


def _skeletons(word: str) -> tuple[str, ...]:
    return arabic_skeletons(word) if is_arabic(word) else latin_skeletons(word)


# Parameters fitted on the development questions (XQuAD, ARCD).
FIELDS: Mapping[str, Field] = {
    "stems": Field(_stems, Saturation()),
    "grams": Field(grams, Saturation()),
    "names": Field(_skeletons, Saturation(k1=0.9, b=0.3)),
}


def build_fields(words: WordTable, postings: Postings) -> dict[str, LexicalIndex]:
    """Every field's index over the passages of ``words``."""
    return {
        name: build_lexical(words, postings, field.analyse, field.parameters)
        for name, field in FIELDS.items()
    }
