"""The figures of a run as HTML tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eval.report.charts import name_of, role_of
from eval.report.html import escape, table
from eval.scoring import ABSTENTION, ABSTENTION_F1, ANSWERS, RETRIEVAL

Record = Mapping[str, Any]
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Finding": RETRIEVAL,
    "Answering": ANSWERS,
    "Declining": {
        **ABSTENTION,
        ABSTENTION_F1: "the harmonic mean of the two (declining what has no answer)",
    },
}
# What the slices show: a row of every measure would not be read.
_SLICED = ("nDCG@10", "all facts cited", "citation precision", "answerable answered",
           "abstention recall")  # fmt: skip


def headline(record: Record) -> str:
    """Every measure by language with its 95 % interval, the gap, and the peer's beside it."""
    languages = list(record["headline"])
    peer: Record = record.get("peer", {})
    head = ["", *(escape(name_of(language)) for language in languages)]
    head += ["Gap"] if record["gap"] else []
    head += [f"{escape(peer['system'])}, {escape(name_of(lang))}" for lang in languages if peer]
    rows: list[list[str]] = []
    for group, measures in GROUPS.items():
        shown = [m for m in measures if any(m in record["headline"][lang] for lang in languages)]
        rows += [[escape(group)]] if shown else []
        for measure in shown:
            cells = [_named(measure, measures[measure])]
            cells += [_interval(record["headline"][lang].get(measure), lang) for lang in languages]
            cells += [_gap(record["gap"].get(measure))] if record["gap"] else []
            if peer:
                found = [peer["headline"].get(lang, {}).get(measure) for lang in languages]
                cells += [_value(value[0] if value else None) for value in found]
            rows.append(cells)
    return table(head, rows, "headline")


def _named(measure: str, meaning: str) -> str:
    return f"{escape(measure)}<small>{escape(meaning)}</small>"


def _interval(found: Sequence[float] | None, language: str) -> str:
    """The value, its interval in words, and drawn as a mark on a line from 0 to 1."""
    if found is None:
        return "–"
    value, low, high, _ = found
    left, width = f"{low:.1%}", f"{max(high - low, 0.004):.1%}"
    return (
        f'<b>{value:.3f}</b><span class="range">{low:.2f} – {high:.2f}</span>'
        f'<span class="scale {role_of(language)}"><i style="left:{left};width:{width}"></i>'
        f'<u style="left:{value:.1%}"></u></span>'
    )


def _gap(gap: Sequence[float] | None) -> str:
    if gap is None:
        return "–"
    difference, low, high, _ = gap
    certain = low > 0 or high < 0
    words = f"{difference:+.3f}".replace("-", "−")
    return f"<b>{words}</b>" if certain else f'<span class="unsure">{words}</span>'


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def slices(record: Record) -> str:
    """The chosen measures by question type and article language."""
    parts = []
    for name, table_of in record["slices"].items():
        rows = []
        for label, by_language in sorted(table_of.items()):
            for language, figures in by_language.items():
                cells = [f"{escape(label)} <small>{escape(name_of(language))}</small>"]
                cells.append(str(figures["questions"]))
                rows.append([*cells, *(_value(figures.get(measure)) for measure in _SLICED)])
        head = [f"By {escape(name)}", "questions", *map(escape, _SLICED)]
        parts.append(table(head, rows, "numbers"))
    return "".join(parts)


def legs(record: Record) -> str:
    """What each leg alone finds."""
    languages = [language for language, figures in record["legs"].items() if figures]
    names = list(dict.fromkeys(leg for lang in languages for leg in record["legs"][lang]))
    head = ["Leg"]
    for part in ("first", "within 5", "only"):
        head += [f"{part}, {escape(name_of(language))}" for language in languages]
    rows = [
        [escape(leg), *(f"{record['legs'][lang].get(leg, {}).get(part, 0):.1%}"
                        for part in ("first", "within 5", "only") for lang in languages)]
        for leg in names
    ]  # fmt: skip
    return table(head, rows, "numbers")


def seconds(record: Record) -> str:
    """Median and 95th percentile of each stage's end."""
    tables = {record["system"]: record["seconds"]}
    if "peer" in record:
        tables[record["peer"]["system"]] = record["peer"]["seconds"]
    rows = [
        [f"{escape(stage)} <small>{escape(system)}, {escape(name_of(language))}</small>",
         f"{p50:.2f}", f"{p95:.2f}"]
        for system, by_language in tables.items()
        for language, stages in by_language.items()
        for stage, (p50, p95) in stages.items()
    ]  # fmt: skip
    return table(["Seconds until", "median", "95th percentile"], rows, "numbers")


def verdicts(judged: Mapping[str, Any]) -> str:
    """What the judge found right."""
    rows = [
        [escape(name_of(language)), f"{share:.3f}", f"{low:.2f} – {high:.2f}", str(count)]
        for language, (share, low, high, count) in judged["right"].items()
    ]
    return table(
        ["Question language", "judged right", "95 % interval", "questions"], rows, "numbers"
    )
