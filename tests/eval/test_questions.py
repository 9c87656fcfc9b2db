"""The question set over the seed articles: its layout, its languages and its exact quotes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any

from fakes import ROOT, SEEDS

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.corpus.readers import read_documents
from rag.text.language import detect_language
from rag.text.normalize import normalize
from rag.types import Article

Row = dict[str, Any]

QUESTIONS = ROOT / "eval" / "questions"
MINIMUM = {
    "single": 40,
    "when_where": 12,
    "number": 15,
    "negation": 8,
    "embedded": 6,
    "several": 8,
    "comparison": 8,
    "only_one": 5,
    "unanswerable": 20,
    "false_premise": 10,
}
UNANSWERED = {"unanswerable", "false_premise"}
LINES = (QUESTIONS / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
ROWS: list[Row] = [json.loads(line) for line in LINES]
ANSWERED = [row for row in ROWS if row["type"] not in UNANSWERED]


@lru_cache(maxsize=1)
def articles() -> dict[str, Article]:
    documents = [found for found in read_documents([SEEDS]) if isinstance(found, Document)]
    return {article.id: article for document in documents for article in articles_of(document)}


def offenders(rule: Callable[[Row], bool], rows: list[Row] = ROWS) -> list[str]:
    """The ids of the rows that break ``rule``."""
    return [row["id"] for row in rows if not rule(row)]


def spans(row: Row) -> list[Row]:
    return list(chain.from_iterable(row["gold"]))


def folded(text: str) -> str:
    return normalize(text).casefold()


def says(group: list[Row], answers: list[str]) -> bool:
    quotes = [folded(alternative["quote"]) for alternative in group]
    return any(folded(answer) in quote for answer in answers for quote in quotes)


def test_ids_and_questions_are_unique() -> None:
    for field in ("id", "ar", "en"):
        assert [value for value, n in Counter(row[field] for row in ROWS).items() if n > 1] == []


def test_there_are_enough_of_every_type_and_the_readme_counts_them() -> None:
    counts = Counter(row["type"] for row in ROWS)
    assert counts.keys() == MINIMUM.keys()
    assert {kind: n for kind, n in counts.items() if n < MINIMUM[kind]} == {}
    assert sum(counts[kind] for kind in UNANSWERED) >= 35
    readme = (QUESTIONS / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, flags=re.MULTILINE)
    assert {kind: int(n) for kind, n in table} == counts
    answered, total = len(ANSWERED), len(ROWS)
    assert f"holds {total} questions" in readme
    assert f"{answered} have an answer in the articles, {total - answered} do not" in readme


def test_the_fields_are_those_of_the_layout() -> None:
    def fits(row: Row) -> bool:
        lists = row["answers"].values()
        return (
            row.keys() - {"note"} == {"id", "type", "ar", "en", "answers", "gold"}
            and re.fullmatch(rf"{row['type']}-\d{{3}}", row["id"]) is not None
            and row["answers"].keys() == {"ar", "en"}
            and all(len(set(map(folded, answers))) == len(answers) for answers in lists)
            and all(answer and answer == answer.strip() for answer in chain(*lists))
        )

    assert offenders(fits) == []


def test_each_question_is_in_both_languages() -> None:
    def fits(row: Row) -> bool:
        languages = (detect_language(row["ar"]), detect_language(row["en"]))
        return languages == ("ar", "en") and row["ar"].endswith("؟") and row["en"].endswith("?")

    assert offenders(fits) == []


def test_only_an_answerable_question_has_gold_and_answers() -> None:
    def fits(row: Row) -> bool:
        held = {bool(row["gold"]), *map(bool, row["answers"].values())}
        return held == {row["type"] not in UNANSWERED} and all(row["gold"])

    assert offenders(fits) == []


def test_every_span_is_exact_and_is_no_page_furniture() -> None:
    def fits(one: Row) -> bool:
        article = articles()[one["article"]]
        start, end, quote = one["start"], one["end"], one["quote"]
        return (
            one.keys() == {"article", "start", "end", "quote"}
            and article.text[start:end] == quote == quote.strip() != ""
            and not any(start < stop and begin < end for begin, stop in article.debris)
        )

    assert offenders(lambda row: all(map(fits, spans(row)))) == []


def test_a_quote_says_the_arabic_answer() -> None:
    def fits(row: Row) -> bool:
        found = [says(group, row["answers"]["ar"]) for group in row["gold"]]
        return (all if row["type"] == "several" else any)(found) or "note" in row

    assert offenders(fits, ANSWERED) == []


def test_the_type_fits_the_articles_it_needs() -> None:
    def fits(row: Row) -> bool:
        named = [{one["article"] for one in group} for group in row["gold"]]
        hosted = {bool(articles()[one["article"]].host) for one in spans(row)}
        return (
            (row["type"] != "embedded" or hosted == {True})
            and (row["type"] != "several" or not set.intersection(*named))
            and (row["type"] not in {"several", "comparison"} or len(named) > 1)
        )

    assert offenders(fits, ANSWERED) == []
