"""What of this machine a language model may take, and what one takes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from rag.models.progress import readable_size

# The system, and Musnad itself: 1.6 GB with its encoders, its reader and 10,000 articles.
_OTHERS = 3 * 10**9
# What llama.cpp holds beside weights and cache; measured with a model of 1.5 billion parameters.
_BUFFERS = 700 * 10**6
# The cache of 4,096 tokens of a model of 8 billion, whose shape is not known before it is here:
# 32 layers x 8 heads x 128 numbers, a key and a value, of two bytes.
TYPICAL_CACHE = 2 * 32 * 8 * 128 * 2 * 4096
# A container's own limit, where it has one.
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def memory() -> int:
    """Bytes of memory of this machine, or of the container this runs in."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with suppress(OSError, ValueError):
        limits.append(int(_CONTAINER.read_text()))
    return min(limits)


def memory_needed(weights: int, cache: int = TYPICAL_CACHE) -> int:
    """Bytes that a model takes, with ``weights`` and ``cache`` bytes of each."""
    return weights + cache + _BUFFERS


def memory_left() -> int:
    """Bytes that a language model may take here."""
    return max(0, memory() - _OTHERS)


def fits(needed: int) -> bool:
    """Whether a model that takes ``needed`` bytes leaves the others theirs."""
    return needed <= memory_left()


def said_of_memory(needed: int) -> str:
    """Both numbers, for people."""
    return (
        f"needs {readable_size(needed)} of memory, and this machine has"
        f" {readable_size(memory_left())} for it (of {readable_size(memory())})"
    )
