"""Hits → numbered evidence: the sentences most likely to hold the answer, not whole passages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answering.hostile import addresses_model, plain
from rag.retrieval.query import Query
from rag.retrieval.search import Found
from rag.retrieval.translation import Translation, Translator
from rag.store.index import Index
from rag.text.analyze import analyze
from rag.text.dates import DateMention, find_dates
from rag.types import Article, Span

# A sentence's score is the log-odds, up to a constant, that it holds the answer: a listwise softmax
# regression over the sentences of the passages found for the development questions (XQuAD). The
# two languages, fitted apart, gave nearly the same weights.
_SENSE, _SENTENCE, _COVERAGE, _PASSAGE = 1.75, 1.9, 2.7, 0.7
# What a sentence gains by being of the date asked about. Not fitted: few questions name one.
_DATE = 1.0
# Evidence that is so much less likely than the best (e^2.3 is ten times) only distracts.
_REACH = 2.3
# How likely, beside the likeliest, a translation must be to vouch for a name.
LIKELY = 0.3


@dataclass(frozen=True)
class Evidence:
    """One numbered sentence shown to the model.

    ``span`` lies in the raw text of ``article``. ``cosine`` is the sentence encoder's similarity
    to the question, ``coverage`` the share of the question's weighted words that the sentence
    holds, in either language, ``score`` the log-odds it was chosen by.
    """

    n: int
    article: Article
    span: Span
    cosine: float
    coverage: float
    score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.span.of(self.article.text)

    @property
    def told(self) -> str:
        """The sentence without the name of the outlet in its dateline, which is no part of the
        news: "(شينخوا)" is not where anything happened.
        """
        outlet = self.article.evidence.get("outlet")
        if outlet is None or outlet.start < self.span.start or self.span.end < outlet.end:
            return self.text
        before = self.article.text[self.span.start : outlet.start].removesuffix("(")
        return before + self.article.text[outlet.end : self.span.end].removeprefix(")")


def select_evidence(
    index: Index, translator: Translator, query: Query, found: Sequence[Found], limit: int
) -> list[Evidence]:
    """The likeliest sentences of the passages ``found``, numbered from 1, best first.

    At most ``limit``, and none that is far less likely than the best; sentences with the same
    words are taken once, and one that asks something, or only repeats words of the question, is
    not. Where the question names a date, sentences that are plainly of another date are left out,
    and so always are those that speak to the model instead of telling news.
    """
    words = Words.of(index, translator, query)
    scored = [item for hit in found for item in _score(index, words, query, hit)]
    dated = [(item, agrees(item, query.dates)) for item in scored]
    scored = [_raised(item) if fits else item for item, fits in dated if fits is not False]
    scored.sort(key=lambda item: -item.score)
    chosen: list[Evidence] = []
    seen: set[str] = set()
    asked = set(analyze(query.text))
    for item in scored:
        text = " ".join(item.text.split())
        near = not chosen or chosen[0].score - item.score <= _REACH
        if len(chosen) < limit and near and text not in seen and _tells(text, asked):
            seen.add(text)
            chosen.append(item)
    return [replace(item, n=n) for n, item in enumerate(chosen, start=1)]


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


def _score(index: Index, words: Words, query: Query, found: Found) -> list[Evidence]:
    rows = np.asarray(index.chunks.sentence_rows(found.row), dtype=np.int64)
    cosines = index.vectors["senses"].rows(rows) @ query.sense
    nearness = _SENSE * cosines + _SENTENCE * (index.vectors["sentences"].rows(rows) @ query.vector)
    scored = []
    for place, span in enumerate(found.chunk.sentences):
        coverage = words.covered(span.of(found.article.text))
        score = float(nearness[place]) + _COVERAGE * coverage + _PASSAGE * found.hit.score
        cosine = float(cosines[place])
        scored.append(Evidence(0, found.article, span, cosine, coverage, score))
    return scored


def _raised(item: Evidence) -> Evidence:
    return replace(item, score=item.score + _DATE)


@dataclass(frozen=True)
class Words:
    """The words of a question, each with its weight and the stems that may stand for it."""

    own: Mapping[str, float]
    translated: Sequence[Translation]

    @classmethod
    def of(cls, index: Index, translator: Translator, query: Query) -> Words:
        """Stems weigh by inverse document frequency, translations by how sure they are."""
        count = max(len(index.chunks), 1)
        frequency = index.lexical["stems"].document_frequency
        own = {term: float(np.log1p(count / (1 + frequency(term)))) for term in query.stems}
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
