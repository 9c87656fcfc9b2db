"""The values that travel between the rooms, and their one JSON shape.

All are frozen. Offsets count Unicode code points of the article's raw text, half open, so that
``article.text[start:end]`` is always exactly the words shown.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

# Told of long work: the stage, how many items of it are done, and of how many.
Report: TypeAlias = Callable[[str, int, int], None]


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of characters of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span covers."""
        return text[self.start : self.end]


# Decimals that JSON keeps of these fields.
_DECIMALS = {"score": 6, "support": 4, "timings": 4, "confidence": 4}


def _to_json(value: Any, decimals: int | None = None) -> Any:
    """``value`` as JSON holds it: a dataclass as an object of its fields, a tuple as an array."""
    if is_dataclass(value):
        names = [member.name for member in fields(value)]
        return {name: _to_json(getattr(value, name), _DECIMALS.get(name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _to_json(item, decimals) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    return round(value, decimals) if decimals and value is not None else value


@dataclass(frozen=True, slots=True)
class Record:
    """A value with a place in the JSON contract."""

    def to_dict(self) -> dict[str, Any]:
        """Its object in the JSON contract: the fields under their own names, in their order."""
        return dict(_to_json(self))


@dataclass(frozen=True, slots=True)
class ArticleRef(Record):
    """What identifies an article to a reader. A field is ``None`` when it is not known.

    ``title`` is a headline the article really has; ``label`` is what to show when it has none.
    ``date`` is ISO 8601 (``2024-07-25``).
    """

    id: str
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    path: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its raw text, verbatim, and what is known about it.

    ``provenance`` maps a metadata field that was read from the text (``title``, ``date``,
    ``outlet``) to the span it was read from; fields in ``amended`` are as a person said instead.
    ``debris`` are the spans that are page furniture or another story: kept in ``text``, never
    indexed. A story found inside another page names that page in ``host``. ``source`` is the
    absolute path of a file that holds just this article: when that file changes, its new article
    replaces this one. ``pages`` are where the pages of a PDF begin in ``text``, one after another;
    a blank one begins where the next does.
    """

    id: str
    text: str
    title: str | None = None
    date: str | None = None
    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    path: str | None = None
    source: str | None = None
    host: str | None = None
    debris: tuple[Span, ...] = ()
    provenance: Mapping[str, Span] = field(default_factory=dict)
    amended: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The title, or the opening words of the text where the article has none."""
        if self.title:
            return self.title
        words = self.text.split()
        opening = " ".join(words[:9])
        return opening + " …" if len(words) > 9 else opening

    @property
    def ref(self) -> ArticleRef:
        """This article without its text."""
        return ArticleRef(**{part.name: getattr(self, part.name) for part in fields(ArticleRef)})

    def pages_of(self, start: int, end: int) -> tuple[int, ...]:
        """The pages on which ``[start, end)`` of the text stands, the first of the PDF being 1."""
        first = bisect_right(self.pages, start)
        edges = (*self.pages[first - 1 : bisect_left(self.pages, end)], end)
        return tuple(n for n, (a, b) in enumerate(pairwise(edges), first) if a < b)

    @property
    def said(self) -> dict[str, str | None]:
        """What a person said of it, by field; ``None`` is that it has no such."""
        return {name: getattr(self, name) for name in self.amended}

    def amend(self, said: Mapping[str, str | None]) -> Article:
        """This article as a person ``said`` that it is."""
        values: dict[str, Any] = {**said, "amended": tuple(sorted({*self.amended, *said}))}
        return replace(self, **values)


def page_range(pages: Sequence[int]) -> str:
    """Some pages as a reader names them: ``3``, ``3–5``."""
    return "–".join(map(str, dict.fromkeys((pages[0], pages[-1]))))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one article: ``article.text[start:end] == text``, always.

    ``sentences`` are spans in the article's raw text, in order, all inside ``[start, end)``.
    """

    article_id: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]

    @property
    def id(self) -> str:
        """Stable name of the chunk: the article's id and the chunk's offsets."""
        return f"{self.article_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit(Record):
    """A ranked passage. ``score`` grows with relevance and compares only within one search.

    ``also`` are other articles that print nearly the same passage; ``pages`` as of a citation.
    """

    rank: int
    score: float
    article: ArticleRef
    chunk: str
    start: int
    end: int
    text: str
    also: tuple[ArticleRef, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """The words that support a claim: ``quote == article.text[start:end]``, exactly.

    ``n`` is the marker shown in the answer, counted from 1 in order of first use. ``answer_spans``,
    in the raw text too, are the words in the quote that answer, the likeliest first. ``pages`` are
    those of a PDF on which it stands, counted from 1.
    """

    n: int
    article: ArticleRef
    start: int
    end: int
    quote: str
    answer_spans: tuple[Span, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Short(Record):
    """The answer in a few words, in ``language``, and the span of the article it stands on."""

    text: str
    language: str
    article: ArticleRef
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """One sentence of an answer and its citations. ``support`` lies in [0, 1]; what is told
    ``also`` stands beside the answer, for who wants to see more.
    """

    text: str
    supported: bool
    support: float
    citations: tuple[Citation, ...]
    also: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """A reply to a question. ``reason`` is ``None`` when ``answered``, else a short code.

    ``timings`` are seconds. ``raw`` is the model's own output, before citations were checked.
    ``tokens`` are those the model read (``prompt``) and wrote (``reply``), where it counts them.
    ``resolved`` is what the question means in its conversation, where it leans on it. ``nearest``
    are, where it is not answered, the sentences that come nearest to it. ``confidence`` is the
    estimated probability, in [0, 1], that the articles answer it. ``short`` is the answer in a few
    words, where there are such.
    """

    question: str
    language: str
    answered: bool
    reason: str | None
    text: str
    claims: tuple[Claim, ...]
    passages: tuple[Hit, ...]
    model: str
    timings: Mapping[str, float]
    raw: str | None = None
    tokens: Mapping[str, int] = field(default_factory=dict)
    resolved: str | None = None
    nearest: tuple[Citation, ...] = ()
    confidence: float | None = None
    short: Short | None = None

    def claimed(self) -> list[tuple[Span, Claim]]:
        """Where ``text`` says the claims, in their order."""
        spans: list[tuple[Span, Claim]] = []
        at = 0
        for claim in self.claims:
            start = self.text.find(claim.text, at)
            if start >= 0:
                at = start + len(claim.text)
                spans.append((Span(start, at), claim))
        return spans
