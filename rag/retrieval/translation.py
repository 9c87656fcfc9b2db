"""Foreign words → terms of the corpus: by what was learned from parallel texts, else by nearness.

``eval/fit/lexicon.py`` learns which Arabic stems an English word stands for. A word that it has not
met goes by meaning: every Arabic word of the corpus was encoded on its own when it was indexed, the
Latin word is encoded alike, and the nearest words of the corpus, weighed by how near they are,
stand for it in the lexical index. So "resigned" finds استقالته and "Luther" finds لوثر.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.models.protocols import Encoder
from rag.store.protocol import Snapshot
from rag.text.analyze import stem

LEXICON = Path(__file__).with_name("lexicon.json")
Lexicon = Mapping[str, Mapping[str, float]]

# How many words may stand for one, how fast they lose weight with distance, and the power of the
# nearest one's cosine that the whole group is weighed by. Fitted on the development questions.
_CANDIDATES = 30
_TEMPERATURE = 0.1
_CONFIDENCE_POWER = 0.5
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class TermTranslation:
    """Stems of the corpus that may stand for one word, each so likely, and how sure that is."""

    stems: Mapping[str, float]
    confidence: float


class TermTranslator:
    """Translates single words into stems of one snapshot; remembers the ones it has met."""

    def __init__(
        self, snapshot: Snapshot, sentence_encoder: Encoder, lexicon: Lexicon | None = None
    ) -> None:
        """Translate into the words of ``snapshot``, encoded by ``sentence_encoder``; ``lexicon``
        holds likelihoods of stems by word in small letters (default: the one learned).
        """
        self._snapshot = snapshot
        self._encoder = sentence_encoder
        self._lexicon = load_lexicon() if lexicon is None else lexicon
        self._known: dict[str, TermTranslation] = {}

    def translate(self, words: Sequence[str]) -> list[TermTranslation]:
        """What stands for each word; of an empty corpus, nothing."""
        learned = {
            word: self._lexicon[word.lower()] for word in words if word.lower() in self._lexicon
        }
        unmet = [word for word in words if word not in learned]
        fresh = [word for word in unmet if word not in self._known]
        if len(self._known) + len(fresh) > _MOST_REMEMBERED:
            self._known.clear()
            fresh = unmet
        if fresh and self._snapshot.vocabulary:
            for word, vector in zip(fresh, self._encoder.encode(fresh, "word"), strict=True):
                self._known[word] = _weigh(self._snapshot.nearest_words(vector, _CANDIDATES))
        found = self._known | {word: _certain(stems) for word, stems in learned.items()}
        return [found[word] for word in words if word in found]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """What ``eval/fit/lexicon.py`` learned."""
    lexicon: Lexicon = json.loads(LEXICON.read_text("utf-8"))
    return lexicon


def _certain(stems: Mapping[str, float]) -> TermTranslation:
    likeliest = max(stems.values())
    return TermTranslation({term: likely / likeliest for term, likely in stems.items()}, 1.0)


def _weigh(near: Sequence[tuple[str, float]]) -> TermTranslation:
    nearest = near[0][1]
    stems: dict[str, float] = {}
    for word, cosine in near:
        term = stem(word)
        likely = math.exp((cosine - nearest) / _TEMPERATURE)
        stems[term] = max(stems.get(term, 0.0), likely)
    return TermTranslation(stems, max(0.0, nearest) ** _CONFIDENCE_POWER)
