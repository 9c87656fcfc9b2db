"""Completes a question that leans on the one before it: «متى؟» asks when *that* was.

Retrieval and the language model see one question at a time, so each must say what it is about.
Everything here is done by plain rules: what a question became can be shown to the person who asked
it, and is the same every time. Only former questions are drawn on, never their answers, for the
words of a wrong answer would lead the next question astray.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering import conversation_words as known
from rag.answering.leaning import Word, about, asks, leans, words_of
from rag.text.language import detect_language
from rag.text.months import MONTH_PATTERN
from rag.text.normalize import normalize

__all__ = ["Turn", "resolve"]

_LIMIT = 500
_LEAST_TOPIC = 20  # Less room than this is not worth a topic.
_COMPLETED = re.compile(r"[?؟] \([^()]+\)$")
_YEAR = re.compile(r"(?<!\w)(?:19|20)\d\d(?!\w)")
_MONTH = re.compile(MONTH_PATTERN)
_CAPITALS = r"(?:the )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*"
_PLACE_EN = re.compile(rf"\b(?P<prep>[Ii]n|[Aa]t) (?P<place>{_CAPITALS})")
_NEXT_AR = r"(?!(?:في|من|مع|عام|سنة|خلال|على|إلى|عن|بعد|قبل|و[^\s]*) )[^\s\d؟?،,.()]+"
_PLACE_AR = re.compile(rf"(?<!\S)(?P<prep>في) (?P<place>[^\s\d؟?،,.()]+(?: {_NEXT_AR})?)")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed, as it was resolved, and the text of its answer or its quotes."""

    question: str
    resolved: str
    answer: str


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The question standing on its own: unchanged, or completed from the last turn that can.

    The completed question has at most 500 characters; what gives way is the oldest of the topic.
    """
    former = next((said for turn in reversed(history) if (said := _said(turn))), "")
    if not former or _stands(question):
        return question
    for rewrite in _REWRITES:
        plain = rewrite(question, former)
        if plain and len(plain) <= _LIMIT and _stands(plain) and _same_language(question, plain):
            return plain
    return _appended(question, former)


def _stands(question: str) -> bool:
    return bool(_COMPLETED.search(question)) or not leans(question)


def _same_language(question: str, plain: str) -> bool:
    """Whether ``plain`` would be answered in the language it was asked in."""
    return detect_language(question) in (detect_language(plain), "und")


def _said(turn: Turn) -> str:
    """What a turn asked, on one line; empty when it has no words, or only polite ones."""
    said = " ".join((turn.resolved.strip() or turn.question).split())
    return said if any(word.key not in known.COURTESY for word in words_of(said)) else ""


# --- plain rewritings -----------------------------------------------------------------------------


def _replaced(question: str, former: str) -> str | None:
    """``What about 2023?``: the former question with that year, place or name for its own."""
    start = about(question, words_of(question))
    if start is None:
        return None
    other = _bare(question[start:])
    year = _only(_YEAR, other)
    if year:
        old = _only(_YEAR, former)
        alone = all(w.key == year[0] or w.key in known.BEFORE_YEAR for w in words_of(other))
        return _spliced(former, old.span(), year[0]) if old and alone else None
    for pattern in (_PLACE_EN, _PLACE_AR):
        if place := pattern.fullmatch(other):
            old = _only(pattern, former, _is_place)
            return _spliced(former, old.span("place"), place["place"]) if old else None
    return _renamed(former, other)


def _is_place(match: re.Match[str]) -> bool:
    """Not a month, nor (in Arabic, which has no capitals) a noun and something of it."""
    if _MONTH.match(normalize(match["place"])):
        return False
    return match["prep"] != "في" or match["place"].split()[0] in known.PLACES or _short(match)


def _short(match: re.Match[str]) -> bool:
    """Whether the place is all that is left of the clause: one word, no more to guess at."""
    return " " not in match["place"]


def _renamed(former: str, other: str) -> str | None:
    """The one name of ``former`` replaced; with several it would be a guess which is meant."""
    names = words_of(other)
    runs = _runs(words_of(former))
    if len(runs) != 1 or not all(w.text[0].isupper() and w.content for w in names):
        return None
    first, last = runs[0]
    owner = re.search(r"['’]s$", last.text)
    return _spliced(former, (first.start, last.end), other + (owner[0] if owner else ""))


def _runs(words: Sequence[Word]) -> list[tuple[Word, Word]]:
    """The first and last word of each run of capitals."""
    runs: list[tuple[Word, Word]] = []
    for i, word in enumerate(words):
        if word.name and i and words[i - 1].name and not words[i - 1].breaks:
            runs[-1] = (runs[-1][0], word)
        elif word.name:
            runs.append((word, word))
    return runs


def _asked_anew(question: str, former: str) -> str | None:
    """``and where was that?``: the former clause, asked with the new question word.

    Only where the clause is whole without its question word: "who met Lavrov" has no subject
    left when "when" takes the place of "who".
    """
    asked = [w for w in words_of(question) if w.key not in known.CONNECTIVES]
    if not asked or _COMPLETED.search(former):
        return None
    if any(word.key not in known.ADDS_NOTHING for word in asked[1:]):
        return None
    adverb = _stripped(asked[0])
    said = words_of(former)
    english = adverb in known.ADVERBS_EN
    if not english and adverb not in known.ADVERBS_AR:
        return None
    opens = (known.ADVERBS_EN | known.AUXILIARIES) if english else {*known.ADVERBS_AR, "هل"}
    if len(said) < 3 or said[0].key not in opens or said[1].key in known.NOT_ADVERBIAL:
        return None
    word = known.ADVERBS_AR.get(adverb, adverb.capitalize())
    if said[0].key in known.AUXILIARIES:
        return f"{word} {former[0].lower()}{former[1:]}"
    return word + former[said[0].end :]


def _stripped(word: Word) -> str:
    """The question word without و or ف before it, or 's after it."""
    key = word.key.split("'")[0]
    return key[1:] if key[0] in "وف" and asks(word) and key[1:] in known.ADVERBS_AR else key


def _joined(question: str, former: str) -> str | None:
    """«ومن حضر؟» after «أين عُقدت قمة بريكس؟»: the event follows the verb that wants one."""
    asked = words_of(question)
    said = words_of(former)
    if len(asked) != 2 or len(said) < 3 or _COMPLETED.search(former):
        return None
    if asked[1].key not in known.OCCURS | known.ATTENDS:
        return None
    # After من, «وقع» is "signed", and what follows it no event.
    event = known.ATTENDS if _stripped(said[0]) == "من" else known.OCCURS | known.ATTENDS
    if not asks(said[0]) or said[1].key not in event:
        return None
    word = asked[0].text[asked[0].text[0] in "وف" and asked[0].key[0] in "وف" :]
    return f"{word} {asked[1].text}{former[said[1].end :]}"


_REWRITES: tuple[Callable[[str, str], str | None], ...] = (_replaced, _asked_anew, _joined)


# --- the topic in brackets ------------------------------------------------------------------------


def _appended(question: str, former: str) -> str:
    """``follow-up? (topic)``, the topic cut at its beginning to fit."""
    head = _bare(" ".join(question.split()))
    mark = "؟" if detect_language(head) == "ar" else "?"
    whole = about(question, words_of(question)) is not None
    topic = _topic(former, whole)
    # Few words of the question must not be outvoted: its language is the answer's.
    if detect_language(f"{head} {topic}") != detect_language(head):
        topic = " ".join(w.text for w in words_of(topic) if w.content) or topic
    room = _LIMIT - len(head) - len(f"{mark} ()")
    topic = _newest(topic, room)
    return f"{head}{mark} ({topic})" if room >= _LEAST_TOPIC and topic else question


def _newest(topic: str, room: int) -> str:
    """The last words of ``topic`` that fit."""
    if len(topic) <= room:
        return topic
    cut = topic[len(topic) - max(room, 0) :]
    return cut.partition(" ")[2]


def _topic(former: str, whole: bool) -> str:
    """What ``former`` is about; ``whole`` keeps its question word, where what is asked stays.

    A question that was itself completed adds its own words to the topic that it was given.
    """
    completed = _COMPLETED.search(former)
    if not completed:
        return _bracketless(former if whole else _subject(former))
    older = completed[0][3:-1]
    own = _own_words(former[: completed.start()])
    comma = "،" if detect_language(older) == "ar" else ","
    return f"{older}{comma} {own}" if own and own not in older else older


def _own_words(question: str) -> str:
    """The content words of a follow-up: without its pronouns, which would point at nothing now."""
    start = about(question, words_of(question))
    if start is not None:
        return _bare(question[start:])
    return " ".join(
        word.text
        for word in words_of(question)
        if word.content and word.key not in known.HAPPENS | known.OCCURS
    )


def _subject(question: str) -> str:
    """A question without what asks: its question words, and a verb that only says it happened."""
    words = words_of(question)
    at = 0
    who = words[0].key in ("من", "ومن")  # After it «وقع» is "signed".
    while at < len(words) and _only_asks(words[at]) and not (who and words[at].key == "وقع"):
        at += 1
    return question[words[at].start :] if at < len(words) else question


def _only_asks(word: Word) -> bool:
    key = word.key
    occurs = key in known.OCCURS and key not in known.HAPPENS
    asking = (
        asks(word) or key in known.CONNECTIVES or key in known.AUXILIARIES or key in known.LIGHT
    )
    return asking or occurs or key in known.OPENING


def _bare(text: str) -> str:
    """Without the spaces and question marks at its end."""
    return text.rstrip(" \t\n?؟!.،,;:").lstrip()


def _bracketless(text: str) -> str:
    """Fit to stand in brackets."""
    return _bare(re.sub(r"\s*[()]\s*", " ", text).strip())


# --- small things ---------------------------------------------------------------------------------


def _only(
    pattern: re.Pattern[str], text: str, fits: Callable[[re.Match[str]], bool] = bool
) -> re.Match[str] | None:
    """The one match that fits, if there is just one."""
    found = [match for match in pattern.finditer(text) if fits(match)]
    return found[0] if len(found) == 1 else None


def _spliced(text: str, span: tuple[int, int], put: str) -> str:
    return text[: span[0]] + put + text[span[1] :]
