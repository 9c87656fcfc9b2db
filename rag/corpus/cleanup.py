"""What of a page is not the story: furniture to leave out of the index, and other stories.

Works on lines, because scraped pages keep their boxes on lines of their own. Nothing is deleted:
the result is spans of the raw text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Literal, TypeAlias, cast

from rag.types import Span

# Why a span of a page is not indexed, as :func:`reason` tells it.
Reason: TypeAlias = Literal[
    "share", "comments", "picture", "advertisement", "follow", "tags", "credit", "stamp", "number",
    "address", "read_also", "link", "story", "other",
]  # fmt: skip

# Each alternative is named for the reason it gives: see :func:`reason`.
_FURNITURE = re.compile(
    r"""^\W*(?:
      (?P<share>(مشارك[ةه]|شارك(\s+(هذا|على|عبر|الخبر|المقال).*)?|طباع[ةه]|انشر|أرسل)\W*
        | (share|tweet|print|email)\W* | share\s+(this|on|via)\b.*)
    | (?P<comments>(تعليقات?|comments?)\W*)
    | (?P<picture>news-picture\W*)
    | (?P<advertisement>advertisement\W*)
    | (?P<follow>subscribe\W* | (follow|join)\s+us\b.{0,80} | sign\s+up\b.*newsletter.*
        | (تابعونا|تابعنا|انضم(وا)?\s+إلى|اشترك(وا)?\s+في|متابع[ةه]\s+أخبار)\b.{0,80})
    | (?P<tags>كلمات\s+(دلالي[ةه]|مفتاحي[ةه])\s*:.* | (الوسوم|وسوم|tags|keywords)\s*:.*)
    | (?P<credit>(المصدر|source)\s*:.{0,60})
    | (?P<stamp>(تاريخ\s+النشر|نشر\s+في|آخر\s+تحديث|published(\s+on)?|last\s+updated?)\s*:.{0,60}
        | (\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\W* | \d{1,2}:\d{2}(\s*[ap]m)?\W*)
    | (?P<number>\d{1,6})
    | (?P<address>https?://\S+)
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_READ_ALSO = re.compile(
    r"^\W*([إاأ]قر[أا]\s*(أيض[اًا]+|المزيد)?|شاهد\s+أيض[اًا]+|مواضيع\s+ذات\s+صل[ةه]|أخبار\s+ذات\s+صل[ةه]"
    r"|read\s+(also|more)|related(\s+(articles?|stories|news))?|see\s+also)\s*:?\W*$",
    re.IGNORECASE,
)
_LINE = re.compile(r"\S(?:[^\n\r\u2028\u2029]*\S)?")
_ENDS_SENTENCE = re.compile(r"""[.!?؟…]["'”»)\]]*$""")
_HEADLINE_WORDS = range(3, 26)
_BODY_CHARACTERS = 80
_STORY_CHARACTERS = 250


@dataclass(frozen=True, slots=True)
class Page:
    """A raw text sorted into its own story, page furniture, and stories of other pages.

    ``debris`` are furniture lines; ``stories`` are embedded articles. All are disjoint, in order.
    """

    debris: tuple[Span, ...]
    stories: tuple[Span, ...]


def lines_of(text: str) -> list[Span]:
    """Spans of the non-blank lines, surrounding whitespace left out."""
    return [Span(*match.span()) for match in _LINE.finditer(text)]


def is_headline(line: str) -> bool:
    """Whether a line reads like a headline: some words, not a finished sentence, no label."""
    words = len(line.split())
    return (
        words in _HEADLINE_WORDS
        and len(line) <= 200
        and not _ENDS_SENTENCE.search(line)
        and not line.endswith((":", "،", ","))
        and not _FURNITURE.match(line)
        and not _READ_ALSO.match(line)
    )


def read_page(text: str) -> Page:
    """Sort the lines of ``text``. A text that is furniture throughout is taken as a story.

    What follows a "read also" line is another story where it is one headline and then enough text,
    up to the next such line; headlines alone are links.
    """
    lines = lines_of(text)
    marks = [n for n, line in enumerate(lines) if _READ_ALSO.match(line.of(text))]
    debris = {lines[mark] for mark in marks}
    stories: list[Span] = []
    for mark, end in pairwise([*marks, len(lines)]):
        after = lines[mark + 1 : end]
        links = list(takewhile(lambda line: is_headline(line.of(text)), after))
        if len(links) == 1 and sum(b - a for a, b in after[1:]) >= _STORY_CHARACTERS:
            last = next(line for line in reversed(after) if not _FURNITURE.match(line.of(text)))
            stories.append(Span(after[0].start, last.end))
        else:
            debris.update(links)
    furniture = (line for line in lines if _FURNITURE.match(line.of(text)))
    debris.update(line for line in furniture if not any(a <= line.start < b for a, b in stories))
    if len(debris) == len(lines):
        return Page((), ())
    return Page(tuple(sorted(debris)), tuple(stories))


def is_body(line: str) -> bool:
    """Whether a line is running text rather than a heading, a label or a link."""
    return len(line) >= _BODY_CHARACTERS or bool(_ENDS_SENTENCE.search(line))


def reason(text: str) -> Reason:
    """Why ``text``, the words of a span that :func:`read_page` set aside, is no part of the story.

    Told from the words themselves, so that an index need not keep it: a line says what furniture
    it is, a span of several lines is another story, and what else reads like a headline is a link.
    """
    if len(lines_of(text)) > 1:
        return "story"
    if _READ_ALSO.match(text):
        return "read_also"
    if furniture := _FURNITURE.match(text):
        return cast(Reason, furniture.lastgroup)
    return "link" if is_headline(text) else "other"
