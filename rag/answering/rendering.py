"""An Arabic answer in a few English words, where that is sure.

What it may be in English is put together from parts of which each is known
(:mod:`rag.answering.glossary`), in the orders that English has for them, and weighed by a network
that reads both languages (:mod:`rag.models.translator`). The likeliest is said if it is likely
enough to be right. What is not known is not guessed: the answer stays in the article's words then.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rag.answering.glossary import Part, bare, parts_of
from rag.models.protocols import Translator
from rag.text.stopwords import ENGLISH

# How likely what is said is right, by its signs, and how likely it must be to be shown
# (``eval/fit/translator/calibration.py``).
WEIGHTS, SHIFT = (0.68, 0.20, -0.44, 0.89), 1.73
SURE = 0.5
# Parts that are put together, renderings that are weighed, and the power of their length by which
# what they have lost is divided (Wu et al. 2016, https://arxiv.org/abs/1609.08144, section 7).
_MOST_PARTS, _MOST, _SHARE = 5, 48, 0.6
_MARGIN = 2.0
# Letters and digits of the Arabic script.
_FOREIGN = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_ARTICLES = {"the", "a", "an"}
# A number of more than one.
_COUNT = re.compile(r"^(?!1$)\d")
_PLURALS = {"man": "men", "woman": "women", "child": "children", "person": "people"}
# What opens a phrase and stays before all that stands in it: "in the", "because of a".
_OPENING = re.compile(
    r"((?:(?:in|of|to|for|from|with|by|on|at|and|or|about|after|before|because of) )?"
    r"(?:the |an? |his |her |its |their )?)(.*)"
)


class Rendering(NamedTuple):
    """What is said, and the signs of its being right: the mean log-probability of its pieces, how
    far the next likely is behind, of how many parts it is, and the share of its words that are
    names, which no network knows; ``None`` where it is certain.
    """

    text: str
    signs: tuple[float, float, float, float] | None

    @property
    def likelihood(self) -> float:
        """How likely it is right, in [0, 1]."""
        if self.signs is None:
            return 1.0
        odds = SHIFT + sum(w * sign for w, sign in zip(WEIGHTS, self.signs, strict=True))
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True)
class Renderer:
    """Says answers in English as the translator weighs it that ``load`` gives."""

    load: Callable[[], Translator]

    def english(self, text: str) -> str | None:
        """``text`` in English; ``None`` where that is not sure."""
        rendering = self.render(text)
        return rendering.text if rendering and rendering.likelihood >= SURE else None

    def render(self, text: str) -> Rendering | None:
        """The likeliest way to say ``text``; ``None`` where a word of it is not known."""
        if not _FOREIGN.search(text):
            return Rendering(" ".join(text.split()), None)
        parts = parts_of(text)
        if not parts or len(parts) > _MOST_PARTS:
            return None
        ways = put_together(parts)
        if all(part.figure for part in parts):
            return Rendering(ways[0], None)
        odds = self.load().weigh(text, ways)
        scores = [float(each.sum()) / len(each) ** _SHARE for each in odds]
        first, *others = np.argsort(scores)[::-1]
        margin = min(_MARGIN, scores[first] - scores[others[0]] if others else _MARGIN)
        words = ways[first].split()
        named = sum(word[0].isupper() for word in words) / len(words)
        return Rendering(ways[first], (float(odds[first].mean()), margin, float(len(parts)), named))


def put_together(parts: Sequence[Part]) -> list[str]:
    """What ``parts`` may be together, in English: what follows a number is several, and a noun or
    an adjective that follows another may be said of it, before it or with "of".
    """
    made = [[way] for way in parts[0].ways]
    for before, part in pairwise(parts):
        longer = [
            more for said in made for way in part.ways for more in _joined(said, before, part, way)
        ]
        made = list({" ".join(said): said for said in longer}.values())[:_MOST]
    return list(dict.fromkeys(" ".join(said).replace(" %", "%") for said in made))


def _joined(said: list[str], before: Part, part: Part, way: str) -> list[list[str]]:
    """``said`` with one more part, said this ``way``."""
    if _COUNT.search(before.ways[0]) and way[0].islower() and not _holds_together(way):
        return [[*said, plural(bare(way))]]
    if way.startswith("and ") and (head := said[-1].rpartition(" "))[1]:
        # international issues and regional: international and regional issues
        return [[*said, way], [*said[:-1], f"{head[0]} {way} {head[2]}"]]
    if part.figure or before.figure or _holds_together(way) or _is_small(said[-1]):
        return [[*said, way]]
    match = _OPENING.fullmatch(said[-1])
    assert match
    opening, rest = match.groups()
    return [[*said, way], [*said, f"of {way}"], [*said[:-1], f"{opening}{bare(way)} {rest}"]]


def _holds_together(english: str) -> bool:
    """Whether it begins with a small word, as "in Sfax" does."""
    first = english.split(" ")[0].lower()
    return first in ENGLISH and first not in _ARTICLES


def _is_small(english: str) -> bool:
    return all(word.lower() in ENGLISH for word in english.split(" "))


def plural(noun: str) -> str:
    """More than one of it."""
    start, space, last = noun.rpartition(" ")
    if last in _PLURALS:
        return start + space + _PLURALS[last]
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return noun + (
        "es" if re.search("(?:x|ch|sh|ss)$", noun) else "" if noun.endswith("s") else "s"
    )
