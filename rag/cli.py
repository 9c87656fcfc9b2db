"""The ``musnad`` command. Results go to standard output, everything else to standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from rag import __version__
from rag.batch import answer_all, read_questions
from rag.config import DEFAULT_CORPUS, DEFAULT_INDEX, Settings
from rag.console import (
    StageReport,
    answer_lines,
    article_full_record,
    article_line,
    article_record,
    hit_lines,
)
from rag.errors import MusnadError, UsageError
from rag.filters import Filter, Period
from rag.library import Ingested, Library
from rag.models.commands import add_models_command
from rag.models.generators import check_llm
from rag.models.progress import TqdmProgress
from rag.types import Answer

# Entry points of packages that add commands: functions of the subparsers and their common parent.
_EXTENSIONS = "musnad.commands"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build_parser()
    args = parser.parse_args(arguments)
    try:
        code: int = args.run(args)
        return code
    except MusnadError as error:
        return _fail(str(error), error.exit_code, args.debug)
    except KeyboardInterrupt:
        return _fail("interrupted", 130, args.debug)
    except BrokenPipeError:
        # The reader (head, say) has left; Python would complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'error'}: {error.strerror or error}", 1, args.debug)


def _fail(message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print("musnad: " + " ".join(message.split()), file=sys.stderr)
    return code


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    placed = argparse.ArgumentParser(add_help=False, parents=[common])
    placed.add_argument("--index", type=Path, default=DEFAULT_INDEX, metavar="DIR",
                        help=f"index folder (default: {DEFAULT_INDEX})")  # fmt: skip
    parser = argparse.ArgumentParser(
        prog="musnad",
        description="Ask news articles in Arabic or English; see the words behind the answer.",
    )
    parser.add_argument("--version", action="version", version=f"musnad {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_article_commands(commands, placed)
    _add_question_commands(commands, placed)
    add_models_command(commands, common)
    for extension in entry_points(group=_EXTENSIONS):
        extension.load()(commands, common)
    return parser


def _add_article_commands(commands: Any, placed: argparse.ArgumentParser) -> None:
    ingest = commands.add_parser("ingest", parents=[placed], help="add articles to the index")
    ingest.add_argument("paths", nargs="*", type=Path, default=[DEFAULT_CORPUS], metavar="PATH",
                        help=f"files, folders or .jsonl (default: {DEFAULT_CORPUS})")  # fmt: skip
    ingest.add_argument("--rebuild", action="store_true",
                        help="make the index anew from its stored articles")  # fmt: skip
    ingest.set_defaults(run=_ingest)
    listing = commands.add_parser("list", parents=[placed], help="list the articles")
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    listing.set_defaults(run=_list)
    show = commands.add_parser("show", parents=[placed], help="show one article")
    show.add_argument("article", metavar="ARTICLE", help="an id, or the beginning of one")
    show.add_argument("--json", action="store_true", help="as a JSON object")
    show.set_defaults(run=_show)
    remove = commands.add_parser("remove", parents=[placed], help="remove articles")
    remove.add_argument("articles", nargs="+", metavar="ARTICLE", help="ids, or their beginnings")
    remove.set_defaults(run=_remove)


def _add_question_commands(commands: Any, placed: argparse.ArgumentParser) -> None:
    asking = argparse.ArgumentParser(add_help=False, parents=[placed])
    asking.add_argument("question", nargs="?", metavar="QUESTION")
    asking.add_argument("-k", type=int, default=None, metavar="N", help="passages to retrieve")
    asking.add_argument("--since", metavar="DATE", help="only articles from this date on (2024-07)")
    asking.add_argument("--until", metavar="DATE", help="only articles up to this date (2024)")
    asking.add_argument("--json", action="store_true", help="as JSON")
    asking.add_argument("--questions", type=Path, metavar="Q.jsonl",
                        help='many questions: one {"id", "question"} a line')  # fmt: skip
    asking.add_argument("--output", type=Path, metavar="R.jsonl", help="their results, one a line")
    search = commands.add_parser("search", parents=[asking], help="find passages")
    search.set_defaults(run=_search, llm="none")
    ask = commands.add_parser("ask", parents=[asking], help="answer with citations")
    ask.add_argument("--llm", default=None, help="auto, none, a model name, FILE.gguf, or a URL")
    ask.add_argument("--answer-lang", choices=("ar", "en"), help="default: the question's")
    ask.set_defaults(run=_ask)
    chat = commands.add_parser("chat", parents=[placed], help="open the chat page")
    chat.add_argument("--llm", default=None, help="auto, none, a model name, FILE.gguf, or a URL")
    chat.add_argument("--host", default="127.0.0.1", help="address (default: this machine only)")
    chat.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    chat.add_argument("--auth", type=Path, metavar="FILE",
                      help="who may log in: name:password lines (default: everybody)")  # fmt: skip
    chat.set_defaults(run=_chat)


def _settings(args: argparse.Namespace) -> Settings:
    settings = Settings.from_environment()
    changes: dict[str, Any] = {}
    if getattr(args, "llm", None):
        changes["llm"] = args.llm
    if getattr(args, "k", None) is not None:
        if args.k < 1:
            raise UsageError(f"-k {args.k}: at least 1 passage")
        changes["passages"] = args.k
    settings = dataclasses.replace(settings, **changes)
    check_llm(settings.llm)
    return settings


def _library(args: argparse.Namespace) -> Library:
    return Library(args.index, _settings(args), progress=TqdmProgress())


def open_or_ingest_seeds(library: Library) -> None:
    """On a first run, index the seed articles that lie beside: a fresh copy answers at once."""
    if library.path == DEFAULT_INDEX and not library.exists() and DEFAULT_CORPUS.is_dir():
        print(f"musnad: first run, indexing {DEFAULT_CORPUS}/", file=sys.stderr)
        _report(library.ingest([DEFAULT_CORPUS], report=StageReport()))


def _ingest(args: argparse.Namespace) -> int:
    library = _library(args)
    done = library.ingest(args.paths, rebuild=args.rebuild, report=StageReport())
    return _report(done)


def _report(done: Ingested) -> int:
    for bad in done.unreadable:
        print(f"musnad: {bad.path}: {bad.reason}", file=sys.stderr)
    counts = (
        f"{len(done.added)} added, {len(done.replaced)} replaced, {len(done.unchanged)} unchanged"
    )
    print(f"musnad: {counts}", file=sys.stderr)
    return 1 if done.unreadable else 0


def _list(args: argparse.Namespace) -> int:
    articles = _library(args).articles()
    if args.json:
        _print_json([article_record(article) for article in articles])
    else:
        _print(article_line(article) for article in articles)
    return 0


def _show(args: argparse.Namespace) -> int:
    article = _library(args).article(args.article)
    if args.json:
        _print_json(article_full_record(article))
    else:
        _print((article_line(article), "", article.text))
    return 0


def _remove(args: argparse.Namespace) -> int:
    for article in _library(args).remove(args.articles):
        print(f"musnad: removed {article.id}  {article.label}", file=sys.stderr)
    return 0


def _search(args: argparse.Namespace) -> int:
    library = _library(args)
    where = Filter(Period.parse(args.since, args.until))

    def respond(question: str) -> dict[str, Any]:
        hits = library.search(question, where=where)
        return {"question": question, "hits": [hit.to_dict() for hit in hits]}

    if _is_batch(args):
        return _batch(args, library, respond)
    open_or_ingest_seeds(library)
    hits = library.search(args.question, where=where)
    if args.json:
        _print_json([hit.to_dict() for hit in hits])
    else:
        _print(hit_lines(hits))
    return 0


def _ask(args: argparse.Namespace) -> int:
    library = _library(args)
    where = Filter(Period.parse(args.since, args.until))
    language = args.answer_lang

    def respond(question: str) -> Answer:
        return library.ask(question, where, language=language)

    if _is_batch(args):
        return _batch(args, library, lambda question: respond(question).to_dict())
    open_or_ingest_seeds(library)
    answer = respond(args.question)
    if args.json:
        _print_json(answer.to_dict())
    else:
        _print(answer_lines(answer))
    return 0


def _is_batch(args: argparse.Namespace) -> bool:
    if (args.questions is None) != (args.output is None):
        raise UsageError("--questions and --output go together")
    if (args.questions is None) == (args.question is None):
        raise UsageError("give one QUESTION, or --questions with --output")
    return args.questions is not None


def _batch(
    args: argparse.Namespace, library: Library, respond: Callable[[str], dict[str, Any]]
) -> int:
    questions = read_questions(args.questions)
    open_or_ingest_seeds(library)
    report = StageReport()
    for done, _ in enumerate(answer_all(questions, args.output, respond), start=1):
        report("questions", done, len(questions))
    return 0


def _chat(args: argparse.Namespace) -> int:
    from rag.chat.auth import read_logins

    if args.auth:
        read_logins(args.auth)
    elif args.host not in ("127.0.0.1", "localhost", "::1"):
        note = f"everybody who reaches {args.host} may use the page; --auth FILE asks for a login"
        print(f"musnad: {note}", file=sys.stderr)
    library = _library(args)
    open_or_ingest_seeds(library)
    from rag.chat.launch import launch

    launch(library, host=args.host, port=args.port, auth=args.auth)
    return 0


# An article's own control characters would move the cursor, recolour or retitle the terminal.
_CONTROLS = dict.fromkeys(c for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line.translate(_CONTROLS))


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
