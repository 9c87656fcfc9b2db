"""The text of a PDF, by a program of its own: the file's bytes in; its text, or what is wrong, out.

A PDF may stall or crash what reads it, so ``reading`` runs :func:`main` apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.corpus.pdf.columns import columns_of, gutter_of
from rag.corpus.pdf.glyphs import UNKNOWN, glyphs_of
from rag.corpus.pdf.heads import without_running_heads
from rag.corpus.pdf.letters import whole_glyphs
from rag.corpus.pdf.lines import Line, lines_of
from rag.corpus.pdf.paragraphs import is_rtl, text_of
from rag.errors import CorpusError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_MOST_PAGES = 2_000
# Bytes of memory that reading may take, where the system can hold it to that.
_MEMORY = 1_000_000_000
# The part of a text that may be without characters: a sign here and there, no words.
_UNKNOWN = 0.02
# More letters with accents than any language has: Arabic, in a font with an encoding of its own.
_ACCENTED = 0.3


def read_text(data: bytes) -> tuple[str, list[int]]:
    """The text of a PDF file, in reading order and Arabic in logical order; where its pages begin.

    Raises:
        CorpusError: it is no PDF, needs a password, has too many pages, or holds no text that can
            be read.
    """
    document = _opened(data)
    if len(document) > _MOST_PAGES:
        raise CorpusError(f"a PDF of {len(document):,} pages: at most {_MOST_PAGES:,}")
    pages = [lines_of(list(whole_glyphs(glyphs_of(page)))) for page in document]
    _refuse(pages, document)
    pages = without_running_heads(pages)
    gutters = {gutter for page in pages if (gutter := gutter_of(page)) is not None}
    return text_of(columns_of(page, rtl=is_rtl(page), gutters=gutters) for page in pages)


def _opened(data: bytes) -> PdfDocument:
    import pypdfium2
    import pypdfium2.raw

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise CorpusError("a PDF that needs a password") from error
        raise CorpusError("not a PDF that can be read (damaged, or no PDF)") from error


def _refuse(pages: Sequence[Sequence[Line]], document: PdfDocument) -> None:
    signs = [sign for page in pages for line in page for sign in line.signs if sign != " "]
    if not signs:
        pictures = any(_has_picture(document, number) for number in range(len(document)))
        why = "its pages are pictures" if pictures else "its pages are empty"
        raise CorpusError(f"no text in this PDF: {why}")
    unknown = signs.count(UNKNOWN) / len(signs)
    if unknown > _UNKNOWN:
        raise CorpusError(f"its fonts do not say which letters {unknown:.0%} of its signs are")
    if sum("À" <= sign <= "ÿ" for sign in signs) > _ACCENTED * len(signs):
        raise CorpusError("its fonts say that its letters are others than they look (ÇáãÍÊæì)")


def _has_picture(document: PdfDocument, number: int) -> bool:
    import pypdfium2.raw

    return any(document[number].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> None:
    """Answer with the text of the PDF on standard input, or with why it has none."""
    _limit_memory()
    try:
        text, pages = read_text(sys.stdin.buffer.read())
        answer: dict[str, Any] = {"text": text, "pages": pages}
    except CorpusError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": f"a PDF that takes more than {_MEMORY:,} bytes of memory to read"}
    except Exception as error:  # a parser's faults are of many kinds
        answer = {"refused": f"not a PDF that can be read ({type(error).__name__})"}
    print(json.dumps(answer))
