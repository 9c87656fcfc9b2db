"""Running heads and feet: what stands at the edge of page after page and is no page's text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import TypeAlias

from rag.corpus.pdf.lines import Line, rows_of

# The most rows that run at the head or the foot of a page, and how near their heights must be.
_MOST = 3
_NEAR = 3.0
_DIGITS = re.compile(r"\d+")

# A row of a page: what it says, digits left out, and its height.
_Key: TypeAlias = tuple[str, int]


def without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages, lines from the top down, without the outermost rows that half of them share.

    Page numbers count as the same. Where more rows are shared, it is the text that is repeated.
    """
    rows = [list(rows_of(page)) for page in pages]
    keys = [[_key(row) for row in page] for page in rows]
    pages_with = Counter(key for page in keys for key in set(page))
    shared = {key for key, count in pages_with.items() if count >= max(2, len(pages) // 2)}
    left = [
        [line for row in page[_running(known, shared) : end] for line in row]
        for page, known in zip(rows, keys, strict=True)
        for end in [len(page) - _running(known[::-1], shared)]
    ]
    return left if any(left) else [list(page) for page in pages]


def _key(row: Sequence[Line]) -> _Key:
    said = " ".join("".join(line.signs) for line in row)
    return _DIGITS.sub("", said), round(row[0].base / _NEAR)


def _running(keys: Sequence[_Key], shared: Collection[_Key]) -> int:
    """How many of the first rows run."""
    count = sum(1 for _ in takewhile(shared.__contains__, keys))
    return count if count <= _MOST else 0
