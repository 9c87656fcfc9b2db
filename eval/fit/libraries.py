"""Libraries of the sets that are fitted on, with one pair of encoders for all."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from eval.running import open_library
from eval.sets.roles import read_for_fitting
from eval.sets.values import EvaluationSet
from rag.config import Settings
from rag.library import Library


def arguments(description: str) -> argparse.Namespace:
    """The options that every fit has."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--work", type=Path, required=True, help="keep indexes here")
    parser.add_argument("--distractors", nargs="*", type=Path, default=[], metavar="FILE")
    parser.add_argument("--write", action="store_true", help="put what is found in force")
    return parser.parse_args()


def training(
    name: str, args: argparse.Namespace, *, among: bool = False, threshold: bool = False
) -> tuple[Library, EvaluationSet]:
    """The set ``name`` and a library of its corpus, ``among`` the distractors if asked for."""
    questions = read_for_fitting(name, args.data, threshold=threshold)
    if among:
        questions = replace(questions, paths=(*questions.paths, *args.distractors))
    settings = replace(Settings.from_environment(), llm="none", answerable=-1.0)
    library = open_library(questions, settings, args.work, lambda stage, done, total: None)
    return library, questions
