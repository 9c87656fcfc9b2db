"""The timeline as a picture: bars in an SVG of our own, with words and a table that say the same.

Only the bars are in the SVG, stretched to the width there is; the words around it are HTML, so
that they stay readable on a phone. Time runs in the page's direction: from the right in Arabic.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from rag.chat.library_html import table
from rag.chat.markup import Markup, element, isolated
from rag.chat.timeline import MOST_OUTLETS, Series, Timeline
from rag.chat.words import Words

_HEIGHT = 100.0
_BAR = 0.86
# A bar of a bin or two would fill the picture.
_FEWEST_PLACES = 12
_LABELS = 5


def timeline_html(line: Timeline, said: Words) -> Markup:
    """The picture, its legend and its table."""
    title, apart = [said.timeline], _apart(line, said)
    if not line.bins:
        inside = [element("p.musnad-lib-empty", said.timeline_none), apart]
    else:
        unit = said.tables["units"][line.unit]
        if line.step > 1:
            unit = said.timeline_years.format(n=line.step)
        title += [" ", element("span", unit)]
        inside = [
            element("div.musnad-time-picture", _scale(line), _svg(line, said)),
            _axis(line, said),
            element("figcaption", _legend(line, said), apart),
            _table(line, said),
        ]
    return element("figure.musnad-time", element("h3", *title), *inside)


def summary(line: Timeline, said: Words) -> str:
    """One sentence that says what the picture shows."""
    most = max(line.bins, key=lambda bin: bin.total)
    return said.timeline_most.format(
        articles=said.counted("article", sum(bin.total for bin in line.bins)),
        first=name_of(line.bins[0].start, line, said),
        last=name_of(line.bins[-1].start, line, said),
        most=name_of(most.start, line, said),
        count=said.counted("article", most.total),
    )


def name_of(start: datetime.date, line: Timeline, said: Words) -> str:
    """A bin by its first day, month or year."""
    day, month = str(start.day), said.tables["months"][str(start.month)]
    parts = {"year": (), "month": (month,)}.get(line.unit, (day, month))
    return " ".join((*parts, str(start.year)))


def top_of(most: int) -> int:
    """The top of the scale: the least of 2, 4, 10, 20, 40, 100 … that is not below ``most``.

    Even, so that half of it can be written as a whole number.
    """
    size = 2
    while size < most:
        first = int(str(size)[0])
        size = size // first * {1: 2, 2: 4, 4: 10}[first]
    return size


def _places(line: Timeline) -> int:
    return max(len(line.bins), _FEWEST_PLACES)


def _svg(line: Timeline, said: Words) -> Markup:
    places, told = _places(line), summary(line, said)
    levels = (f"{y:g}" for y in (0, _HEIGHT / 2, _HEIGHT))
    grid = (element("line", x1=0, x2=places, y1=y, y2=y) for y in levels)
    box = {"viewBox": f"0 0 {places} {_HEIGHT:g}", "preserveAspectRatio": "none"}
    parts = (element("title", told), element("g.musnad-time-grid", *grid), *_bars(line, said))
    return element("svg", *parts, role="img", aria_label=told, focusable="false", **box)


def _bars(line: Timeline, said: Words) -> Iterator[Markup]:
    last, top = _places(line) - 1, top_of(line.most)
    for place, bin in enumerate(line.bins):
        floor, x = _HEIGHT, (last - place if said.way["dir"] == "rtl" else place) + (1 - _BAR) / 2
        for n, count in enumerate(bin.counts):
            if count:
                height = count / top * _HEIGHT
                floor -= height
                name = _plain(line.series[n], said)
                title = element("title", f"{name_of(bin.start, line, said)}: {name} {count:,}")
                box = {"width": str(_BAR), "height": f"{height:.4g}"}
                colour = f"rect.{_colour(line, n)}"
                yield element(colour, title, x=f"{x:g}", y=f"{floor:.4g}", **box)


def _colour(line: Timeline, place: int) -> str:
    kind = line.series[place].kind
    return f"musnad-time-{place % MOST_OUTLETS + 1 if kind == 'outlet' else kind}"


def _plain(series: Series, said: Words) -> str:
    unnamed = {"other": said.outlets_other, "unknown": said.tables["unknown"]["outlet"]}
    return unnamed.get(series.kind, series.name)


def _scale(line: Timeline) -> Markup:
    top = top_of(line.most)
    marks = (element("span", f"{value:,}") for value in (top, top // 2, 0))
    return element("div.musnad-time-scale", *marks, aria_hidden="true")


def _axis(line: Timeline, said: Words) -> Markup:
    """A few bins by name, each under its bar."""
    count, places = len(line.bins), _places(line)
    step = max(-(-count // _LABELS), -(-places // _LABELS) if count > 1 else 1)
    shown = [(name_of(line.bins[n].start, line, said), n + 0.5) for n in range(0, count, step)]
    marks = (element("span", s, style=f"inset-inline-start:{n / places:.2%}") for s, n in shown)
    return element("div.musnad-time-axis", *marks, aria_hidden="true")


def _legend(line: Timeline, said: Words) -> Markup:
    items = []
    for place, series in enumerate(line.series):
        sign = element(f"i.{_colour(line, place)}", aria_hidden="true")
        name, total = isolated(_plain(series, said)), isolated(f"{series.total:,}")
        items.append(element("li", sign, name, " ", total))
    return element("ul.musnad-time-legend", *items)


def _apart(line: Timeline, said: Words) -> Markup:
    """What the picture has no place for."""
    counts = ((said.timeline_undated, line.undated), (said.timeline_vague, line.vague))
    told = [s.format(articles=said.counted("article", n)) for s, n in counts if n]
    return element("p.musnad-lib-small", " · ".join(told)) if told else Markup()


def _table(line: Timeline, said: Words) -> Markup:
    """The same numbers for those who cannot see the picture; empty bins are left out."""
    names = (isolated(_plain(series, said)) for series in line.series)
    rows = (
        (name_of(bin.start, line, said), *(f"{count:,}" for count in (*bin.counts, bin.total)))
        for bin in line.bins
        if bin.total
    )
    numbers = table("table", (said.period, *names, said.total), rows)
    scrolled = element("div.musnad-time-table", numbers, tabindex=0)
    return element("details", element("summary", said.timeline_table), scrolled)
