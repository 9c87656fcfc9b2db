"""Names across scripts: a word's consonants, written alike for Arabic and Latin letters.

``لافروف`` and ``Lavrov`` both become ``LFRF``. Letters that the two scripts exchange freely share
one sign (ق ك غ ج خ and k q g j), vowels go but for a first one, doubled consonants count once. An
English spelling that can be read in several ways (ch, c, th) gives each reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["SHORTEST", "arabic_skeletons", "latin_skeletons"]

# Shorter skeletons match too much to say anything.
SHORTEST = 3

_ARABIC = {
    letter: sign
    for letters, sign in (
        ("بپ", "B"), ("تطث", "T"), ("دضذظ", "D"), ("جغقكخ", "K"), ("سصز", "S"), ("ش", "X"),
        ("فڤ", "F"), ("ل", "L"), ("م", "M"), ("ن", "N"), ("ر", "R"),
    )
    for letter in letters
}  # fmt: skip
_ARABIC_FIRST = {"ا": "A", "ع": "A", "ه": "H", "ح": "H", "و": "W", "ي": "Y"}
_PROCLITICS = ("وال", "بال", "كال", "فال", "ال", "لل", "و", "ب", "ل")

_LATIN = {
    "b": "B", "p": "B", "t": "T", "d": "D", "k": "K", "q": "K", "g": "K", "j": "K", "s": "S",
    "z": "S", "f": "F", "v": "F", "l": "L", "m": "M", "n": "N", "r": "R", "x": "KS",
}  # fmt: skip
_LATIN_FIRST = {"h": "H", "w": "W", "y": "Y"}
# Spellings of several letters, the longest first, and how each may sound.
_SPELLINGS = (
    ("tch", ("TX",)), ("sch", ("X", "SK")), ("sh", ("X",)), ("ch", ("TX", "X", "K")),
    ("ph", ("F",)), ("th", ("T", "D")), ("gh", ("K", "")), ("kh", ("K",)), ("ck", ("K",)),
    ("qu", ("K",)), ("dg", ("K",)), ("tio", ("T", "X", "S")), ("tia", ("T", "X", "S")),
    ("cio", ("T", "X", "S")), ("cia", ("T", "X", "S")), ("sio", ("T", "X", "S")),
    ("sia", ("T", "X", "S")), ("ce", ("S",)), ("ci", ("S",)), ("cy", ("S",)), ("c", ("K",)),
)  # fmt: skip
_DOUBLED = re.compile(r"([^AHWY])\1+")


def arabic_skeletons(word: str) -> tuple[str, ...]:
    """Skeletons of a normalised Arabic word, with and without what may be a proclitic."""
    forms = {word, *(word[len(p) :] for p in _PROCLITICS if _stripped(word, p))}
    return _long_enough({_squeeze("".join(_arabic_signs(form))) for form in forms})


def _stripped(word: str, proclitic: str) -> bool:
    return word.startswith(proclitic) and len(word) - len(proclitic) >= SHORTEST


def _arabic_signs(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        sign = _ARABIC.get(letter)
        if sign is None and place == 0:
            sign = _ARABIC_FIRST.get(letter)
        if sign:
            yield sign


def latin_skeletons(word: str) -> tuple[str, ...]:
    """Skeletons of a Latin word, one for each way its spelling may sound; accents are ignored."""
    plain = unicodedata.normalize("NFD", word.lower()).removesuffix("'s")
    letters = re.sub(r"[^a-z]", "", plain)
    found = {""}
    place = 0
    while place < len(letters):
        length, sounds = _sounds(letters, place)
        found = {start + sound for start in found for sound in sounds}
        place += length
    if len(letters) > 4 and letters.endswith("s"):
        found |= {skeleton[:-1] for skeleton in found if skeleton.endswith("S")}
    return _long_enough({_squeeze(skeleton) for skeleton in found})


def _sounds(letters: str, place: int) -> tuple[int, tuple[str, ...]]:
    """How many letters at ``place`` are read together, and as what."""
    for spelling, sounds in _SPELLINGS:
        if letters.startswith(spelling, place):
            # The last letter of "tio" or "ce" only decides the sound; it is read by itself.
            read = len(spelling) - 1 if spelling[-1] in "oaeiy" else len(spelling)
            return read, sounds
    letter = letters[place]
    if letter in _LATIN:
        return 1, (_LATIN[letter],)
    return 1, (_LATIN_FIRST.get(letter, "A") if place == 0 else "",)


def _squeeze(skeleton: str) -> str:
    return _DOUBLED.sub(r"\1", skeleton)


def _long_enough(skeletons: set[str]) -> tuple[str, ...]:
    return tuple(sorted(skeleton for skeleton in skeletons if len(skeleton) >= SHORTEST))
