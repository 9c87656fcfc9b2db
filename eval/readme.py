"""Writes the README's headline table from the accepted figures.

python -m eval.readme            # rewrites the table
python -m eval.readme --check    # exits 1 when the README says something else
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.compare import Record, read_record
from eval.gate import accepted_path
from eval.measures import MEASURES, name_of

README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- figures: python -m eval.readme -->"
END = "<!-- end of figures -->"
# Accepted runs over the seeds, and what the README calls them.
SYSTEMS = {"seeds-none": "quoting", "seeds-60-model": "embedded model"}


def headline_table(records: dict[str, Record]) -> str:
    """A Markdown table: a row a measure, a column a system and question language."""
    columns = [(name, language) for name, r in records.items() for language in r["headline"]]
    names = [f"{name_of(language)}, {name}" for name, language in columns]
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(columns) + 1) + "|"]
    for measure in (measure for measure in MEASURES if measure.readme):
        cells = [_cell(records[name]["headline"][lang][measure.name]) for name, lang in columns]
        lines.append(f"| {measure.readme} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(figure: Sequence[float]) -> str:
    value, low, high, _ = figure
    return f"{value:.2f}" if low == high else f"{value:.2f} ({low:.2f}–{high:.2f})"


def with_table(readme: str, table: str) -> str:
    """The README with ``table`` between its markers.

    Raises:
        ValueError: the markers are not there, once each and in order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError(f"README: expected {BEGIN} and then {END}, once")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def current() -> str:
    """The table of what is accepted."""
    paths = {name: accepted_path(run) for run, name in SYSTEMS.items()}
    return headline_table({name: read_record(p) for name, p in paths.items() if p.exists()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the README, or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if it differs")
    args = parser.parse_args(arguments)
    old = README.read_text(encoding="utf-8")
    new = with_table(old, current())
    if args.check:
        if old != new:
            print("README.md: not the accepted figures; run: python -m eval.readme")
        return int(old != new)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
