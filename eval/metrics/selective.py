"""Answering or declining: what the confidence behind the choice is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Points ``(coverage, risk)`` as the least confidence that is answered falls.

    Coverage is the share of questions answered, the most confident first; risk the share of those
    answers that is wrong (El-Yaniv and Wiener 2010, https://jmlr.org/papers/v11/el-yaniv10a.html).
    Questions of equal confidence are answered together. Empty for no questions.
    """
    order = sorted(range(len(confidence)), key=lambda place: -confidence[place])
    points = []
    wrong = 0
    for count, place in enumerate(order, start=1):
        wrong += not right[place]
        last = count == len(order)
        if last or confidence[order[count]] < confidence[place]:
            points.append((count / len(order), wrong / count))
    return points


def area_under(points: Sequence[tuple[float, float]]) -> float:
    """The area under a risk–coverage curve, each risk held back to the coverage before it.

    AURC (Geifman, Uziel and El-Yaniv 2019, https://arxiv.org/abs/1805.08206): with no ties, the
    mean of the risks at every number of questions answered. Smaller is better; 0 for no points.
    """
    area, before = 0.0, 0.0
    for coverage, risk in points:
        area += (coverage - before) * risk
        before = coverage
    return area


class Bin(NamedTuple):
    """Questions of like confidence: how many, their mean confidence, the share that is right."""

    size: int
    confidence: float
    accuracy: float


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The non-empty of ``bins`` equal intervals of [0, 1], in order; 1 belongs to the last.

    The points of a reliability diagram (Niculescu-Mizil and Caruana 2005).
    """
    members: list[list[int]] = [[] for _ in range(bins)]
    for place, value in enumerate(confidence):
        members[min(bins - 1, int(value * bins))].append(place)
    return [
        Bin(
            len(inside),
            sum(confidence[place] for place in inside) / len(inside),
            sum(right[place] for place in inside) / len(inside),
        )
        for inside in members
        if inside
    ]


def calibration_error(points: Sequence[Bin]) -> float:
    """``ECE = sum of n_b / n |accuracy_b - confidence_b|`` (Naeini et al. 2015; Guo et al. 2017,
    https://arxiv.org/abs/1706.04599); 0 for no questions.
    """
    total = sum(point.size for point in points)
    gaps = sum(point.size * abs(point.accuracy - point.confidence) for point in points)
    return gaps / total if total else 0.0
