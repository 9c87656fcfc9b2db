"""Learns how words are said in the other language, to be shown and to be searched.

    python -m eval.fit.lexicon DATA [--write]

Writes ``rag/answering/lexicon.json`` and ``rag/retrieval/lexicon.json``. IBM Model 1 (Brown et al.
1993, https://aclanthology.org/J93-2003/) in both directions over parallel texts of role train: the
questions that are written or translated in ``eval/training`` and their short answers, XQuAD's, and
PUD's sentences. What is searched are the likeliest Arabic stems of an English word. What is shown
is an Arabic word that has one translation likelier than all others together, and a likely way back.
Full names come from ``names/ar-en.tsv``: of the spellings of a name the one that most sources have,
if it sounds alike. Countries are CLDR's.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

from babel import Locale

from eval.sets.public import read_parallel
from eval.sets.roles import digest, read_for_fitting, read_translations
from rag.answering.rendering import LEXICON
from rag.retrieval.translation import LEXICON as SEARCHED
from rag.text.analyze import content_words, is_arabic, stem
from rag.text.normalize import normalize
from rag.text.skeleton import arabic_skeletons, latin_skeletons
from rag.text.stopwords import ENGLISH

ROUNDS = 8
# The least likelihood of a translation, and of the way back; and how often both are seen together.
LIKELY, BACK, SEEN = 0.5, 0.2, 3
# Of what is searched: how often the English word is seen, how likely a stem is, and how many.
MET, POSSIBLE, MOST = 2, 0.15, 3
_SPELLED = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*")
_WORD = re.compile(r"[A-Za-zÀ-ÿ][\w'’-]*")
Pair = tuple[list[str], list[str]]
Table = dict[str, dict[str, float]]


def pairs(data: Path, without: Container[str] = ()) -> Iterator[Pair]:
    """Arabic stems and English words of texts that say the same, but of the sources ``without``."""
    for name in ("written", "written-arcd-train", "written-arcd-test", "xquad-even"):
        said: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for item in read_for_fitting(name, data).items:
            if item.source not in without:
                said[item.id][item.language] = (item.text, *item.answers[:1])
        for both in said.values():
            if len(both) == 2:
                yield from (pair(a, e) for a, e in zip(both["ar"], both["en"], strict=False))
    yield from (pair(a, e) for a, e in translated(data))
    parallel = read_parallel(data / "pud/parallel.tsv")
    yield from (pair(a, e) for a, e in zip(parallel["ar"], parallel["en"], strict=True))


def translated(data: Path) -> Iterator[tuple[str, str]]:
    """The questions of public sets that ``eval/training`` has in the other language too."""
    known = read_translations()
    sets = [read_for_fitting(name, data) for name in ("arcd-train", "arcd-test", "tydi-en")]
    for item in (item for one in sets for item in one.items):
        if translation := known.get(digest(item.text)):
            language, other = translation
            yield (other, item.text) if language == "ar" else (item.text, other)


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


def learned(texts: Sequence[Pair]) -> dict[str, str]:
    """The words whose translation is sure."""
    there = model1(texts)
    back = model1([(second, first) for first, second in texts])
    together = Counter((a, e) for first, second in texts for a in set(first) for e in set(second))
    found = {}
    for word, translations in there.items():
        best = max(translations, key=lambda other: translations[other])
        sure = translations[best] >= LIKELY and back[best].get(word, 0.0) >= BACK
        if sure and together[word, best] >= SEEN:
            found[word] = best
    return found


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


def names(table: Path) -> dict[str, str]:
    """Names of several words in Arabic, and their usual spelling. One word alone may be none:
    الغرب is the west before it is Gharbia.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            arabic = " ".join(re.findall(r"\w+", normalize(row["arabic"].split("(")[0])))
            latin = row["latin"].split(",")[0].strip()
            if " " in arabic and _SPELLED.fullmatch(latin) and not re.search(r"\d", arabic):
                seen[arabic][latin.title()] += 1
    spelled = Counter(latin for spellings in seen.values() for latin in spellings)
    return {
        arabic: max(alike, key=lambda latin: (spellings[latin], -spelled[latin], latin))
        for arabic, spellings in seen.items()
        if (alike := [latin for latin in spellings if sounds_alike(arabic, latin)])
    }


def countries() -> dict[str, str]:
    """Countries and territories as CLDR names them, with and without the article."""
    english = Locale("en").territories
    named = {normalize(a): english[code] for code, a in Locale("ar").territories.items()}
    return named | {arabic.removeprefix("ال"): latin for arabic, latin in named.items()}


def sounds_alike(arabic: str, latin: str) -> bool:
    """Whether every word of one has a counterpart of the same consonants in the other."""
    words, others = arabic.split(), latin.replace("-", " ").split()
    return len(words) == len(others) and all(
        set(arabic_skeletons(word)) & set(latin_skeletons(other))
        for word, other in zip(words, others, strict=True)
    )


def main() -> int:
    """Print how much is known; with ``--write``, put it in force."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    texts = [both for both in pairs(args.data) if all(both)]
    words = learned(texts)
    people = names(args.data / "names/ar-en.tsv") | countries()
    terms = searched(texts)
    print(
        f"{len(texts)} texts: {len(words)} words and {len(people)} names are shown;"
        f" {len(terms)} words are searched"
    )
    if args.write:
        rows = (
            f"{json.dumps(w)}: {json.dumps(terms[w], ensure_ascii=False)}" for w in sorted(terms)
        )
        SEARCHED.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
        content = {"words": _sorted(words.items()), "names": _sorted(people.items())}
        LEXICON.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
    return 0


def _sorted(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(entries))


if __name__ == "__main__":
    sys.exit(main())
