"""Which line of a page is the headline of its story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.corpus.page.lines import Line
from rag.types import Span

_LABELS = 12  # Lines at the top of which one may be labelled as the headline.
_TOP = 100  # Lines within which the story begins.
_WORDS = range(2, 17)
_LONGEST = 150
_PAGES = 0.6  # The share of page words that a headline has at most.
_FULL_STOP = re.compile(r"[.…][\"'”’»)]*$")
_LABEL = re.compile(r"^\W*(?:العنوان|عنوان\s+الخبر|title|headline)\s*:\s*(?=\S)", re.IGNORECASE)
# The name of the site after a headline, and a headline of some words before it.
_SITE = re.compile(r"\s+[|–—-]\s+\S+(?:\s\S+){,3}$")
_TITLED = re.compile(r"(?:\S+\s+){3,}[^\s|]+(?=\s+\|\s[^|]{2,40}$)")
# A path through a site, a row of links, a credit, a name in brackets at the end.
_NO_HEADLINE = re.compile(
    r"[|›>•·●©@#\t]|\s»|»\s|\S {2,}\S|https?:|\)$|^\W*[\[(*]|/\s.*\s/\s|\s/\s(?!(?:\S+\s+){4})"
    r"|:$|[،,]$"
)
# Of the words that the story tells again, the share that the headline has, beside a line below it
# that has most: what stands under a headline often says more.
_TOLD = 0.55
_NEAR = 4  # Lines below a headline among which a stamp or the story begins.
_NEARNESS = 2
_WRAPPED = 100  # Characters of a line from which on no program has broken it.


def title_of(line: str) -> Span:
    """Where the headline stands in its line: after a label («العنوان: ...», Markdown's ``#``) and
    before a bar and the name of the site.
    """
    label, titled = _LABEL.match(line), _TITLED.match(line)
    start = label.end() if label else len(line) - len(line.lstrip("# "))
    return Span(start, titled.end() if titled else len(line))


def find_headline(lines: Sequence[Line]) -> int | None:
    """The number of the line that is the headline; ``None`` where no line is one.

    It has the form of a headline, stands before the story, and the story tells its words again.
    """
    labelled = (n for n, line in enumerate(lines[:_LABELS]) if _LABEL.match(line.text))
    if (n := next(labelled, None)) is not None:
        return n
    start = _story(lines)
    if start is None:
        return None
    told = Counter(stem for line in lines[start:] if line.is_body for stem in line.stems)
    weights = {n: _weight(lines, n, told) for n in _candidates(lines, start)}
    most = max(weights.values(), default=0)
    likely = (n for n, weight in weights.items() if weight >= most * _TOLD)
    return next((n for n in likely if weights[n] > _NEARNESS or len(lines[n].words) > 3), None)


def _candidates(lines: Sequence[Line], start: int) -> list[int]:
    """The lines above the story that may be its headline, or one above a stamp just below."""
    top = lines[: start + _NEAR]
    above = [n for n in range(start) if has_form(lines, n) and not _is_titled(lines[n].text, top)]
    below = range(start + 1, min(start + 3, len(lines)))
    return above + [
        n
        for n in below
        if has_form(lines, n) and any(line.stamp for line in lines[n + 1 : n + _NEAR])
    ]


def _is_titled(text: str, top: Sequence[Line]) -> bool:
    """Whether a line is another one, be it the headline or the site's name, with more after a dash,
    as the title of a page is.
    """
    return any(
        len(each.words) > 1 and text.startswith(each.text) and _SITE.match(text, len(each.text))
        for each in top
    )


def _weight(lines: Sequence[Line], n: int, told: Counter[str]) -> float:
    """How much of a line the story tells again; a stamp or the story below it weighs as well."""
    again = sum(stem in told for stem in lines[n].stems)
    below = lines[n + 1 : n + _NEAR]
    near = any(line.stamp or line.is_body for line in below)
    menu = any(line.columns > 2 for line in below[:2])
    return again + _NEARNESS * (near - menu)


def _story(lines: Sequence[Line]) -> int | None:
    """Where the story begins: the first line of running text that can be no headline."""
    body = (n for n, line in enumerate(lines[:_TOP]) if line.is_body)
    return next((n for n in body if not has_form(lines, n)), None)


def has_form(lines: Sequence[Line], n: int) -> bool:
    """Whether a line has the form of a headline."""
    line = lines[n]
    text = title_of(line.text).of(line.text)
    return (
        len(line.words) in _WORDS
        and len(text) <= _LONGEST
        and line.pages <= _PAGES
        and line.columns < 3
        and line.stamp is None
        and not _NO_HEADLINE.search(text)
        and line.dateline is None
        and not _is_wrapped(lines, n)
        and (not _FULL_STOP.search(text) or _stands_apart(lines, n))
    )


def _is_wrapped(lines: Sequence[Line], n: int) -> bool:
    """Whether a program broke the sentence, so that the next line goes on with it."""
    line, after = lines[n], lines[n + 1] if n + 1 < len(lines) else None
    if after is None or after.after_gap or line.ends:
        return False
    longest = max(len(each.text) for each in lines[:_TOP])
    return (after.text[0].islower() and after.words[:1] != ("by",)) or (
        longest < _WRAPPED and len(line.text) > longest * 0.6 and not after.stamp
    )


def _stands_apart(lines: Sequence[Line], n: int) -> bool:
    """Whether a whole sentence is a headline: first, short, and told again by what follows."""
    if n or len(lines) < 2 or not lines[1].after_gap or len(lines[0].words) > 14:
        return False
    following = lines[1]
    shared = len(lines[0].stems & following.stems) / max(1, len(lines[0].stems))
    return len(following.text) > 80 and shared >= 0.5
