"""Which questions failed, and how: so that a person can read them by cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.citations import Cited, supports
from eval.metrics.ranking import first_rank
from eval.scoring import Scored

# Passages an answer is made from.
_READ = 5


@dataclass(frozen=True)
class Cause:
    """A way to fail: its heading, and what it means."""

    name: str
    heading: str
    meaning: str


BROKEN = Cause("broken", "Broken citation", "A quote is not in its article, or a marker is wrong.")
ANYWAY = Cause("anyway", "Answered, though no article says it", "It should have been declined.")
NOT_FOUND = Cause(
    "not-found",
    "Passage not found",
    f"No passage that holds the answer is among the first {_READ}.",
)
DECLINED = Cause("declined", "Declined, though the passage was found", "The articles answer it.")
WRONG = Cause(
    "wrong", "Other words quoted", "The passage was found; none of the quotes states a fact wanted."
)
PARTLY = Cause("partly", "Facts missing", "Some of the facts wanted are quoted, not all.")
CAUSES = (BROKEN, ANYWAY, NOT_FOUND, DECLINED, WRONG, PARTLY)


def cause_of(one: Scored) -> Cause | None:
    """How a question failed; ``None`` if it did not, or its set judges no answers."""
    if "answered" not in one.reply:
        return None
    if 0.0 in (one.values["quotes exact"], one.values["numbering sound"]):
        return BROKEN
    if not one.item.answerable:
        return ANYWAY if one.reply["answered"] else None
    recalled = one.values["citation recall"] or 0.0
    if recalled == 1:
        return None
    rank = gold_rank(one)
    if recalled:
        return PARTLY
    if rank is None or rank > _READ:
        return NOT_FOUND
    return WRONG if one.reply["answered"] else DECLINED


def gold_rank(one: Scored) -> int | None:
    """The rank of the first passage that holds a fact wanted."""
    hits = [Cited(*hit) for hit in one.reply["hits"]]
    return first_rank([any(supports(hit, group) for group in one.item.groups) for hit in hits])


def by_cause(scored: Sequence[Scored]) -> dict[Cause, list[Scored]]:
    """The failed questions by cause, in the order of :data:`CAUSES`; translations side by side."""
    found: dict[Cause, list[Scored]] = {cause: [] for cause in CAUSES}
    for one in sorted(scored, key=lambda s: (s.item.type, s.item.id)):
        cause = cause_of(one)
        if cause is not None:
            found[cause].append(one)
    return {cause: rows for cause, rows in found.items() if rows}
