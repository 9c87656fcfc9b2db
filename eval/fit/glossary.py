"""Makes the glossary that Arabic answers are put into English by.

    python -m eval.fit.glossary DATA

Writes ``rag/answering/glossary.json.gz``: the words and phrases of ``eval/training/glossary.tsv``,
short answers that training questions have in both languages, and the names of
``names/ar-en.tsv``, each with the usual ways to say it. A single word that is a name counts as one
only if no other meaning of it is known: الغرب is the west before it is Gharb.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from eval.fit.translator.pairs import Pair, names, pairs, plain
from rag.answering.glossary import GLOSSARY, LONGEST
from rag.text.normalize import normalize

# What an entry of each kind counts, how many ways are kept, and how much of the usual one's count
# each must have.
COUNTS = {"phrase": 8, "answer": 3, "name": 1}
MOST, SHARE = 3, 0.5
_WORD = re.compile(r"[^\W\d_]+")


def glossary(known: Iterable[Pair]) -> dict[str, list[str]]:
    """By normalised Arabic the ways it is said in English, the usual one first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, arabic, english in known:
        words = _WORD.findall(normalize(arabic))
        # An answer may say more in English, or say it with a comma.
        told = kind == "answer" and (len(english.split()) > 2 * len(words) or "," in english)
        figures = re.search(r"\d", arabic + english)
        if kind in COUNTS and 0 < len(words) <= LONGEST and not figures and not told:
            counts[" ".join(words)][plain(english)] += COUNTS[kind]
    found = {}
    for arabic, ways in sorted(counts.items()):
        most = max(ways.values())
        found[arabic] = [way for way, n in ways.most_common(MOST) if n >= SHARE * most]
    return found


def main() -> int:
    """Write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    args = parser.parse_args()
    found = glossary([*pairs(args.data), *names(args.data / "names/ar-en.tsv")])
    text = json.dumps(found, ensure_ascii=False, indent=0).encode()
    GLOSSARY.write_bytes(gzip.compress(text, mtime=0))
    print(f"{len(found)} entries, {GLOSSARY.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
