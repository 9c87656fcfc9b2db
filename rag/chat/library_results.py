"""What became of uploaded files, and how far their reading is, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chat.library_html import action
from rag.chat.markup import Markup, element, filled, isolated, joined
from rag.chat.words import Words
from rag.corpus.readers import READERS
from rag.service.catalogue import Catalogue
from rag.service.uploads import MOST_BYTES, FileResult, Problem

_MEGABYTES = str(MOST_BYTES // 1_000_000)
_PROBLEMS = 3
# After these stages there may be no further one; what follows is the writing.
_LAST = ("similarity", "vocabulary")
# The endings of files that are read; isolated, for their dots to stay before them.
_KINDS = isolated(" ".join(READERS), dir="ltr")


def hint_html(said: Words, *, edits: bool) -> Markup:
    """Which files can be added; or, to who only reads, that none can."""
    if not edits:
        return element("p.musnad-lib-small", said.may_read)
    return element("p.musnad-lib-small", filled(said.drop_hint, size=_MEGABYTES, kinds=_KINDS))


def progress_html(files: int, stage: str, done: int, total: int, said: Words) -> Markup:
    """How far the reading of ``files`` is; ``stage`` is the builder's name for what it does."""
    told = [said.reading_files.format(files=said.counted("file", files))]
    if stage in _LAST and done == total:
        told.append(f" {said.writing_index}…")
    elif total and (doing := said.tables["stages"].get(stage)):
        told += [f" {doing}: ", isolated(f"{done:,} / {total:,}", dir="ltr")]
    return element("p.musnad-lib-progress", *told, role="status")


def results_html(results: Sequence[FileResult], catalogue: Catalogue | None, said: Words) -> Markup:
    """A line for each file: what it added, what was there already, what could not be read."""
    lines = (_result(result, catalogue, said) for result in results)
    about = {"role": "status", "aria_label": said.add_articles}
    return element("ul.musnad-lib-results", *lines, **about)


def _result(result: FileResult, catalogue: Catalogue | None, said: Words) -> Markup:
    told = _told(result, said)
    failed = bool(result.problems or result.refused)
    first = next(iter((*result.added, *result.replaced, *result.known)), "")
    if entry := catalogue.entry(first) if catalogue else None:
        told.append(action("open", isolated(entry.label), id=entry.id))
    told += [_problem(problem, said) for problem in result.problems[:_PROBLEMS]]
    if (rest := len(result.problems) - _PROBLEMS) > 0:
        told.append(said.more_problems.format(n=f"{rest:,}"))
    lines = (element("p", line) for line in (isolated(result.name, dir="ltr"), *told))
    sign = element("span.musnad-lib-sign", "!" if failed else "✓", aria_hidden="true")
    name = "li.musnad-lib-bad" if failed else "li.musnad-lib-good"
    return element(name, sign, element("div", *lines))


def _told(result: FileResult, said: Words) -> list[str]:
    if result.refused == "kind":
        return [filled(said.wrong_kind, kinds=_KINDS)]
    if result.refused == "size":
        return [said.too_large.format(size=_MEGABYTES)]
    became = (
        (said.added, result.added),
        (said.replaced, result.replaced),
        (said.already_here, result.known),
    )
    told = [s.format(articles=said.counted("article", len(ids))) for s, ids in became if ids]
    return told or ([] if result.problems else [said.nothing_in_it])


def _problem(problem: Problem, said: Words) -> Markup:
    where = f"{said.at_line.format(line=f'{problem.line:,}')}: " if problem.line else ""
    return joined((f"{where}{said.not_read}: ", isolated(problem.text, dir="ltr")))
