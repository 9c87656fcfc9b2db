"""The figures of a run as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.report.drawing import Bar, Dot, Line, Picture, Role, Text
from eval.table import LANGUAGE_NAMES

_WIDTH = 560
# Below this coverage a share of wrong answers is that of a handful.
_FEWEST = 0.05
_STAGE_NAMES = {
    "search": "search",
    "quoted": "quotes shown",
    "first_word": "first word",
    "total": "whole answer",
}


def role_of(language: str) -> Role:
    """The colour a language has in every picture."""
    return {"ar": "ar", "en": "en"}.get(language, "other")  # type: ignore[return-value]


def name_of(language: str) -> str:
    """A language in English."""
    return LANGUAGE_NAMES.get(language, language)


def charts(record: Mapping[str, Any]) -> Iterator[tuple[str, Picture]]:
    """A file name and a picture, for all that the run has figures of."""
    trust = record["confidence"]
    if trust:
        yield "risk-coverage", risk_coverage(trust)
        yield "reliability", reliability(trust)
    if any(record["legs"].values()):
        yield "legs", legs(record["legs"])
    if any(record["seconds"].values()):
        yield "seconds", seconds(record["seconds"])


class _Square:
    """Axes from 0 to 1 both ways, with room for labels."""

    def __init__(self, picture: Picture, across: str, up: str) -> None:
        self.left, self.top, self.right, self.bottom = 52, 44, _WIDTH - 20, picture.height - 46
        for step in range(6):
            share = step / 5
            x, y = self.at(share, share)
            picture.add(
                Line(((self.left, y), (self.right, y)), "grid", 1),
                Text(self.left - 8, y + 4, f"{share:.0%}", "muted", "end", 11),
                Text(x, self.bottom + 18, f"{share:.0%}", "muted", "middle", 11),
            )
        middle = (self.left + self.right) / 2
        picture.add(Text(middle, self.bottom + 38, across, "muted", "middle", 12))
        picture.add(Text(self.left - 40, self.top - 14, up, "muted", "start", 12))

    def at(self, across: float, up: float) -> tuple[float, float]:
        """Where a point of the unit square stands on the sheet."""
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )


def _legend(picture: Picture, languages: Sequence[str]) -> None:
    x = float(_WIDTH - 20)
    for language in reversed(languages):
        words = name_of(language)
        picture.add(Text(x, 22, words, "ink", "end", 12))
        x -= 7 * len(words) + 12
        picture.add(Dot(x, 18, 5, role_of(language)))
        x -= 18


def risk_coverage(trust: Mapping[str, Any]) -> Picture:
    """How many answers are wrong when only the most confident are given."""
    picture = Picture(_WIDTH, 340, "Risk against coverage, by question language")
    axes = _Square(
        picture, "questions answered, the most confident first", "answers that are wrong"
    )
    _legend(picture, list(trust))
    for language, figures in trust.items():
        role = role_of(language)
        points = figures["risk_coverage"]
        drawn = [point for point in points if point[0] >= _FEWEST] or points
        picture.add(Line(tuple(axes.at(c, r) for c, r in drawn), role, 2))
        here = figures["operating_coverage"]
        at = min(points, key=lambda point: abs(point[0] - here))
        picture.add(Dot(*axes.at(*at), 7, "paper"), Dot(*axes.at(*at), 5, role))
    return picture


def reliability(trust: Mapping[str, Any]) -> Picture:
    """How often answers of each confidence are right; a dot grows with their number."""
    picture = Picture(_WIDTH, 340, "Reliability of the confidence, by question language")
    axes = _Square(picture, "confidence", "answers that are right")
    _legend(picture, list(trust))
    picture.add(Line((axes.at(0, 0), axes.at(1, 1)), "muted", 1, dashed=True))
    for language, figures in trust.items():
        bins = figures["reliability"]
        total = sum(size for size, _, _ in bins)
        places = [(axes.at(confidence, accuracy), size) for size, confidence, accuracy in bins]
        picture.add(Line(tuple(place for place, _ in places), role_of(language), 1.5))
        for place, size in places:
            picture.add(Dot(*place, 3 + 12 * (size / total) ** 0.5, role_of(language)))
    return picture


def legs(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Picture:
    """How often each leg alone has the passage first (dark) and among five (light)."""
    names = list(next(iter(table.values())))
    height = 13 * len(table) + 12
    picture = Picture(_WIDTH, 50 + height * len(names), "Legs that found the passage, each alone")
    _legend(picture, list(table))
    left, span = 92.0, _WIDTH - 92.0 - 52
    picture.add(Text(left, 22, "share of questions: first, among five", "muted", size=12))
    for row, name in enumerate(names):
        y = 38.0 + height * row
        picture.add(Text(left - 10, y + height / 2 - 2, name, "ink", "end", 12))
        for place, (language, figures) in enumerate(table.items()):
            top, found = y + 13 * place, figures.get(name, {"first": 0.0, "within 5": 0.0})
            role = role_of(language)
            picture.add(
                Bar(left, top, span * found["within 5"], 10, role, faint=True),
                Bar(left, top, span * found["first"], 10, role),
                Text(left + span + 8, top + 9, f"{found['within 5']:.0%}", "muted", size=10),
            )
    return picture


def seconds(table: Mapping[str, Mapping[str, Sequence[float]]]) -> Picture:
    """When each stage has ended: the median, and as a thin line the 95th percentile."""
    stages = list(dict.fromkeys(stage for times in table.values() for stage in times))
    height = 13 * len(table) + 12
    picture = Picture(_WIDTH, 50 + height * len(stages), "Seconds to the end of each stage")
    _legend(picture, list(table))
    left, span = 104.0, _WIDTH - 104.0 - 92
    longest = max(times[1] for waits in table.values() for times in waits.values()) or 1.0
    picture.add(Text(left, 22, "seconds from the question: median, 95th", "muted", size=12))
    for row, stage in enumerate(stages):
        y = 38.0 + height * row
        picture.add(Text(left - 10, y + height / 2 - 2, _STAGE_NAMES[stage], "ink", "end", 12))
        for place, (language, waits) in enumerate(table.items()):
            if stage not in waits:
                continue
            (p50, p95), top = waits[stage], y + 13 * place
            end = left + span * p95 / longest
            picture.add(
                Line(
                    ((left + span * p50 / longest, top + 5), (end, top + 5)), role_of(language), 1.5
                ),
                Bar(left, top, span * p50 / longest, 10, role_of(language)),
                Text(left + span + 8, top + 9, f"{p50:.2f}, {p95:.2f} s", "muted", size=10),
            )
    return picture
