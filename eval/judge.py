"""A language model as judge of answers in free words, where short answers match too little.

Off unless asked for, and reported apart: a judge is wrong in ways of its own, and its figures
compare only with those of the same judge (Zheng et al. 2023, https://arxiv.org/abs/2306.05685).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.measures import name_of
from eval.metrics.statistics import mean_interval
from eval.replies import ask_all
from eval.scoring import Scored
from eval.sets.values import Item
from rag.config import Settings
from rag.models.generators import load_generator
from rag.models.protocols import Generator
from rag.types import Report

_PROMPT = """Question: {question}
Reference answers (any one is right): {golds}
Answer to judge: {answer}

Does the answer to judge state a reference answer's facts, in whatever words or language, without
contradicting them? Reply with one word, yes or no."""
_REPLY_TOKENS = 8


def load_judge(settings: Settings, url: str) -> Generator:
    """The model served at ``url``.

    Raises:
        ModelError: the server does not answer.
    """
    judge = load_generator(replace(settings, llm=url))
    assert judge is not None
    return judge


def judge_replies(
    scored: Sequence[Scored], judge: Generator, folder: Path, report: Report
) -> dict[str, Any]:
    """``{"model", "right": {language: [share, low, high, questions]}}`` over answerable questions.

    A declined one is not right. Verdicts are kept in ``folder``, as replies are; a reply that is
    neither yes nor no is left out of the count.
    """
    asked = [one for one in scored if one.item.answerable]
    by_key = {one.item.key: one for one in asked}
    name = hashlib.sha256(
        repr((judge.name, _PROMPT, [(o.item, o.reply.get("text")) for o in asked])).encode()
    ).hexdigest()[:16]

    def verdict(item: Item) -> dict[str, Any]:
        return {"key": item.key, "right": _verdict(by_key[item.key], judge)}

    rows: dict[str, float | None] = {}
    for row in ask_all([one.item for one in asked], verdict, folder / f"verdicts-{name}.jsonl"):
        rows[row["key"]] = row["right"]
        report("judged", len(rows), len(asked))
    return {"model": judge.name, "right": _by_language(asked, rows)}


def _verdict(one: Scored, judge: Generator) -> float | None:
    if not one.reply["answered"]:
        return 0.0
    words = " ".join(claim["text"] for claim in one.reply["claims"])
    golds = "; ".join((*one.item.answers, *one.item.otherwise))
    content = _PROMPT.format(question=one.item.text, golds=golds, answer=words)
    said = "".join(judge.stream([{"role": "user", "content": content}], max_tokens=_REPLY_TOKENS))
    first = said.strip().casefold()
    return 1.0 if first.startswith("yes") else 0.0 if first.startswith("no") else None


def _by_language(
    asked: Sequence[Scored], rows: Mapping[str, float | None]
) -> dict[str, list[float]]:
    table = {}
    for language in dict.fromkeys(one.item.language for one in asked):
        keys = [one.item.key for one in asked if one.item.language == language]
        found = mean_interval([rows[key] for key in keys], keys)
        count = sum(rows[key] is not None for key in keys)
        table[language] = [*(round(x, 4) for x in (found.mean, found.low, found.high)), count]
    return table


def print_verdicts(judged: Mapping[str, Any]) -> None:
    """The judge's figures on a terminal."""
    for language, (share, low, high, count) in judged["right"].items():
        right = f"{share:.3f} right ({low:.3f}-{high:.3f}), {count}"
        print(f"judge {judged['model']}, {name_of(language)}: {right}")
