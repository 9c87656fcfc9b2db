"""Completes a question that leans on the one before it: «متى؟» asks when *that* was.

Retrieval and the language model see one question at a time, so each must say what it is about. A
question leans when it says little of its own, or holds a pronoun and not much else; the former
question then follows it in brackets, so that what it became can be shown to the person who asked.
Only former questions are drawn on, never their answers, for the words of a wrong answer would lead
the next question astray. Rewriting the former question instead found no more: ``eval/NOTES.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rag.text.analyze import content_words
from rag.text.language import detect_language
from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH

_LIMIT = 500
# A question of so few content words leans; with a pronoun, one of so few does.
_FEW = 2
_FEW_WITH_PRONOUN = 4


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_PRONOUNS = _words(
    "he she it they him her his its their them that those then else"
    " هو هي هم هما ذلك تلك هذا هذه هؤلاء هناك بذلك لذلك بعدها بعده قبلها قبله"
)
_TO_US = _words("i me my you your انت انتم")
_COURTESY = _words("hello hi hey thanks thank ok okay yes no bye شكرا مرحبا اهلا نعم")
_WORD = re.compile(r"\w+")
_BRACKETS = re.compile(r"\s*[()]\s*")
_COMPLETED = re.compile(r"[?؟] \([^()]+\)$")
# "Who is Putin?", «من هو بوتين؟» stand, "What was the result?" does not.
_DEFINES = re.compile(r"\W*(?:who|what)(?:['’]s| is| are| was) (?!the\b)|\W*(?:من|ما) ه[وي] ", re.I)
# A capital within the question names somebody, unless the question only goes on to another.
_NAMES = re.compile(r"(?!\W*(?i:and|but|or|what about|how about)\b).*\w\W+[A-Z]\w")


class Turn(NamedTuple):
    """A question as typed, as it was resolved, and the text of its answer or its quotes."""

    question: str
    resolved: str
    answer: str


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The question standing on its own: unchanged, or with what it was about before in brackets.

    It has at most 500 characters then; what gives way is the beginning of the topic.
    """
    former = next((said for turn in reversed(history) if (said := _said(turn))), "")
    head = _bare(question)
    mark = "؟" if detect_language(head) == "ar" else "?"
    room = _LIMIT - len(f"{head}{mark} ()")
    topic = former if len(former) <= room else former[-max(room, 0) :].partition(" ")[2]
    return f"{head}{mark} ({topic})" if room > 0 and topic and leans(question) else question


def turns(questions: Iterable[str]) -> list[Turn]:
    """A conversation in which these were asked, each resolved by those before it."""
    found: list[Turn] = []
    for question in questions:
        found.append(Turn(question, resolve(question, found), ""))
    return found


def leans(question: str) -> bool:
    """Whether the question needs what was said before it."""
    words = _WORD.findall(normalize(question))
    if not words or _COMPLETED.search(question) or not {*words}.isdisjoint(_TO_US | _COURTESY):
        return False
    said = [w for w in content_words(question) if w not in ENGLISH | ARABIC | _PRONOUNS]
    if _DEFINES.match(question) and said:
        return False
    if not _PRONOUNS.isdisjoint(words):
        return len(said) <= _FEW_WITH_PRONOUN
    return len(said) <= _FEW and not _NAMES.match(question)


def _said(turn: Turn) -> str:
    """What a turn asked, on one line without brackets; empty when it is only polite."""
    said = _BRACKETS.sub(" ", " ".join((turn.resolved.strip() or turn.question).split()))
    words = _WORD.findall(normalize(said))
    return _bare(said) if any(word not in _COURTESY for word in words) else ""


def _bare(text: str) -> str:
    """Without the spaces and marks at its end."""
    return " ".join(text.split()).rstrip(" ?؟!.،,;:")
