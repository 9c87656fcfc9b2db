"""The figures of a run as pictures, a language's colour and dash the same in all of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from eval.measures import name_of

CAPTIONS = {
    "risk-coverage": "Risk and coverage. Were only the most confident questions answered, this"
    " share of the answers would be wrong: quotes that do not support every fact wanted, or any"
    " answer to what has none. The dot is where the system stands; lower is better.",
    "reliability": "Reliability. How often what is quoted at each confidence is right; on the"
    " dotted line, confidence says what it means. A larger dot stands for more questions.",
    "legs": "Legs. How often each leg, ranking alone, has the passage first (dark) or among the"
    " first five (light).",
    "seconds": "Time. The bar ends at the median, the line at the 95th percentile.",
}
# Blue and orange stay apart for colour-blind readers.
_STYLES = {"ar": ("#1f6fb2", "-"), "en": ("#c4590f", "--")}
_OTHER = ("#6b7280", "-.")
# Below this coverage a share of wrong answers is that of a handful.
_FEWEST = 0.05
_INCHES = (5.6, 3.4)
# The same file for the same figures; text stays text.
_STYLE: Any = {
    "svg.fonttype": "none", "svg.hashsalt": "musnad", "font.family": "sans-serif",
    "axes.spines.top": False, "axes.spines.right": False, "figure.constrained_layout.use": True,
}  # fmt: skip


def charts(record: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """A name and a picture, for all that the run has figures of."""
    drawn: tuple[tuple[str, Callable[[Axes, Any], None], str], ...] = (
        ("risk-coverage", _risk_coverage, "confidence"),
        ("reliability", _reliability, "confidence"),
        ("legs", _legs, "legs"),
        ("seconds", _seconds, "seconds"),
    )
    for name, draw, part in drawn:
        if table := {language: figures for language, figures in record[part].items() if figures}:
            with mpl.rc_context(_STYLE):
                figure = Figure(figsize=_INCHES)
                axes = figure.add_subplot()
                draw(axes, table)
                axes.legend(frameon=False, fontsize="small")
            yield name, figure


def to_svg(figure: Figure, name: str) -> str:
    """The picture as an ``<svg>`` element that says in words what is to be seen."""
    stream = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    element = stream.getvalue()
    title = escape(CAPTIONS[name].partition(".")[0])
    return element[element.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{title}"')


def write_png(figure: Figure, path: Path) -> None:
    """Write the picture as PNG."""
    figure.savefig(path, dpi=200)


def _unit(axes: Axes, across: str, up: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=across, ylabel=up)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.grid(alpha=0.3)


def _style(language: str) -> dict[str, Any]:
    colour, dash = _STYLES.get(language, _OTHER)
    return {"color": colour, "linestyle": dash, "label": name_of(language)}


def _risk_coverage(axes: Axes, trust: Mapping[str, Any]) -> None:
    _unit(axes, "questions answered, the most confident first", "answers that are wrong")
    for language, figures in trust.items():
        points = figures["risk_coverage"]
        drawn = [point for point in points if point[0] >= _FEWEST] or points
        axes.plot(*zip(*drawn, strict=True), **_style(language))
        here = min(points, key=lambda point: abs(point[0] - figures["operating_coverage"]))
        axes.plot(*here, "o", color=_style(language)["color"])


def _reliability(axes: Axes, trust: Mapping[str, Any]) -> None:
    _unit(axes, "confidence", "answers that are right")
    axes.plot((0, 1), (0, 1), ":", color="#667085")
    for language, figures in trust.items():
        sizes, confidences, accuracies = zip(*figures["reliability"], strict=True)
        axes.plot(confidences, accuracies, **_style(language))
        areas = [400 * size / sum(sizes) for size in sizes]
        axes.scatter(confidences, accuracies, areas, color=_style(language)["color"])


def _bars(rows: int, languages: int, place: int) -> list[float]:
    """Where the bars of one language stand."""
    return [row + (place - (languages - 1) / 2) * 0.8 / languages for row in range(rows)]


def _legs(axes: Axes, table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    legs = list(next(iter(table.values())))
    axes.set_yticks(range(len(legs)), legs)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    for place, (language, figures) in enumerate(table.items()):
        at, height = _bars(len(legs), len(table), place), 0.7 / len(table)
        colour = _style(language)["color"]
        for part, alpha in (("within 5", 0.35), ("first", 1.0)):
            shares = [figures.get(leg, {}).get(part, 0.0) for leg in legs]
            label = name_of(language) if part == "first" else None
            axes.barh(at, shares, height, color=colour, alpha=alpha, label=label)


def _seconds(axes: Axes, table: Mapping[str, Mapping[str, tuple[float, float]]]) -> None:
    stages = list(dict.fromkeys(stage for waits in table.values() for stage in waits))
    axes.set_yticks(range(len(stages)), [stage.replace("_", " ") for stage in stages])
    axes.set_xlabel("seconds from the question")
    axes.invert_yaxis()
    for place, (language, waits) in enumerate(table.items()):
        at, height = _bars(len(stages), len(table), place), 0.7 / len(table)
        median, late = zip(*(waits.get(stage, (0.0, 0.0)) for stage in stages), strict=True)
        beyond = [most - middle for middle, most in zip(median, late, strict=True)]
        late_line = ([0.0] * len(stages), beyond)
        axes.barh(
            at, median, height, xerr=late_line, color=_style(language)["color"],
            label=name_of(language),
        )  # fmt: skip
