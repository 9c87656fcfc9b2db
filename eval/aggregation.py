"""Scores of many questions → the figures of one system, as plain JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from eval.measures import ABSTENTION_F1, names
from eval.metrics.selective import area_under, calibration_error, reliability, risk_coverage
from eval.metrics.statistics import paired_difference, ratio_interval
from eval.scoring import Scored, quotable

STAGES = ("search", "quoted", "first_word", "total")
_PLACES = 4
Values = Mapping[str, float | None]
Columns = tuple[list[float], list[float]]


def columns(rows: Sequence[Values], measure: str) -> Columns:
    """What each question adds above and below the line of ``measure``, a ratio of two sums."""
    if measure == ABSTENTION_F1:
        both, without = columns(rows, "abstention recall")
        _, declined = columns(rows, "abstention precision")
        return [2 * b for b in both], [d + w for d, w in zip(declined, without, strict=True)]
    values = [row.get(measure) for row in rows]
    return [v or 0.0 for v in values], [float(v is not None) for v in values]


def mean(rows: Sequence[Values], measure: str) -> float | None:
    """The measure over all questions; ``None`` where it speaks of none of them."""
    tops, bottoms = columns(rows, measure)
    return sum(tops) / sum(bottoms) if sum(bottoms) else None


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """Every figure of one system: by language and slice, the gap, legs, confidence, waits."""
    by_language = _split(scored, lambda one: one.item.language)
    figures = {
        "headline": {language: _headline(rows) for language, rows in by_language.items()},
        "gap": _gap(by_language),
        "slices": {
            "question type": _slices(scored, lambda one: one.item.type),
            "article language": _slices(scored, lambda one: one.article_language or "none"),
        },
        "legs": {language: _legs(rows) for language, rows in by_language.items()},
        "confidence": {
            language: trust for language, rows in by_language.items() if (trust := _trust(rows))
        },
        "seconds": {language: _seconds(rows) for language, rows in by_language.items()},
        "words shown": {language: _words(rows) for language, rows in by_language.items()},
    }
    found: dict[str, Any] = _rounded(figures)
    return found


def values_of(scored: Sequence[Scored]) -> dict[str, Any]:
    """The value of every measure for every question, in columns, for later comparisons."""
    names = list(dict.fromkeys(name for one in scored for name in one.values))
    return {
        "questions": [one.item.key for one in scored],
        "values": {name: _rounded([one.values.get(name) for one in scored]) for name in names},
    }


def _split(scored: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    parts: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        parts[key(one)].append(one)
    return dict(parts)


def _headline(rows: Sequence[Scored]) -> dict[str, list[float]]:
    """``[value, low, high, questions]`` of every measure that speaks of these questions."""
    table = {}
    values = [one.values for one in rows]
    groups = [one.item.id for one in rows]
    for measure in names():
        tops, bottoms = columns(values, measure)
        if sum(bottoms):
            found = ratio_interval(tops, bottoms, groups)
            table[measure] = [found.mean, found.low, found.high, sum(map(bool, bottoms))]
    return table


def _gap(by_language: Mapping[str, Sequence[Scored]]) -> dict[str, list[float]]:
    """``[difference, low, high, p]``, the first language minus the second, over questions asked in
    both; empty unless there are two languages.
    """
    if len(by_language) != 2:
        return {}
    first, second = ({one.item.id: one.values for one in rows} for rows in by_language.values())
    common = [name for name in first if name in second]
    gaps = {}
    for measure in names():
        here = columns([first[name] for name in common], measure)
        there = columns([second[name] for name in common], measure)
        if sum(here[1]) and sum(there[1]):
            gap = paired_difference(there, here, common)
            gaps[measure] = [gap.change, gap.low, gap.high, gap.p]
    return gaps


def _slices(
    scored: Sequence[Scored], key: Callable[[Scored], str]
) -> dict[str, dict[str, dict[str, float]]]:
    """Means by slice and question language, the number of questions among them."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name, part in _split(scored, key).items():
        for language, rows in _split(part, lambda one: one.item.language).items():
            means = {m: mean([one.values for one in rows], m) for m in names()}
            found = {m: value for m, value in means.items() if value is not None}
            table.setdefault(name, {})[language] = {"questions": len(rows), **found}
    return table


def _legs(rows: Sequence[Scored]) -> dict[str, dict[str, float]]:
    """For each leg: the share of answerable questions whose gold it alone ranks ``first``, ``within
    5``, and that no other leg ranks within 5 (``only``).
    """
    ranks = [one.reply["legs"] for one in rows if one.item.answerable and "legs" in one.reply]
    names = list(dict.fromkeys(name for legs in ranks for name in legs))
    table = {}
    for name in names:
        mine = [legs.get(name) for legs in ranks]
        near = [[n for n, r in legs.items() if r is not None and r <= 5] for legs in ranks]
        table[name] = {
            "first": sum(rank == 1 for rank in mine) / len(ranks),
            "within 5": sum(name in found for found in near) / len(ranks),
            "only": sum(found == [name] for found in near) / len(ranks),
        }
    return table


def _trust(rows: Sequence[Scored]) -> dict[str, Any]:
    """What the confidence is worth, judged by the quotes shown if nothing were declined."""
    sure = [one for one in rows if "confidence" in one.reply]
    confidence = [float(one.reply["confidence"]) for one in sure]
    if not sure:
        return {}
    right = [quotable(one.item, one.reply) for one in sure]
    points = risk_coverage(confidence, right)
    bins = reliability(confidence, right)
    answered = [one for one in sure if one.reply["answered"]]
    return {
        "risk_coverage": points,
        "area": area_under(points),
        "reliability": bins,
        "calibration_error": calibration_error(bins),
        "operating_coverage": len(answered) / len(sure),
    }


def _seconds(rows: Sequence[Scored]) -> dict[str, list[float]]:
    """``[p50, p95]`` of the seconds from the question to the end of each stage."""
    table = {}
    for stage in STAGES:
        seconds = [t[stage] for one in rows if stage in (t := one.reply.get("timings", {}))]
        if seconds:
            table[stage] = list(np.percentile(seconds, (50, 95)))
    return table


def _words(rows: Sequence[Scored]) -> float | None:
    """The median of the words of an answer."""
    answers = [one.reply for one in rows if one.reply.get("answered")]
    shown = [reply["words"] for reply in answers if "words" in reply]
    return float(np.median(shown)) if shown else None


def _rounded(value: Any) -> Any:
    """Plain JSON, every fraction in it to four places."""
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(float(value), _PLACES) if isinstance(value, float) else value
