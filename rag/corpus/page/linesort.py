"""How likely each line of a page is furniture: a logistic regression over what it looks like.

What it looks at are form, place and neighbours, and how many of its words pages speak of themselves
with. The weights (``lines.json``) are fitted by ``eval/fit/lines.py``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from rag.corpus.page.furniture import commonest, page_words, words_of
from rag.corpus.page.lines import Line
from rag.corpus.page.surroundings import Surroundings
from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH

_ADDRESS = re.compile(r"https?:|www\.|\w@\w|#\w|@\w|\d{3,}[ -]?\d{3,}")
_MARKED = re.compile(r"[©®▶►▸◄←→↑↓✉✕×☰★❖👍👎⋮…]$|^[©®▶►▸◄←→↑↓✉✕×☰★❖[\]()#+]|©")
_BULLET = re.compile(r"^\W*(?:\d{1,2}\s*[.):-]|[•*●○–—-])\s+\S|^\d{1,2}\s+[^\W\d_]")
_RIGHTS = re.compile(
    r"©|copyright|rights reserved|حقوق\b.{0,20}محفوظ|appeared first on", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“”«»]")
_LABEL = re.compile(r"^[^:]{2,40}:(?=\s*\S)")
_SEEN = 200  # Characters of a line that its form is told from.
_LONG, _LONGER = 80, 160
_TO_YOU = {"we", "our", "you", "your", "us", "my", "this"}
_HALF = 0.5

WEIGHTS = Path(__file__).with_name("lines.json")
# The likelihood from which on a line is set aside: news lost is worse than furniture kept.
_LIKELY = 0.55


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, float]:
    """The weight of each feature, by its name."""
    weights: Mapping[str, float] = json.loads(WEIGHTS.read_text("utf-8"))["weights"]
    return weights


def furniture(lines: Sequence[Line], headline: int | None) -> frozenset[int]:
    """The numbers of the lines that are likely no part of the story.

    A headline, a dateline and the lines of a paragraph that a program broke always are part of it,
    and where there is no running text at all, everything may be.
    """
    if not any(line.is_body for line in lines):
        return frozenset()
    around, weights = Surroundings(lines, headline), load_weights()
    least = math.log(_LIKELY / (1 - _LIKELY))
    return frozenset(
        n
        for n, line in enumerate(lines)
        if not (line.wrapped or line.dateline)
        and not around.is_headline(n)
        and weigh(features(around, n), weights) >= least
    )


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logarithm of the odds that a line is furniture."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def _own(line: Line) -> dict[str, float]:
    """What a line looks like alone."""
    words, text = len(line.words), line.text[:_SEEN]
    label = _LABEL.match(text)
    return {
        "bias": 1,
        "no word": words == 0,
        "one word": words == 1,
        "two words": words == 2,
        "three words": words == 3,
        "short": line.is_short,
        "long": len(line.text) >= _LONG,
        "longer": len(line.text) >= _LONGER,
        "ends": line.ends,
        "asks": line.asks,
        "opens": line.opens,
        "label": label is not None,
        "comma": words > 4 and bool(re.search("[،,]", text)),
        "quoted": bool(_QUOTED.search(text)),
        "two columns": line.columns == 2,
        "cells": "\t" in text,
        "address": bool(_ADDRESS.search(text)),
        "marked": bool(_MARKED.search(text)),
        "bullet": words > 1 and not line.stamp and bool(_BULLET.match(text)),
        "numbers": line.is_number,
        "digits": sum(map(str.isdecimal, text)) / max(1, len(text)),
        "leads": bool(line.groups and line.groups[0]),
        "pages": line.pages,
        "short pages": line.pages * line.is_short,
        "ended pages": line.pages * line.ends,
        "half pages": line.pages >= _HALF,
        "all pages": line.pages == 1,
        "page label": label is not None and line.groups[:1] != (None,) and not line.ends,
        "link label": _label_group(text) == "read_also",
        "rights": bool(_RIGHTS.search(text)),
        "goes on": line.goes_on,
        "source speaks": _names_source(text),
        "to you": line.ends * sum(word in _TO_YOU for word in line.words) / max(1, words),
        "capitals": text.isupper(),
        "date": line.stamp is not None and line.stamp.date is not None,
        "time": line.stamp is not None and line.stamp.date is None,
    }  # fmt: skip


def _label_group(text: str) -> str | None:
    """What the label that ``text`` begins with is there for, where it is of page words alone."""
    label = _LABEL.match(text)
    groups = page_words(words_of(label[0])) if label else []
    return commonest(groups) if all(groups) else None


def _names_source(text: str) -> bool:
    """Whether a credit's label is followed by a clause, as where a source is quoted."""
    if _label_group(text) != "credit":
        return False
    told = normalize(text.partition(":")[2]).split()
    return len(told) > 3 and any(word in ARABIC or word in ENGLISH for word in told)


def features(around: Surroundings, n: int) -> dict[str, float]:
    """What the line at ``n`` looks like, by name; what is not named is 0."""
    line, place = around.lines[n], around.place(n)
    found = _own(line) | {
        place: 1,
        f"short {place}": line.is_short,
        f"one word {place}": len(line.words) <= 1,
        f"numbers {place}": line.is_number,
        f"date {place}": line.stamp is not None and line.stamp.date is not None,
        f"time {place}": line.stamp is not None and line.stamp.date is None,
        f"row {place}": line.columns > 2,
        f"pages {place}": line.pages,
    }  # fmt: skip
    found |= _among(around, n) | _beside(line, around.at(n - 1), around.at(n + 1))
    found |= _in_a_box(line, around.opener(n))
    return {name: float(value) for name, value in found.items() if value}


def _among(around: Surroundings, n: int) -> dict[str, float]:
    """What a line is to the page."""
    line, place = around.lines[n], around.place(n)
    run = around.run(n)
    overlap = around.overlap(n)
    return {
        f"overlap {place}": overlap,
        f"short overlap {place}": overlap * line.is_short,
        "run": math.log1p(run.length),
        f"run {place}": math.log1p(run.length),
        "run pages": run.pages,
        f"run numbers {place}": run.numbers,
        "blurb": n in around.blurbs,
        "said below": around.is_said_below(n),
        f"said below {place}": around.is_said_below(n),
        "said before": around.was_said(n),
        "has headline": around.has_headline(n),
    }


def _beside(line: Line, before: Line | None, after: Line | None) -> dict[str, float]:
    """What a line is to those above and below it."""
    over = after is not None and after.is_body
    return {
        "gap before": line.after_gap,
        "gap after": after is None or after.after_gap,
        "under body": before is not None and before.is_body,
        "over body": over,
        "short over body": line.is_short and over,
        "time over body": line.stamp is not None and over,
        "under links": before is not None and before.group == "read_also" and before.pages >= _HALF,
    }


def _in_a_box(line: Line, opener: Line | None) -> dict[str, float]:
    """What a line is to the label or the colon above it."""
    box = opener is not None and opener.pages >= _HALF
    return {
        "in a box": box,
        "asks in a box": box and line.asks,
        "in links": box and opener is not None and opener.group == "read_also",
        "in a list": opener is not None and not box,
    }
