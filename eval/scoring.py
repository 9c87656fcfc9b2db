"""One question and its reply → the value of every measure it speaks of.

A measure is a mean over the questions that have a value; ``None`` where it does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.measures import LEG, names
from eval.metrics.citations import (
    Cited,
    citation_precision,
    citation_recall,
    numbering_sound,
    supports,
)
from eval.metrics.ranking import (
    Rank,
    first_rank,
    graded_ndcg,
    graded_recall,
    reciprocal_rank,
    subtopic_recall,
)
from eval.metrics.words import contains, exact, f1
from eval.sets.values import Item

_DEEP = 5


@dataclass(frozen=True)
class Scored:
    """A question with its reply's values; ``article_language`` is that of its gold."""

    item: Item
    reply: Mapping[str, Any]
    values: Mapping[str, float | None]
    article_language: str | None

    @property
    def quotes(self) -> list[Cited]:
        """What the reply cites, each span once."""
        return quotes_of(self.reply)


def score(item: Item, reply: Mapping[str, Any], languages: Mapping[str, str | None]) -> Scored:
    """The values of one reply; ``languages`` are those of the articles, by id."""
    values = {**_retrieval(item, reply), **_legs(item, reply)}
    if "answered" in reply:
        values |= _answer(item, reply) | _abstention(item, reply)
    gold = [span.article for group in item.groups for span in group] or list(item.relevant)
    return Scored(item, reply, values, languages.get(gold[0]) if gold else None)


def quotes_of(reply: Mapping[str, Any]) -> list[Cited]:
    """The spans a reply cites, each once, in order."""
    found = (
        Cited(article, start, end)
        for claim in reply.get("claims", ())
        for _, article, start, end, _, _ in claim["citations"]
    )
    return list(dict.fromkeys(found))


def _retrieval(item: Item, reply: Mapping[str, Any]) -> dict[str, float | None]:
    if not item.answerable:
        return dict.fromkeys(names(group="Finding"))
    hits = [Cited(*hit) for hit in reply["hits"]]
    articles = list(dict.fromkeys(hit.article for hit in hits))
    if item.relevant:
        return _graded(item.relevant, articles)
    held = [any(supports(hit, group) for group in item.groups) for hit in hits]
    ranks: list[Rank] = [first_rank([supports(h, group) for h in hits]) for group in item.groups]
    right = {span.article for group in item.groups for span in group}
    return {
        "nDCG@10": graded_ndcg([float(hit) for hit in held], [1.0] * reply["relevant"]),
        "R@5": subtopic_recall(ranks, _DEEP),
        "MRR": reciprocal_rank(first_rank(held)),
        "article@1": float(bool(articles) and articles[0] in right),
    }


def _graded(relevant: Mapping[str, float], articles: Sequence[str]) -> dict[str, float | None]:
    """Judgements of whole articles: an article's rank is that of its best passage."""
    gains = [relevant.get(article, 0.0) for article in articles]
    return {
        "nDCG@10": graded_ndcg(gains, list(relevant.values())),
        "R@5": graded_recall(gains, sum(g > 0 for g in relevant.values()), _DEEP),
        "MRR": reciprocal_rank(first_rank([gain > 0 for gain in gains])),
        "article@1": float(bool(gains) and gains[0] > 0),
    }


def _legs(item: Item, reply: Mapping[str, Any]) -> dict[str, float | None]:
    ranks: Mapping[str, Rank] = reply.get("legs", {})
    return {
        LEG + name: float(rank is not None and rank <= _DEEP) if item.answerable else None
        for name, rank in ranks.items()
    }


def _answer(item: Item, reply: Mapping[str, Any]) -> dict[str, float | None]:
    values: dict[str, float | None] = dict.fromkeys(names(group="Answering"))
    quotes = quotes_of(reply)
    if reply["answered"]:
        citations = [c for claim in reply["claims"] for c in claim["citations"]]
        if citations:
            values["quotes exact"] = float(all(c[4] == c[5] for c in citations))
        claims = [
            (claim["text"], [(c[0], Cited(*c[1:4])) for c in claim["citations"]])
            for claim in reply["claims"]
        ]
        if reply.get("numbered", True):
            values["numbering sound"] = float(numbering_sound(reply["text"], claims))
    if not item.answerable:
        return values
    words = " ".join(claim["text"] for claim in reply["claims"]) if reply["answered"] else ""
    shown = [cited[5] for claim in reply["claims"] for cited in claim["citations"]]
    golds = (*item.answers, *item.otherwise)
    recalled = citation_recall(quotes, item.groups)
    short = (reply.get("short") or words) if reply["answered"] else ""
    values |= {
        "all facts cited": float(recalled == 1),
        "citation recall": recalled,
        "citation precision": citation_precision(quotes, item.groups),
        "gold in quote": float(any(contains(quote, golds) for quote in shown)),
        "answer in text": float(contains(words, item.answers)),
        "gold in first quote": float(any(contains(quote, golds) for quote in shown[:1])),
        "in either language": float(contains(words, golds)),
        "short F1": f1(short, item.answers),
        "short EM": float(exact(short, item.answers)),
    }
    return values


def _abstention(item: Item, reply: Mapping[str, Any]) -> dict[str, float | None]:
    declined = not reply["answered"]
    return {
        "answerable answered": float(not declined) if item.answerable else None,
        "abstention recall": None if item.answerable else float(declined),
        "abstention precision": float(not item.answerable) if declined else None,
        "declined when hidden": (
            float(not reply["answered_hidden"]) if "answered_hidden" in reply else None
        ),
    }


def quotable(item: Item, reply: Mapping[str, Any]) -> bool:
    """Whether the quotes shown, had the question not been declined, support every fact needed."""
    quotes = [Cited(*quote) for quote in reply["quoted"]]
    return citation_recall(quotes, item.groups) == 1
