"""PDF files: the text of their pages, read by a program of its own that cannot harm this one.

What a PDF's properties say of title and date is of the file, and often of its template: it is left,
and the text is asked, as of any text.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from rag.corpus.documents import Document
from rag.corpus.formats.files import File
from rag.errors import CorpusError

# The largest file that is read, in bytes, and the seconds that reading it may take.
_LARGEST = 100_000_000
_SECONDS = 30
# The program finds its modules where this one did, and never in the working folder by itself (-P).
_PROGRAM = """
import sys
sys.path[:] = sys.argv[1:]
from rag.corpus.pdf.text import main
main()
"""


def read_pdf(file: File) -> Iterator[Document]:
    """The file is one article.

    Raises:
        CorpusError: it is too large, or as :func:`pdf_text`.
    """
    text, pages = pdf_text(file.up_to(_LARGEST, "a PDF"))
    yield Document.of_file(file.path, text, tuple(pages))


def pdf_text(data: bytes) -> tuple[str, list[int]]:
    """The text of a PDF file's bytes, with a blank line between paragraphs; where its pages begin.

    Raises:
        CorpusError: reading it takes too long or crashes, or as
            :func:`rag.corpus.pdf.text.read_text`.
    """
    try:
        reading = subprocess.run(
            [sys.executable, "-P", "-c", _PROGRAM, *sys.path],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise CorpusError(f"a PDF that takes more than {_SECONDS} seconds to read") from error
    except subprocess.CalledProcessError as error:
        raise CorpusError("not a PDF that can be read (it crashes its reader)") from error
    answer = json.loads(reading.stdout)
    if "refused" in answer:
        raise CorpusError(answer["refused"])
    return answer["text"], answer["pages"]
