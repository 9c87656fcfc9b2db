"""Bytes to text: by the encoding that is marked or declared, else by what the text can only be.

A guess is made where the bytes read as Arabic or as a Western language in one encoding and in no
other; in doubt there is none, for a wrong guess makes letters that nobody wrote.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.message import Message

from rag.text.stopwords import ENGLISH

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What is called Latin 1 is Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {"iso8859-1": "cp1252"}
# Codecs of Python in which no file is.
_NO_ENCODINGS = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# How far a text is searched for signs of UTF-16.
_HEAD = 1000
# Outside the scripts of Arabic and Western text: UTF-16 in the wrong order is little else.
_OTHER = re.compile(r"[^\t\n\r -~\xa0-\u024f\u0600-\u06ff\u2010-\u203a\u20ac]")
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")

# So many bytes on either side of the first that is not ASCII are judged.
_JUDGED = 500_000
# A reading must be so many bits likelier than chance, and than any other.
_SURE = 8.0
# By how many bits a letter is likelier in Arabic news than one of 36 drawn by chance.
_GAINS = {
    letter: bits
    for bits, letters in (
        (2.0, "ال"),
        (1.0, "يمونرت"),
        (0.0, "بةعدسفقهحأكج"),
        (-2.0, "صطشإىخضزذث\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"),
        (-3.5, "ئغءظؤآپچژگ"),
        (-6.0, "ـٹڈڑکںھہے"),
    )
    for letter in letters
}
_ARABIC_WORD = re.compile(
    r"\b(?:[وفب]?ال\w{3,}|لل\w{3,}"
    r"|و?(?:في|من|على|إلى|عن|أن|مع|التي|الذي|هذا|هذه|كان|كانت|بين|بعد))\b"
)
_SCRIPTS_MIXED = re.compile(
    r"[\u0621-\u06d2](?=[A-Za-z\xc0-\u0192])|[A-Za-z\xc0-\u0192](?=[\u0621-\u06d2])"
)

_TAG = re.compile(r"<[^<>]*>")
_WESTERN_WORD = re.compile(r"[a-z\xdf-\u017f]+(?:'[a-z]+)?")
_FUNCTION_WORDS = ENGLISH.union(
    *(
        words.split()
        for words in (
            "le la les des du et est une un que qui dans pour sur avec par au aux se ne pas",
            "el los las del y en es una por con para su al lo como más",
            "der die das und den dem von zu mit ist im auf ein eine nicht sich",
            "il gli di che della è per non sono",
            "o os da do em não uma",
        )
    )
)
# Of the words of a Western text at least so many are function words.
_FUNCTION_SHARE = 0.15
_IN_PLACE = re.compile(
    r"(?<=[A-Za-z])[À-ÿ]|[À-ÿ](?=[A-Za-z])"
    r"|(?<![A-Za-z])[“‘«](?=\w)|(?<=[\w.,!?])[”’»](?!\w)|(?<=[ \d])[–—](?=[ \d])|[£€](?=\d)"
)
_CONTRACTION = re.compile(r"(?<=[A-Za-z])’(?=(?:s|t|re|ve|ll|d|m)\b)")
_OUT_OF_PLACE = re.compile(
    r"[a-zß-ÿ][À-ÖØ-ÞŠŽŒŸ]|[A-ZÀ-Þ][À-ÖØ-ÞŠŽŒŸ][a-zß-ÿ]"  # A capital inside a word.
    r"|[À-ÿŠŽŒšžœŸƒ]{2}|\d[À-ÿŠŽŒšžœŸ]"
    r"|[ãõ](?![oe])|[ìòù](?=[a-z])"  # Portuguese and Italian have them elsewhere.
    r"|[ÒÕÐÝÞðýþ]"  # Quotes of the Macintosh; Turkish in its own encoding.
    r"|[A-Za-zÀ-ÿ][‘“”\xa1-\xbf×÷‚„†‡ˆ‰‹›•˜™¢][A-Za-zÀ-ÿ]"
)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data``, without its byte-order mark.

    By that mark, else in the encoding ``declared``, else in UTF-8, else in UTF-16, Windows-1256,
    ISO 8859-6 or Windows-1252 where it can only be that one.

    Raises:
        UnicodeDecodeError: it is not in the encoding declared; or, where none is, not in UTF-8 nor
            surely in another.
        LookupError: no encoding of the name ``declared`` is known.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            with suppress(UnicodeDecodeError):
                return data.decode(name)
    # To declare ASCII is to declare nothing: mail does it for whatever has no other name.
    if declared and (known := _known(declared)) != "ascii":
        return data.decode(known)
    if (text := _utf16(data)) is not None:
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if (text := _likeliest(data)) is not None:
            return text
        raise


def sent_charset(content_type: str) -> str | None:
    """The encoding that a site states in its header; ``None`` where it is not known: then the page
    is asked, as browsers do (https://html.spec.whatwg.org/#determining-the-character-encoding).
    """
    header = Message()
    header["Content-Type"] = content_type
    charset = header.get_content_charset("")
    with suppress(LookupError):
        return charset if _known(charset) else None
    return None


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except ValueError as error:  # the name itself is no text
        raise LookupError(f"unknown encoding: {declared!r}") from error
    if name in _NO_ENCODINGS:
        raise LookupError(f"unknown encoding: {declared!r}")
    return _MEANT.get(name, name)


def _utf16(data: bytes) -> str | None:
    """The text in UTF-16, if one order of the bytes gives letters and the other does not."""
    if len(data) % 2 or not _CONTROL.search(data[:_HEAD].decode("latin-1")):
        return None
    texts = []
    for order in ("utf-16-le", "utf-16-be"):
        with suppress(UnicodeDecodeError):
            text = data.decode(order)
            if not _CONTROL.search(text) and len(_OTHER.findall(text)) <= len(text) / 10:
                texts.append(text)
    return texts[0] if len(texts) == 1 else None


def _likeliest(data: bytes) -> str | None:
    """The text in the one encoding of single bytes in which it surely reads."""
    first = next(_HIGH.finditer(data)).start()
    part = slice(max(0, first - _JUDGED), first + _JUDGED)
    if 2 * sum(map(len, _SEQUENCE.findall(data[part]))) > len(_HIGH.findall(data[part])):
        return None  # UTF-8 with some damage.
    bits = {"": 0.0}
    for name, judge in _JUDGES:
        with suppress(UnicodeDecodeError):
            text = data.decode(name)
            if not _CONTROL.search(text):
                bits[text] = max(judge(text[part]), bits.get(text, 0.0))
    second, best = sorted([0.0, *bits.values()])[-2:]
    return max(bits, key=bits.__getitem__) if best - second >= _SURE else None


def _arabic_bits(text: str) -> float:
    """How much likelier the letters of ``text`` are in Arabic than by chance."""
    counts = Counter(text)
    letters = sum(counts[letter] * bits for letter, bits in _GAINS.items())
    mixed = len(_SCRIPTS_MIXED.findall(text))
    return letters + 3.0 * len(_ARABIC_WORD.findall(text)) - 8.0 * mixed


def _western_bits(text: str) -> float:
    """How much speaks for ``text`` as one in a Western language; nothing if its words do not."""
    prose = _TAG.sub(" ", text)
    words = _WESTERN_WORD.findall(prose.lower().replace("’", "'"))
    known = sum(word in _FUNCTION_WORDS for word in words)
    if known < _FUNCTION_SHARE * len(words):
        return 0.0
    contracted, placed = len(_CONTRACTION.findall(prose)), len(_IN_PLACE.findall(prose))
    odd = len(_OUT_OF_PLACE.findall(prose))
    return 5.0 * contracted + 3.0 * placed + min(0.5 * known, 6.0) - 8.0 * odd


_JUDGES: tuple[tuple[str, Callable[[str], float]], ...] = (
    ("cp1256", _arabic_bits),
    ("iso8859-6", _arabic_bits),
    ("cp1252", _western_bits),
)
