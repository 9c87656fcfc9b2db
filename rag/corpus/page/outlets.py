"""The outlet that a page names as its own or as the source of its story, among all names on it.

A name can be a line, a part of one between bars, dashes, labels and brackets, or what is left of
such a part without words that pages speak of themselves with. Nothing in running text is one but
what signs its first line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.corpus.page.choice import Candidate
from rag.corpus.page.datelines import AGENCIES
from rag.corpus.page.furniture import page_words, words_of
from rag.corpus.page.headline import title_of
from rag.corpus.page.lines import Line, extent
from rag.corpus.page.surroundings import Surroundings
from rag.text.analyze import analyze
from rag.text.dates import find_dates
from rag.text.stopwords import ARABIC, ENGLISH
from rag.types import Span

_MOST_LINES = 160  # Of those outside running text.
_LINE_CHARACTERS = 300
_NAME_CHARACTERS = 60
_NAME_WORDS = 6
_NO_HEADLINE = 12  # Lines that may stand above a story without one.
_OPENING = 60  # Characters of the story's first line within which it is signed.
_LONG_ENOUGH = 4  # Characters of an address by which it can name the outlet.

_PARTING = re.compile(
    r"[|•·●♦∙▪▼▲►◄≡☰→←›‹:©®,،؛;\t\[\]{}<>()«»“”\"=_*#]+|\.{2,}|\s+[-–—/+]+\s*|\s*[–—/]+\s+|\s{2,}"
    r"|[.!?؟]+(?=\s|$)|(?<=[^\W\d_])-(?=\s|$)|(?<=[^\W\d_]{2})[/–—-](?=[\u0600-\u06ff])"
)
_CORE = re.compile(r"\w(?:.*\w)?")
_RIGHTS = re.compile(
    r"©|\(c\)|\bcopyright\b|rights reserved|حقوق .{0,12}محفوظ[ةه]|محفوظ[ةه] ل", re.IGNORECASE
)
# What stands before the name of a source, and of a person.
_SOURCE = re.compile(r"^\W*(?:المصدر|نقلا\s+عن|source|via)\s*:\W*$", re.IGNORECASE)
# A program of the outlet's own: «حمّل تطبيق الجسر», "Get the Elm Post app".
_APP = re.compile(
    r"\W*(?:(?:ت?حم|ت?نز)\S{1,5}\s+تطبيق\s+|(?:download|get|open)\s+the\s+(?=.*\bapp\b))"
    r"[«\"“]?(?P<name>[^«»\"“”|]+?)[»\"”]?(?:\s+(?:app\b|على|الآن|مجانا).*)?\W*",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:\bby|بقلم|كتبت?|إعداد|تحرير|تصوير|بواسطة|حاورها?|photo|متابعة|المحرر|الكاتب)\W*$",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bby\b.*\bfor\s+(\S.*)", re.IGNORECASE)
_AGENCY = re.compile(rf"(?:وكالة\s+)?(?:{AGENCIES})")
_COMPANY = re.compile(
    r"\b(?:ltd|limited|inc|llc|plc|corp|group|holdings|newspapers|media)$|\bco$", re.IGNORECASE
)
_CAPITALS = re.compile(r"[A-Z][\w'’.-]*(?:\s(?:(?:of|the|and|&|for)\s)*[A-Z][\w'’-]*)+")
_ADDRESS = re.compile(r"[\w.-]+@[\w.-]+|@\w+|(?:https?://|www\.)\S+|\b[a-z0-9-]+\.[a-z]{2,}\b")
_NUMBER_AT_EDGE = re.compile(r"^\d{3,}|^\d+[.]\d|\d{3,}$|\d[.]\d+$")
_TIMES = re.compile(
    r"(?:(?:يوم|صباح|مساء)? ?(?:ال)?(?:احد|اثنين|ثلاثاء|ثلثاء|اربعاء|خميس|جمعه|سبت)"
    r"|(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|[ap]m|[a-z]{1,3}t|gmt|utc|صباحا|مساء|ص|م|\d+)(?: \w{1,4})?"
)
# Words by which an outlet's name says what it is, in the form that normalising gives.
_KIND_WORDS = (
    "جريده صحيفه مجله قناه اذاعه راديو وكاله شبكه معهد وزاره بوابه مراه تلفزيون تلفزه يوميه "
    "منصه هيئه بلديه مؤسسه مدونه منبر نبض صدي نيوز بريس برس اكسبريس تايمز بوست ميديا اونلاين "
    "صوت مرصد جامعه موقع "
    "gazette herald times post monitor institute ministry radio daily weekly tribune chronicle "
    "courier ledger journal telegraph observer reporter advertiser inquirer globe messenger "
    "beacon guardian independent news agency network channel broadcasting tv fm review "
    "magazine quarterly mail echo argus standard examiner sentinel department bulletin "
    "dispatch star mirror wire voice digest press express sun citizen advocate mercury "
    "newsletter university foundation"
)
_KINDS = frozenset(_KIND_WORDS.split())
# Words that say no more than what kind of outlet it is.
_GENERAL_WORDS = (
    "اسبوعيه اخباريه اخباري انباء اخبار الكترونيه مستقله وطنيه سياسيه شامله رئيس مدير عام عدد "
    "عربيه فضائيه newspaper online edition issue"
)
_GENERAL = _KINDS.union(_GENERAL_WORDS.split())
# What no outlet is told by: its kind alone.
_KIND_ALONE = re.compile(
    r"(?:ال)?(?:وكاله|شبكه|بوابه|جريده|قناه|صحيفه)(?: (?:ال)?(?:انباء|اخبار))?"
)
_IN_NAMES = {"the", "of", "for", "and", "في", "من", "علي"}


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name in a line: the region of the page, and how much of the line it is."""

    n: int
    span: Span
    place: str
    form: str


class _Page:
    """The lines of a page, and what its names are compared with."""

    def __init__(self, lines: Sequence[Line], headline: int | None) -> None:
        self.lines = lines
        self.headline = -1 if headline is None else headline
        self.around = Surroundings(lines, headline)
        self.first, self.last = extent(lines, headline)
        self.top = min(self.first, _NO_HEADLINE) if headline is None else headline
        self.title = (
            "" if headline is None else title_of(lines[headline].text).of(lines[headline].text)
        )
        outside = [n for n in range(len(lines)) if not self.in_story(n) or not lines[n].is_body]
        half = _MOST_LINES // 2
        self.outside = outside if len(outside) <= _MOST_LINES else outside[:half] + outside[-half:]
        edges = (n for n in self.outside if not self.in_story(n))
        self.edges = "\n".join(_key(lines[n].text) for n in edges)
        self.addresses = {
            _squeezed(word)
            for n in self.outside
            for address in _ADDRESS.findall(lines[n].text.lower())
            for word in re.split(r"[^a-z0-9-]+", address)
        }

    def in_story(self, n: int) -> bool:
        return self.first <= n <= self.last

    def place(self, n: int) -> str:
        """The region of the page that a line is in."""
        text = self.lines[n].text
        if _RIGHTS.search(text):
            return "rights"
        if self.in_story(n):
            return "story"
        if n <= self.headline and self.title in text:
            return "title"
        if n < self.top:
            return "top"
        return "byline" if n < self.first else self.around.place(n)


def outlets(lines: Sequence[Line], headline: int | None) -> list[Candidate]:
    """The names on a page that may be its outlet's, each once."""
    page = _Page(lines, headline)
    found: dict[str, list[_Mention]] = {}
    for mention in _mentions(page):
        name = mention.span.of(lines[mention.n].text)
        if mention.place == "dateline" or _is_name(name):
            found.setdefault(_key(name), []).append(mention)
    counts = {key: _count(key, page.edges) for key in found}
    return [_candidate(page, key, mentions, counts) for key, mentions in found.items()]


def _mentions(page: _Page) -> Iterator[_Mention]:
    for n, line in enumerate(page.lines):
        if line.dateline and (outlet := line.dateline.outlet):
            yield _Mention(n, outlet, "dateline", "")
            before = _core(line.text, Span(0, max(0, outlet.start - 1)))
            if before and not line.is_body:  # "Kestrin Herald (Port Lindle)"
                yield _Mention(n, before, "byline", "part")
    if page.first < len(page.lines):
        *signing, _ = _parts(page.lines[page.first].text[: _OPENING + 20]) or [Span(0, 0)]
        for k, span in enumerate(signing[:3]):
            if span.end < _OPENING:
                yield _Mention(page.first, span, "opening", "part" if k else "first")
    for n in page.outside:
        text = page.lines[n].text
        if len(text) <= _LINE_CHARACTERS:
            place = page.place(n)
            for span, form in _spans(text, page.addresses):
                yield _Mention(n, span, place, form)


def _spans(text: str, addresses: set[str]) -> Iterator[tuple[Span, str]]:
    """Where in a line names can stand, and how much of it each is."""
    whole = _core(text, Span(0, len(text)))
    for k, part in enumerate(_parts(text)):
        for span in _shortened(text, part):
            yield span, "whole" if span == whole else "part" if k else "first"
    if app := _APP.fullmatch(text):
        yield Span(*app.span("name")), "app"
    if (author := _FOR.search(text)) and (named := _core(text, Span(*author.span(1)))):
        yield named, "part"
    for match in _CAPITALS.finditer(text):
        if Span(*match.span()) != whole:
            yield Span(*match.span()), "run"
    yield from ((span, "run") for span in _addressed(text, addresses))


def _parts(text: str) -> list[Span]:
    cuts = [match.span() for match in _PARTING.finditer(text)]
    cuts = sorted([*cuts, *((each.span.start, each.span.end) for each in find_dates(text))])
    found, at = [], 0
    for start, end in [*cuts, (len(text), len(text))]:
        if start > at and (part := _core(text, Span(at, start))):
            found.append(part)
        at = max(at, end)
    return found


def _core(text: str, span: Span) -> Span | None:
    """A span without signs at its edges."""
    match = _CORE.search(text, *span)
    return Span(*match.span()) if match else None


def _shortened(text: str, part: Span) -> Iterator[Span]:
    """A part, and it without the words at either edge that no name need have: not after the label
    of a source, where more than a name is a sentence.
    """
    yield part
    if _SOURCE.search(text[: part.start]):
        return
    words = [
        Span(part.start + a.start(), part.start + a.end())
        for a in re.finditer(r"\S+", part.of(text))
    ]
    weak = [_is_weak(word.of(text)) for word in words]
    if all(weak):
        return
    start = words[weak.index(False)].start
    end = words[len(weak) - 1 - weak[::-1].index(False)].end
    yield from {Span(start, end), Span(start, part.end), Span(part.start, end)} - {part}
    if text[start] == "ل" and _RIGHTS.search(text):  # محفوظة لصحيفة ...
        yield Span(start + 1, end)


def _is_weak(word: str) -> bool:
    words = words_of(word)
    return (
        all(page_words(words))
        or all(map(str.isdecimal, words))
        or (words != ["the"] and all(each in ARABIC or each in ENGLISH for each in words))
    )


def _addressed(text: str, addresses: set[str]) -> Iterator[Span]:
    """Words that an address on the page writes as one."""
    words = [match.span() for match in re.finditer(r"[A-Za-z0-9'’]+", text)] if addresses else []
    for k, (start, _) in enumerate(words):
        for _, end in words[k : k + _NAME_WORDS]:
            joined = _squeezed(text[start:end])
            if len(joined) > _LONG_ENOUGH and joined in addresses and " " in text[start:end]:
                yield Span(start, end)


def _is_name(name: str) -> bool:
    """Whether words can be an outlet's name: few, and none that holds sentences together."""
    words = words_of(name)
    return bool(_AGENCY.fullmatch(name)) or (
        0 < len(words) <= _NAME_WORDS
        and len(name) <= _NAME_CHARACTERS
        and any(map(str.isalpha, name))
        and not _TIMES.fullmatch(" ".join(words))
        and not _KIND_ALONE.fullmatch(" ".join(words))
        and not _NUMBER_AT_EDGE.search(name)
        and not any((word in ARABIC or word in ENGLISH) and word not in _IN_NAMES for word in words)
    )


def _candidate(
    page: _Page, key: str, mentions: Sequence[_Mention], counts: Mapping[str, int]
) -> Candidate:
    shown = min(mentions, key=lambda each: _is_shouted(each.span.of(page.lines[each.n].text)))
    line = page.lines[shown.n]
    name = shown.span.of(line.text)
    features: dict[str, float] = {}
    for mention in mentions:
        for feature, value in _standing(page, mention):
            features[feature] = max(features.get(feature, 0.0), float(value))
    places = {mention.place for mention in mentions}
    features |= _alone(page, name) | _among(page, key, places, counts)
    span = Span(line.span.start + shown.span.start, line.span.start + shown.span.end)
    return Candidate(key, span, {feature: value for feature, value in features.items() if value})


def _standing(page: _Page, mention: _Mention) -> Iterator[tuple[str, float]]:
    """What is to be told of a name from where it stands."""
    lines, n, place = page.lines, mention.n, mention.place
    line, before = lines[n], lines[n].text[: mention.span.start]
    yield mention.form if mention.form == "app" else f"{place} {mention.form}".strip(), 1
    if place in ("dateline", "opening"):
        return
    source = bool(_SOURCE.search(before))
    yield "source", source
    yield "by", bool(_BY.search(before))
    yield "labelled", before.rstrip().endswith(":") and not source
    yield "label", line.text[mention.span.end :].lstrip().startswith(":")
    yield "first line", n == 0 and not before.strip()
    if place == "top":
        yield from _above(page, n, mention.form)
    elif place == "byline":
        yield "under title", n == page.headline + 1
    elif place in ("tail", "foot"):
        yield "boxed", page.around.opener(n) is not None
        yield "last line", n == len(lines) - 1
        yield "signature", n == page.last + 1


def _above(page: _Page, n: int, form: str) -> Iterator[tuple[str, float]]:
    """What is to be told of a name above the headline."""
    lines = page.lines
    below = lines[n + 1 : n + 4]
    yield "near top", 1 / (1 + n)
    yield "over links", sum(line.pages == 1 and len(line.words) <= 2 for line in below) > 1
    yield "over title", n + 1 == page.top


def _alone(page: _Page, name: str) -> dict[str, float]:
    """What is to be told of a name by itself, and beside the story."""
    words = words_of(name)
    kinds = [word.removeprefix("ال") in _KINDS for word in words]
    general = [word.removeprefix("ال") in _GENERAL for word in words]
    groups = page_words(words)
    latin = [word for word in re.findall(r"[A-Za-z][\w'’-]*", name) if word not in _IN_NAMES]
    stems = analyze(name)
    generic = all(map(any, zip(general, groups, map(str.isdecimal, words), strict=True)))
    return {
        "bias": 1,
        "kind": any(kinds) and not generic,
        "generic": generic,
        "agency": bool(_AGENCY.fullmatch(name)),
        "company": bool(_COMPANY.search(name)),
        "one word": len(words) == 1,
        "many words": max(0, len(words) - 3),
        "pages": sum(map(bool, groups)) / max(1, len(words)),
        "all pages": all(groups),
        "page word at edge": bool(groups and (groups[0] or groups[-1])),
        "lower": any(word[0].islower() for word in latin),
        "capitals": name.isupper(),
        "told": sum(page.around.is_told(stem) for stem in stems) / max(1, len(stems)),
        "is title": _key(name) == _key(page.title),
    }


def _among(
    page: _Page, key: str, places: Collection[str], counts: Mapping[str, int]
) -> dict[str, float]:
    """What a name is to the rest of the page."""
    others = [(other, count) for other, count in counts.items() if other != key]
    return {
        "two places": len(places) > 1,
        "count": math.log(max(1, counts[key])),
        "again": counts[key] > 1,
        "address": _is_addressed(page, key),
        "in another": any(key in other and count >= counts[key] for other, count in others),
        "has another": any(other in key and count > counts[key] for other, count in others),
    }


def _is_addressed(page: _Page, key: str) -> bool:
    name = _squeezed(key)
    return len(name) > _LONG_ENOUGH and bool({name, name.removeprefix("the")} & page.addresses)


def _count(key: str, text: str) -> int:
    """How often words stand in a text, also with a letter before them that Arabic joins on."""
    return len(re.findall(rf"(?<!\w)[وفبلك]?{re.escape(key)}(?!\w)", text))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_shouted(name: str) -> bool:
    return name.isupper() or name.islower()
