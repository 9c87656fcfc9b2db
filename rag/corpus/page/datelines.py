"""Datelines, and the agencies that sign them: «فينتيان 25 يوليو 2024 (شينخوا) عقد ...»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.dates import DateMention, find_dates
from rag.types import Span

# Agencies whose name in brackets, or after a place and a dash, is a credit by itself.
AGENCIES = (
    "شينخوا|رويترز|سانا|وام|قنا|واس|بترا|كونا|وفا|واع|ونا|بنا|وات|وال|وأج|ومع|معا|سبأ|تاس|سبوتنيك"
    "|وطنية|سونا|نينا|نوفوستي|الأناضول|العمانية|يونا|أسوشيتد برس|فرانس برس"
    r"|أ\s?ف\s?ب|أ\.\s?ف\.\s?ب\.?|د\s?ب\s?أ|د\.\s?ب\.\s?أ\.?|أ\s?ش\s?أ|أ\.\s?ش\.\s?أ\.?|أ\s?ب"
    "|Associated Press|Xinhua|Reuters|AFP|AP|TASS|Anadolu|AA|dpa|DPA|CNN|UPI|EFE|ANSA|PTI|ANI|Kyodo"
    "|Yonhap|SANA|WAM|SPA|KUNA|Petra|WAFA|QNA|MENA|TAP|APS|MAP|BNA|ONA|INA|IRNA|NNA|SUNA|NINA"
    "|Bloomberg|Interfax|Sputnik|IANS|AAP"
)
_REACH = 110  # Characters of a line within which its dateline ends.
_PLACE = re.compile(
    r"\W{0,3}(?P<place>[^\W\d_][^()\d.؟?!:«»\"“”|\n/–—]{1,38}?)[\s,،/–—-]*"
    r"(?=[\d(/–—-]|[A-Z][a-z]+\.?\s\d)"
)
_PARTED = re.compile(r"[,،/–—-]\s*$")
_TO_DATE = re.compile(r"\w{3}|[.()]")  # What no dateline has between its place and its date.
# A day of no year, or that may be another, which says no date.
_UNDATED = re.compile(
    r"(?:\d{1,2}[-/]\d{1,2}[-/]\d{4}|[A-Z][a-z]+\.?\s\d{1,2}"
    r"|\d{1,2}(?:\s*-\s*\d{1,2}|\s\w+(?:[ /]\w+)?))?\s*"
)
_NAME = re.compile(r"[\s,،م-]*[(/]\s*(?P<name>[^()/\d]{2,40}?)\s*[)/]")
# An agency without brackets after the date, and the date in the other calendar before it.
_BARE = re.compile(rf"[\s،م]*(?P<name>{AGENCIES})\s*(?:[-–—:]|$)")
_BESIDE = re.compile(r"[\s/،-]*(?:الموافق|المصادف)?[\s/،-]*")
_KNOWN = re.compile(rf"(?:وكالة\s+)?(?:{AGENCIES})")
_PLACE_AGENCY = re.compile(
    rf"[^\s()-]{{2,20}}(?:\s[^\s()-]{{2,20}})?\s*[-–/]\s*(?P<name>{AGENCIES})"
)
_DASH = re.compile(r"\s*[-–—]|\s*$")
_DASH_OR_COLON = re.compile(r"\s*[-–—:]|\s*$")
_PAIRED = re.compile(r"\s[-–—]\s")
_PLACE_WORDS = 5  # Of a place with its country.
_TOWN_WORDS = 2


@dataclass(frozen=True, slots=True)
class Dateline:
    """The date and the outlet that stand beside the place with which a line begins."""

    date: DateMention | None
    outlet: Span | None


def read_dateline(line: str) -> Dateline | None:
    """The dateline that ``line`` is or begins with; a place alone is none."""
    if alone := _PLACE_AGENCY.fullmatch(line):
        return Dateline(None, Span(*alone.span("name")))
    head = line[:_REACH]
    place = _PLACE.match(head)
    if not place or len(place["place"].split()) > _PLACE_WORDS:
        return None
    dates = [each for each in find_dates(head) if each.day]
    date = dates[0] if dates else None
    if date and not _TO_DATE.search(head[place.end() : date.span.start]):
        end = date.span.end
        if dates[1:] and _BESIDE.fullmatch(head, end, dates[1].span.start):
            end = dates[1].span.end
    else:
        date, undated = None, _UNDATED.match(head, place.end())
        end = undated.end() if undated else place.end()
    if end > place.end() and (bare := _BARE.match(line, end)):
        return Dateline(date, Span(*bare.span("name")))
    if named := _NAME.match(head, end):
        if _KNOWN.fullmatch(named["name"]) or _is_signed(line, place["place"], named.end()):
            return Dateline(date, Span(*named.span("name")))
    elif date and _PARTED.search(place[0]) and _DASH_OR_COLON.match(head, end):
        return Dateline(date, None)
    return None


def _is_signed(line: str, place: str, end: int) -> bool:
    """Whether a name that is not known is an outlet's: of what ``line`` begins with before ``end``.

    A dash follows it and the place is short. A second dash shows that the first only sets
    something apart.
    """
    town = re.split("[,،]", place)[0]
    return (
        bool(_DASH.match(line, end))
        and len(town.split()) <= _TOWN_WORDS
        and (town == town.title() or town.isupper())
        and not _PAIRED.search(line, end + 4)
    )
