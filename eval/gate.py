"""The gate: has anything fallen below what was accepted, by more than chance moves it?

The floor of a measure is its accepted value less a margin counted in questions, so that it is as
wide as the set is small. Quoting repeats itself exactly on one machine; another machine's last
digits may turn one question over. A model's words vary more with the machine, by up to three.
What must always hold, holds always: quotes are exact, and markers lead to their sources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.aggregation import columns
from eval.compare import Record, read_record, rows_of
from eval.measures import LEG, names
from rag.errors import MusnadError

# How many questions' worth a measure may fall: more than so many may turn over, fewer may not.
TURNED_BY_QUOTING = 1.5
TURNED_BY_MODEL = 3.5
QUOTING = ("none", "retrieval alone")


def floors(accepted: Record) -> dict[str, dict[str, float]]:
    """The least value of each gated measure, by question language and over ``all`` questions.

    Each leg is held to how often it alone finds the passage: another leg often makes up for one
    that is lost, which no figure of the whole would then show.
    """
    turned = TURNED_BY_QUOTING if accepted["model"] in QUOTING else TURNED_BY_MODEL
    table: dict[str, dict[str, float]] = {}
    for part, figures in _figures(accepted).items():
        table[part] = {
            measure: value if measure in names("always") else max(0.0, value - turned / count)
            for measure, (value, count) in figures.items()
        }
    return table


def violations(measured: Record, accepted: Record) -> list[str]:
    """One line for each floor that ``measured`` is below, or does not reach for want of a value."""
    found = _figures(measured)
    lines = []
    for part, table in floors(accepted).items():
        for measure, floor in table.items():
            value = found.get(part, {}).get(measure)
            if value is None:
                lines.append(f"{measure} ({part}): not measured; at least {floor:.3f} was expected")
            elif value[0] < floor - 1e-9:
                lines.append(f"{measure} ({part}): {value[0]:.3f}, below the floor of {floor:.3f}")
    if measured.get("questions_fingerprint") != accepted.get("questions_fingerprint"):
        lines.append("the questions are not those that were accepted; accept anew with --accept")
    return lines


def _figures(record: Record) -> dict[str, dict[str, tuple[float, int]]]:
    """Value and number of questions of each gated measure, by language and over all."""
    rows = rows_of(record)
    parts = {"all": list(rows)}
    for key in rows:
        parts.setdefault(key.rsplit("/", 1)[1], []).append(key)
    legs = [name for name in record["values"] if name.startswith(LEG)]
    table: dict[str, dict[str, tuple[float, int]]] = {}
    for part, keys in parts.items():
        chosen = [rows[key] for key in keys]
        table[part] = {}
        for measure in (*names("always"), *names("floor"), *(legs if part == "all" else ())):
            tops, bottoms = columns(chosen, measure)
            if sum(bottoms):
                table[part][measure] = (sum(tops) / sum(bottoms), round(sum(bottoms)))
    return table


def accepted_path(run: str) -> Path:
    """Where the accepted figures of ``run`` are: in the copy one works in, else as installed."""
    here = Path("eval/results")
    return (here if here.is_dir() else Path(__file__).parent / "results") / f"{run}.json"


def read_accepted(run: str) -> dict[str, Any]:
    """The accepted figures of ``run``.

    Raises:
        MusnadError: none were accepted yet.
    """
    path = accepted_path(run)
    if not path.exists():
        raise MusnadError(f"{path}: nothing accepted for this run; accept it with --accept")
    return read_record(path)


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write figures as JSON, the values of each measure on one line."""
    lines = []
    for name, value in record.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"  {_json(key)}: {_json(part)}" for key, part in value.items())
            lines.append(f" {_json(name)}: {{\n{inner}\n }}" if value else f" {_json(name)}: {{}}")
        else:
            lines.append(f" {_json(name)}: {_json(value)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
