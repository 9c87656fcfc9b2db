"""What changed between two runs, and whether chance alone would have changed it as much."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.aggregation import columns
from eval.measures import names
from eval.metrics.statistics import Difference, holm, paired_difference
from rag.errors import MusnadError

Record = Mapping[str, Any]
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Change:
    """How one measure differs over the questions both runs were asked in one language.

    ``significant`` is by Holm's method over all the changes of the comparison.
    """

    measure: str
    language: str
    questions: int
    difference: Difference
    significant: bool

    @property
    def lost(self) -> bool:
        """Whether it is a significant loss; all measures are better larger."""
        return self.significant and self.difference.change < 0


def read_record(path: Path) -> dict[str, Any]:
    """What ``musnad eval --json`` wrote.

    Raises:
        MusnadError: it cannot be read, or is something else.
    """
    try:
        record: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MusnadError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise MusnadError(f"{path}: not the figures of musnad eval ({error})") from error
    columns = record.get("values") if isinstance(record, dict) else None
    if not isinstance(columns, dict) or record.get("format") != FORMAT:
        raise MusnadError(f"{path}: not the figures of musnad eval in format {FORMAT}")
    keys = record.get("questions", ())
    if any(len(column) != len(keys) for column in columns.values()):
        raise MusnadError(f"{path}: its values do not fit its {len(keys)} questions")
    found: dict[str, Any] = record
    return found


def rows_of(record: Record) -> dict[str, dict[str, float | None]]:
    """The values of each question, by key."""
    return {
        key: {name: column[place] for name, column in record["values"].items()}
        for place, key in enumerate(record["questions"])
    }


def compare(old: Record, new: Record) -> list[Change]:
    """Every measure of both runs, by language, over the questions they have in common."""
    found = list(_differences(old, new))
    significant = holm({f"{m}/{language}": d.p for m, language, _, d in found})
    return [
        Change(measure, language, count, difference, f"{measure}/{language}" in significant)
        for measure, language, count, difference in found
    ]


def _differences(old: Record, new: Record) -> Iterator[tuple[str, str, int, Difference]]:
    before, after = rows_of(old), rows_of(new)
    common = [key for key in after if key in before]
    for language in dict.fromkeys(key.rsplit("/", 1)[1] for key in common):
        keys = [key for key in common if key.endswith(f"/{language}")]
        for measure in names():
            here = columns([before[key] for key in keys], measure)
            there = columns([after[key] for key in keys], measure)
            if sum(here[1]) and sum(there[1]):
                yield measure, language, len(keys), paired_difference(here, there, keys)


def print_changes(old: Record, new: Record, changes: list[Change]) -> None:
    """The changes, largest doubt last; what stayed the same is only counted."""
    if old.get("questions_fingerprint") != new.get("questions_fingerprint"):
        print("the two runs were not asked the same set; compared over the questions in common")
    for name in ("set", "model", "encoder"):
        if old.get(name) != new.get(name):
            print(f"{name}: {old.get(name)} before, {new.get(name)} now")
    moved = [change for change in changes if change.difference.change]
    for change in sorted(moved, key=lambda c: c.difference.p):
        d = change.difference
        verdict = ("WORSE" if change.lost else "better") if change.significant else "within chance"
        print(
            f"{change.measure:<22}{change.language}  {d.before:.3f} -> {d.after:.3f}"
            f"  {d.change:+.3f} ({d.low:+.3f} to {d.high:+.3f}), p {d.p:.4f}: {verdict}"
        )
    asked = max((change.questions for change in changes), default=0)
    same = len(changes) - len(moved)
    print(f"{same} of {len(changes)} measures unchanged; {asked} questions in common per language")
