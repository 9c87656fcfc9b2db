"""The terms of passages, and how much each counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from rag.store.fields import FIELDS
from rag.store.milvus.state import term_key
from rag.store.protocol import LexicalField

LEXICAL_FIELDS: tuple[LexicalField, ...] = get_args(LexicalField)


class Analysis:
    """Words made into terms, each word once."""

    def __init__(self) -> None:
        """Nothing is analysed yet."""
        self._known: dict[str, dict[str, Sequence[str]]] = {field: {} for field in LEXICAL_FIELDS}

    def terms(self, field: str, words: Sequence[str]) -> Counter[str]:
        """How often each term of a field stands in a passage of these words."""
        known, analyse = self._known[field], FIELDS[field].analyse
        terms: Counter[str] = Counter()
        for word in words:
            if word not in known:
                known[word] = analyse(word)
            terms.update(known[word])
        return terms

    def saturated(self, field: str, words: Sequence[str], mean: float) -> Mapping[str, float]:
        """What each term adds to the BM25 of a passage, but for its weight: ``tf/(tf + k1 (1 - b +
        b len/mean))``.
        """
        kind, terms = FIELDS[field], self.terms(field, words)
        full = kind.k1 * (1 - kind.b + kind.b * terms.total() / (mean or 1.0))
        return {term: tf / (tf + full) for term, tf in terms.items()}


@dataclass
class Tally:
    """What is counted of some passages: their sentences, the terms in each field, and in how many
    passages each term is, by the key of its row.
    """

    analysis: Analysis = field(default_factory=Analysis)
    passages: int = 0
    sentences: int = 0
    lengths: Counter[str] = field(default_factory=Counter)
    frequencies: Counter[str] = field(default_factory=Counter)

    def count(self, words: Sequence[str], sentences: int, sign: int) -> None:
        """Count a passage of these words in (1) or out (-1)."""
        self.passages += sign
        self.sentences += sign * sentences
        for name in LEXICAL_FIELDS:
            terms = self.analysis.terms(name, words)
            self.lengths[name] += sign * terms.total()
            for term in terms:
                self.frequencies[term_key(name, term)] += sign
