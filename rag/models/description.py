"""What is known of an encoder before it runs: prompts, length, and the hash of its content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rag.errors import ModelError

_MODEL_FILES = {".json", ".safetensors", ".bin", ".txt", ".model"}
_DERIVED_FOLDERS = {"openvino", "onnx"}
_E5 = re.compile(r"(^|[-_])e5([-_.]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EncoderDescription:
    """What a converted encoder needs besides its graph; kept as ``encoder.json`` beside it.

    ``length`` is the most tokens a text may have, special ones included; ``precision`` is the
    one the graph was checked at, ``bf16`` or ``f32``; ``sizes`` are bytes of each file of the
    folder, which tell a damaged one.
    """

    version: int
    fingerprint: str
    dimension: int
    length: int
    prompts: dict[str, str]
    precision: str
    sizes: dict[str, int]

    def save(self, path: Path) -> None:
        """Write to ``path`` as JSON."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> EncoderDescription:
        """Read what :meth:`save` wrote.

        Raises:
            ModelError: there is no such file, or it is not such a file.
        """
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{field.name: known[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: not an encoder description ({error})") from error


def role_prompts(name: str, prompts: Mapping[str, str | None]) -> dict[str, str]:
    """What to put before a text of each role, from a model's own ``prompts``.

    Models of the E5 family that name none get the prefixes they were trained with
    (https://arxiv.org/abs/2402.05672); any other model gets none.
    """
    query = prompts.get("query") or ""
    passage = prompts.get("passage") or prompts.get("document") or prompts.get("corpus") or ""
    if not query and not passage and _is_e5(name):
        return {"query": "query: ", "passage": "passage: "}
    return {"query": query, "passage": passage}


def _is_e5(name: str) -> bool:
    parts = [Path(name).name, *(part for part in Path(name).parts if part.startswith("models--"))]
    return any(_E5.search(part) and "instruct" not in part for part in parts)


def fingerprint(*parts: object) -> str:
    """A short hash of ``parts``, which must be values JSON can hold."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def content_digest(folder: Path) -> str:
    """sha256 over the names and bytes of the files that make up the model in ``folder``."""
    total = hashlib.sha256()
    for path in model_files(folder):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{digest}\n".encode())
    return total.hexdigest()


def state_of(folder: Path) -> str:
    """Changes with the names, sizes and times of the files that make up the model in ``folder``."""
    known = [(str(path), path.stat()) for path in model_files(folder.resolve())]
    return fingerprint([(path, stat.st_size, stat.st_mtime_ns) for path, stat in known])


def model_files(folder: Path) -> Iterator[Path]:
    """The files that make up the model in ``folder``, without what is derived from them."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _DERIVED_FOLDERS for part in inner)
        if not hidden and path.suffix in _MODEL_FILES and path.is_file():
            yield path
