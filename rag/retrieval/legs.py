"""The legs: each proposes passages for a question, or only scores those that others proposed.

Each score is on the leg's own scale; larger is better. What a leg would propose that the others
propose as well, it does not propose: searching costs time, scoring some hundred passages little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rag.filters import Filter
from rag.retrieval.query import Query
from rag.retrieval.translation import TermTranslator
from rag.store.protocol import Candidates, Floats, Group, Ids, Snapshot, single

# A word left in Latin letters in Arabic text is a surer sign than its translation is.
_LATIN_CONFIDENCE = 0.5


def propose(
    snapshot: Snapshot, translator: TermTranslator, query: Query, k: int, where: Filter
) -> Ids:
    """The ``k`` best passages of each leg that proposes any, each once, in no order.

    Names and translations speak of passages in another language than the question's alone.
    """
    foreign = where.foreign(query.language)
    proposals = (
        snapshot.matching("stems", single(query.stems), k, where),
        snapshot.matching("names", single(query.names), k, foreign),
        snapshot.matching("stems", translated(translator, query), k, foreign),
        snapshot.nearest(query.vector, k, where),
    )
    return np.unique(np.concatenate(proposals))


def score(translator: TermTranslator, query: Query, candidates: Candidates) -> Mapping[str, Floats]:
    """The score of each candidate by each leg, shape ``(n,)``.

    The mean over a passage's sentences prefers a passage that is about the matter throughout to
    one that mentions it once.
    """
    sentences = candidates.cosines("sentences", query.vector)
    return {
        "stems": candidates.bm25("stems", single(query.stems)),
        "grams": candidates.bm25("grams", single(query.grams)),
        "names": candidates.bm25("names", single(query.names)),
        "translated": candidates.bm25("stems", translated(translator, query)),
        "passage": candidates.cosines("passages", query.vector).values,
        "sentence": sentences.best(),
        "mean": sentences.mean(),
        "similarity": candidates.cosines("similarity", query.sentence_vector).best(),
    }


def translated(translator: TermTranslator, query: Query) -> list[Group]:
    """Stems that the question's foreign words translate to, and what it writes in Latin letters
    and digits; nothing for a question without foreign words.
    """
    if not query.foreign:
        return []
    groups = [
        Group(translation.stems, translation.confidence)
        for translation in translator.translate(query.foreign)
        if translation.confidence > 0
    ]
    literal = {
        term: 1.0 if term[0].isdigit() else _LATIN_CONFIDENCE
        for term in query.stems
        if term.isascii()
    }
    return groups + single(literal)
