"""Rich text (.rtf): paragraphs and the cells of tables, in order.

A letter is a byte in the code page of its font, else of the file, or a Unicode number before what
older programs show instead (Rich Text Format 1.9.1). The libraries for it leave out the fonts of
runs from right to left, in which Arabic stands. What the file's properties say of title and date is
not of the article: it is left, and the text is asked, as of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

from rag.corpus.documents import Document
from rag.corpus.formats.files import File
from rag.corpus.formats.layout import apart
from rag.corpus.formats.parsing import parsing
from rag.errors import CorpusError

# The largest file that is read, in bytes: pictures are in it, a digit a byte. Codes are what takes
# time: words, groups and lines.
_LARGEST = 50_000_000
_MOST_CODES = 3_000_000
_DEEPEST = 1_000
_BEGINNING = b"{\\rtf"
_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]+)(?P<number>-?\d{1,9})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<symbol>[^A-Za-z])|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
# Groups that hold no text of the article, as does any that begins with \*.
_ASIDE = frozenset({
    "*", "annotation", "colortbl", "filetbl", "fldinst", "fonttbl", "footer", "footerf", "footerl",
    "footerr", "footnote", "header", "headerf", "headerl", "headerr", "info", "listtext",
    "nonshppict", "pict", "pntext", "private", "stylesheet", "tc", "xe",
})  # fmt: skip
_ROWS = ("row", "nestrow")
_SIGNS = {
    "par": "\n\n", "sect": "\n\n", "page": "\n\n", "\n": "\n\n", "\r": "\n\n",
    "row": "\n\n", "nestrow": "\n\n", "cell": "\t", "nestcell": "\t", "tab": "\t", "line": "\n",
    "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": "\u2003", "enspace": "\u2002", "~": "\xa0",
    "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f", "_": "\u2011",
    "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
# The code pages of fonts by their character sets; of others it is that of the file.
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 179: "cp1256", 180: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_CODE_PAGES = {0: "cp1252", 708: "iso8859-6", 10000: "mac_roman", 10004: "mac_arabic"}


def read_rtf(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is no rich text, is cut short or too large, or holds no text.
    """
    data = file.up_to(_LARGEST, "a rich text")
    if not data.startswith(_BEGINNING):
        raise CorpusError("not a rich text (no {\\rtf at its beginning)")
    if sum(map(data.count, (b"\\", b"{", b"\n"))) > _MOST_CODES:
        raise CorpusError(f"more than {_MOST_CODES:,} codes")
    with parsing("a rich text"):
        text = _Reading().text_of(data)
    if not text.strip():
        raise CorpusError("no text in this rich text")
    yield Document.of_file(file.path, text)


@dataclass(slots=True)
class _Group:
    """What holds until the end of a group; fonts are numbers in the table of fonts."""

    aside: bool = False
    hidden: bool = False
    font: int | None = None
    rtl_font: int | None = None
    rtl: bool = False
    instead: int = 1  # Characters that stand for older programs after a Unicode number.


class _Reading:
    """The reading of one file, from its first byte to its last."""

    def __init__(self) -> None:
        self._groups = [_Group()]
        self._font: int | None = None
        self._font_pages: dict[int | None, str] = {}
        self._page = "cp1252"
        self._skip = 0
        self._letters = bytearray()
        self._pieces: list[str] = []
        self._row = 0  # How many pieces there were when a row of a table ended.

    def text_of(self, data: bytes) -> str:
        """The text of a file.

        Raises:
            CorpusError: a group does not end, or they are nested too deep.
            LookupError, ValueError: a code page is unknown, or a letter is not in it.
        """
        position = 0
        while match := _TOKEN.match(data, position):
            position = match.end() + self._read(match)
            if len(self._groups) > _DEEPEST:
                raise CorpusError("groups nested too deep")
            if len(self._groups) == 1:
                break
        else:
            raise CorpusError("cut short (a group does not end)")
        # A letter beyond 16 bits is written as two numbers.
        text = "".join(self._pieces).encode("utf-16-le", "surrogatepass")
        return apart(text.decode("utf-16-le", "surrogatepass"))

    def _read(self, token: re.Match[bytes]) -> int:
        """Take in a token; how many bytes after it are no text."""
        word, number, digits, symbol, brace, text = token.groups()
        if text or digits:
            self._take(text or bytes.fromhex(digits.decode()))
            return 0
        self._skip = 0
        if brace:
            self._flush()
            if brace == b"{":
                self._groups.append(copy(self._groups[-1]))
            else:
                self._groups.pop()
        elif code := word or symbol:
            value = int(number) if number else None
            if code == b"bin":
                return value or 0
            self._obey(code.decode("latin-1"), value)
        return 0

    def _take(self, letters: bytes) -> None:
        kept = letters[self._skip :]
        self._skip -= len(letters) - len(kept)
        if self._shows():
            self._letters += kept

    def _shows(self) -> bool:
        return not (self._groups[-1].aside or self._groups[-1].hidden)

    def _flush(self) -> None:
        """Decode the letters so far, before another code page may be in force."""
        if self._letters:
            group = self._groups[-1]
            page = self._font_pages.get(self._font if group.font is None else group.font)
            if group.rtl:
                page = self._font_pages.get(group.rtl_font, page)
            self._pieces.append(self._letters.decode(page or self._page))
            self._letters.clear()

    def _obey(self, code: str, value: int | None) -> None:
        self._flush()
        if code in _ASIDE:
            self._groups[-1].aside = True
        elif code in _SIGNS or code == "u":
            self._put(code, value or 0)
        elif code == "trowd":
            if self._row == len(self._pieces) > 0:
                self._pieces[-1] = "\n"  # The row before is of the same table.
        elif code in ("ansicpg", "deff", "fcharset", "cpg"):
            self._declare(code, value or 0)
        else:
            self._change(self._groups[-1], code, value)

    def _put(self, code: str, number: int) -> None:
        if code == "u":
            self._skip = self._groups[-1].instead
        if self._shows():
            self._pieces.append(_SIGNS[code] if code in _SIGNS else chr(number % 0x10000))
            if code in _ROWS:
                self._row = len(self._pieces)

    def _declare(self, code: str, value: int) -> None:
        """What the head of the file says: its code page, and its fonts with theirs."""
        font = self._groups[-1].font
        if code == "ansicpg":
            self._page = _CODE_PAGES.get(value, f"cp{value}")
        elif code == "deff":
            self._font = value
        elif code == "cpg":
            self._font_pages[font] = _CODE_PAGES.get(value, f"cp{value}")
        elif value in _CHARSETS:
            self._font_pages[font] = _CHARSETS[value]

    def _change(self, group: _Group, code: str, value: int | None) -> None:
        """What holds from here to the end of the group."""
        if code == "f":
            group.font = value
        elif code == "af":
            group.rtl_font = value
        elif code in ("rtlch", "ltrch"):
            group.rtl = code == "rtlch"
        elif code in ("v", "deleted"):
            group.hidden = value != 0
        elif code == "plain":
            group.font, group.rtl_font, group.hidden = None, None, False
        elif code == "uc":
            group.instead = 1 if value is None else value
