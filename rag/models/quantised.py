"""Weights of our own networks as they ship: matrices in eight bits, with a scale for each row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

_SCALE = ".scale"
_TURNS = 127.0


def pack(weights: Mapping[str, NDArray[np.float32]], path: Path) -> None:
    """Save weights, matrices in eight bits with a scale for each row."""
    from safetensors.numpy import save_file

    packed: dict[str, NDArray[np.generic]] = {}
    for name, values in weights.items():
        if values.ndim == 1:
            packed[name] = values.astype(np.float16)
            continue
        scale = np.maximum(np.abs(values).max(axis=1, keepdims=True) / _TURNS, 1e-12)
        packed[name] = np.rint(values / scale).astype(np.int8)
        packed[name + _SCALE] = scale.astype(np.float32)
    save_file(packed, path)


def unpack(path: Path) -> dict[str, NDArray[np.float32]]:
    """What :func:`pack` saved.

    Raises:
        ModelError: the file is damaged.
    """
    from safetensors.numpy import load_file

    try:
        packed = load_file(path)
    except Exception as error:  # safetensors raises an error of its own for every fault
        raise ModelError(f"{path}: not a network's weights ({error})") from error
    return {
        name: values.astype(np.float32) * packed.get(name + _SCALE, np.ones((), np.float32))
        for name, values in packed.items()
        if not name.endswith(_SCALE)
    }
