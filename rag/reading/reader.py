"""The third stage of a question's way: what the passages found say to it, and how surely."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from rag.config import Settings
from rag.models.protocols import Encoder
from rag.reading.answerability import likelihood
from rag.reading.evidence import WEIGHTS, Evidence, Signals, alignments, coverage
from rag.reading.hostile import addresses_model, plain
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.retrieval.translation import Translator
from rag.store.protocol import Snapshot
from rag.text.analyze import analyze

# Sentences compared with the question token by token: those that are likeliest otherwise.
_ALIGNED = 16
# A sentence so much less likely than the best (a twenty-fifth of its odds) only distracts.
_REACH = 3.2
# Characters of evidence for each token of the budget, in Arabic; in English there are more.
_CHARACTERS_PER_TOKEN = 2
_SCORE = attrgetter("score")


class Reading(NamedTuple):
    """``evidence``, numbered from 1, the likeliest first; ``likelihood``, in [0, 1], that it
    answers the question.
    """

    evidence: Sequence[Evidence]
    likelihood: float


@dataclass(frozen=True)
class SentenceReader:
    """Chooses whole sentences, by their nearness to the question.

    ``encoder`` is the passage encoder; ``settings`` say how many sentences of how many tokens.
    """

    snapshot: Snapshot
    encoder: Encoder
    translator: Translator
    settings: Settings

    def read(self, query: Query, found: Sequence[Found]) -> Reading:
        """What the passages ``found`` say to the question."""
        evidence = self._affordable(self.select(query, found, self.settings.evidence))
        return Reading(evidence, likelihood(query, found, evidence))

    def select(self, query: Query, found: Sequence[Found], limit: int) -> list[Evidence]:
        """The likeliest sentences of the passages ``found``, best first.

        At most ``limit``, and none that is far less likely than the best; sentences with the same
        words are taken once, and one that asks something, or only repeats words of the question, is
        not, nor one that speaks to the model instead of telling news.
        """
        chosen: dict[str, Evidence] = {}
        asked = set(analyze(query.text))
        for item in self.rank(query, found):
            text = " ".join(item.text.split())
            best = next(iter(chosen.values()), item)
            if len(chosen) == limit or best.score - item.score > _REACH:
                break
            if text not in chosen and _tells(text, asked):
                chosen[text] = item
        return list(chosen.values())

    def rank(self, query: Query, found: Sequence[Found]) -> list[Evidence]:
        """The sentences of the passages ``found``, the likeliest first."""
        covered = coverage(self.snapshot, self.translator, query)
        ids = np.asarray([hit.passage.id for hit in found], dtype=np.int64)
        alike = self.snapshot.candidates(ids).cosines("similarity", query.sentence_vector)
        scored = []
        for hit, start in zip(found, alike.starts.tolist(), strict=True):
            _, article, chunk = hit.passage
            similarities = alike.values[start : start + len(chunk.sentences)].tolist()
            for span, similarity in zip(chunk.sentences, similarities, strict=True):
                signals = Signals(similarity, covered(span.of(article.text)), hit.hit.score)
                scored.append(Evidence(0, article, span, signals, signals.log_odds()))
        scored.sort(key=_SCORE, reverse=True)
        return sorted(self._aligned(query, scored), key=_SCORE, reverse=True)

    def _aligned(self, query: Query, scored: Sequence[Evidence]) -> list[Evidence]:
        """The same, raised by their alignment; of those not compared, by that of the worst."""
        values = alignments(self.encoder, query.text, [item.text for item in scored[:_ALIGNED]])
        values += [min(values, default=0.0)] * (len(scored) - len(values))
        return [
            replace(
                item,
                signals=item.signals._replace(alignment=value),
                score=item.score + WEIGHTS.alignment * value,
            )
            for item, value in zip(scored, values, strict=True)
        ]

    def _affordable(self, chosen: Sequence[Evidence]) -> list[Evidence]:
        """As much of ``chosen`` as the budget of tokens allows, numbered from 1."""
        left = self.settings.evidence_tokens * _CHARACTERS_PER_TOKEN
        kept: list[Evidence] = []
        for item in chosen:
            left -= len(plain(item.text))
            if left >= 0 or not kept:
                kept.append(replace(item, n=len(kept) + 1))
        return kept


def _tells(text: str, asked: Collection[str]) -> bool:
    """Whether a sentence asks nothing, says more than stems ``asked``, and speaks to readers."""
    asks = text.rstrip(" \"'»”)").endswith(("?", "؟"))
    return not asks and not set(analyze(plain(text))) <= set(asked) and not addresses_model(text)
