"""A question as the legs see it: analysed and encoded once."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rag.errors import UsageError
from rag.models.protocols import Encoder, Vectors
from rag.text.analyze import content_words, grams, is_arabic, stem
from rag.text.dates import DateMention
from rag.text.language import detect_language
from rag.text.normalize import encodable, respelled
from rag.text.relative_dates import dates_in_question
from rag.text.skeleton import arabic_skeletons, latin_skeletons
from rag.text.stopwords import ENGLISH

# A capital that does not begin the sentence marks a name; other words seldom are one.
_NAME_WEIGHT = 1.0
_WORD_WEIGHT = 0.3
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:'s)?")


@dataclass(frozen=True)
class Query:
    """``vector`` is the passage encoder's, ``sentence_vector`` the sentence encoder's.

    ``stems``, ``grams`` and ``names`` are weighted terms of the lexical fields of the same names;
    ``foreign`` the Latin words, as written, that translation may find in Arabic text; ``dates``
    those it names.
    """

    text: str
    language: str
    stems: Mapping[str, float]
    grams: Mapping[str, float]
    names: Mapping[str, float]
    foreign: tuple[str, ...]
    dates: tuple[DateMention, ...]
    vector: Vectors
    sentence_vector: Vectors


def check_question(text: str, limit: int) -> str:
    """The question without surrounding whitespace, lone surrogates replaced.

    Raises:
        UsageError: it is empty, or longer than ``limit`` characters.
    """
    question = encodable(text).strip()
    if not any(character.isalnum() for character in question):
        raise UsageError("empty question")
    if len(question) > limit:
        raise UsageError(f"question of {len(question):,} characters: at most {limit:,}")
    return question


def prepare(
    text: str,
    encoder: Encoder,
    sentence_encoder: Encoder,
    *,
    today: datetime.date | None = None,
) -> Query:
    """Analyse and encode a question: one call of each encoder.

    "Last year" and its like are read as said on ``today``, by default the day of the call.
    """
    words = content_words(text)
    spelled, _ = respelled(text)
    return Query(
        text=text,
        language=detect_language(text),
        stems=dict.fromkeys(map(stem, words), 1.0),
        grams=Counter(gram for word in words for gram in grams(word)),
        names=skeletons(text),
        foreign=foreign_words(text),
        dates=tuple(dates_in_question(text, today or datetime.date.today())),
        vector=encoder.encode([spelled], "query")[0],
        sentence_vector=sentence_encoder.encode([spelled], "query")[0],
    )


def foreign_words(text: str) -> tuple[str, ...]:
    """The Latin content words of ``text``, case as written, accents and possessives taken off."""
    words = (match[0].removesuffix("'s") for match in _LATIN_WORD.finditer(_unaccented(text)))
    return tuple(
        dict.fromkeys(word for word in words if len(word) > 1 and word.lower() not in ENGLISH)
    )


def skeletons(text: str) -> dict[str, float]:
    """Weighted skeletons of the words that may be names, Latin and Arabic.

    A word that can be read in several ways shares its weight among them.
    """
    found: list[tuple[tuple[str, ...], float]] = []
    for match in _LATIN_WORD.finditer(_unaccented(text)):
        if match[0].lower().removesuffix("'s") not in ENGLISH:
            named = match[0][0].isupper() and match.start() > 0
            found.append((latin_skeletons(match[0]), _NAME_WEIGHT if named else _WORD_WEIGHT))
    arabic = filter(is_arabic, content_words(text))
    found += [(arabic_skeletons(word), _WORD_WEIGHT) for word in arabic]
    weighted: dict[str, float] = {}
    for readings, weight in found:
        for skeleton in readings:
            share = weight / len(readings) ** 0.5
            weighted[skeleton] = max(weighted.get(skeleton, 0.0), share)
    return weighted


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
