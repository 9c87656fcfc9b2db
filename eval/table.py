"""The figures of a run on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.measures import name_of


def print_run(record: Mapping[str, Any]) -> None:
    """Title, measures by question language with 95 % intervals, the gap, and the waits."""
    headline: Mapping[str, Mapping[str, list[float]]] = record["headline"]
    languages = list(headline)
    count = len({name.rsplit("/", 1)[0] for name in record["questions"]})
    print(f"{record['system']}, {record['set']}: {count} questions, model {record['model']}")
    titles = [f"{name_of(lang):>7} 95 % interval" for lang in languages]
    gap = record["gap"]
    print(f"{'':<22}" + "   ".join(titles) + ("      gap" if gap else ""))
    for measure in dict.fromkeys(name for table in headline.values() for name in table):
        cells = []
        for language in languages:
            found = headline[language].get(measure)
            cells.append(
                f"{found[0]:>7.3f}   {found[1]:.3f}-{found[2]:.3f}" if found else f"{'-':>7}{'':14}"
            )
        print(f"{measure:<22}" + "   ".join(cells) + _gap(gap.get(measure)))
    if gap:
        first, second = map(name_of, languages)
        print(f"gap: {first} less {second}; * where its 95 % interval leaves out 0")
    for language, trust in record["confidence"].items():
        print(
            f"{name_of(language)}: area under risk-coverage"
            f" {trust['area']:.3f}, calibration error {trust['calibration_error']:.3f}"
        )
    for language, seconds in record["seconds"].items():
        waits = ", ".join(f"{stage} {p50:.2f}/{p95:.2f}" for stage, (p50, p95) in seconds.items())
        print(f"{name_of(language)}: seconds at p50/p95: {waits}")
    for language, words in record.get("words shown", {}).items():
        if words is not None:
            print(f"{name_of(language)}: words of an answer, median: {words:.0f}")


def _gap(gap: list[float] | None) -> str:
    if gap is None:
        return ""
    return f"   {gap[0]:+.3f}" + (" *" if gap[1] > 0 or gap[2] < 0 else "")
