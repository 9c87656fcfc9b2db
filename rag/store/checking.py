"""Whether an index is sound: every file as it was written, every offset within its text, every
vector finite, and nothing that does not belong there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.errors import StoreError
from rag.store.protocol import Ids
from rag.store.segments import VECTORS, Part, Segment
from rag.store.writing import PREFIX

# How far from 1 the length of a stored vector may be: some are kept in 8 bits a dimension.
_LENGTH_OFF = 0.02
_BLOCK = 16_384


def faults_of(path: Path, parts: list[Part]) -> Iterator[str]:
    """What is wrong with the index at ``path`` of these ``parts``, a line each."""
    current = {part.segment.name for part in parts}
    for folder in sorted(path.glob(f"{PREFIX}*")):
        if folder.name not in current:
            yield f"{folder}: left by a writer that was stopped"
    seen: Counter[str] = Counter()
    for part in parts:
        try:
            part.segment.inspection.check(at_once=True)
            yield from _faults(part)
            facts = enumerate(part.segment.facts)
            seen.update(each.id for row, each in facts if row not in part.dead)
        except StoreError as error:
            yield str(error)
    yield from (f"{path}: article {name!r} counts twice" for name, n in seen.items() if n > 1)


def _faults(part: Part) -> Iterator[str]:
    segment, folder = part.segment, part.segment.folder
    extra = {file.name for file in folder.iterdir()} - segment.said["files"].keys()
    yield from (f"{folder / name}: no file of this index" for name in sorted(extra))
    if not all(row in range(len(segment.articles)) for row in part.dead):
        yield f"{folder}: articles are said to be removed that it does not hold"
    counts = {"articles": len(segment.articles), "chunks": len(segment.chunks)}
    if any(segment.said["counts"][name] != count for name, count in counts.items()):
        yield f"{folder}: {counts}, and the manifest says {segment.said['counts']}"
    if not _offsets_hold(segment):
        yield f"{folder}: offsets that do not lie within their texts"
    rows = {
        "passages": len(segment.chunks),
        "sentences": len(segment.chunks.sentences),
        "similarity": len(segment.chunks.sentences),
        "vocabulary": len(segment.vocabulary),
    }
    for name, expected in rows.items():
        if len(segment.vectors[name]) != expected:
            yield f"{folder / VECTORS[name][0]}: {len(segment.vectors[name])} vectors of {expected}"
        elif not _are_unit(segment, name):
            yield f"{folder / VECTORS[name][0]}: vectors that are not of length 1"


def _offsets_hold(segment: Segment) -> bool:
    """Whether chunks lie in their articles, and sentences in their chunks."""
    table = segment.chunks
    placed = sorted(segment.articles, key=lambda one: one.row)
    lengths = np.asarray([len(one.article.text) for one in placed], dtype=np.int64)
    owners, starts, ends = table.chunks.T
    if not (
        np.all((owners >= 0) & (owners < len(lengths))) and len(table.bounds) == len(table) + 1
    ):
        return False
    inside = (starts >= 0) & (starts < ends) & (ends <= lengths[owners])
    chunk_of: Ids = np.repeat(np.arange(len(table)), np.diff(table.bounds))
    first, last = table.sentences.T
    if len(chunk_of) != len(first):
        return False
    within = (starts[chunk_of] <= first) & (first < last) & (last <= ends[chunk_of])
    return bool(inside.all() and within.all())


def _are_unit(segment: Segment, name: str) -> bool:
    stored = segment.vectors[name]
    for start in range(0, len(stored), _BLOCK):
        rows = stored.rows(np.arange(start, min(start + _BLOCK, len(stored))))
        # What is not finite is not near 1 either.
        if not np.all(np.abs(np.linalg.norm(rows, axis=1) - 1) <= _LENGTH_OFF):
            return False
    return True
