"""Title, date and outlet that an article states about itself, and the words that state them.

Nothing is inferred: a field is filled only from words that say it in so many words (a labelled
line, a dateline, a stamp), and those words are recorded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.corpus.cleanup import is_body, is_headline, lines_of
from rag.text.dates import find_dates
from rag.types import Span

_DATE_LABEL = re.compile(
    r"^\W*(تاريخ\s+النشر|نُ?شر\s+(في|بتاريخ)|published(\s+on)?|date|التاريخ)\s*:?\s*", re.IGNORECASE
)
_OUTLET_LABEL = re.compile(r"^\W*(المصدر|source)\s*:\s*(?P<name>\S.{0,58})$", re.IGNORECASE)
# Agencies whose name in brackets after a place or date is a credit even without a dash after it.
_AGENCIES = (
    "شينخوا|رويترز|سانا|وام|قنا|واس|بترا|كونا|وفا|واع|ونا|بنا|وات|وال|وكالات|الأناضول"
    "|أ\\s?ف\\s?ب|أ\\.\\s?ف\\.\\s?ب\\.?|د\\s?ب\\s?أ|أ\\s?ب|تاس|سبوتنيك|نوفوستي"
    "|Xinhua|Reuters|AFP|AP|TASS|Anadolu|AA|dpa|SANA|WAM|SPA|KUNA|Petra|WAFA|QNA|UPI"
)
_CREDIT = re.compile(rf"\((?P<name>{_AGENCIES})\)")
_CREDIT_DASH = re.compile(r"^[^().؟?!]{2,40}\((?P<name>[^()\d]{2,40})\)\s*[-–—]")
_PLACE_AGENCY = re.compile(rf"^[^\s()-]{{2,20}}\s*[-/]\s*(?P<name>{_AGENCIES})$")
_DATELINE_REACH = 90
_STAMP_LINES = 8
_LABEL_LINES = 12


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text says of itself; ``provenance`` maps each filled field to its words."""

    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    provenance: dict[str, Span] = field(default_factory=dict)


def read_metadata(text: str) -> Stated:
    """Title, date and outlet of ``text`` where it states them."""
    lines = lines_of(text)
    readers = {"title": _title, "date": _date, "outlet": _outlet}
    found = {name: stated for name, read in readers.items() if (stated := read(text, lines))}
    values = {name: value for name, (value, _) in found.items()}
    return Stated(**values, provenance={name: span for name, (_, span) in found.items()})


def _title(text: str, lines: Sequence[Span]) -> tuple[str, Span] | None:
    if len(lines) < 2:
        return None
    line = lines[0].of(text)
    first = Span(lines[0].start + len(line) - len(line.lstrip("# ")), lines[0].end)
    if (
        is_headline(first.of(text))
        and not _CREDIT.search(line)
        and any(is_body(other.of(text)) for other in lines[1:])
    ):
        return first.of(text), first
    return None


def _date(text: str, lines: Sequence[Span]) -> tuple[str, Span] | None:
    """A labelled date, else the dateline's, else a line that is nothing but a date."""
    for line in (*lines[:_LABEL_LINES], *lines[-4:]):
        label = _DATE_LABEL.match(line.of(text))
        if label and (date := _only_full_date(text, line.start + label.end(), line.end)):
            return date
    # The date before the agency's name in brackets: «فينتيان 25 يوليو 2024 (شينخوا)».
    for line in lines[:_STAMP_LINES]:
        credit = _CREDIT.search(line.of(text)[:_DATELINE_REACH])
        if credit and (date := _only_full_date(text, line.start, line.start + credit.start())):
            return date
    for line in lines[:_STAMP_LINES]:
        if date := _only_full_date(text, *line):
            start, end = date[1]
            if not re.search(r"\w", text[line.start : start] + text[end : line.end]):
                return date
    return None


def _only_full_date(text: str, start: int, end: int) -> tuple[str, Span] | None:
    """The date that ``text[start:end]`` names, where it is the only one there and has a day."""
    mentions = find_dates(text[start:end])
    if len(mentions) != 1 or mentions[0].day is None:
        return None
    first, last = mentions[0].span
    return mentions[0].iso, Span(start + first, start + last)


def _outlet(text: str, lines: Sequence[Span]) -> tuple[str, Span] | None:
    """A labelled source, else the agency that signs the dateline."""
    for line in lines:
        if match := _OUTLET_LABEL.match(line.of(text)):
            return _name(match, line)
    for line in lines[:_STAMP_LINES]:
        head = line.of(text)[:_DATELINE_REACH]
        match = _PLACE_AGENCY.match(head) or _CREDIT_DASH.match(head) or _CREDIT.search(head)
        if match:
            return _name(match, line)
    return None


def _name(match: re.Match[str], line: Span) -> tuple[str, Span]:
    name = match["name"].strip(" .،,")
    start = line.start + match.start("name") + match["name"].index(name)
    return name, Span(start, start + len(name))
