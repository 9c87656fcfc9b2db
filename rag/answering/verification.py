"""Does a sentence of evidence support a claim? Pure code over words, names and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.figures import SCALES, possible_values, values_of
from rag.reading.evidence import Evidence
from rag.retrieval.query import foreign_words
from rag.text.analyze import analyze, content_words, stem
from rag.text.normalize import normalize
from rag.text.sentences import split_clauses
from rag.text.skeleton import arabic_skeletons, latin_skeletons
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
# Across languages, the least share of the question's words that the evidence must hold: else names
# and figures of a sentence about something else pass for the answer.
_LEAST_ASKED = 0.6
# A sentence of more is a list or a page; no clause of it is sought.
_MOST_CLAUSES = 40

# Gives the stems of the corpus that may stand for a foreign word.
StandIns = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Support:
    """How well ``evidence`` supports ``claim``: ``score`` in [0, 1], and whether that suffices.

    ``agrees`` holds when no number, name or negation of the claim contradicts the evidence and, in
    another language, the evidence speaks of what is asked; ``true`` when at least every number, and
    every name in another language, is the evidence's or the question's; ``close`` when, though
    unsupported, it is near enough in meaning to be shown as a reading that was not verified.
    """

    claim: str
    evidence: Evidence
    score: float
    agrees: bool
    enough: bool
    true: bool
    close: bool = False


def names_agree(words: Sequence[str], text: str, stand_ins: StandIns) -> bool:
    """Whether every Latin word with a capital, a name, has its counterpart in the Arabic ``text``.

    It has when the text writes it in Latin letters, when a word of the text sounds alike (shares
    a skeleton), or when the text holds a stem that may stand for it.
    """
    return all(_counterparts([word for word in words if word[0].isupper()], text, stand_ins))


def _counterparts(words: Sequence[str], text: str, stand_ins: StandIns) -> list[bool]:
    """Whether each Latin word has a counterpart in ``text``, as :func:`names_agree` says."""
    stems, sounds = _stems_and_sounds(text)
    return [
        stem(normalize(word)) in stems
        or bool(sounds.intersection(latin_skeletons(word)))
        or bool(stems.intersection(stand_ins(word)))
        for word in words
    ]


@lru_cache(maxsize=64)
def _stems_and_sounds(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words = content_words(text)
    return frozenset(analyze(text)), frozenset(s for word in words for s in arabic_skeletons(word))


def support(
    claim: str,
    item: Evidence,
    question: str,
    *,
    same_language: bool,
    stand_ins: StandIns = lambda word: (),
) -> Support:
    """Weigh ``item`` as evidence for ``claim``.

    Every number of the claim must stand in the evidence or its article's date: that the question
    names a year does not make the evidence be of that year. The score is the share of the claim's
    words, those of the question left out, that the evidence holds, so that a claim which says
    nothing new scores 0. Within a language the claim must deny what the evidence denies, a fragment
    must stand in it word for word, and no word may be strange to the article: neither a name that
    came out mangled, nor one that the question supposes.

    Across languages a word is held when it has a counterpart, and every new name must have one, in
    the article at least those of the question; the evidence must speak of what is asked; and the
    claim must add a number or a name that sounds alike, for words that are merely near in meaning
    can be found in a sentence that says the opposite.
    """
    true = values_of(claim) <= possible_values(f"{item.statement} {item.article.date or ''}")
    if same_language:
        agree, score = _within(claim, item, question)
    else:
        names, agree, score = _across(claim, item, question, stand_ins)
        true = true and names
    agree = true and agree
    return Support(claim, item, score, agree, agree and score >= _LEAST_WORDS, true)


def _within(claim: str, item: Evidence, question: str) -> tuple[bool, float]:
    """Whether ``item`` says nothing else than ``claim``, in its language, and the score."""
    agree = (
        negated(claim) == negated(clause_span(claim, item.statement).of(item.statement))
        and (not _FRAGMENT.match(claim) or claim in item.statement)
        and _words_of(claim) <= _words_of(item.article.text)
    )
    new = set(analyze(claim)) - set(analyze(question))
    return agree, len(new & set(analyze(item.statement))) / len(new) if new else 0.0


def _across(
    claim: str, item: Evidence, question: str, stand_ins: StandIns
) -> tuple[bool, bool, float]:
    """Whether the names of a foreign ``claim`` are known, whether all agrees, and the score."""
    words = foreign_words(claim)
    asked = {word.casefold() for word in foreign_words(question)}
    figures = values_of(claim) - values_of(question)
    given = asked | SCALES if figures else asked
    new = [word for word in words if word.casefold() not in given]
    # A capital does not make a name of the word that begins the sentence.
    inner = [word for word in new if word != words[0]]
    supposed = [word for word in words[1:] if word.casefold() in asked]
    named = [word for word in new if word[0].isupper()]
    known = names_agree(inner, item.statement, stand_ins) and names_agree(
        supposed, item.article.text, stand_ins
    )
    agree = (
        known
        and names_agree(new, item.statement, stand_ins)
        and item.signals.coverage >= _LEAST_ASKED
        and (bool(figures) or any(_counterparts(named, item.statement, lambda word: ())))
    )
    shared = _counterparts(new, item.statement, stand_ins)
    return known, agree, sum(shared) / len(shared) if shared else float(bool(figures))


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
