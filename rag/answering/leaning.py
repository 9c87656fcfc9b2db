"""Tells whether a question leans on what was said before it: "and where was that?", «متى؟».

Judged by the question's own words, so that a question that stands alone never changes with what
happened to be asked before it. In doubt it stands: a question left as it is can be asked again, one
that is sent astray answers something nobody asked.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from rag.answering import conversation_words as known
from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH

__all__ = ["Word", "about", "asks", "leans", "words_of"]

_MOST_WORDS = 25  # Nobody refers back in a question longer than this without saying to what.
_TOKEN = re.compile(r"\S+")
# From the first letter or digit to the last, with the marks that the last one carries.
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?[\u0610-\u061a\u064b-\u065f\u0670\u0300-\u036f]*")
_BREAK = re.compile(r"[,;:.!?،؛؟]")
_ASKED_MARK = re.compile(r"[?؟]\s*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, without the punctuation around it; ``key`` is it folded.

    ``breaks`` when punctuation after it ends a clause; ``name`` when a capital marks it as one.
    """

    text: str
    key: str
    start: int
    end: int
    breaks: bool
    name: bool

    @property
    def content(self) -> bool:
        """Whether it says what the question is about."""
        return not (
            self.key in ENGLISH
            or self.key in ARABIC
            or self.key in known.LIGHT
            or self.key in known.CONTRACTED
            or self.key in known.WITH_PRONOUN_AR
            or asks(self)
        )


def words_of(text: str) -> list[Word]:
    """The words of ``text`` in order, with where they stand in it."""
    capitals = not text.isupper()
    return [
        _word(core[0], match.start() + core.start(), match[0][core.end() :], capitals)
        for match in _TOKEN.finditer(text)
        if (core := _CORE.search(match[0]))
    ]


def _word(core: str, start: int, after: str, capitals: bool) -> Word:
    key = normalize(core)
    stop = key in ENGLISH or key in known.CONTRACTED or key in known.LIGHT or key in known.NO_NAMES
    named = capitals and core[0].isupper() and not stop
    return Word(core, key, start, start + len(core), bool(_BREAK.search(after)), named)


def asks(word: Word) -> bool:
    """Whether it is a question word, perhaps after و or ف."""
    return _attached_to(word.key, known.ASKING)


def leans(question: str) -> bool:
    """Whether the question needs what was said before it."""
    words = words_of(question)
    if not words or len(words) > _MOST_WORDS or any(w.key in known.TO_US for w in words):
        return False
    return (
        about(question, words) is not None
        or _continues(words)
        or _is_bare(words)
        or any(_points_back(words, at) for at in range(len(words)))
    )


# --- another of the same: "what about X", "and in X" ----------------------------------------------


def about(question: str, words: Sequence[Word]) -> int | None:
    """Where X begins in a question that only says "what about X" or "and X"; else ``None``."""
    keys = [word.key for word in words]
    opens = 1 if keys[0] in known.CONNECTIVES else 0
    asked = " ".join(keys[opens : opens + 2])
    if asked in known.ABOUT and len(words) > opens + 2:
        return words[opens + 2].start if _content(words) <= 5 else None
    rest = words[opens:]
    if not rest or any(map(asks, words)) or _content(words) > 2:
        return None
    if keys[opens] in ("وعن", "فعن") and len(rest) > 1:
        return rest[1].start
    if keys[0][0] in "وف" and keys[0][1:] in known.PREPOSITIONS and len(words) > 1:
        return words[0].start + 1
    if rest[0].key in known.AUXILIARIES or not (_ASKED_MARK.search(question) and _content(rest)):
        return None
    fragment = opens and keys[0] in known.CONTINUES
    placed = rest[0].key in known.PREPOSITIONS and len(rest) <= 4
    return rest[0].start if fragment or placed else None


# --- questions that go on, and those that hardly say anything -------------------------------------


def _continues(words: Sequence[Word]) -> bool:
    """``And who attended?``, «ومن حضر القمة؟»: joined to what came before, and short."""
    first = words[0]
    attached = first.key[0] in "وف" and first.key[1:] in known.ASKING_AR
    joined = first.key in known.CONNECTIVES and len(words) > 1 and _opens_question(words[1])
    if not (attached or joined) or _defines(words):
        return False
    if named := sum(word.name for word in words):  # "And what did China say?"
        return _names(words) == 1 and _content(words) == named + 1
    return _content(words) <= (2 if attached or first.key in ARABIC else 3)


def _is_bare(words: Sequence[Word]) -> bool:
    """``When exactly?``, «أين عُقد؟»: a question word and at most one word of content."""
    rest = words[1:] if words[0].key in known.CONNECTIVES else words
    if len(rest) > 1 and _attached_to(rest[0].key, known.PREPOSITIONS) and asks(rest[1]):
        rest = rest[1:]  # "with whom?", «ومع من؟»
    if not rest or not _opens_question(rest[0]) or any(word.name for word in rest):
        return False
    if len(rest) > 1 and rest[1].key == "to":  # "how to vote"
        return False
    return _content(rest) < 2 and not _defines(words)


def _opens_question(word: Word) -> bool:
    return asks(word) or word.key in known.AUXILIARIES


def _attached_to(key: str, among: Container[str]) -> bool:
    """Whether it is one of these, perhaps after و or ف."""
    return key in among or (key[:1] in ("و", "ف") and key[1:] in among)


def _defines(words: Sequence[Word]) -> bool:
    """``what is inflation``, «من هو بوتين»: asks what its one content word is, and so stands."""
    said = [word for word in words if word.content]
    if len(said) != 1 or said[0] is not words[-1]:
        return False
    word, before = said[0], {each.key for each in words[:-1]}
    if _refers(word) or _relational(word.key):
        return False
    if before & known.BE or any("'s" in key for key in before):
        return not known.PARTICIPLE.fullmatch(word.key)
    asked = before & known.WHAT_AR
    if before & {"الذي", "التي", "الذين"} or not before & known.PLACED_AR:
        return False
    named = bool(before & known.PERSONAL_AR) or word.key.startswith("ال")
    return named or bool(asked)


def _relational(key: str) -> bool:
    """Whether it is always the result, or the meeting, *of* something."""
    return key.removeprefix("ال") in known.RELATIONAL


def _refers(word: Word) -> bool:
    """Whether an Arabic pronoun is attached to it; ة is none, though folding makes it ه."""
    return bool(known.ATTACHED.search(word.key)) and word.text.rstrip(known.MARKS)[-1] != "ة"


# --- pronouns -------------------------------------------------------------------------------------


def _points_back(words: Sequence[Word], at: int) -> bool:
    """Whether the word there means something that this question does not name."""
    key = words[at].key.split("'")[0]
    if key in known.PERSONAL:
        return _personal(words, at, key)
    if key in known.DEMONSTRATIVE:
        return _demonstrative(words, at, key)
    if key in known.PERSONAL_AR or key in known.WITH_PRONOUN_AR:
        return _personal_arabic(words, at)
    return key in known.DEMONSTRATIVE_AR and _demonstrative_arabic(words, at)


def _personal(words: Sequence[Word], at: int, key: str) -> bool:
    if _comes_later(words, at) or (key == "it" and _is_empty_it(words, at)):
        return False
    inverted = at > 0 and words[at - 1].key in known.AUXILIARIES
    last = at == len(words) - 1
    is_object = key in ("him", "them") or (last and key in ("it", "her"))
    if inverted or is_object:
        enough = is_object and not last and _names(words[:at]) > 1
        return not (enough or _said_before_break(words, at))
    return not _could_be_meant(words[:at])


def _comes_later(words: Sequence[Word], at: int) -> bool:
    """``When he met Lavrov, what did Wang Yi say?``: the one who is meant follows the comma."""
    breaks = [i for i in range(at, len(words)) if words[i].breaks]
    return bool(breaks) and _could_be_meant(words[breaks[0] + 1 :])


def _is_empty_it(words: Sequence[Word], at: int) -> bool:
    """``is it true that``, ``was it Lavrov who``, ``how long did it take Lavrov to``."""
    if any(word.key in ("that", "who") for word in words[at + 1 : -1]):
        return True
    near = {word.key for word in words[at + 1 : at + 3]}
    return bool(near & known.EMPTY_IT) and _content(words) > 2


def _could_be_meant(words: Sequence[Word]) -> bool:
    """Whether a name, or a noun and its verb, stands there."""
    persons = any(
        word.name and not (i and words[i - 1].key in known.PLACING) for i, word in enumerate(words)
    )
    return persons or _content(words) > 1


def _said_before_break(words: Sequence[Word], at: int) -> bool:
    """Whether an earlier clause names what the word there can mean.

    Within one clause it cannot: in "what did China say about it", *it* is not China.
    """
    return any(_could_be_meant(words[: i + 1]) for i in range(at - 1) if _clause_ends(words, i))


def _clause_ends(words: Sequence[Word], at: int) -> bool:
    after = words[at + 1 : at + 3]
    if words[at].breaks or (after and after[0].key in known.CLAUSES):
        return True
    return len(after) > 1 and after[0].key == "and" and _opens_question(after[1])


def _names(words: Sequence[Word]) -> int:
    """How many names: a run of capitals is one."""
    return sum(w.name and not (i and words[i - 1].name) for i, w in enumerate(words))


def _demonstrative(words: Sequence[Word], at: int, key: str) -> bool:
    """``that``, ``this meeting``, ``there``, ``then``, where they point at something."""
    before = words[at - 1].key if at else ""
    after = words[at + 1].key if at + 1 < len(words) else ""
    if key == "then":
        return not after and _content(words) < 4
    if key == "there":
        existing = after and (before in known.BE or after in known.BE)
        placed = any(w.name and words[i].key in known.PLACING for i, w in enumerate(words[1:at]))
        return not (existing or placed or _said_before_break(words, at))
    if after in known.TIMES or after in ("who", "of", "that", "whose"):
        return False
    if key == "those" and after in ENGLISH:  # "those in Beijing", "those he met"
        return False
    if key == "that" and after and before not in known.BEFORE_THAT:
        return False
    return not _said_before_break(words, at)


def _personal_arabic(words: Sequence[Word], at: int) -> bool:
    """«من هو؟», «هل هو قادم؟», «ماذا قال لافروف عنه؟»; in «من هو الرئيس» it only joins."""
    if any(word.key in known.RELATIVE_AR for word in words):
        return False
    last = at == len(words) - 1
    if words[at].key in known.WITH_PRONOUN_AR:
        return last and _content(words) < 3
    after_whether = at == 1 and words[0].key in ("هل", "وهل", "فهل")
    return _content(words[:at]) == 0 and (last or (after_whether and _content(words) < 4))


def _demonstrative_arabic(words: Sequence[Word], at: int) -> bool:
    """«ذلك», «هذا الاجتماع», «هناك», unless earlier words of the sentence say what."""
    after = words[at + 1].key if at + 1 < len(words) else ""
    if after.removeprefix("ال") in known.TIMES_AR:
        return False
    said = _content(words[:at])
    if words[at].key == "هناك":
        return said < 4 and (not after or (said > 0 and _content(words) < 4))
    return said < (4 if not after else 3) and not _arabic_break(words[:at])


def _arabic_break(words: Sequence[Word]) -> bool:
    """Whether a clause with something in it ends there."""
    return any(w.breaks and _content(words[: i + 1]) > 1 for i, w in enumerate(words))


def _content(words: Sequence[Word]) -> int:
    return sum(word.content for word in words)
