"""The page of a report: ``report.html``, a Jinja template, filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from eval.measures import MEASURES, name_of
from eval.metrics.citations import Cited, citation_precision, supports
from eval.report.charts import CAPTIONS, charts, to_svg, write_png
from eval.report.failures import by_cause, gold_rank
from eval.scoring import Scored
from rag.types import Article

FOLDER = Path(__file__).parent
PAGE = "report.html"
# Control characters, and those that would turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_QUOTED = re.compile("«[^«»]*»")


def write_report(
    folder: Path, record: Mapping[str, Any], scored: Sequence[Scored], articles: Sequence[Article]
) -> Path:
    """Write the page and its pictures into ``folder``; the path of the page.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for name, figure in charts(record):
        write_png(figure, folder / f"{name}.png")
        pictures[name] = to_svg(figure, name)
    page = folder / PAGE
    page.write_text(render(record, scored, articles, pictures), encoding="utf-8")
    return page


def render(
    record: Mapping[str, Any],
    scored: Sequence[Scored],
    articles: Sequence[Article],
    pictures: Mapping[str, str],
) -> str:
    """The page as a string; ``pictures`` are ``<svg>`` elements by name."""
    by_id = {article.id: article for article in articles}
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, finalize=_seen, trim_blocks=True
    )
    environment.filters |= {"name_of": name_of, "directed": _directed}
    return environment.get_template(PAGE).render(
        record=record,
        measures=MEASURES,
        measured={name for figures in record["headline"].values() for name in figures},
        questions=len({key.rsplit("/", 1)[0] for key in record["questions"]}),
        pictures=pictures,
        captions=CAPTIONS,
        failed=by_cause(scored),
        scored=len(scored),
        style=Markup((FOLDER / "style.css").read_text(encoding="utf-8")),
        facts=_facts,
        citations=_citations,
        is_right=lambda span, one: bool(citation_precision([span], one.item.groups)),
        is_cited=lambda group, one: any(supports(quote, group) for quote in one.quotes),
        label_of=lambda name: by_id[name].label if name in by_id else name,
        text_at=lambda span: by_id[span.article].text[span.start : span.end],
    )


def _seen(value: object) -> object:
    """What is put into the page, without characters that cannot be seen."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNSEEN.sub("", value)
    return value


def _directed(text: str) -> Markup:
    """``text``, white space folded; a quotation in the other language would pull its marks and its
    number along with its direction.
    """
    plain = str(escape(_UNSEEN.sub("", " ".join(text.split()))))
    return Markup(_QUOTED.sub(r"<bdi>\g<0></bdi>", plain))


def _facts(one: Scored) -> Iterator[str]:
    yield from (one.item.id, name_of(one.item.language))
    if one.item.answerable:
        rank = gold_rank(one)
        yield "passage not ranked" if rank is None else f"passage ranked {rank}"
    if "confidence" in one.reply:
        yield f"confidence {one.reply['confidence']:.2f}"
    if one.reply["reason"]:
        yield one.reply["reason"]


def _citations(one: Scored) -> Iterator[tuple[str, Cited, str]]:
    """The marker, the span and the words of everything that is cited, once."""
    cited = {
        c[0]: c for claim in reversed(one.reply["claims"]) for c in reversed(claim["citations"])
    }
    for n, article, start, end, shown, _ in sorted(cited.values()):
        yield f"[{n}]", Cited(article, start, end), shown
