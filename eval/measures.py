"""The measures of a system: what each is called, how it is told, and what it is held to.

Larger is better for all of them. The value of a measure for one question is computed in
:mod:`eval.scoring`; a leg's measure is called :data:`LEG` and the leg's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

LEG = "leg "
LANGUAGE_NAMES = {"ar": "Arabic", "en": "English"}
# Derived: 2 |declined and without answer| / (|declined| + |without answer|).
ABSTENTION_F1 = "abstention F1"
Group = Literal["Finding", "Answering", "Declining"]


class Measure(NamedTuple):
    """``meaning`` is told in the report; ``readme`` heads the row in the README, if it has one.

    ``held``: ``"floor"`` may not fall far below what was accepted, ``"always"`` not at all.
    ``sliced`` measures are shown by type of question.
    """

    name: str
    group: Group
    meaning: str
    held: Literal["", "floor", "always"] = ""
    readme: str = ""
    sliced: bool = False


MEASURES = (
    Measure("nDCG@10", "Finding", "ranking of the passages that hold the answer",
            "floor", "nDCG@10 of the passages", sliced=True),
    Measure("R@5", "Finding", "facts whose passage is among the first five", "floor"),
    Measure("MRR", "Finding", "one over the rank of the first such passage", "floor"),
    Measure("article@1", "Finding", "the first passage is of the right article"),
    Measure("all facts cited", "Answering", "answered, and a quote supports every fact needed",
            "floor", "every fact needed is quoted and cited", sliced=True),
    Measure("citation recall", "Answering",
            "facts needed that some quote supports; declining supports none", "floor"),
    Measure("citation precision", "Answering", "quotes shown that support a fact needed",
            "floor", "quotes that support a fact needed", sliced=True),
    Measure("gold in quote", "Answering", "a quote holds a short answer, as the article words it"),
    Measure("gold in first quote", "Answering", "the first quote does"),
    Measure("short F1", "Answering",
            "words that the answer in a few words shares with the short answer in that language",
            "floor", "F1 of the answer in a few words"),
    Measure("short EM", "Answering", "it is that, and nothing else"),
    Measure("answer in text", "Answering",
            "the text holds a short answer in the question's language"),
    Measure("in either language", "Answering", "the same, in any language",
            "floor", "the text holds the short answer, in either language"),
    Measure("quotes exact", "Answering", "every quote stands in its article, letter for letter",
            "always", "quotes exact"),
    Measure("numbering sound", "Answering", "every marker leads to the source of its sentence",
            "always", "markers lead to their sources"),
    Measure("answerable answered", "Declining", "questions with an answer that are not declined",
            "floor", "answered, of the answerable", sliced=True),
    Measure("abstention recall", "Declining", "questions without an answer that are declined",
            "floor", "declined, of the unanswerable", sliced=True),
    Measure("abstention precision", "Declining", "declined questions that have no answer"),
    Measure("declined when hidden", "Declining",
            "questions declined once the articles that answer them are hidden"),
    Measure(ABSTENTION_F1, "Declining",
            "the harmonic mean of the two (declining what has no answer)"),
)  # fmt: skip


def names(held: str = "", group: str = "") -> Iterator[str]:
    """The measures that are ``held`` so, or of a ``group``; all of them if nothing is said."""
    return (m.name for m in MEASURES if held in ("", m.held) and group in ("", m.group))


def name_of(language: str) -> str:
    """A language in English."""
    return LANGUAGE_NAMES.get(language, language)
