"""The faults of third-party parsers, told as ours."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import CorpusError


@contextmanager
def parsing(kind: str) -> Iterator[None]:
    """A block in which somebody else's parser reads a file that should be of a ``kind``.

    Raises:
        CorpusError: the parser fails. Whatever it warns of is left unsaid.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except CorpusError:
        raise
    except (zipfile.BadZipFile, zlib.error) as error:
        raise CorpusError(f"not {kind} (no sound zip archive)") from error
    except Exception as error:  # a parser's faults are of many kinds
        raise CorpusError(f"not {kind} that can be read ({type(error).__name__})") from error
