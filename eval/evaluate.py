"""``musnad eval``: which set, which system, and what is done with the figures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace

from eval.compare import Record, compare, print_changes, read_record
from eval.gate import accepted_path, read_accepted, violations, write_record
from eval.report import write_report
from eval.running import Exam, Run, open_library
from eval.sets.ours import read_questions, read_seeds
from eval.sets.public import beir_set, parallel_set, squad_set
from eval.sets.roles import read_set
from eval.sets.values import EvaluationSet
from eval.table import print_run
from rag.config import Settings
from rag.console import StageReport
from rag.errors import UsageError
from rag.models.generators import check_llm

# A tenth of the questions over the seeds.
TENTH = 10


def run_evaluate(args: argparse.Namespace) -> int:
    """``musnad eval`` without a kind.

    Raises:
        UsageError: options that exclude one another.
        MusnadError: a file, a model or an article is not what it should be.
    """
    check_llm(args.llm)
    questions, part = choose_set(args)
    name = f"{part}-{'none' if args.llm == 'none' else 'model'}"
    # Read before anything is asked: a wrong path should not cost an hour.
    old = read_record(args.compare) if args.compare else None
    accepted = read_accepted(name) if args.gate else None
    settings = replace(Settings.from_environment(), llm=args.llm)
    library = open_library(questions, settings, args.work, StageReport())
    ours = _ask(Exam(questions, library, args.work, StageReport(), args.fresh, args.hidden), args)
    if args.json:
        write_record(args.json, ours.record)
    if args.accept:
        write_record(accepted_path(name), accepted_part(ours.record))
        print(f"accepted: {accepted_path(name)}")
    failed = [_lost(old, ours.record), _below(accepted, ours.record)]
    folder = args.report or args.work / f"report-{name}"
    print(f"report: {write_report(folder, ours.record, ours.scored, library.articles())}")
    return int(any(failed))


def _ask(exam: Exam, args: argparse.Namespace) -> Run:
    """Our replies, printed; the record holds the peer's figures if asked for."""
    ours = exam.ours()
    print_run(ours.record)
    if args.peer:
        ours.record["peer"] = exam.peers().record
        print_run(ours.record["peer"])
    return ours


def _lost(old: Record | None, new: Record) -> bool:
    """Print what changed since ``old``; whether there is a significant loss."""
    if old is None:
        return False
    changes = compare(old, new)
    print_changes(old, new, changes)
    return any(change.lost for change in changes)


def _below(accepted: Record | None, new: Record) -> bool:
    """Print which floors are not reached; whether there are any."""
    if accepted is None:
        return False
    lines = violations(new, accepted)
    print("\n".join(f"gate: {line}" for line in lines) or "gate: nothing below its floor")
    return bool(lines)


_SOURCES: Mapping[str, Callable[[argparse.Namespace], EvaluationSet]] = {
    "set": lambda args: read_set(args.set, args.data),
    "squad": lambda args: squad_set(args.squad),
    "beir": lambda args: beir_set(args.beir),
    "parallel": lambda args: parallel_set(args.parallel),
    "jsonl": lambda args: read_questions(args.jsonl.stem, args.jsonl, args.corpus),
}


def choose_set(args: argparse.Namespace) -> tuple[EvaluationSet, str]:
    """The questions to ask, and the name that their accepted figures go by.

    Raises:
        UsageError: several sets, or a choice of no questions.
        CorpusError: a file of the set cannot be read.
    """
    given = [name for name in _SOURCES if getattr(args, name)]
    if len(given) > 1:
        raise UsageError(f"--{given[0]} and --{given[1]}: one set at a time")
    for one, other in (("jsonl", "corpus"), ("set", "data")):
        if bool(getattr(args, one)) != bool(getattr(args, other)):
            raise UsageError(f"--{one} and --{other} go together")
    whole = _SOURCES[given[0]](args) if given else read_seeds()
    if args.retrieval:
        whole = replace(whole, judged="articles")
    if args.distractors:
        name = f"{whole.name}-among-{len(args.distractors)}"
        whole = replace(whole, name=name, paths=(*whole.paths, *args.distractors))
    if args.questions_lang:
        whole = whole.in_language(args.questions_lang)
    return _part(whole, args)


def _part(whole: EvaluationSet, args: argparse.Namespace) -> tuple[EvaluationSet, str]:
    name = whole.name + (f"-{args.questions_lang}" if args.questions_lang else "")
    if args.quick and args.limit is not None:
        raise UsageError("--quick and --limit exclude one another")
    if args.limit is not None:
        if args.limit < 1:
            raise UsageError(f"--limit {args.limit}: at least 1 question")
        return whole.choose(args.limit), f"{name}-{args.limit}"
    if args.quick:
        count = len({item.id for item in whole.items})
        return whole.choose(max(1, round(count / TENTH))), f"{name}-quick"
    return whole, name


def accepted_part(record: Record) -> dict[str, object]:
    """What is kept of accepted figures: ours, and none of the machine's."""
    left_out = ("peer", "seconds")
    return {name: value for name, value in record.items() if name not in left_out}
