"""``musnad eval``: which set, which system, and what is done with the figures."""

from __future__ import annotations

import argparse
import dataclasses

from eval.compare import compare, print_changes, read_record
from eval.gate import accepted_path, read_accepted, violations, write_record
from eval.report import write_report
from eval.running import Exam, open_library
from eval.sets import EvaluationSet, read_questions, read_seeds
from eval.table import print_run
from rag.config import Settings
from rag.console import StageReport
from rag.errors import UsageError
from rag.models.generators import check_llm, is_url

# A tenth of the questions over the seeds.
TENTH = 10


def run_evaluate(args: argparse.Namespace) -> int:
    """``musnad eval`` without a kind.

    Raises:
        UsageError: options that exclude one another.
        MusnadError: a file, a model or an article is not what it should be.
    """
    check_llm(args.llm)
    if args.judge and not is_url(args.judge):
        raise UsageError(f"--judge {args.judge!r}: expected the http(s) URL of a server")
    questions, name = choose_set(args)
    old = read_record(args.compare) if args.compare else None
    accepted = read_accepted(f"{name}-{_kind(args.llm)}") if args.gate else None
    settings = dataclasses.replace(Settings.from_environment(), llm=args.llm)
    report = StageReport()
    library = open_library(questions, settings, args.work, report)
    exam = Exam(questions, library, args.work, report, args.fresh)
    ours = exam.ours()
    systems = [ours]
    record = ours.record
    print_run(record)
    if args.peer:
        systems.append(exam.peers())
        record["peer"] = systems[1].record
        print_run(systems[1].record)
    if args.judge:
        from eval.judge import judge_replies, load_judge, print_verdicts

        judge = load_judge(settings, args.judge)
        record["judge"] = judge_replies(
            ours.scored, judge, args.work, lambda done, total: report("judged", done, total)
        )
        print_verdicts(record["judge"])
    if args.json:
        write_record(args.json, record)
    if args.accept:
        write_record(path := accepted_path(f"{name}-{_kind(args.llm)}"), accepted_part(record))
        print(f"accepted: {path}")
    failed = False
    if old is not None:
        changes = compare(old, record)
        print_changes(old, record, changes)
        failed = any(change.lost for change in changes)
    if accepted is not None:
        lines = violations(record, accepted)
        print("\n".join(f"gate: {line}" for line in lines) or "gate: nothing below its floor")
        failed = failed or bool(lines)
    folder = args.report or args.work / f"report-{name}-{_kind(args.llm)}"
    print(f"report: {write_report(folder, record, ours.scored, library.articles())}")
    return 1 if failed else 0


def choose_set(args: argparse.Namespace) -> tuple[EvaluationSet, str]:
    """The questions to ask, and the name that their accepted figures go by.

    Raises:
        UsageError: several sets, or a choice of no questions.
        CorpusError: a file of the set cannot be read.
    """
    from eval.public_sets import beir_set, squad_set

    given = [name for name in ("squad", "beir", "jsonl") if getattr(args, name)]
    if len(given) > 1:
        raise UsageError(f"--{given[0]} and --{given[1]}: one set at a time")
    if bool(args.corpus) != bool(args.jsonl):
        raise UsageError("--jsonl and --corpus go together")
    if args.squad:
        whole = squad_set(args.squad)
    elif args.beir:
        whole = beir_set(args.beir)
    elif args.jsonl:
        whole = read_questions(args.jsonl.stem, args.jsonl, args.corpus)
    else:
        whole = read_seeds()
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


def _kind(llm: str) -> str:
    return "none" if llm == "none" else "model"


def accepted_part(record: dict[str, object]) -> dict[str, object]:
    """What is kept of accepted figures: without the peer's and the judge's."""
    return {name: value for name, value in record.items() if name not in ("peer", "judge")}
