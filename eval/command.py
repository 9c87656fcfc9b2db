"""``musnad eval``: measurements as commands. Heavy imports wait until a measurement runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

WORK = Path("index/eval")


def add_eval_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add ``eval`` and its measurements to the command line."""
    parser = commands.add_parser("eval", parents=[common], help="measure quality and speed")
    _add_evaluation(parser)
    kinds = parser.add_subparsers(metavar="WHAT")
    speed = kinds.add_parser("speed", parents=[common], help="ingest and search, timed")
    speed.add_argument("articles", type=Path, metavar="FILE.jsonl")
    speed.add_argument("--index", type=Path, metavar="DIR", help="search this index, if it is made")
    speed.add_argument("--against", type=Path, metavar="CHECKOUT",
                       help="search also with another copy of the code, in turn")  # fmt: skip
    speed.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    speed.set_defaults(run=_speed)
    scale = kinds.add_parser("scale", parents=[common], help="search over a million passages")
    scale.add_argument("articles", type=Path, metavar="FILE.jsonl", help="texts to repeat")
    scale.add_argument("--passages", type=int, default=1_000_000, metavar="N")
    scale.add_argument("--index", type=Path, metavar="DIR", help="keep the index here")
    scale.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    scale.set_defaults(run=_scale)


def _add_evaluation(parser: argparse.ArgumentParser) -> None:
    """The options of ``musnad eval`` without a kind."""
    part = parser.add_argument_group("what is asked (default: questions over the seeds)")
    part.add_argument("--quick", action="store_true", help="a fixed tenth of the questions")
    part.add_argument("--limit", type=int, metavar="N", help="a fixed choice of N questions")
    part.add_argument("--questions-lang", metavar="LANG", help="only the questions in it (ar, en)")
    part.add_argument("--set", metavar="NAME",
                      help="a set of eval/sets/roles.py, read from --data")  # fmt: skip
    part.add_argument("--data", type=Path, metavar="DIR", help="the folder of development data")
    part.add_argument("--squad", nargs="+", type=Path, metavar="FILE",
                      help="SQuAD files; if several, parallel")  # fmt: skip
    part.add_argument("--beir", type=Path, metavar="DIR",
                      help="corpus.jsonl, queries.jsonl, qrels/*.tsv: retrieval alone")  # fmt: skip
    part.add_argument("--parallel", type=Path, metavar="FILE.tsv",
                      help="id, English, Arabic: a sentence asks for its translation")  # fmt: skip
    part.add_argument("--jsonl", type=Path, metavar="FILE",
                      help="questions laid out as in eval/questions/README.md")  # fmt: skip
    part.add_argument("--corpus", nargs="+", type=Path, metavar="PATH", help="what --jsonl asks of")
    part.add_argument("--distractors", nargs="+", type=Path, default=[], metavar="FILE",
                      help="articles to put beside those of the set")  # fmt: skip
    part.add_argument("--retrieval", action="store_true", help="retrieval alone")
    part.add_argument("--hidden", action="store_true",
                      help="ask again with the articles hidden that answer")  # fmt: skip
    system = parser.add_argument_group("who answers")
    system.add_argument("--llm", default="auto", metavar="MODEL", help="as for ask")
    system.add_argument("--peer", choices=["llama-index"],
                        help="also a plain pipeline with the same encoder and model")  # fmt: skip
    result = parser.add_argument_group("what becomes of it")
    result.add_argument("--report", type=Path, metavar="DIR", help="put the report here")
    result.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    result.add_argument("--compare", type=Path, metavar="OLD.json",
                        help="say what changed since; exit 1 on a significant loss")  # fmt: skip
    result.add_argument("--gate", action="store_true",
                        help="exit 1 if a figure is below the accepted floor")  # fmt: skip
    result.add_argument("--accept", action="store_true",
                        help="keep the figures in eval/results as the accepted ones")  # fmt: skip
    result.add_argument("--work", type=Path, default=WORK, metavar="DIR",
                        help=f"keep indexes and replies here (default: {WORK})")  # fmt: skip
    result.add_argument("--fresh", action="store_true",
                        help="ask again what an earlier run asked")  # fmt: skip
    parser.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    from eval.evaluate import run_evaluate

    return run_evaluate(args)


def _speed(args: argparse.Namespace) -> int:
    from eval.speed import run_speed

    return run_speed(args)


def _scale(args: argparse.Namespace) -> int:
    from eval.scale import run_scale

    return run_scale(args)
