"""The outlet that a page names as its own or as the source of its story.

A masthead goes before a credit, because a paper that prints an agency's story is the one read. A
name counts only where outlets are named: above the headline, after a label, in a dateline, in
brackets under the story, or in the notice of rights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.corpus.page.datelines import AGENCIES
from rag.corpus.page.furniture import page_words
from rag.corpus.page.headline import title_of
from rag.corpus.page.lines import Line, extent
from rag.text.months import MONTH_PATTERN
from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH
from rag.types import Span

_NAME_WORDS = 6
_MASTHEAD_LINES = 8  # Where there is no headline to be above.
_PLAIN_LINES = 4  # Above which a name that does not say what it is may be the masthead.
_PLAIN_WORDS = 4
_BYLINES = 4  # Lines below the headline of which one may name the outlet.
_FAR = 5  # Lines below a masthead within which running text is not the story's yet.
_DATELINES = 8
_UNDER = 2
_FOOT = 8
_NOTICE_CHARACTERS = 300
_MENU = 3
_LINK_WORDS = 2  # The most that one link of a menu has.
_LINKS = 2

_LABEL = re.compile(r"\W*(?:المصدر|نقلا\s+عن|source|via)\s*:\s*(?P<name>\S.{0,58})", re.IGNORECASE)
# A program of the outlet's own: «حمّل تطبيق الجسر», "Get the Elm Post app".
_APP = re.compile(
    r"\W*(?:(?:ت?حم|ت?نز)\S{1,5}\s+تطبيق\s+|(?:download|get|open)\s+the\s+(?=.*\bapp\b))"
    r"[«\"“]?(?P<name>[^«»\"“”|]+?)[»\"”]?(?:\s+(?:app\b|على|الآن|مجانا).*)?\W*",
    re.IGNORECASE,
)
_SIGNED = re.compile(rf".{{0,25}}[(/]\s*(?P<name>{AGENCIES})(?:\s*:[^()]{{4,20}})?\s*[)/]\W*")
_ALONE = re.compile(r"[(/–—-]+\s*([^()/–—]{3,40}?)\s*[)/]?")
_RIGHTS = re.compile(r"©|\(c\)\s|\bcopyright\b|حقوق .{0,12}محفوظ[ةه]", re.IGNORECASE)
# What a notice of rights says beside the owner's name.
_NOTICE = re.compile(
    r"©|\(c\)|copyright|all rights reserved.*|ولا يجوز.*"
    r"|جميع|كافة|ال?حقوق|النشر|الطبع|محفوظ[ةه]|لموقع|\bل(?=\w+[ةه]\s)|\b(?:19|20)\d\d\b|[٠-٩]{4}",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*[|•·–—+:]\s*|\s+[-/]\s+|\s{2,}|[.]\s|\t")
_BYLINE_PART = re.compile(r"\s*[|•·–—,،]\s*|\s+[-/]\s+|(?<=\w)\s+for\s+(?=\w)", re.IGNORECASE)
_EDGES = " .،,●*ـ"
_FREQUENCY = re.compile(r"[\s,،]*\d+(?:[.,]\d+(?:\s*(?:FM|إف إم))?|\s*(?:FM|إف إم))$")
# Words by which an outlet's name says what it is, in the form that normalising gives.
_KIND = re.compile(
    r"(?:^|\s)(?:ال)?(?:جريده|صحيفه|مجله|قناه|اذاعه|راديو|وكاله|شبكه|معهد|وزاره|بوابه|مراه|تلفزيون"
    r"|تلفزه|يوميه|منصه|هيئه|بلديه|مؤسسه|مدونه|منبر|نبض|صدي|نيوز|بريس"
    r"|برس|اكسبريس|تايمز|بوست|ميديا|اونلاين|صوت(?! و)|مرصد|جامعه)(?:\s|$)"
    r"|\b(?:gazette|herald|times|post|monitor|institute|ministry|radio|daily|weekly|tribune"
    r"|chronicle|courier|ledger|journal|telegraph|observer|reporter|advertiser|inquirer|globe"
    r"|messenger|beacon|guardian|independent|news|agency|network|channel|broadcasting|tv|fm"
    r"|review|magazine|quarterly|mail|echo|argus|standard|examiner|sentinel|department|bulletin"
    r"|dispatch|star|mirror|wire|voice|digest|press$|express|sun|citizen|advocate|mercury"
    r"|newsletter|university|foundation)\b"
)
# What no outlet is told by: its kind alone, the company that owns it, a day.
_NO_OUTLET = re.compile(
    r"^(?:ال)?(?:وكاله|شبكه|بوابه|جريده|قناه)(?: (?:ال)?(?:انباء|اخبار))?$"
    r"|\b(?:ltd|limited|inc|llc|plc|corp|group)$"
    rf"|\d\s*(?:{MONTH_PATTERN})|(?:{MONTH_PATTERN})\s*\d"
)
_IN_NAMES = {"the", "of", "for", "and", "في", "من", "علي"}
_Found = tuple[str, Span]


def find_outlet(lines: Sequence[Line], headline: int | None) -> _Found | None:
    """The outlet that the page states, and where it does."""
    found = (
        *_mastheads(lines, headline),
        *_suffixes(lines, headline),
        *_bylines(lines, headline),
        *_sources(lines),
        *_signatures(lines, headline),
        *_apps(lines, headline),
        *_owners(lines),
    )
    return found[0] if found else None


def _mastheads(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """A name above the headline that says what it is, comes again, or stands over the menu."""
    top = min(extent(lines, None)[0], _MASTHEAD_LINES) if headline is None else headline
    title = "" if headline is None else lines[headline].text
    for n, line in enumerate(lines[:top]):
        if line.stamp:
            beside = (span.of(line.text) for span in line.stamp.names)
            yield from (_at(line, name) for name in beside if _is_name(name) and _says_kind(name))
        elif (name := _first_name(line)) and name not in title:
            several = len(name.split()) > 1
            if several and (again := _again(name, lines, n)):
                yield again
            elif (several and _says_kind(name)) or _stands_over(name, lines, n):
                yield _at(line, name)


def _first_name(line: Line) -> str | None:
    """The name that a line is or begins with, parted from the rest."""
    if line.is_body:
        return None
    first = _PART.split(line.text.strip(_EDGES))[0]
    name = _FREQUENCY.sub("", first).strip()
    return name if _is_name(name) else None


def _says_kind(name: str) -> bool:
    """Whether a name says what it is of; a Latin one is written as names are."""
    words = [word for word in name.split() if word.lower() not in _IN_NAMES]
    return bool(_KIND.search(normalize(name))) and not any(word[0].islower() for word in words)


def _bylines(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """A name that says what it is, beside another below the headline: «قناة الجسر - عين السرو»."""
    start = 0 if headline is None else headline + 1
    first, _ = extent(lines, headline)
    for line in lines[start : min(first, start + _BYLINES)]:
        parts = [part.strip(_EDGES) for part in _BYLINE_PART.split(line.text)]
        if len(parts) > 1:
            yield from (_at(line, part) for part in parts if _is_name(part) and _says_kind(part))


def _stands_over(name: str, lines: Sequence[Line], n: int) -> bool:
    """Whether a name that nothing else marks is at the top over or in a row of links."""
    words = normalize(name).split()
    plain = n < _PLAIN_LINES and len(words) <= _PLAIN_WORDS and not any(page_words(words))
    below = lines[n + 1 : n + 1 + _MENU]
    links = sum(line.pages == 1 and len(line.words) <= _LINK_WORDS for line in below)
    row = any(line.columns >= _MENU for line in below[:1])
    over = row or (len(words) > 1 and links >= _LINKS)
    return plain and (over or (n == 0 and "|" in lines[n].text))


def _suffixes(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """What a bar or a dash parts from the headline, in its line or above it."""
    if headline is None:
        return
    title = title_of(lines[headline].text).of(lines[headline].text)
    for line in lines[: headline + 1]:
        before, title_here, after = line.text.partition(title)
        name = _PART.split(after)[-1].strip(_EDGES)
        if title_here and not before and name and _PART.match(after) and _is_name(name):
            yield _at(line, name)


def _apps(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """The outlet whose program the page offers."""
    first, last = extent(lines, headline)
    for line in (*lines[:first], *lines[last + 1 :]):
        if (app := _APP.fullmatch(line.text)) and _is_name(app["name"]):
            yield _at(line, app["name"])


def _again(name: str, lines: Sequence[Line], n: int) -> _Found | None:
    """The name, where the edges of the page have it once more; not in capitals where they do."""
    first, last = extent(lines, n + _FAR)
    edges = (line for k, line in enumerate(lines) if k != n and not first <= k <= last)
    found = [
        _at(line, line.text[at : at + len(name)])
        for line in edges
        if (at := line.text.casefold().find(name.casefold())) >= 0
    ]
    if found and (name.isupper() or name.islower()):
        return next((each for each in found if each[0] != name), found[0])
    return _at(lines[n], name) if found else None


def _sources(lines: Sequence[Line]) -> Iterator[_Found]:
    """What stands after the label of a source, at the head or the foot."""
    first, last = extent(lines, None)
    for n, line in enumerate(lines):
        label = None if first <= n <= last else _LABEL.fullmatch(line.text)
        if label and _is_name(name := _PART.split(label["name"])[0].strip(_EDGES)):
            yield _at(line, name)


def _signatures(lines: Sequence[Line], headline: int | None) -> Iterator[_Found]:
    """The agency of the dateline, or in brackets under the story."""
    start = 0 if headline is None else headline + 1
    for line in lines[start : start + _DATELINES]:
        if (dateline := line.dateline) and dateline.outlet:
            before = line.text[: dateline.outlet.start].strip(_EDGES + "(")
            named = _is_name(before) and _says_kind(before)  # "Kestrin Herald (Port Lindle)"
            yield _at(line, before if named else dateline.outlet.of(line.text))
    _, last = extent(lines, None)
    for line in lines[last + 1 : last + 1 + _UNDER]:
        if match := _SIGNED.fullmatch(line.text):
            yield _at(line, match["name"])
        elif (match := _ALONE.fullmatch(line.text)) and _is_name(match[1]) and _says_kind(match[1]):
            yield _at(line, match[1])


def _owners(lines: Sequence[Line]) -> Iterator[_Found]:
    """Whom the notice of rights names."""
    for line in lines[-_FOOT:]:
        if len(line.text) <= _NOTICE_CHARACTERS and _RIGHTS.search(line.text):
            parts = _PART.split(_NOTICE.sub(" | ", line.text))
            names = (name for part in parts if (name := part.strip(_EDGES)) in line.text)
            yield from (_at(line, name) for name in names if _is_name(name))


def _is_name(name: str) -> bool:
    """Whether words can be an outlet's name: few, and none that holds sentences together.

    Words that pages speak of themselves with are at most half of it.
    """
    words = normalize(name).split()
    told = sum(map(bool, page_words(words)))
    return (
        0 < len(words) <= _NAME_WORDS
        and ":" not in name
        and not _NO_OUTLET.search(" ".join(words))
        and told * 2 <= len(words)
        and not any((word in ARABIC or word in ENGLISH) and word not in _IN_NAMES for word in words)
    )


def _at(line: Line, name: str) -> _Found:
    start = line.span.start + line.text.index(name)
    return name, Span(start, start + len(name))
