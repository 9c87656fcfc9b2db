"""Finds sentences and clauses as spans of the raw text, Arabic and English alike.

Rules, no model: line breaks always end a sentence, and . ! ? ؟ … end one unless what stands before
(an abbreviation, an initial, a list number) or after (a lower-case word, a comma) says otherwise.
Where Arabic leaves it open, having no capitals, the text is split. Nothing is cut by length here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.stopwords import ENGLISH
from rag.types import Span

_BREAKS = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_LINE = re.compile(rf"[^{_BREAKS}]+")
# A quote or bracket closes when no word follows it at once; then it may stand apart (`روسيا. "`).
_CLOSERS = r"""(?P<closers>(?:\s*["'”’»›)\]}]+(?!["'”’»›)\]}\w]))*)"""
_ENDER = re.compile(rf"(?P<marks>[.!?؟۔…]+){_CLOSERS}(?P<gap>\s*)")
_DELIMITER = re.compile(rf"(?P<mark>[،؛,;:]|[–—]|-+){_CLOSERS}(?P<gap>\s*)")
# Only ASCII, for Arabic words are often glued to an address; its last character is no full stop.
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]*[A-Za-z0-9/=&#_-]", re.IGNORECASE)
_CONTINUES = frozenset("،,;؛:.!?؟۔…")
_OPENERS = "\"'“‘«‹([{„ \t"

_TASHKEEL = dict.fromkeys([0x640, *range(0x64B, 0x653), 0x670])
_QUOTES = tuple('"“«')
_WORD = re.compile(r"\w")
_REACH = 24  # Characters looked at before a dot: longer than any abbreviation.
_WORD_BEFORE = re.compile(r"[^\W_][\w.]*$")
_LIST_NUMBER = re.compile(r"\W{0,9}\d{1,3}")
# With a number or an Arabic "and" written onto it: 1445هـ, وج.
_INITIALS = re.compile(r"(?:\d+(?=[\u0620-\u064a])|و)?(?:[^\W\d_]\.)*[^\W\d_]")
_CAPITAL_WORD = re.compile(r"[\"'“‘(\[]*([A-Z][a-z]*)\b")
_ADDRESS_SIGNS = re.compile(r"[@/_\\]")

# Always followed by the name they introduce.
_TITLES = """
mr mrs ms messrs mx dr prof rev fr hon gen lt col maj capt cpt cmdr adm sgt cpl pvt gov sen rep pres
amb supt insp st mt ft vs viz cf e.g i.e وأ ود وم وص وج وط وأ.د
"""
# Abbreviations only before a number: "No." and "art." are also words that end sentences.
_NUMBERED = "no nos p pp vol ch fig sec art para ver ed cl"
# May also end a sentence; a capitalised function word after them says that they did.
_SHORT = """
jr sr al inc ltd co corp bros dept univ assn est approx etc esq ave blvd rd ph.d jan feb mar apr jun
jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
"""
# Words of their own unless they are written with a capital.
_CAPITALISED = "mar sat sun mon wed jan dec co est mt st ft gen col al ave"
_TITLE_WORDS = frozenset(_TITLES.split())
_NUMBERED_WORDS = frozenset(_NUMBERED.split())
_SHORT_WORDS = frozenset(_SHORT.split())
_CAPITALISED_WORDS = frozenset(_CAPITALISED.split())


def split_sentences(text: str) -> list[Span]:
    """The sentences of ``text``: ordered, disjoint, covering every character but white space.

    No span starts or ends with white space or holds a line break. Quotes and brackets that close
    right after the end of a sentence belong to it.
    """
    addresses = [Span(*match.span()) for match in _ADDRESS.finditer(text)]
    cuts: list[int] = []
    for line in _LINE.finditer(text):
        cuts.extend(_ends_in(text, Span(*line.span()), addresses))
        cuts.append(line.end())
    return _between(text, 0, cuts)


def _ends_in(text: str, line: Span, addresses: list[Span]) -> Iterator[int]:
    for match in _ENDER.finditer(text, line.start, line.end):
        if match.end() == line.end:
            return
        if _within(addresses, match.start()) or not _ends(text, line, match):
            continue
        end = match.end("closers")
        yield end
        # A list number may follow the end of a sentence as well as open a line.
        line = Span(end, line.end)


def _ends(text: str, line: Span, match: re.Match[str]) -> bool:
    """Whether these marks, with something after them on the line, end a sentence."""
    following = text[match.end()]
    marks = match["marks"]
    if following in _CONTINUES or _starts_low(text, match.end()):
        return False
    if match["closers"] and text[match.start() - 1 : match.start()] in tuple("([{"):
        return False  # "(!)" and "[...]" are remarks inside a sentence.
    spaced = bool(match["gap"] or match["closers"])
    if marks == ".":
        return (
            _dot_ends(text, line, match) if spaced else _glued_dot_ends(text, line, match.start())
        )
    if spaced:
        return True
    return "." not in marks and marks != "…" and _is_arabic(following)


def _starts_low(text: str, index: int) -> bool:
    """Whether a lower-case word starts here, past an opening quote; iPhone is not one."""
    while index < len(text) and text[index] in _OPENERS:
        index += 1
    return text[index : index + 1].islower() and not text[index + 1 : index + 2].isupper()


def _dot_ends(text: str, line: Span, match: re.Match[str]) -> bool:
    """Whether a dot followed by space or a closing quote ends a sentence."""
    word = _word_before(text, line.start, match.start())
    if _LIST_NUMBER.fullmatch(text, line.start, match.start()):
        return False
    lowered = word.lower()
    if lowered in _TITLE_WORDS and _written_short(word):
        return False
    if lowered in _NUMBERED_WORDS:
        return not text[match.end()].isdigit()
    if _INITIALS.fullmatch(word) or (lowered in _SHORT_WORDS and _written_short(word)):
        return _function_word_starts(text, match.end())
    return True


def _written_short(word: str) -> bool:
    """Whether the word is written as its abbreviation is: "Sat." is a day, "sat." is not."""
    return word[0].isupper() or word.lower() not in _CAPITALISED_WORDS


def _function_word_starts(text: str, index: int) -> bool:
    """Whether the next word is a capitalised English function word, as in "the U.S. The"."""
    match = _CAPITAL_WORD.match(text, index)
    return match is not None and match[1] != "I" and match[1].lower() in ENGLISH


def _glued_dot_ends(text: str, line: Span, dot: int) -> bool:
    """Whether a dot with no space after it ends a sentence: scraped text often lost the space."""
    following = text[dot + 1]
    if text[dot - 1 : dot] in tuple("\"'”’»)]"):
        return _is_arabic(following) or following.isupper()
    word = _word_before(text, line.start, dot)
    letters = word.rpartition(".")[2]
    if _is_arabic(following):
        # Two letters or fewer are more likely an abbreviation: ق.م, د.ب.أ.
        return len(letters) > 2 and (letters.isdigit() or _is_arabic(letters[-1]))
    if _is_arabic(letters[-1:]):
        return len(letters) > 2 and following.isalnum()
    if not (letters[-2:].islower() and len(letters) > 1 and text[dot + 2 : dot + 3].islower()):
        return False
    around = text[max(line.start, dot - 2 * _REACH) : dot].rpartition(" ")[2]
    around += text[dot : min(line.end, dot + 2 * _REACH)].partition(" ")[0]
    named = word.lower() in _TITLE_WORDS or _ADDRESS_SIGNS.search(around)
    return following.isupper() and not named


def _word_before(text: str, floor: int, end: int) -> str:
    """The word, dots inside it included, that ends at ``end``; tashkeel and tatweel taken off."""
    match = _WORD_BEFORE.search(text[max(floor, end - _REACH) : end].translate(_TASHKEEL))
    return match[0] if match else ""


def _is_arabic(char: str) -> bool:
    return "\u0620" <= char <= "\u06ff" and char.isalpha()


def _within(spans: list[Span], index: int) -> bool:
    """Whether ``index`` lies in one of the spans; those already passed are dropped."""
    while spans and spans[0].end <= index:
        spans.pop(0)
    return bool(spans) and spans[0].start <= index


def _between(text: str, start: int, cuts: list[int]) -> list[Span]:
    """What lies between the cuts, without outer white space and without the empty."""
    spans: list[Span] = []
    for cut in cuts:
        piece = text[start:cut]
        stripped = piece.strip()
        if stripped:
            first = start + len(piece) - len(piece.lstrip())
            spans.append(Span(first, first + len(stripped)))
        start = cut
    return spans


def split_clauses(text: str, span: Span) -> list[Span]:
    """The clauses of the sentence at ``span``, cut after ، ؛ , ; : and dashes.

    They cover every character of it but white space. Marks inside numbers, times, addresses and
    hyphenated words do not cut, and no clause is made of punctuation alone unless the sentence is.
    """
    addresses = [Span(*match.span()) for match in _ADDRESS.finditer(text, *span)]
    cuts: list[int] = []
    seen, has_word = span.start, False
    for match in _DELIMITER.finditer(text, span.start, span.end):
        end = match.end("closers")
        if _within(addresses, match.start()) or not _parts(text, match):
            continue
        has_word = has_word or bool(_WORD.search(text, seen, end))
        seen = end
        if has_word and match.end() < span.end:
            cuts.append(end)
            has_word = False
    if cuts and not _WORD.search(text, cuts[-1], span.end):
        cuts.pop()
    return _between(text, span.start, [*cuts, span.end])


def _parts(text: str, match: re.Match[str]) -> bool:
    """Whether a comma, colon or dash stands between clauses rather than inside a word or number."""
    mark = match["mark"]
    spaced = bool(match["gap"])
    if mark in "؛—":
        return True
    if mark == "،":
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        return spaced or not (len(around) == 2 and around.isdecimal())
    if mark in ",;:":
        following = text[match.end() : match.end() + 1]
        return spaced or bool(match["closers"]) or _is_arabic(following) or following in _QUOTES
    return spaced and text[match.start() - 1 : match.start()].isspace()
