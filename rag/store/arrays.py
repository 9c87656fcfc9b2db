"""Reading saved numpy arrays without copying them into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 128


def load_array(path: Path) -> NDArray[Any]:
    """A saved array, memory-mapped unless it is empty (which cannot be mapped).

    Raises:
        OSError, ValueError, EOFError: the file is missing or is not a saved array.
    """
    empty = path.stat().st_size <= _HEADER_BYTES
    array = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    # A plain view: each slice of a memmap object costs a microsecond, and a search takes thousands.
    return np.asarray(array)
