"""An Arabic answer in a few English words, where every word of it is known.

Numbers with their scales, months and percentages by rule; other words and names by a lexicon that
``eval/fit/lexicon.py`` learns from parallel texts. What is not known is not guessed: there is no
rendering then, and the answer stays in the article's words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Literal, NamedTuple

from babel.dates import get_month_names

from rag.answering.figures import scale_of
from rag.text.analyze import is_arabic, stem
from rag.text.months import MONTH_PATTERN, month_number
from rag.text.normalize import normalize

LEXICON = Path(__file__).with_name("lexicon.json")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|%|[^\W\d_]+")
_MONTH = re.compile(MONTH_PATTERN)
_LATIN = re.compile(r"[A-Za-z][\w.'’@/-]*")
# Words that hold others together, and what is left out before a name or a number.
_SMALL = {
    "في": "in", "من": "of", "و": "and", "او": "or", "عن": "about", "الي": "to", "علي": "on",
    "مع": "with", "بين": "between", "نحو": "about", "حوالي": "about", "قرابه": "nearly",
    "اكثر من": "more than", "اقل من": "less than", "بعد": "after", "قبل": "before",
    "منذ": "since", "لمده": "for", "بن": "Ben", "بالمايه": "%", "بالمئه": "%", "في المئه": "%",
}  # fmt: skip
# From here on a scale is said, and below a number has no comma.
_NAMED, _NO_COMMA = 10**6, 10**4
_ONE = Decimal(1)
_SCALE_NAMES = {10**6: "million", 10**9: "billion", 10**12: "trillion"}
_COUNTS = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
# Letters and digits of the Arabic script.
_FOREIGN = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LONGEST, _MOST_PLAIN = 5, 2


class _Said(NamedTuple):
    """A run of words in English, and whether it is a name or a plain word; it may be neither."""

    text: str
    kind: Literal["", "name", "plain"] = ""


def english(text: str) -> str | None:
    """``text`` in English; ``None`` where a word of it is not known."""
    if not _FOREIGN.search(text):
        return " ".join(text.split())
    rendered = list(_rendered(_words(text)))
    known = [said for said in rendered if said]
    return _joined(known) if len(known) == len(rendered) and _ordered(known) else None


def _ordered(said: Sequence[_Said]) -> bool:
    """Whether the order of the words is sure: what follows a name may be said of all before it."""
    kinds = [one.kind for one in said]
    first = kinds.index("name") if "name" in kinds else len(kinds)
    proper = sum(one.kind == "plain" and one.text[:1].isupper() for one in said)
    # Of two proper nouns one may be said of the other, or an "and" be lost.
    return "plain" not in kinds[first:] and kinds.count("plain") <= _MOST_PLAIN and proper < 2


def _words(text: str) -> list[str]:
    """Normalised Arabic words, numbers and signs; Latin words as they are written."""
    found: list[str] = []
    at = 0
    for match in _LATIN.finditer(text):
        found += _WORD.findall(normalize(text[at : match.start()]))
        found.append(match[0])
        at = match.end()
    found += _WORD.findall(normalize(text[at:]))
    return [part for word in found for part in _parted(word)]


def _parted(word: str) -> Sequence[str]:
    """و written onto a name apart from it: وروسيا is "and Russia"."""
    names = _lexicon()["names"]
    rest = word[1:]
    onto = (
        word.startswith("و")
        and word not in names
        and {rest, rest.removeprefix("ال")} & names.keys()
    )
    return ("و", rest) if onto else (word,)


def _rendered(words: Sequence[str]) -> Iterator[_Said | None]:
    """Each run of words in English, ``None`` for what is not known."""
    at = 0
    while at < len(words):
        length, said = _number(words[at:]) or _known(words[at:])
        yield said
        at += length


def _number(words: Sequence[str]) -> tuple[int, _Said] | None:
    """The number at the beginning of ``words``: مليون و387 الف is 1,387,000."""
    parts: list[tuple[Decimal | None, int]] = []
    at = 0
    while part := _part(words[at:], first=not parts):
        length, value, scale = part
        parts.append((value, scale))
        at += length
        if scale == 1:
            break
    if not parts:
        return None
    value, scale = parts[0]
    if len(parts) == 1 and scale >= _NAMED:
        return at, _Said(f"{_ONE if value is None else value} {_SCALE_NAMES[scale]}")
    total = sum(((_ONE if value is None else value) * scale for value, scale in parts), Decimal(0))
    if total == total.to_integral_value():
        total = total.quantize(_ONE)
    return at, _Said(f"{total:f}" if at == 1 and total < _NO_COMMA else f"{total:,f}")


def _part(words: Sequence[str], *, first: bool) -> tuple[int, Decimal | None, int] | None:
    """How many words the next figure of a number takes, its value if it is written in digits, and
    its scale; what follows the first is joined to it by "and".
    """
    joined = not first and words[:1] == ["و"]
    rest = words[joined:]
    digits = bool(rest) and _DIGITS.fullmatch(rest[0].replace(",", ""))
    scale = scale_of(rest[1 if digits else 0]) if len(rest) > bool(digits) else 1
    if not (first or joined) or not (digits or scale > 1):
        return None
    return joined + bool(digits) + (scale > 1), Decimal(digits[0]) if digits else None, scale


def _known(words: Sequence[str]) -> tuple[int, _Said | None]:
    """The longest name or month at the beginning of ``words``, else what the first word means."""
    lexicon = _lexicon()
    for length in range(min(_LONGEST, len(words)), 0, -1):
        run = " ".join(words[:length])
        if _MONTH.fullmatch(run) and not (month := month_number(run))[0]:
            return length, _Said(get_month_names(locale="en")[month[1]])
        if run in _SMALL:
            return length, _Said(_SMALL[run])
        if length > 1 and run in lexicon["names"]:
            return length, _Said(lexicon["names"][run], "name")
    word = words[0]
    if not is_arabic(word):
        return 1, _Said(word)
    for form in (word, *_bare(word)):
        if said := lexicon["words"].get(stem(form)):
            named = form in lexicon["names"] and not said.islower()
            return 1, _Said(said, "" if said in _COUNTS else "name" if named else "plain")
        if said := lexicon["names"].get(form):
            return 1, _Said(said, "name")
    return 1, None


def _bare(word: str) -> Iterator[str]:
    """``word`` without the article and the particles written onto it."""
    for particle in ("وال", "بال", "لل", "ال", "و", "ب", "ل"):
        if word.startswith(particle) and len(word) - len(particle) > 2:
            yield word[len(particle) :]


def _joined(said: Sequence[_Said]) -> str:
    """In English order: what is said of a thing stands before it, عوامل النمو is growth factors."""
    words: list[str] = []
    for kind, run in groupby(said, key=attrgetter("kind")):
        texts = [one.text for one in run]
        words += reversed(texts) if kind == "plain" else texts
    once = [word for word, before in zip(words, ["", *words], strict=False) if word != before]
    return " ".join(once).replace(" %", "%")


@lru_cache(maxsize=1)
def _lexicon() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = json.loads(LEXICON.read_text("utf-8"))
    return loaded
