"""The timeline as a picture: bars in an SVG of our own, with words and a table that say the same.

Only the bars are in the SVG, stretched to the width there is; the words around it are HTML, so
that they stay readable on a phone. Time runs in the page's direction: from the right in Arabic.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from rag.chat.library_html import isolated
from rag.chat.library_words import LibraryWords
from rag.chat.render import escape
from rag.chat.timeline import MOST_OUTLETS, Bin, Series, Timeline

_HEIGHT = 100.0
_BAR = 0.86
# A bar of a bin or two would fill the picture.
_FEWEST_PLACES = 12
_LABELS = 5


def timeline_html(line: Timeline, say: LibraryWords, *, rtl: bool) -> str:
    """The picture, its legend and its table."""
    apart = _apart(line, say)
    if not line.bins:
        said = f'<p class="musnad-lib-empty">{say.timeline_none}</p>'
        return f'<figure class="musnad-time"><h3>{say.timeline}</h3>{said}{apart}</figure>'
    unit = say.timeline_units[line.unit]
    if line.step > 1:
        unit = say.timeline_years.format(n=line.step)
    return (
        f'<figure class="musnad-time"><h3>{say.timeline} <span>{unit}</span></h3>'
        f'<div class="musnad-time-picture">{_scale(line)}{_svg(line, say, rtl)}</div>'
        f"{_axis(line, say)}<figcaption>{_legend(line, say)}{apart}</figcaption>"
        f"{_table(line, say)}</figure>"
    )


def summary(line: Timeline, say: LibraryWords) -> str:
    """One sentence that says what the picture shows."""
    most = max(line.bins, key=lambda bin: bin.total)
    return say.timeline_most.format(
        articles=say.article.of(sum(bin.total for bin in line.bins)),
        first=name_of(line.bins[0].start, line, say),
        last=name_of(line.bins[-1].start, line, say),
        most=name_of(most.start, line, say),
        count=say.article.of(most.total),
    )


def name_of(start: datetime.date, line: Timeline, say: LibraryWords) -> str:
    """A bin by its first day, month or year."""
    month = say.months[start.month - 1]
    match line.unit:
        case "day" | "week":
            return f"{start.day} {month} {start.year}"
        case "month":
            return f"{month} {start.year}"
        case "year":
            return str(start.year)


def top_of(most: int) -> int:
    """The top of the scale: the least of 2, 4, 10, 20, 40, 100 … that is not below ``most``.

    Even, so that half of it can be written as a whole number.
    """
    size = 2
    while size < most:
        first = int(str(size)[0])
        size = size // first * {1: 2, 2: 4, 4: 10}[first]
    return size


def _svg(line: Timeline, say: LibraryWords, rtl: bool) -> str:
    places = max(len(line.bins), _FEWEST_PLACES)
    top = top_of(max(bin.total for bin in line.bins))
    bars = "".join(
        bar
        for place, bin in enumerate(line.bins)
        for bar in _bar(bin, places - 1 - place if rtl else place, top, line, say)
    )
    grid = "".join(
        f'<line x1="0" x2="{places}" y1="{y:g}" y2="{y:g}"/>' for y in (0, _HEIGHT / 2, _HEIGHT)
    )
    said = escape(summary(line, say))
    return (
        f'<svg role="img" aria-label="{said}" viewBox="0 0 {places} {_HEIGHT:g}"'
        f' preserveAspectRatio="none" focusable="false"><title>{said}</title>'
        f'<g class="musnad-time-grid">{grid}</g>{bars}</svg>'
    )


def _bar(bin: Bin, x: int, top: int, line: Timeline, say: LibraryWords) -> Iterator[str]:
    floor = _HEIGHT
    for place, count in enumerate(bin.counts):
        if count:
            height = count / top * _HEIGHT
            floor -= height
            series = line.series[place]
            about = f"{name_of(bin.start, line, say)}: {_plain(series, say)} {count:,}"
            yield (
                f'<rect class="{_colour(line, place)}" x="{x + (1 - _BAR) / 2:g}" y="{floor:.4g}"'
                f' width="{_BAR}" height="{height:.4g}"><title>{escape(about)}</title></rect>'
            )


def _colour(line: Timeline, place: int) -> str:
    kind = line.series[place].kind
    return f"musnad-time-{place % MOST_OUTLETS + 1 if kind == 'outlet' else kind}"


def _plain(series: Series, say: LibraryWords) -> str:
    match series.kind:
        case "outlet":
            return series.name
        case "other":
            return say.outlets_other
        case "unknown":
            return say.outlet_unknown


def _scale(line: Timeline) -> str:
    top = top_of(max(bin.total for bin in line.bins))
    marks = "".join(f"<span>{value:,}</span>" for value in (top, top // 2, 0))
    return f'<div class="musnad-time-scale" aria-hidden="true">{marks}</div>'


def _axis(line: Timeline, say: LibraryWords) -> str:
    """A few bins by name, each under its bar."""
    places = max(len(line.bins), _FEWEST_PLACES)
    step = max(-(-len(line.bins) // _LABELS), -(-places // _LABELS) if len(line.bins) > 1 else 1)
    marks = "".join(
        f'<span style="inset-inline-start:{(place + 0.5) / places:.2%}">'
        f"{name_of(line.bins[place].start, line, say)}</span>"
        for place in range(0, len(line.bins), step)
    )
    return f'<div class="musnad-time-axis" aria-hidden="true">{marks}</div>'


def _legend(line: Timeline, say: LibraryWords) -> str:
    items = "".join(
        f'<li><i class="{_colour(line, place)}" aria-hidden="true"></i>'
        f"{isolated(_plain(series, say))} <bdi>{series.total:,}</bdi></li>"
        for place, series in enumerate(line.series)
    )
    return f'<ul class="musnad-time-legend">{items}</ul>'


def _apart(line: Timeline, say: LibraryWords) -> str:
    """What the picture has no place for."""
    told = [
        words.format(articles=say.article.of(count))
        for words, count in (
            (say.timeline_undated, line.undated),
            (say.timeline_vague, line.vague),
        )
        if count
    ]
    return f'<p class="musnad-lib-small">{" · ".join(told)}</p>' if told else ""


def _table(line: Timeline, say: LibraryWords) -> str:
    """The same numbers for those who cannot see the picture; empty bins are left out."""
    names = "".join(f'<th scope="col">{isolated(_plain(s, say))}</th>' for s in line.series)
    rows = "".join(
        f'<tr><th scope="row">{name_of(bin.start, line, say)}</th>'
        + "".join(f"<td>{count:,}</td>" for count in (*bin.counts, bin.total))
        + "</tr>"
        for bin in line.bins
        if bin.total
    )
    return (
        f'<details><summary>{say.timeline_table}</summary><div class="musnad-time-table"'
        f' tabindex="0"><table><thead><tr><th scope="col">{say.when}</th>{names}'
        f'<th scope="col">{say.total}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )
