"""Names across scripts: a word's consonants, written alike for Arabic and Latin letters.

``لافروف`` and ``Lavrov`` both become ``LFRF``. Letters that the two scripts exchange freely share
one sign (ق ك غ ج خ and k q g j), vowels go but for a first one, doubled consonants count once. An
English spelling that can be read in several ways (ch, c, th) gives each reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

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
    forms = [word[len(proclitic) :] for proclitic in _PROCLITICS if word.startswith(proclitic)]
    return _skeletons(map(_arabic_signs, (word, *(f for f in forms if len(f) >= SHORTEST))))


def _arabic_signs(word: str) -> str:
    signs = "".join(_ARABIC.get(letter, "") for letter in word)
    return _ARABIC_FIRST.get(word[:1], "") + signs


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
    return _skeletons(found)


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


def _skeletons(signs: Iterable[str]) -> tuple[str, ...]:
    """Those long enough, in order, with consonants written once."""
    single = {_DOUBLED.sub(r"\1", each) for each in signs}
    return tuple(sorted(each for each in single if len(each) >= SHORTEST))
