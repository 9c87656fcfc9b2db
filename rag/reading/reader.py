"""The third stage of a question's way: what the passages found say to it, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from rag.models.protocols import Encoder
from rag.reading.answerability import likelihood
from rag.reading.decomposition import interleaved, spread, wants_several
from rag.reading.evidence import Evidence, Selector
from rag.reading.hostile import plain
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.retrieval.translation import Translator
from rag.store.protocol import Snapshot

# How much more evidence is chosen where the answer is likely to stand in several articles.
_MORE_EVIDENCE = 2
# Sentences for each part of a question that asks several things.
_PER_PART = 2
# How deep it is looked for sentences of other articles.
_PER_LIST = 4
# Characters of evidence for each token of the budget, in Arabic; in English there are more.
_CHARACTERS_PER_TOKEN = 2

Part: TypeAlias = tuple[Query, Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Reading:
    """``evidence``, numbered from 1, the likeliest first; ``likelihood``, in [0, 1], that it
    answers the question; ``several`` where the answer is likely to stand in several articles.
    """

    evidence: Sequence[Evidence]
    likelihood: float
    several: bool = False


class Reader(Protocol):
    """Reads the passages found for a question."""

    def read(self, query: Query, found: Sequence[Found], parts: Sequence[Part] = ()) -> Reading:
        """What they say to it. ``parts`` are what it asks one after the other, each with the
        passages found for it.
        """


class SentenceReader:
    """Chooses whole sentences, by their nearness to the question."""

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder,
        translator: Translator,
        *,
        most: int,
        tokens: int,
    ) -> None:
        """``encoder`` is the passage encoder; ``most`` sentences of ``tokens`` tokens in all."""
        self.selector = Selector(snapshot, translator, encoder)
        self._most = most
        self._tokens = tokens

    def read(self, query: Query, found: Sequence[Found], parts: Sequence[Part] = ()) -> Reading:
        """See :class:`Reader`."""
        several = bool(parts) or wants_several(query.text)
        limit = self._most + (_MORE_EVIDENCE if several else 0)
        chosen = self.selector.select(query, found, _PER_LIST * limit if several else limit)
        whole = self._affordable(spread(chosen, limit) if several else chosen)
        likely = likelihood(query, found, whole)
        if parts:
            lists = [self.selector.select(part, hits, _PER_PART) for part, hits in parts]
            whole = self._affordable(interleaved([*lists, whole[:1]], _PER_PART))
        return Reading(whole, likely, several)

    def _affordable(self, chosen: Sequence[Evidence]) -> list[Evidence]:
        """As much of ``chosen`` as the budget of tokens allows, numbered from 1."""
        left = self._tokens * _CHARACTERS_PER_TOKEN
        kept: list[Evidence] = []
        for item in chosen:
            left -= len(plain(item.text))
            if left >= 0 or not kept:
                kept.append(replace(item, n=len(kept) + 1))
        return kept
