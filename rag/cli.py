"""The ``musnad`` command. Results go to standard output, everything else to standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from rag import __version__, console
from rag.batch import Respond, answer_all, read_questions
from rag.config import DEFAULT_CORPUS, DEFAULT_INDEX, Settings
from rag.console import say
from rag.distributed.choice import pool_of
from rag.distributed.cluster import RUNNING
from rag.errors import MusnadError, UsageError
from rag.filters import Filter, Period
from rag.index_commands import STORE_HELP, add_index_commands, named_index
from rag.ingestion import Ingested
from rag.library import Library
from rag.models.commands import add_models_command
from rag.models.generators import LLM_HELP, check_llm
from rag.models.progress import TransferReport
from rag.serve_command import add_serve_commands
from rag.token_commands import add_tokens_command

# Entry points of packages that add commands: functions of the subparsers and their common parent.
_EXTENSIONS = "musnad.commands"
# Minutes from one fetching to the next, and the most that may be asked for: a week.
_EVERY, _MOST_EVERY = 15, 10_080


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
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
    say(" ".join(message.split()))
    return code


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    placed = argparse.ArgumentParser(add_help=False, parents=[common])
    placed.add_argument("--index", type=named_index, default=DEFAULT_INDEX, metavar="DIR",
                        help=f"index folder, or its name in {DEFAULT_INDEX.parent}/"
                        f" (default: {DEFAULT_INDEX})")  # fmt: skip
    placed.add_argument("--store", metavar="URL", help=STORE_HELP)
    placed.set_defaults(llm=None, k=None, also=())
    parser = argparse.ArgumentParser(
        prog="musnad",
        description="Ask news articles in Arabic or English; see the words behind the answer.",
    )
    parser.add_argument("--version", action="version", version=f"musnad {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_article_commands(commands, placed)
    add_index_commands(commands, placed, common)
    _add_question_commands(commands, placed)
    add_serve_commands(commands, placed, _opened)
    add_models_command(commands, common)
    add_tokens_command(commands, common)
    for extension in entry_points(group=_EXTENSIONS):
        extension.load()(commands, common)
    return parser


def _add_article_commands(commands: Any, placed: argparse.ArgumentParser) -> None:
    ingest = commands.add_parser("ingest", parents=[placed], help="add articles to the index")
    ingest.add_argument("paths", nargs="*", default=[str(DEFAULT_CORPUS)], metavar="PATH",
                        help=f"files and folders (default: {DEFAULT_CORPUS})")  # fmt: skip
    ingest.add_argument("--fetch", action="store_true",
                        help="each PATH is the address of a web page or a feed")  # fmt: skip
    ingest.add_argument("--rebuild", action="store_true",
                        help="make the index anew from its stored articles")  # fmt: skip
    ingest.add_argument("--sync", action="store_true",
                        help="keep in step with folders: what is gone from them goes")  # fmt: skip
    ingest.add_argument("--watch", action="store_true",
                        help="with --sync: do it again whenever a file changes;"
                        " with --fetch: by time")  # fmt: skip
    ingest.add_argument("--every", type=int, metavar="MINUTES",
                        help=f"with --fetch --watch: how often (default: {_EVERY})")  # fmt: skip
    ingest.add_argument("--strict", action="store_true",
                        help="add nothing if anything cannot be read")  # fmt: skip
    ingest.add_argument("--workers", type=int, metavar="N",
                        help="encode in N processes, for many articles: what is done lasts, and"
                        " the same command goes on after it was stopped")  # fmt: skip
    ingest.add_argument("--ray", nargs="?", const=RUNNING, metavar="ADDRESS",
                        help="the same on a Ray cluster: HOST:PORT, or by default the one that runs"
                        " here")  # fmt: skip
    listing = commands.add_parser("list", parents=[placed], help="list the articles")
    listing.add_argument("--refused", action="store_true",
                         help="list what could not be read instead, and why")  # fmt: skip
    listing.add_argument("--json", action="store_true", help="as a JSON array")
    show = commands.add_parser("show", parents=[placed], help="show one article")
    show.add_argument("article", metavar="ARTICLE", help="an id, or the beginning of one")
    show.add_argument("--json", action="store_true", help="as a JSON object")
    amend = commands.add_parser("amend", parents=[placed], help="correct what is known of one")
    amend.add_argument("article", metavar="ARTICLE", help="an id, or the beginning of one")
    amend.add_argument("--title", metavar="TITLE", help='its headline ("": it has none)')
    amend.add_argument("--date", metavar="DATE", help='2024-03-25, 2024-03 or 2024 ("": not known)')
    amend.add_argument("--outlet", metavar="NAME", help='who published it ("": not known)')
    amend.add_argument("--json", action="store_true", help="show it as a JSON object")
    remove = commands.add_parser("remove", parents=[placed], help="remove articles")
    remove.add_argument("articles", nargs="+", metavar="ARTICLE", help="ids, or their beginnings")
    runs = ((ingest, _ingest), (listing, _list), (show, _show), (remove, _remove))
    for command, run in (*runs, (amend, _amend)):
        command.set_defaults(run=run)


def _add_question_commands(commands: Any, placed: argparse.ArgumentParser) -> None:
    asking = argparse.ArgumentParser(add_help=False, parents=[placed])
    asking.add_argument("question", nargs="?", metavar="QUESTION")
    asking.add_argument("-k", type=int, metavar="N", help="passages to retrieve")
    asking.add_argument("--since", metavar="DATE", help="only articles from this date on (2024-07)")
    asking.add_argument("--until", metavar="DATE", help="only articles up to this date (2024)")
    asking.add_argument("--also", type=named_index, action="append", default=[], metavar="DIR",
                        help="search this index too (may be given several times)")  # fmt: skip
    asking.add_argument("--json", action="store_true", help="as JSON")
    asking.add_argument("--questions", type=Path, metavar="Q.jsonl",
                        help='many questions: one {"id", "question"} a line')  # fmt: skip
    asking.add_argument("--output", type=Path, metavar="R.jsonl", help="their results, one a line")
    search = commands.add_parser("search", parents=[asking], help="find passages")
    search.set_defaults(llm="none", run=_search)
    ask = commands.add_parser("ask", parents=[asking], help="answer with citations")
    ask.set_defaults(run=_ask)
    ask.add_argument("--llm", help=LLM_HELP)
    ask.add_argument("--answer-lang", choices=("ar", "en"), help="default: the question's")


def _library(args: argparse.Namespace) -> Library:
    """The library, with what was chosen of its settings."""
    settings = Settings.from_environment()
    if args.k is not None and args.k < 1:
        raise UsageError(f"-k {args.k}: at least 1 passage")
    llm, passages = args.llm or settings.llm, args.k or settings.passages
    store = args.store or settings.store
    settings = dataclasses.replace(settings, llm=llm, passages=passages, store=store)
    check_llm(settings.llm)
    return Library(args.index, settings, also=args.also, progress=TransferReport())


def _opened(args: argparse.Namespace) -> Library:
    """The same, with the seeds in it on a first run."""
    library = _library(args)
    open_or_ingest_seeds(library)
    return library


def open_or_ingest_seeds(library: Library) -> None:
    """On a first run, index the seed articles that lie beside: a fresh copy answers at once."""
    if library.settings.store or library.path != DEFAULT_INDEX or library.exists():
        return
    if DEFAULT_CORPUS.is_dir():
        say(f"first run, indexing {DEFAULT_CORPUS}/")
        _report([library.ingest([DEFAULT_CORPUS], report=console.StageReport())])


def _ingest(args: argparse.Namespace) -> int:
    if args.watch and not (args.sync or args.fetch):
        raise UsageError("--watch goes with --sync or --fetch")
    if args.every is not None and not (args.watch and args.fetch):
        raise UsageError("--every goes with --fetch --watch")
    every = _EVERY if args.every is None else args.every
    if not 1 <= every <= _MOST_EVERY:
        raise UsageError(f"--every {every}: 1 to {_MOST_EVERY} minutes")
    if args.sync + args.rebuild + args.fetch > 1:
        raise UsageError("one of --sync, --rebuild and --fetch")
    library, paths = _library(args), [Path(path) for path in args.paths]
    if args.workers is not None or args.ray:
        if args.sync or args.rebuild or args.fetch or args.strict:
            raise UsageError(
                "--workers and --ray go with none of --sync, --rebuild, --fetch, --strict"
            )
        with pool_of(args.workers, args.ray, library.settings.threads) as pool:
            return _report(_counted(library.ingest_by(pool, paths)))
    ingest: Callable[..., Ingested] = partial(
        library.ingest, paths, rebuild=args.rebuild, sync=args.sync, strict=args.strict
    )
    if args.fetch:
        ingest = partial(library.fetch, args.paths, strict=args.strict, before={})
    code = _report([ingest(report=console.StageReport())])
    if args.watch:
        from watchfiles import watch

        say(f"watching {', '.join(args.paths)}; Ctrl-C ends it")
        for _ in _times(every) if args.fetch else watch(*paths, raise_interrupt=False):
            code = _report([ingest()])
    return code


def _times(minutes: int) -> Iterator[None]:
    """Once every so many minutes, until Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(60 * minutes)
            yield


def _counted(parts: Iterable[Ingested]) -> Iterator[Ingested]:
    """Say of each part how far it goes."""
    articles = 0
    for done in parts:
        articles += len(done.added) + len(done.replaced) + len(done.unchanged)
        say(f"{articles:,} articles so far")
        yield done


def _report(parts: Iterable[Ingested]) -> int:
    """Say what was done, in one part or several; the exit code."""
    counts: Counter[str] = Counter()
    for done in parts:
        for bad in done.unreadable:
            say(f"{bad.path}: {bad.reason}")
        counts.update(
            {part.name: len(getattr(done, part.name)) for part in dataclasses.fields(Ingested)}
        )
    removed = f", {counts['removed']} removed" if counts["removed"] else ""
    say(
        f"{counts['added']} added, {counts['replaced']} replaced,"
        f" {counts['unchanged']} unchanged{removed}"
    )
    return 1 if counts["unreadable"] else 0


def _list(args: argparse.Namespace) -> int:
    if args.refused:
        refused = _library(args).refused()
        return _print(
            args,
            [{"path": path, "reason": reason} for path, reason in refused],
            (f"{path}: {reason}" for path, reason in refused),
        )
    articles = _library(args).articles()
    records = [console.article_record(article) for article in articles]
    return _print(args, records, map(console.article_line, articles))


def _show(args: argparse.Namespace) -> int:
    article = _library(args).article(args.article)
    lines = (*console.article_lines(article), "", article.text)
    return _print(args, console.article_record(article, whole=True), lines)


def _amend(args: argparse.Namespace) -> int:
    given = {"title": args.title, "date": args.date, "outlet": args.outlet}
    article = _library(args).amend(args.article, **given)
    return _print(args, console.article_record(article), console.article_lines(article))


def _remove(args: argparse.Namespace) -> int:
    for article in _library(args).remove(args.articles):
        say(f"removed {article.id}  {article.label}")
    return 0


def _search(args: argparse.Namespace) -> int:
    library = _library(args)
    search = partial(library.search, where=Filter(Period.parse(args.since, args.until)))

    def respond(question: str) -> dict[str, Any]:
        return {"question": question, "hits": [hit.to_dict() for hit in search(question)]}

    if _batch(args, library, respond):
        return 0
    hits = search(args.question)
    return _print(args, [hit.to_dict() for hit in hits], console.hit_lines(hits))


def _ask(args: argparse.Namespace) -> int:
    library = _library(args)
    where = Filter(Period.parse(args.since, args.until))
    ask = partial(library.ask, where=where, language=args.answer_lang)
    if _batch(args, library, lambda question: ask(question).to_dict()):
        return 0
    answer = ask(args.question)
    return _print(args, answer.to_dict(), console.answer_lines(answer))


def _batch(args: argparse.Namespace, library: Library, respond: Respond) -> bool:
    """Whether it is many questions that are asked, whose results are then written."""
    if (args.questions is None) != (args.output is None):
        raise UsageError("--questions and --output go together")
    if (args.questions is None) == (args.question is None):
        raise UsageError("give one QUESTION, or --questions with --output")
    questions = read_questions(args.questions) if args.questions else []
    open_or_ingest_seeds(library)
    if not args.questions:
        return False
    report = console.StageReport()
    for done, _ in enumerate(answer_all(questions, args.output, respond), start=1):
        report("questions", done, len(questions))
    return True


# An article's own control characters would move the cursor, recolour or retitle the terminal.
_CONTROLS = dict.fromkeys(c for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A))


def _print(args: argparse.Namespace, record: object, lines: Iterable[str]) -> int:
    """``record`` as JSON where that is wanted, else ``lines``."""
    if args.json:
        print(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(line.translate(_CONTROLS))
    return 0
