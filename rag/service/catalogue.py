"""The articles of one snapshot as a list to search, sort and page through, without their texts.

Titles, outlets and dates are looked through as they stand here; texts by the words of the lexical
index, so that nothing of them is held in memory.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any

from rag.corpus.page.cleanup import Reason, reason
from rag.filters import Period
from rag.library import Library
from rag.retrieval.duplicates import near_duplicates
from rag.store.protocol import Snapshot
from rag.text.analyze import content_words
from rag.text.normalize import normalize
from rag.types import Article

PAGE_ROWS = 50
_EXAMPLES = 3
_LATER_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as the list shows it. ``words`` is its length, debris included."""

    place: int
    id: str
    label: str
    date: str | None
    outlet: str | None
    language: str | None
    words: int
    host: str | None
    asides: int
    folded: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was set aside for one reason: how many spans, in how many articles, the commonest."""

    reason: Reason
    spans: int
    articles: int
    examples: tuple[str, ...]


class Catalogue:
    """The articles of one snapshot. Near-duplicates and debris are worked out when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Reads every article once."""
        self.version = snapshot.version
        self._snapshot = snapshot
        entries = (_entry(place, article) for place, article in enumerate(snapshot.articles))
        self._entries = {entry.id: entry for entry in entries}
        self._lock = threading.Lock()

    def entry(self, article_id: str) -> Entry | None:
        """The entry of an article, if it is here."""
        return self._entries.get(article_id)

    @property
    def entries(self) -> Sequence[Entry]:
        """Every article, in the order they were added."""
        return list(self._entries.values())

    def article(self, article_id: str) -> Article | None:
        """The article itself, if it is here."""
        return self._snapshot.articles.find(article_id) if article_id in self._entries else None

    def stories_of(self, article_id: str) -> list[Entry]:
        """The stories that were found in the page of an article."""
        return [entry for entry in self.entries if entry.host == article_id]

    # --- the list -------------------------------------------------------------------------

    def find(
        self,
        query: str,
        order: str,
        *,
        period: Period | None = None,
        language: str | None = None,
        outlet: str | None = None,
    ) -> list[Entry]:
        """The articles that hold every word of ``query``, in ``order``; all when it has none. Only
        those surely of ``period`` and, where these are given, in ``language`` and of ``outlet``.

        A word is found in the title, outlet, date or id wherever it stands, and in the text as
        the beginning of a word or another form of one.
        """
        found: Sequence[Entry] = [
            entry
            for entry in self.entries
            if (period is None or period.holds(entry.date))
            and language in (None, entry.language)
            and (outlet is None or normalize(outlet) == normalize(entry.outlet or ""))
        ]
        for word in content_words(query):
            saying = self._snapshot.saying(word)
            found = [entry for entry in found if word in entry.folded or entry.id in saying]
        return arrange(found, order)

    # --- what takes a while, done once ------------------------------------------------------

    def copies(self) -> list[tuple[Entry, ...]]:
        """Groups of near-duplicates, the largest first; in a group, the earliest first."""
        with self._lock:
            return self._copies

    def copies_of(self, article_id: str) -> tuple[Entry, ...]:
        """The near-duplicates of an article, itself left out."""
        group = next((g for g in self.copies() if any(e.id == article_id for e in g)), ())
        return tuple(entry for entry in group if entry.id != article_id)

    @cached_property
    def _copies(self) -> list[tuple[Entry, ...]]:
        groups = near_duplicates(self._snapshot.words_by_article())
        dated = [tuple(arrange([self._entries[name] for name in g], "oldest")) for g in groups]
        return sorted(dated, key=lambda group: (-len(group), group[0].place))

    def set_aside(self) -> list[SetAside]:
        """What is not indexed of all articles, by reason, the commonest first."""
        with self._lock:
            return self._set_aside

    @cached_property
    def _set_aside(self) -> list[SetAside]:
        spans: dict[Reason, Counter[str]] = {}
        articles: Counter[Reason] = Counter()
        for entry in self.entries:
            if not entry.asides:
                continue
            article = self._snapshot.articles.find(entry.id)
            words = [span.of(article.text) for span in article.debris]
            reasons = [reason(text) for text in words]
            articles.update(set(reasons))
            for why, text in zip(reasons, words, strict=True):
                spans.setdefault(why, Counter())[text] += 1
        told = [
            SetAside(
                why,
                counts.total(),
                articles[why],
                tuple(text for text, _ in counts.most_common(_EXAMPLES)),
            )
            for why, counts in spans.items()
        ]
        return sorted(told, key=lambda aside: -aside.spans)


def arrange(entries: Sequence[Entry], order: str) -> list[Entry]:
    """The entries in ``order``, equals as they stood; what is not known comes last either way."""
    key, back = ORDERS[order]
    keyed = [(key(entry), entry) for entry in entries]
    known = sorted((pair for pair in keyed if pair[0]), key=itemgetter(0), reverse=back)
    return [entry for _, entry in known] + [entry for value, entry in keyed if not value]


def _title(entry: Entry) -> str:
    """The title without the quotes and dashes that it may open with."""
    folded = normalize(entry.label)
    start = next((i for i, letter in enumerate(folded) if letter.isalnum()), 0)
    return folded[start:]


# What each order goes by, and whether the largest comes first.
ORDERS: Mapping[str, tuple[Callable[[Entry], Any], bool]] = {
    "added": (lambda entry: None, False),
    "newest": (attrgetter("date"), True),
    "oldest": (attrgetter("date"), False),
    "title": (_title, False),
    "title_back": (_title, True),
    "outlet": (lambda entry: normalize(entry.outlet or ""), False),
    "outlet_back": (lambda entry: normalize(entry.outlet or ""), True),
    "language": (attrgetter("language"), False),
    "language_back": (attrgetter("language"), True),
    "longest": (attrgetter("words"), True),
    "shortest": (attrgetter("words"), False),
}


def _entry(place: int, article: Article) -> Entry:
    label = article.label
    stated = (label, article.outlet or "", article.date or "", article.id)
    return Entry(
        place=place,
        id=article.id,
        label=label,
        date=article.date,
        outlet=article.outlet,
        language=article.language,
        words=len(article.text.split()),
        host=article.host,
        asides=len(article.debris),
        folded=normalize("\n".join(stated)),
    )


class Shelf:
    """The catalogue of a library's current snapshot, made anew when that is another."""

    def __init__(self, library: Library) -> None:
        """Nothing is read before :meth:`current`."""
        self._library = library
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._begun: Catalogue | None = None

    def current(self, *, copies: bool = True) -> Catalogue:
        """The catalogue of the library as it is now, whose ``copies`` are asked for soon.

        Raises:
            StoreError: there is no index, or it cannot be read.
        """
        with self._lock:
            snapshot = self._library.snapshot()
            if self._catalogue is None or self._catalogue.version != snapshot.version:
                self._catalogue = Catalogue(snapshot)
            if copies and self._begun is not self._catalogue:
                self._begun = self._catalogue
                # Begun once the list is shown, and there when somebody has found an article.
                later = threading.Timer(_LATER_SECONDS, self._catalogue.copies)
                later.daemon = True
                later.start()
            return self._catalogue
