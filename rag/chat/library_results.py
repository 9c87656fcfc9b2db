"""What became of uploaded files, and how far their reading is, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chat.library_catalogue import Catalogue
from rag.chat.library_html import action, file_name, isolated
from rag.chat.library_uploads import MOST_BYTES, FileResult, Problem
from rag.chat.library_words import LibraryWords
from rag.chat.render import escape

_MEGABYTES = MOST_BYTES // 1_000_000
_PROBLEMS = 3
# After these stages there may be no further one; what follows is the writing.
_LAST = ("senses", "vocabulary")


def hint_html(say: LibraryWords) -> str:
    """Which files can be added."""
    return f'<p class="musnad-lib-small">{_naming_kinds(say.drop_hint)}</p>'


def _naming_kinds(words: str) -> str:
    """The endings of files in their places; isolated, for their dots to stay before them."""
    kinds = {kind: f'<bdi dir="ltr">.{kind}</bdi>' for kind in ("txt", "md", "jsonl")}
    return words.format(size=_MEGABYTES, **kinds)


def progress_html(files: int, stage: str, done: int, total: int, say: LibraryWords) -> str:
    """How far the reading of ``files`` is; ``stage`` is the builder's name for what it does."""
    said = say.sending.format(files=say.file.of(files))
    if stage in _LAST and done == total:
        said += f" {say.writing}…"
    elif stage in say.stages and total:
        said += f' {say.stages[stage]}: <bdi dir="ltr">{done:,} / {total:,}</bdi>'
    return f'<p class="musnad-lib-progress" role="status">{said}</p>'


def results_html(
    results: Sequence[FileResult], catalogue: Catalogue | None, say: LibraryWords
) -> str:
    """A line for each file: what it added, what was there already, what could not be read."""
    items = "".join(_result(result, catalogue, say) for result in results)
    return f'<ul class="musnad-lib-results" role="status" aria-label="{say.add}">{items}</ul>'


def _result(result: FileResult, catalogue: Catalogue | None, say: LibraryWords) -> str:
    told = [
        words.format(articles=say.article.of(len(ids)))
        for words, ids in (
            (say.added, result.added),
            (say.replaced, result.replaced),
            (say.known, result.known),
        )
        if ids
    ]
    failed = bool(result.problems or result.refused)
    if result.refused == "kind":
        told.append(_naming_kinds(say.wrong_kind))
    elif result.refused == "size":
        told.append(say.too_large.format(size=_MEGABYTES))
    elif not told and not failed:
        told.append(say.nothing_in_it)
    first = (result.added or result.replaced or result.known or ("",))[0]
    entry = catalogue.entry(first) if catalogue else None
    opened = f"<p>{action('open', isolated(entry.label), id=entry.id)}</p>" if entry else ""
    kind = "bad" if failed else "good"
    return (
        f'<li class="musnad-lib-{kind}"><span class="musnad-lib-sign" aria-hidden="true">'
        f"{'!' if failed else '✓'}</span><div><p>{file_name(result.name)}</p>"
        f"{''.join(f'<p>{line}</p>' for line in told)}{opened}{_problems(result.problems, say)}"
        "</div></li>"
    )


def _problems(problems: Sequence[Problem], say: LibraryWords) -> str:
    lines = [_problem(problem, say) for problem in problems[:_PROBLEMS]]
    if len(problems) > _PROBLEMS:
        lines.append(say.more_problems.format(n=f"{len(problems) - _PROBLEMS:,}"))
    return "".join(f"<p>{line}</p>" for line in lines)


def _problem(problem: Problem, say: LibraryWords) -> str:
    where = f"{say.at_line.format(line=f'{problem.line:,}')}: " if problem.line else ""
    return f'{where}{say.not_read}: <bdi dir="ltr">{escape(problem.text)}</bdi>'
