"""The page of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.report import cards, tables
from eval.report.charts import charts, name_of
from eval.report.drawing import Picture, to_svg, write_png
from eval.report.failures import by_cause
from eval.report.html import escape
from eval.scoring import Scored
from rag.types import Article

STYLE = Path(__file__).with_name("style.css")
PAGE = "report.html"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_CAPTIONS = {
    "risk-coverage": "Risk and coverage. Were only the most confident questions answered, this"
    " share of the answers would be wrong: quotes that do not support every fact wanted, or any"
    " answer to what has none. The dot is where the system stands; lower is better.",
    "reliability": "Reliability. How often what is quoted at each confidence is right; on the"
    " dashed line, confidence says what it means. A larger dot stands for more questions.",
    "legs": "Legs. How often each leg, ranking alone, has the passage first (dark) or among the"
    " first five (light).",
    "seconds": "Time. The bar ends at the median, the line at the 95th percentile.",
}


def write_report(
    folder: Path, record: Mapping[str, Any], scored: Sequence[Scored], articles: Sequence[Article]
) -> Path:
    """Write the page and its pictures into ``folder``; the path of the page.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = dict(charts(record))
    for name, picture in pictures.items():
        write_png(picture, folder / f"{name}.png")
    page = folder / PAGE
    page.write_text(render(record, scored, articles, pictures), encoding="utf-8")
    return page


def render(
    record: Mapping[str, Any],
    scored: Sequence[Scored],
    articles: Sequence[Article],
    pictures: Mapping[str, Picture],
) -> str:
    """The page as a string."""
    failed = by_cause(scored)
    by_id = {article.id: article for article in articles}
    languages = list(record["headline"])
    count = sum(map(len, failed.values()))
    sections = "".join(cards.section(cause, rows, by_id) for cause, rows in failed.items())
    judged = record.get("judge")
    body = [
        _title(record),
        f"<section><h2>Headline</h2>{_reading(record)}{tables.headline(record)}</section>",
        f'<section><h2>Pictures</h2><div class="pictures">{_figures(pictures)}</div></section>',
        _section("Judged by a model", _judge_note(judged) + tables.verdicts(judged))
        if judged else "",
        _section("By question type and article language", tables.slices(record)),
        _section("Which leg found the passage", _LEGS_NOTE + tables.legs(record))
        if any(record["legs"].values()) else "",
        _section("Time per stage", tables.seconds(record)),
        f'<section class="failures"><h2>Failed questions <small>{count} of {len(scored)}</small>'
        f"</h2>{cards.overview(failed, languages)}</section>{sections}"
        if count else "",
    ]  # fmt: skip
    title = f"{record['system']} on {record['set']}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="color-scheme" content="light dark">'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{body}</section>"


def _title(record: Mapping[str, Any]) -> str:
    questions = len({key.rsplit("/", 1)[0] for key in record["questions"]})
    model = "quoting, no language model" if record["model"] == "none" else record["model"]
    asked = " and ".join(name_of(language) for language in record["headline"])
    facts = {
        "set": f"{record['set']}: {questions} questions in {asked}",
        "model": model,
        "encoder": record["encoder"],
    }
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    return f"<header><h1>How good is the answer?</h1><dl>{rows}</dl></header>"


def _reading(record: Mapping[str, Any]) -> str:
    note = "Values with 95 % bootstrap intervals over questions; larger is better throughout."
    if record["gap"]:
        first, second = record["headline"]
        note += (
            f" Gap: {name_of(first)} less {name_of(second)}, over the same questions;"
            " bold where its interval leaves out 0."
        )
    if "peer" in record:
        note += (
            f" {record['peer']['system']}: a plain pipeline over the same questions, with the same"
            " encoder and model; each is judged by the passages it cuts itself."
        )
    return f'<p class="note">{escape(note)}</p>'


_LEGS_NOTE = (
    '<p class="note">Each leg ranks alone. Only: no other leg has the passage among its first'
    " five.</p>"
)


def _judge_note(judged: Mapping[str, Any] | None) -> str:
    model = judged["model"] if judged else ""
    return f'<p class="note">{escape(model)} read each answer beside the short answers.</p>'


def _figures(pictures: Mapping[str, Picture]) -> str:
    return "".join(
        f"<figure>{to_svg(picture)}<figcaption>{escape(_CAPTIONS[name])}</figcaption></figure>"
        for name, picture in pictures.items()
    )
