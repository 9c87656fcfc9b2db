"""Stamp lines: a date and what stands beside one, read by a grammar of parts.

A line is a stamp where it is made of such parts alone: a label, weekday, date (in two calendars),
time, zone, age, reading time, counter, byline, and at most two names of a few words that a bar,
dash or comma parts from the date; nothing need part a name at the edge that is a section's or,
beside a time or a weekday, short. A date inside a sentence is therefore none.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.corpus.page.furniture import page_words
from rag.text.dates import DateMention, find_dates
from rag.text.language import detect_language
from rag.text.normalize import normalize, normalize_mapped
from rag.types import Span

_LONGEST = 160  # Characters of the longest line that can be a stamp.
_LONGEST_DATED = 400  # Characters of a line within which its dates are looked for.
_MASK = "\x01"  # Stands for each character of a date while the other parts are looked for.
_NAME_WORDS = 5
_GLUED_WORDS = 3
_NAMES = 2
_MONTHS = 12
_LAST_HIJRI = 1500  # Of the years that are converted.

# The parts, in the form that normalising gives; a date is masked.
_UNIT = r"(?:ثواني|ثانيه|دقيقه|دقيقتين|دقائق|ساعه|ساعتين|ساعات|يوم|يومين|ايام|اسبوع|اسبوعين|شهر)"
_PARTS = {
    "date": r"(?<!\x01)\x01+ (?: [ ]?م(?!\w))?",
    "updated": r"""
        (?: (?:(?:اخر|تاريخ|تم)[ ]){0,2} (?:ال)?(?:تحديث|تعديل) | حدثت? | عدلت?
          | (?:last[ ])?(?:updated?|modified|edited|revised) ) \b
        (?: [ ](?:في|بتاريخ|يوم|on|at)\b )?""",
    "published": r"""
        (?: (?:(?:تاريخ|تم|وقت|يوم)[ ])?
            (?:ال)?(?:نشر(?:ت|ه)?|اضافه|اضيفت?|اصدار|صدرت?|حررت?|ادرجت?) \b
            (?: [ ](?:الخبر|المقال|التقرير|البيان)\b )?
          | (?:ب|ال)?تاريخ
          | (?:(?:first|date)[ ])? (?:published|posted|released|issued|created|uploaded|added|filed)
          | (?:for[ ])?(?:immediate[ ])?release
          | (?:(?:publication|release|publish)[ ])? date (?:[ ]of[ ]publication)? ) \b
        (?: [ ](?:في|بتاريخ|يوم|علي|on|at|date)\b )?""",
    "weekday": r"""
        (?:(?:يوم|صباح|مساء|ظهر|فجر)[ ])? (?:ال)?
        (?P<day> احد|اثنين|ثلاثاء|ثلثاء|اربعاء|خميس|جمعه|سبت
          | mon|tue|wed|thu|fri|sat|sun) (?:s|nes|rs|r|ur)?(?:day)? \b \.?""",
    "time": r"""
        (?: (?:(?:علي|في)[ ])? (?:تمام[ ])? (?:ال)?ساعه[ ]? | t)? \d{1,2}
        (?: [:.]\d{2}(?::\d{2})? | (?= [ ]?(?:[ap]m|صباحا|مساء|ظهرا)\b ) )
        (?: [ ]?(?:hrs?|[ap]\.?m|ص|م|صباحا|مساء|ظهرا|فجرا|عصرا)\b \.? )?""",
    "zone": r"""
        z\b | (?:(?:حسب|وفق)[ ])? ب?(?:ال)?توقيت[ ]\w+ (?: [ ](?:المكرمه|المحلي|الصيفي) )? \b
          (?: [ ]?[+-]\d\d? )?
        | (?:gmt|utc|[a-z]{1,3}st|[a-z]{1,2}dt|[ecmp]t|cet|eet|msk)\b
          (?: [ ]?[+-]\d\d?(?::?\d\d)? )?
        | local[ ]time
        | [+-]\d\d:?\d\d""",
    "age": rf"""
        (?:منذ|قبل)[ ] (?:(?:\d+|حوالي|نحو)[ ])* {_UNIT}
        | (?:\d+|an?)[ ](?:sec|min|minute|hour|hr|day|week|month)s?[ ]ago
        | this[ ](?:article|story|page)[ ]is[ ](?:more[ ]than|over)[ ]\d+[ ]\w+[ ]old""",
    "reading": rf"""
        (?:مده|وقت|زمن)[ ](?:ال)?قراءه | reading[ ]time | read[ ]time | قراءه[ ](?:في[ ])?\d+
        | (?:\d+[ ])?{_UNIT} (?:[ ](?:لل|ال)?قراءه)? | \d+[ -]?min(?:ute)?s?\b \.? (?:[ -]read)?""",
    "counter": r"""
        \d[\d,.]* [ ]? (?: [km]?[ ]?(?:views?|comments?|shares?|reads)
          | مشاهد(?:ه|ات)|قراء(?:ه|ات)|تعليق(?:ات)?|مشارك(?:ه|ات) ) \b
        | (?: (?:عدد[ ])? (?:ال)?(?:مشاهدات|قراءات|قراءه|زيارات|تعليقات)
          | views|reads|hits|comments ) [ ]?:[ ]?\d[\d,.]*""",
    "joint": r"(?:الموافق|ل|لل|at|on|and|في|علي|هجريه?|ميلاديه?|ad|ه) \b (?: [ ]?ل(?=\x01) )?",
    "issue": r"(?:ال)?(?:عدد|سنه)[ ]\d+ | (?:issue|vol\.?|no\.?)[ ](?:no\.?[ ])?\d+",
    "byline": r"""
        (?: (?:(?:story|words|text|photos?|written|edited|reporting|report)[ ])?by
          | بقلم|بواسطه|كتب(?:ت|ه|ها)?|حاور(?:ه|ها|ته|تها)?|تحرير|اعداد|تقرير|متابعه|ترجمه|تصوير
          | (?:source|editor|author|reporter|(?:ال)?(?:مصدر|محرر|كاتب|مراسل))(?=[ ]?:) ) \b
        [ ]*:?[ ]* (?: [^\W\d_]+\.? (?:[ -](?!at\b|on\b|في\b)[^\W\d_]+\.?){0,4} )?""",
    "number": r"(?:[^\W\d_]+[ ]){0,2} [^\W\d_]+[ ]?:[ ]?\d+(?![\d:.])",
}
_PART = re.compile(
    # A part begins where a word does, but for the z and the Arabic label after the seconds.
    r"(?<![^\W\d_]) (?<!\d(?![zء-ي])) (?:"
    + "|".join(f"(?P<{name}> {part} )" for name, part in _PARTS.items())
    + ")",
    re.VERBOSE,
)
# One of these makes a line of parts a stamp.
_TIMES = {"date", "time", "age", "reading", "counter"}
_PARTING = re.compile(r"[|/•·,،()\[\]–—*_>»«-]")
_WEEKDAYS = (
    ("اثنين", "mon"), ("ثلاثاء", "ثلثاء", "tue"), ("اربعاء", "wed"), ("خميس", "thu"),
    ("جمعه", "fri"), ("سبت", "sat"), ("احد", "sun"),
)  # fmt: skip
_NAME = re.compile(r"[^\W_](?:.*[^\W_])?")
_NO_NAME = re.compile(r"[\d:]|[.!?؟](?!\w)")
_YEAR = re.compile(r"\d{4}")
_WORD = re.compile(r"[^\W_\x01]+")
_TODAY = re.compile(r"(?:اليوم|today),?[ ]" + _PARTS["weekday"], re.VERBOSE)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})[ ]?[/.-][ ]?(\d{1,2})[ ]?[/.-][ ]?(\d{4})")


# A day of the week in running text.
WEEKDAY = re.compile(
    r"(?<!\w)[وف]?(?P<day>ال(?:احد|اثنين|ثلاثاء|ثلثاء|اربعاء|خميس|جمعه|سبت)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a line: ``iso`` and where it stands; the label right before it; the kinds of parts
    that the line has, and how many words are of no part, in all and before the date.
    """

    iso: str
    span: Span
    label: str | None
    colon: bool
    kinds: frozenset[str]
    words: int
    words_before: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp line says, in ISO 8601; ``span`` is where in the line its :attr:`date` stands.

    ``names`` are spans of what is neither date nor label: a place, an outlet. A stamp may have no
    date at all, but a time or an age.
    """

    published: str | None
    updated: str | None
    span: Span
    labelled: bool
    names: tuple[Span, ...]

    @property
    def date(self) -> str | None:
        """The date of the article: when it was published, else when it was last changed."""
        return self.published or self.updated


def read_stamp(line: str) -> Stamp | None:
    """The stamp that ``line`` is, if it is one throughout."""
    if len(line) > _LONGEST or _MASK in line:
        return None
    folded = normalize_mapped(line)
    mentions = find_dates(folded.text)
    masked = _masked(folded.text, mentions)
    parts = list(_PART.finditer(masked))
    kinds = {_kind(part) for part in parts}
    names = _names(masked, parts, bool(kinds & {"time", "weekday"}))
    if names is None or not kinds & _TIMES:
        return None
    published, updated = _dates(folded.text, parts, mentions)
    chosen = published or updated
    return Stamp(
        published.iso if published else None,
        updated.iso if updated else None,
        folded.raw_span(*chosen.span) if chosen else Span(0, len(line)),
        bool(kinds & {"published", "updated"}),
        tuple(folded.raw_span(*name) for name in names),
    )


def dates_of(line: str) -> Iterator[Dated]:
    """The dates of a line, be it a stamp or not; a Hijri one beside another is left out."""
    folded = normalize_mapped(line[:_LONGEST_DATED])
    mentions = find_dates(folded.text)
    if not mentions or _MASK in line:
        return
    masked = _masked(folded.text, mentions)
    parts = list(_PART.finditer(masked))
    kinds = frozenset(map(_kind, parts))
    rest = _without(masked, parts)
    at = {each.span.start: each for each in mentions}
    plain = [each for each in mentions if each.day and not _is_hijri(folded.text, each)]
    label, weekday, labelled = None, None, 0
    for part in parts:
        kind = _kind(part)
        if kind in ("published", "updated"):
            label, labelled = kind, part.end()
        elif kind == "weekday":
            weekday = weekday_of(part)
        elif kind == "date" and (mention := at.get(part.start())):
            mention = _settled(folded.text, mention, weekday)
            if plain and _is_hijri(folded.text, mention):
                continue
            near = len(_WORD.findall(rest, labelled, part.start())) <= 1
            before = rest[: part.start()]
            yield Dated(
                mention.iso,
                folded.raw_span(*mention.span),
                label if near else None,
                before.rstrip().endswith(":"),
                kinds,
                len(_WORD.findall(rest)),
                len(_WORD.findall(before)),
                mention is mentions[0] or part.start() == mentions[0].span.start,
            )


def _without(text: str, parts: Sequence[re.Match[str]]) -> str:
    """``text`` with its parts blanked."""
    for start, end in (part.span() for part in parts):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _masked(text: str, mentions: Sequence[DateMention]) -> str:
    for start, end in (each.span for each in mentions):
        text = text[:start] + _MASK * (end - start) + text[end:]
    return text


def _kind(part: re.Match[str]) -> str:
    return next(name for name in _PARTS if part[name] is not None)


def _names(masked: str, parts: Sequence[re.Match[str]], glued: bool) -> list[Span] | None:
    """What stands between the parts, where it can be names; ``None`` where the line says more.

    Nothing need part a section at an edge of the line or, where names may be ``glued`` to the
    other parts, a short name.
    """
    edges = [0, *(edge for part in parts for edge in part.span()), len(masked)]
    names = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found := _NAME.search(masked, start, end):
            before, after = masked[start : found.start()], masked[found.end() : end]
            first, last = not start, end == len(masked)
            parted = (first or _PARTING.search(before)) and (last or _PARTING.search(after))
            short = glued and len(found[0].split()) <= _GLUED_WORDS
            joined = (first or last) and (short or _is_section(found[0]))
            if not (parted or joined) or ":" in after or not _is_name(found[0]):
                return None
            names.append(Span(*found.span()))
    return names if len(names) <= _NAMES else None


def _is_section(words: str) -> bool:
    return all(group == "section" for group in page_words(words.split()))


def _is_name(words: str) -> bool:
    return len(words.split()) <= _NAME_WORDS and not _NO_NAME.search(words)


def _dates(
    text: str, parts: Sequence[re.Match[str]], mentions: Sequence[DateMention]
) -> tuple[DateMention | None, DateMention | None]:
    """The date published and the date updated; one without a label is of the label before it."""
    found: dict[str, list[DateMention]] = {"published": [], "updated": []}
    label, weekday = "published", None
    at = {each.span.start: each for each in mentions}
    for part in parts:
        kind = _kind(part)
        if kind in found:
            label = kind
        elif kind == "weekday":
            weekday = weekday_of(part)
        elif kind == "date":
            found[label].append(_settled(text, at[part.start()], weekday))
    published, updated = (
        min(dates, key=lambda each: _is_hijri(text, each), default=None) for dates in found.values()
    )
    return published, updated


def _is_hijri(text: str, mention: DateMention) -> bool:
    years = _YEAR.findall(mention.span.of(text))
    return bool(years) and int(years[-1]) <= _LAST_HIJRI


def weekday_of(match: re.Match[str]) -> int:
    """The number of the day that a match names in its group ``day``."""
    day = match["day"].removeprefix("ال")
    return next(n for n, names in enumerate(_WEEKDAYS) if day.startswith(names))


def _settled(text: str, mention: DateMention, weekday: int | None) -> DateMention:
    """``3/4/2021`` with the order of day and month that the weekday before it shows."""
    fitting = [each for each in _orders(mention.span.of(text)) if each.weekday() == weekday]
    if mention.month is not None or len(fitting) != 1:
        return mention
    return replace(mention, month=fitting[0].month, day=fitting[0].day)


def _orders(numbers: str) -> list[datetime.date]:
    """The days that ``3/4/2021`` can be: with the day first, and with the month first."""
    slashed = _SLASHED.fullmatch(numbers)
    one, two, year = map(int, slashed.groups()) if slashed else (0, 0, 0)
    if not (0 < one <= _MONTHS and 0 < two <= _MONTHS):
        return []
    return [datetime.date(year, two, one), datetime.date(year, one, two)]


def settle(numbers: str, page: str) -> str | None:
    """``3/4/2021`` in ISO 8601, in the order of day and month that ``page`` shows by its other such
    dates or by the weekday that it calls today; ``None`` where it shows none, or both. Between
    dots, and where nothing else is shown in Arabic, the day is first.
    """
    folded = normalize(page)
    others = [(int(one), int(two)) for one, two, _ in _SLASHED.findall(folded)]
    orders, today = _orders(numbers), _TODAY.search(folded)
    shown = {orders[two > _MONTHS] for one, two in others if orders and max(one, two) > _MONTHS}
    shown |= set(orders[: "." in numbers])
    fitting = [each for each in orders if today and each.weekday() == weekday_of(today)]
    shown |= set(fitting if len(fitting) == 1 else ())
    if not shown and detect_language(page) == "ar":
        shown = set(orders[:1])
    return shown.pop().isoformat() if len(shown) == 1 else None
