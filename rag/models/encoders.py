"""From settings to an encoder that is ready: fetched, laid out, converted, opened.

Each step is done once and kept below ``settings.home / "encoders"``; a folder found damaged there
is built again.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rag.config import DEFAULT_ENCODER, Settings
from rag.errors import ModelError, WeightsMissing
from rag.models.catalogue import payload
from rag.models.description import fingerprint, role_prompts, state_of
from rag.models.e5 import materialise
from rag.models.fetch import pull
from rag.models.openvino_convert import NotConvertible, convert
from rag.models.openvino_encoder import OpenVinoEncoder
from rag.models.progress import one_line
from rag.models.protocols import Encoder
from rag.types import Report

logger = logging.getLogger(__name__)
Model = TypeVar("Model")


def load_encoder(
    settings: Settings, *, fetch: bool = True, progress: Report | None = None
) -> Encoder:
    """The passage encoder that ``settings.encoder`` names.

    That is the default encoder, a sentence-transformers directory, or such a model's name on the
    hub. Weights that are not here are fetched unless ``fetch`` is false or the settings are
    offline. The first use of a model takes seconds more: it is converted for OpenVINO.

    Raises:
        WeightsMissing: the weights are not here and cannot be had.
        ModelError: the model cannot be loaded, or the disk refuses.
    """
    allowed = fetch and not settings.offline
    try:
        if settings.encoder == DEFAULT_ENCODER:
            return _default(settings, allowed, progress)
        directory = Path(settings.encoder).expanduser()
        if not directory.is_dir():
            directory = _from_hub(settings.encoder, allowed)
        return _from_directory(settings, directory)
    except OSError as error:
        place = error.filename or settings.home
        raise ModelError(f"{place}: {error.strerror or error}") from error


def load_sentence_encoder(settings: Settings) -> Encoder:
    """The sentence encoder; its weights come with the installation.

    Raises:
        ModelError: the package that carries it is not installed.
    """
    from rag.models.use import UseEncoder

    return UseEncoder()


def _default(settings: Settings, allowed: bool, progress: Report | None) -> Encoder:
    folder = settings.home / "encoders" / DEFAULT_ENCODER
    openvino = folder / "openvino"

    def build() -> None:
        if folder.is_dir():
            try:
                build_folder(openvino, lambda draft: convert(folder, draft, DEFAULT_ENCODER))
                return
            except ModelError as error:
                logger.info("laying %s out again: %s", folder, error)
        binary, tokenizer = (
            pull(payload(name), home=settings.home, allow_fetch=allowed, progress=progress)
            for name in (DEFAULT_ENCODER, f"{DEFAULT_ENCODER}-tokenizer")
        )
        build_folder(folder, lambda draft: materialise(binary, tokenizer, draft))
        build_folder(openvino, lambda draft: convert(folder, draft, DEFAULT_ENCODER))

    return _open_or_build(settings, openvino, DEFAULT_ENCODER, build)


def _from_directory(settings: Settings, directory: Path) -> Encoder:
    if not any((directory / file).is_file() for file in ("modules.json", "config.json")):
        raise ModelError(f"{directory}: not a model folder (no modules.json, no config.json)")
    name = settings.encoder
    state = fingerprint(state_of(directory), role_prompts(name, {}))
    folder = settings.home / "encoders" / state / "openvino"
    refused = folder.with_name("torch.txt")

    def build() -> None:
        build_folder(folder, lambda draft: convert(directory, draft, name))

    if not refused.exists():
        try:
            return _open_or_build(settings, folder, name, build)
        except NotConvertible as error:
            logger.warning("%s runs in torch, slower: %s", name, error)
            refused.write_text(f"{error}\n", encoding="utf-8")
    from rag.models.sentence_transformers_encoder import SentenceTransformersEncoder

    return SentenceTransformersEncoder(directory, name=name, threads=settings.threads)


def _open_or_build(
    settings: Settings, folder: Path, name: str, build: Callable[[], None]
) -> Encoder:
    """The encoder in ``folder``, built first if it does not open."""

    def opened() -> Encoder:
        return OpenVinoEncoder.open(folder, name=name, threads=settings.threads)

    return open_or_build(folder.parent, opened, build)


def open_or_build(folder: Path, opened: Callable[[], Model], build: Callable[[], None]) -> Model:
    """What ``opened`` gives of ``folder``, built first, by one process at a time, if that fails."""
    from filelock import FileLock

    try:
        return opened()
    except ModelError as error:
        logger.info("building %s: %s", folder, error)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / f".{folder.name}.build.lock"):
        try:
            return opened()
        except ModelError:
            build()
        return opened()


def build_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Make the folder ``target`` anew: ``fill`` is given an empty one, which then takes its place.

    Whatever stops ``fill``, ``target`` stays as it was. One process at a time may do this.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        fill(draft)
        draft.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        draft.replace(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _from_hub(name: str, allowed: bool) -> Path:
    """The folder of the hub's model ``name``: from the hub's own cache, else downloaded."""
    from huggingface_hub import snapshot_download

    for local in (True, False) if allowed else (True,):
        try:
            return Path(
                snapshot_download(
                    name,
                    local_files_only=local,
                    allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"],
                    ignore_patterns=["onnx/*", "openvino/*"],
                )
            )
        except Exception as error:  # the client lets through whatever its network layer raises
            cause = one_line(error)
    place = "on the hub" if allowed else "in the hub's cache, and fetching is not allowed"
    raise WeightsMissing(f"{name}: no such folder, nor {place} ({cause})")
