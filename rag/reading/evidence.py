"""A sentence that may hold the answer, and what speaks for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rag.models.protocols import Encoder, TokenEncoder
from rag.retrieval.query import Query
from rag.retrieval.translation import Translation, Translator
from rag.store.protocol import Snapshot
from rag.text.analyze import analyze
from rag.text.language import detect_language
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
        return sum(weight * signal for weight, signal in zip(WEIGHTS, self, strict=True))


# Means over the development questions and the sentences chosen for them. An encoder that tells
# nothing of its tokens gives every sentence of a language the same, which then decides nothing.
WITHIN, ACROSS = 0.62, 0.46
WEIGHTS = Signals(similarity=4.58, coverage=2.05, passage=0.44, alignment=10.6)


@dataclass(frozen=True)
class Evidence:
    """One numbered sentence shown to the model.

    ``span`` lies in the raw text of ``article``; ``score`` is the log-odds it was chosen by.
    """

    n: int
    article: Article
    span: Span
    signals: Signals = field(default_factory=Signals)
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
        outlet = self.article.provenance.get("outlet")
        if outlet is None or outlet.start < self.span.start or self.span.end < outlet.end:
            return self.text
        before = self.article.text[self.span.start : outlet.start].removesuffix("(")
        return before + self.article.text[outlet.end : self.span.end].removeprefix(")")


def coverage(snapshot: Snapshot, translator: Translator, query: Query) -> Callable[[str], float]:
    """What gives the weighted share of the question's words that a text holds, in [0, 1].

    Stems weigh by inverse document frequency, translations by how sure they are.
    """
    count = max(snapshot.counts.passages, 1)
    own = {
        term: math.log1p(count / (1 + snapshot.document_frequency("stems", term)))
        for term in query.stems
    }
    translated = translator.translate(query.foreign)
    total = sum(own.values()) or 1.0
    sure = sum(word.confidence for word in translated) or 1.0

    def covered(text: str) -> float:
        present = set(analyze(text))
        held = sum(weight for term, weight in own.items() if term in present)
        found = sum(word.confidence * _best(word, present) for word in translated)
        return max(held / total, found / sure)

    return covered


def _best(word: Translation, present: Collection[str]) -> float:
    """How likely the likeliest stem is that stands for ``word`` and is ``present``."""
    return max((likely for stem, likely in word.stems.items() if stem in present), default=0.0)


def alignments(encoder: Encoder, question: str, sentences: Sequence[str]) -> list[float]:
    """For each sentence the mean, over the question's tokens, of the best cosine with one of its
    own: the late interaction of ColBERT (Khattab and Zaharia 2020,
    https://arxiv.org/abs/2004.12832), with an encoder that was not trained for it.

    The encoder's middle layers align words across languages best (Jalili Sabet et al. 2020,
    https://arxiv.org/abs/2004.08728).
    """
    if sentences and isinstance(encoder, TokenEncoder):
        (asked,) = encoder.encode_tokens([question], "query")
        rows = encoder.encode_tokens(sentences, "passage")
        if len(asked):
            return [float((asked @ row.T).max(axis=1).mean()) if len(row) else 0.0 for row in rows]
    language = detect_language(question)
    return [WITHIN if detect_language(text) == language else ACROSS for text in sentences]
