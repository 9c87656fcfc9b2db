"""What was written is on the disk, and not only on its way there."""

from __future__ import annotations

import os
from pathlib import Path


def synced(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
