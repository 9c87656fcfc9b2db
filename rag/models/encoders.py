"""From settings to an encoder that is ready: fetched, laid out, converted, opened.

Each step is done once and kept below ``settings.home / "encoders"``; a folder found damaged there
is built again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from rag.config import DEFAULT_ENCODER, Settings
from rag.errors import ModelError, WeightsMissing
from rag.models.catalogue import payload
from rag.models.description import fingerprint, remembered_digest, role_prompts
from rag.models.e5 import materialise
from rag.models.fetch import ensure
from rag.models.openvino_encoder import OpenVinoEncoder
from rag.models.progress import Progress
from rag.models.protocols import Encoder

__all__ = ["load_encoder", "load_sentence_encoder"]

logger = logging.getLogger(__name__)


def load_encoder(
    settings: Settings, *, fetch: bool = True, progress: Progress | None = None
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


def _default(settings: Settings, allowed: bool, progress: Progress | None) -> Encoder:
    folder = settings.home / "encoders" / DEFAULT_ENCODER

    def build() -> None:
        from rag.models.openvino_convert import convert

        if (folder / "model.safetensors").is_file() and _converted(folder):
            return
        binary, tokenizer = (
            ensure(payload(name), home=settings.home, allow_fetch=allowed, progress=progress)
            for name in (DEFAULT_ENCODER, f"{DEFAULT_ENCODER}-tokenizer")
        )
        shutil.rmtree(folder, ignore_errors=True)
        materialise(binary, tokenizer, folder)
        convert(folder)

    return _open_or_build(settings, folder / "openvino", DEFAULT_ENCODER, build)


def _converted(folder: Path) -> bool:
    """Convert the model laid out in ``folder`` anew; whether it is sound enough for that."""
    from rag.models.openvino_convert import convert

    shutil.rmtree(folder / "openvino", ignore_errors=True)
    try:
        convert(folder)
    except ModelError as error:
        logger.info("laying %s out again: %s", folder, error)
        return False
    return True


def _from_directory(settings: Settings, directory: Path) -> Encoder:
    if not any((directory / file).is_file() for file in ("modules.json", "config.json")):
        raise ModelError(f"{directory}: not a model folder (no modules.json, no config.json)")
    name, home = settings.encoder, settings.home / "encoders"
    digest = remembered_digest(directory, home / "digests")
    folder = home / fingerprint(digest, role_prompts(name, {})) / "openvino"
    refused = folder.with_name("torch.txt")

    def build() -> None:
        from rag.models.openvino_convert import NotConvertible, convert

        shutil.rmtree(folder, ignore_errors=True)
        try:
            convert(directory, folder, name=name)
        except NotConvertible as error:
            logger.warning("%s runs in torch, slower: %s", name, error)
            refused.write_text(f"{error}\n", encoding="utf-8")

    if not refused.exists():
        try:
            return _open_or_build(settings, folder, name, build)
        except ModelError:
            if not refused.exists():
                raise
    from rag.models.sentence_transformers_encoder import SentenceTransformersEncoder

    return SentenceTransformersEncoder(
        directory, name=name, threads=settings.threads, digest=digest
    )


def _open_or_build(
    settings: Settings, folder: Path, name: str, build: Callable[[], None]
) -> Encoder:
    """The encoder in ``folder``, built first, by one process at a time, if it does not open."""
    from filelock import FileLock

    def opened() -> Encoder:
        return OpenVinoEncoder.open(folder, name=name, threads=settings.threads)

    try:
        return opened()
    except ModelError as error:
        logger.info("building %s: %s", folder, error)
    home = folder.parents[1]
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / f".{folder.parent.name}.build.lock"):
        try:
            return opened()
        except ModelError:
            build()
        return opened()


def _from_hub(name: str, allowed: bool) -> Path:
    """The folder of the hub's model ``name``: from the hub's own cache, else downloaded."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    wanted = ["*.json", "*.safetensors", "*.txt", "*.model"]
    for local in (True, False) if allowed else (True,):
        try:
            return Path(
                snapshot_download(
                    name,
                    local_files_only=local,
                    allow_patterns=wanted,
                    ignore_patterns=["onnx/*", "openvino/*"],
                )
            )
        except HFValidationError as error:
            raise ModelError(f"{name}: no such folder, and not a name the hub can have") from error
        except Exception as error:  # the client lets through whatever its network layer raises
            cause = (str(error).strip() or type(error).__name__).splitlines()[0]
            if not local:
                raise WeightsMissing(f"{name}: no such folder, nor on the hub ({cause})") from error
    raise WeightsMissing(
        f"{name}: no such folder, nor in the hub's cache, and fetching is not allowed"
    )
