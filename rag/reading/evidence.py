"""Hits → numbered evidence: the sentences most likely to hold the answer, not whole passages."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from rag.models.protocols import Encoder
from rag.reading.alignment import alignments
from rag.reading.hostile import addresses_model, plain
from rag.retrieval.query import Query
from rag.retrieval.retriever import Found
from rag.retrieval.translation import Translation, Translator
from rag.store.protocol import Snapshot
from rag.text.analyze import analyze
from rag.text.dates import DateMention, find_dates
from rag.types import Article, Span


class Signals(NamedTuple):
    """What speaks for a sentence; or the weights of these, under the same names.

    ``similarity`` is the sentence encoder's cosine with the question, ``coverage`` the share of the
    question's weighted words that the sentence holds, in either language, ``passage`` the score its
    passage was found with, ``alignment`` how well each token of the question is matched.
    """

    similarity: float = 0.0
    coverage: float = 0.0
    passage: float = 0.0
    alignment: float = 0.0

    def log_odds(self) -> float:
        """How likely the sentence is to hold the answer, as log-odds up to a constant.

        A listwise softmax regression over the sentences of the passages found for the development
        questions (``eval/fit/evidence.py``). The passage encoder's cosine with the sentence adds
        nothing to these.
        """
        return sum(weight * signal for weight, signal in zip(_WEIGHTS, self, strict=True))


_WEIGHTS = Signals(similarity=4.58, coverage=2.05, passage=0.44, alignment=10.6)
_NOTHING_KNOWN = Signals()
# Sentences compared with the question token by token: those that are likeliest otherwise.
_ALIGNED = 16
# What a sentence gains by being of the date asked about. Not fitted: few questions name one.
_DATE = 1.0
# A sentence so much less likely than the best (a twenty-fifth of its odds) only distracts.
_REACH = 3.2
# How sure a translation must be, and how likely beside the likeliest, to vouch for a name: for what
# is not in the corpus, words of the same kind are found, with less.
SURE_TRANSLATION = 0.75
LIKELY = 0.3


@dataclass(frozen=True)
class Evidence:
    """One numbered sentence shown to the model.

    ``span`` lies in the raw text of ``article``; ``score`` is the log-odds it was chosen by.
    """

    n: int
    article: Article
    span: Span
    signals: Signals = _NOTHING_KNOWN
    score: float = 0.0

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.span.of(self.article.text)

    @property
    def statement(self) -> str:
        """The sentence without the name of the outlet in its dateline, which is no part of the
        news: "(شينخوا)" is not where anything happened.
        """
        outlet = self.article.evidence.get("outlet")
        if outlet is None or outlet.start < self.span.start or self.span.end < outlet.end:
            return self.text
        before = self.article.text[self.span.start : outlet.start].removesuffix("(")
        return before + self.article.text[outlet.end : self.span.end].removeprefix(")")


@dataclass(frozen=True)
class Selector:
    """Chooses evidence from passages of ``snapshot``; ``encoder`` is the passage encoder."""

    snapshot: Snapshot
    translator: Translator
    encoder: Encoder

    def select(self, query: Query, found: Sequence[Found], limit: int) -> list[Evidence]:
        """The likeliest sentences of the passages ``found``, numbered from 1, best first.

        At most ``limit``, and none that is far less likely than the best; sentences with the same
        words are taken once, and one that asks something, or only repeats words of the question, is
        not. Where the question names a date, sentences that are plainly of another date are left
        out, and so always are those that speak to the model instead of telling news.
        """
        chosen: list[Evidence] = []
        seen: set[str] = set()
        asked = set(analyze(query.text))
        for item in self.rank(query, found):
            text = " ".join(item.text.split())
            near = not chosen or chosen[0].score - item.score <= _REACH
            if len(chosen) < limit and near and text not in seen and _tells(text, asked):
                seen.add(text)
                chosen.append(item)
        return [replace(item, n=n) for n, item in enumerate(chosen, start=1)]

    def rank(self, query: Query, found: Sequence[Found]) -> list[Evidence]:
        """The sentences of the passages ``found`` that are not plainly of a date other than those
        asked about, the likeliest first.
        """
        terms = QuestionTerms.of(self.snapshot, self.translator, query)
        ids = np.asarray([hit.passage.id for hit in found], dtype=np.int64)
        candidates = self.snapshot.candidates(ids)
        alike = candidates.cosines("similarity", query.sentence_vector)
        scored = [
            item
            for hit, start in zip(found, alike.starts.tolist(), strict=True)
            for item in _score(terms, hit, alike.values[start:].tolist())
        ]
        dated = [(item, agrees(item, query.dates)) for item in scored]
        scored = [
            _raised(item, _DATE) if fits else item for item, fits in dated if fits is not False
        ]
        return _best_first(self._aligned(query, _best_first(scored)))

    def _aligned(self, query: Query, scored: Sequence[Evidence]) -> list[Evidence]:
        """The same, raised by their alignment; those after the first few, which are not compared
        with the question, by that of the worst of these.
        """
        values = alignments(self.encoder, query.text, [item.text for item in scored[:_ALIGNED]])
        values += [min(values, default=0.0)] * (len(scored) - len(values))
        return [
            replace(
                _raised(item, _WEIGHTS.alignment * value),
                signals=item.signals._replace(alignment=value),
            )
            for item, value in zip(scored, values, strict=True)
        ]


def _tells(text: str, asked: Collection[str]) -> bool:
    """Whether a sentence may hold an answer: it asks nothing itself, says more than the stems
    ``asked``, and speaks to readers.
    """
    asks = text.rstrip(" \"'»”)").endswith(("?", "؟"))
    return not asks and not set(analyze(plain(text))) <= set(asked) and not addresses_model(text)


def agrees(item: Evidence, asked: Sequence[DateMention]) -> bool | None:
    """Whether ``item`` is of one of the dates ``asked`` about; ``None`` where that is not known.

    It is when its article's date, or a date the sentence mentions, overlaps one of them.
    """
    known = [*find_dates(item.article.date or ""), *find_dates(item.text)]
    if not asked or not known:
        return None
    return any(a.first <= other.last and other.first <= a.last for a in asked for other in known)


def _score(terms: QuestionTerms, found: Found, alike: Sequence[float]) -> list[Evidence]:
    """The sentences of a passage; ``alike`` begins with the similarity of each."""
    _, article, chunk = found.passage
    scored = []
    for span, similarity in zip(chunk.sentences, alike, strict=False):
        coverage = terms.covered(span.of(article.text))
        signals = Signals(similarity, coverage, found.hit.score)
        scored.append(Evidence(0, article, span, signals, signals.log_odds()))
    return scored


def _best_first(scored: Iterable[Evidence]) -> list[Evidence]:
    return sorted(scored, key=lambda item: -item.score)


def _raised(item: Evidence, gain: float) -> Evidence:
    return replace(item, score=item.score + gain)


@dataclass(frozen=True)
class QuestionTerms:
    """The words of a question, each with its weight and the stems that may stand for it."""

    own: Mapping[str, float]
    translated: Sequence[Translation]

    @classmethod
    def of(cls, snapshot: Snapshot, translator: Translator, query: Query) -> QuestionTerms:
        """Stems weigh by inverse document frequency, translations by how sure they are."""
        count = max(snapshot.counts.passages, 1)
        own = {
            term: math.log1p(count / (1 + snapshot.document_frequency("stems", term)))
            for term in query.stems
        }
        return cls(own, translator.translate(query.foreign))

    def covered(self, text: str) -> float:
        """The weighted share of the words that ``text`` holds, in [0, 1]."""
        present = set(analyze(text))
        own = sum(weight for term, weight in self.own.items() if term in present)
        total = sum(self.own.values()) or 1.0
        sure = sum(word.confidence for word in self.translated) or 1.0
        found = sum(word.confidence * _best(word, present) for word in self.translated)
        return max(own / total, found / sure)


def _best(word: Translation, present: Collection[str]) -> float:
    """How likely the likeliest stem is that stands for ``word`` and is ``present``."""
    return max((likely for stem, likely in word.stems.items() if stem in present), default=0.0)
