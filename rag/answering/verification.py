"""Does a sentence of evidence support a claim? Pure code over words, names and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.figures import possible_values, values_of
from rag.reading.evidence import Evidence
from rag.text.analyze import analyze
from rag.text.normalize import normalize
from rag.text.sentences import split_clauses
from rag.types import Span

# After normalisation. ما is left out: it is "what" and "that which" more often than "not".
_NEGATION = re.compile(
    r"(?<!\w)(?:[وفا]?(?:لم|لن|لا|ليس|ليست|ليسوا|غير|دون|بدون|بلا|عدم|نفي|نفت|ينفي|تنفي)"
    r"|not|no|never|none|nobody|nothing|neither|nor|without|cannot|den(?:y|ies|ied)|\w+n't)(?!\w)",
    re.IGNORECASE,
)
# An Arabic sentence that begins with "and the …" is the middle of another one.
_FRAGMENT = re.compile(r"^\W*وال(?!د|ي\b)")
_WEAK = re.compile("[اوي]")
_LEAST_ROOT = 3
# The least share of a claim's words that the evidence must hold.
_LEAST_WORDS = 0.6
# A sentence of more is a list or a page; no clause of it is sought.
_MOST_CLAUSES = 40


@dataclass(frozen=True, slots=True)
class Support:
    """How well ``evidence`` supports ``claim``: ``score`` in [0, 1], and whether that suffices.

    ``agrees`` holds when no number, name or negation of the claim contradicts the evidence.
    """

    claim: str
    evidence: Evidence
    score: float
    agrees: bool
    enough: bool


def support(claim: str, item: Evidence, question: str) -> Support:
    """Weigh ``item`` as evidence for ``claim``, which is in its language.

    Every number of the claim must stand in the evidence or its article's date: that the question
    names a year does not make the evidence be of that year. The claim must deny what the evidence
    denies, a fragment must stand in it word for word, and no word may be strange to the article:
    neither a name that came out mangled, nor one that the question supposes. The score is the share
    of the claim's words, those of the question left out, that the evidence holds, so that a claim
    which says nothing new scores 0.
    """
    agrees = (
        values_of(claim) <= possible_values(f"{item.statement} {item.article.date or ''}")
        and negated(claim) == negated(clause_span(claim, item.statement).of(item.statement))
        and (not _FRAGMENT.match(claim) or claim in item.statement)
        and _words_of(claim) <= _words_of(item.article.text)
    )
    new = set(analyze(claim)) - set(analyze(question))
    score = len(new & set(analyze(item.statement))) / len(new) if new else 0.0
    return Support(claim, item, score, agrees, agrees and score >= _LEAST_WORDS)


@lru_cache(maxsize=64)
def _words_of(text: str) -> frozenset[str]:
    """The stems that are no numbers, longer ones without weak letters: سقط and سقوط are one."""
    words = (word for word in analyze(text) if not word[0].isdigit())
    strong = ((word, _WEAK.sub("", word)) for word in words)
    return frozenset(root if len(root) >= _LEAST_ROOT else word for word, root in strong)


def negated(text: str) -> bool:
    """Whether ``text`` denies something, by the words that do so in either language."""
    return bool(_NEGATION.search(normalize(text)))


def clause_span(claim: str, text: str) -> Span:
    """The shortest run of clauses of ``text`` that holds all the words of ``claim`` it has; all of
    it where no word is shared.
    """
    whole = Span(0, len(text))
    clauses = split_clauses(text, whole)
    words = set(analyze(claim))
    shared = [words & set(analyze(clause.of(text))) for clause in clauses]
    wanted = set[str]().union(*shared)
    if not wanted or len(clauses) > _MOST_CLAUSES:
        return whole
    places = range(len(clauses))
    runs = [
        Span(clauses[first].start, clauses[last].end)
        for first in places
        for last in places[first:]
        if set[str]().union(*shared[first : last + 1]) == wanted
    ]
    return min(runs, key=lambda run: run.end - run.start)


def best_support(supports: Sequence[Support]) -> Support | None:
    """The strongest of ``supports``, those that suffice first."""
    return max(supports, key=lambda s: (s.enough, s.agrees, s.score), default=None)
