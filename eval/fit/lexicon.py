"""Learns which Arabic stems an English word may stand for, to be searched.

    python -m eval.fit.lexicon DATA [--write]

Writes ``rag/retrieval/lexicon.json``: IBM Model 1 (Brown et al. 1993,
https://aclanthology.org/J93-2003/) over the parallel texts of role train
(:mod:`eval.fit.translator.pairs`), the likeliest stems of each word.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from pathlib import Path

from eval.fit.translator.pairs import pairs
from rag.retrieval.translation import LEXICON
from rag.text.analyze import content_words, is_arabic, stem
from rag.text.stopwords import ENGLISH

ROUNDS = 8
# How often the English word is seen, how likely a stem is, and how many.
MET, POSSIBLE, MOST = 2, 0.15, 3
_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]*")
Pair = tuple[list[str], list[str]]
Table = dict[str, dict[str, float]]


def stemmed_pairs(data: Path, without: Container[str] = ()) -> list[Pair]:
    """Arabic stems and English words of texts that say the same, but of the sources ``without``."""
    both = (pair(one.arabic, one.english) for one in pairs(data, without))
    return [one for one in both if all(one)]


def pair(arabic: str, english: str) -> Pair:
    """The words of both that say something; a capital at the beginning tells nothing."""
    words = [match[0] for match in _WORD.finditer(english)]
    words[:1] = [words[0] if words[0].isupper() else words[0].lower()] if words else []
    kept = [word for word in words if word.lower() not in ENGLISH]
    return [stem(word) for word in content_words(arabic) if is_arabic(word)], kept


def model1(texts: Sequence[Pair]) -> Table:
    """For each word of the first language how likely each of the second is its translation."""
    table: Table = defaultdict(dict)
    for first, second in texts:
        for word in first:
            for other in second:
                table[word][other] = 1.0
    for _ in range(ROUNDS):
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for first, second in texts:
            for other in second:
                total = sum(table[word][other] for word in first)
                for word in first:
                    counts[word][other] += table[word][other] / total
        table = {
            word: {other: count / sum(found.values()) for other, count in found.items()}
            for word, found in counts.items()
        }
    return table


def searched(texts: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """The Arabic stems that an English word, in small letters, may stand for, each so likely."""
    lowered = [([word.lower() for word in english], arabic) for arabic, english in texts]
    met = Counter(word for english, _ in lowered for word in set(english))
    found = {}
    for word, stems in model1(lowered).items():
        likely = sorted(((p, other) for other, p in stems.items() if p >= POSSIBLE), reverse=True)
        if likely and met[word] >= MET:
            found[word] = {other: round(p, 2) for p, other in likely[:MOST]}
    return found


def main() -> int:
    """Print how much is known; with ``--write``, put it in force."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    texts = stemmed_pairs(args.data)
    terms = searched(texts)
    print(f"{len(texts)} texts: {len(terms)} words are searched")
    if args.write:
        rows = (
            f"{json.dumps(w)}: {json.dumps(terms[w], ensure_ascii=False)}" for w in sorted(terms)
        )
        LEXICON.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
