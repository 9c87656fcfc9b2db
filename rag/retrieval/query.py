"""A question as the legs see it: analysed and encoded once."""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import UsageError
from rag.models.protocols import Encoder, Vectors
from rag.text.analyze import analyze
from rag.text.language import detect_language


@dataclass(frozen=True)
class Query:
    """``vector`` is the passage encoder's, ``sentence_vector`` the sentence encoder's."""

    text: str
    language: str
    terms: tuple[str, ...]
    vector: Vectors
    sentence_vector: Vectors


def check_question(text: str, limit: int) -> str:
    """The question without surrounding whitespace.

    Raises:
        UsageError: it is empty, or longer than ``limit`` characters.
    """
    question = text.strip()
    if not any(character.isalnum() for character in question):
        raise UsageError("empty question")
    if len(question) > limit:
        raise UsageError(f"question of {len(question):,} characters: at most {limit:,}")
    return question


def prepare(text: str, encoder: Encoder, sentence_encoder: Encoder) -> Query:
    """Analyse and encode a question: one call of each encoder."""
    return Query(
        text=text,
        language=detect_language(text),
        terms=tuple(dict.fromkeys(analyze(text))),
        vector=encoder.encode([text], "query")[0],
        sentence_vector=sentence_encoder.encode([text], "query")[0],
    )
