"""The day on which a page says its story was published, among all dates outside running text."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.corpus.page.choice import Candidate
from rag.corpus.page.lines import Line, extent
from rag.corpus.page.stamps import WEEKDAY, Dated, dates_of, settle, weekday_of
from rag.corpus.page.surroundings import Surroundings
from rag.text.normalize import normalize
from rag.types import Span

_DATELINES = 8  # Lines of a story of which one may begin with the dateline.
_WORDS = 4  # That a line says beside its date, if it is no stamp and yet no sentence.
_ABOVE = 2  # Lines that may part a date from the headline below it.
_LONG = 100
_DAY, _MONTH, _YEAR = 10, 7, 4  # Characters of dates that say so much.
# What a crawler writes before a text.
_CRAWLED = re.compile(r"\W*date:?\s+(\d{4}-\d{2}-\d{2})\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A date, the number of its line, and the region of the page that this is in."""

    n: int
    iso: str
    dated: Dated
    place: str
    kind: str


def dates(lines: Sequence[Line], headline: int | None, text: str) -> list[Candidate]:
    """The dates on a page that may be its own."""
    around = Surroundings(lines, headline)
    first, last = extent(lines, headline)
    story = " ".join(normalize(line.text) for line in lines[first : last + 1] if line.is_body)
    days = {weekday_of(match) for match in WEEKDAY.finditer(story)}
    found = [
        _Found(
            n,
            dated.iso
            if len(dated.iso) > _YEAR
            else settle(dated.span.of(lines[n].text), text) or dated.iso,
            dated,
            place,
            kind,
        )
        for n, line in enumerate(lines)
        for place in ["story" if first <= n <= last else around.place(n)]
        for dated, kind in _of_line(
            line, in_story=n in range(first, last + 1), opening=n < first + _DATELINES
        )
    ]
    found = [each for each in found if not _is_of_header(lines, each, around.headline)]
    isos = [each.iso for each in found if len(each.iso) == _DAY]
    near = [each.iso for each in found if len(each.iso) == _DAY and each.place in ("above", "head")]
    places = {each.place for each in found}
    labelled = any(each.dated.label == "published" for each in found)
    candidates = []
    for each in found:
        line = lines[each.n]
        features = _of_itself(each, line) | _of_place(lines, around, each.n, first, last)
        features |= {
            "latest": each.iso == max(isos, default=""),
            "before all": len(near) > 1 and each.iso == min(near),
            f"alone {each.place}": len(set(isos)) == 1 and each.iso in isos,
            "twice": sum(other.iso == each.iso for other in found) > 1,
            "head taken": each.place != "head" and "head" in places,
            "labelled elsewhere": labelled and each.dated.label != "published",
        }
        if len(each.iso) == _DAY and days:
            day = datetime.date.fromisoformat(each.iso).weekday()
            features["weekday told"] = bool(days & {day, (day - 1) % 7})
            features["weekday untold"] = not features["weekday told"]
        start = line.span.start
        span = Span(start + each.dated.span.start, start + each.dated.span.end)
        candidates.append(
            Candidate(
                each.iso, span, {name: float(value) for name, value in features.items() if value}
            )
        )
    return candidates


def _is_of_header(lines: Sequence[Line], each: _Found, headline: int) -> bool:
    """Whether a date is the day on which a page was saved: a menu lies between it and the headline,
    and nothing says that it is of an issue or of the story.
    """
    between = lines[each.n + 1 : headline if headline >= 0 else each.n + 1 + _ABOVE]
    menu = len(between) > _ABOVE or any(line.columns > 2 for line in between)
    return menu and each.dated.label is None and "issue" not in each.dated.kinds


def _of_line(line: Line, *, in_story: bool, opening: bool) -> Iterator[tuple[Dated, str]]:
    """The dates of a line, of running text the dateline's alone, and what states each."""
    dateline = line.dateline.date if line.dateline else None
    crawled = _CRAWLED.match(line.text)
    if in_story and line.is_body and not crawled and not (dateline and opening):
        return
    for dated in dates_of(line.text):
        if dateline and dateline.span.start <= dated.span.start + 2 and dateline.iso == dated.iso:
            yield dated, "dateline"
        elif crawled and dated.span.start <= crawled.start(1):
            yield dated, "crawled"
        elif not (in_story and line.is_body) and (line.stamp or dated.words <= _WORDS):
            yield dated, "stamp" if line.stamp else ""


def _of_itself(each: _Found, line: Line) -> dict[str, float]:
    """What a date looks like in its line."""
    dated, place = each.dated, each.place
    return {
        "bias": 1,
        place: 1,
        each.kind or "other": 1,
        f"{each.kind or 'other'} {place}": 1,
        dated.label or "no label": 1,
        "other label": dated.colon and not dated.label,
        "words": math.log1p(dated.words),
        "words before": math.log1p(dated.words_before),
        "not first": not dated.is_first,
        "month": len(each.iso) == _MONTH,
        "year": len(each.iso) == _YEAR,
        "long": len(line.text) > _LONG,
    } | dict.fromkeys(dated.kinds & {"time", "weekday", "byline", "issue"}, 1.0)


def _of_place(
    lines: Sequence[Line], around: Surroundings, n: int, first: int, last: int
) -> dict[str, float]:
    """Where a date stands to the headline and the story."""
    if n < around.headline:
        between = lines[n + 1 : around.headline]
        return {
            "above far": math.log1p(len(between)),
            "just above": not between,
            "menu between": any(line.columns > 2 or line.pages == 1 for line in between),
            "first line": n == 0,
        }
    if n < first:
        return {
            "below far": math.log1p(max(0, n - around.headline - 1)),
            "just below": n == around.headline + 1,
        }
    if n <= last:
        return {}
    return {
        "after far": math.log1p(n - last - 1),
        "boxed": around.opener(n) is not None,
        "under link": n > last + 1 and _is_link(lines[n - 1]),
        "over link": n + 1 < len(lines) and _is_link(lines[n + 1]),
    }


def _is_link(line: Line) -> bool:
    return line.is_short and line.pages < 1
