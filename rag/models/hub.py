"""Language models of the model hub by name: ``hf:OWNER/NAME[:FILE]``, GGUF files.

The hub is asked once. What it says of the files taken (revision, size, sha256, licence) is recorded
beside the weights, so that the same bytes are found again without it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.config import Settings
from rag.errors import ModelError, UsageError, WeightsMissing
from rag.models.cache import WeightCache
from rag.models.catalogue import Hub, Payload
from rag.models.fetch import Fetchers, pull
from rag.models.machine import fits, memory_needed, said_of_memory
from rag.models.progress import one_line, readable_size
from rag.models.sources import describe_repository, download_from_hub
from rag.types import Report

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

_log = logging.getLogger(__name__)
_FILE = r"[\w./+-]+\.gguf"
_NAME = re.compile(rf"hf:([\w.-]+/[\w.-]+)(?::({_FILE}))?", re.ASCII)
_SHARD = re.compile(r"-\d{5}-of-(\d{5})\.gguf")
# llama.cpp's names of quantisations begin with the bits a weight takes: Q4_K_M, IQ3_XS, Q8_0.
_BITS = re.compile(r"(?<![a-z\d])i?q(\d)(?![a-z\d])", re.IGNORECASE)
_PREFERRED, _PREFERRED_BITS, _UNQUANTISED_BITS = "q4_k_m", 4, 16
# GGUF files that are no language model: what sees images, and what quantising was guided by.
_COMPANIONS = ("mmproj", "imatrix")
_RECORD = ".source.json"


class HubName(NamedTuple):
    """``OWNER/NAME``, and a file of it or ``None`` for the one that suits this machine."""

    repo: str
    filename: str | None


def is_hub_name(llm: str) -> bool:
    """Whether ``llm`` names a model of the hub."""
    return llm.startswith("hf:")


def parse_hub_name(llm: str) -> HubName:
    """The parts of ``hf:OWNER/NAME[:FILE]``.

    Raises:
        UsageError: it is not of that form.
    """
    parts = _NAME.fullmatch(llm)
    if parts is None:
        raise UsageError(f"{llm!r}: expected hf:OWNER/NAME or hf:OWNER/NAME:FILE.gguf")
    return HubName(parts[1], parts[2])


def bring(
    llm: str,
    settings: Settings,
    *,
    force: bool = False,
    source_file: Path | None = None,
    progress: Report | None = None,
) -> Path:
    """The verified file of the model ``llm``: the first, where it is split; the others lie beside.

    ``force`` asks the hub, whatever is here. The rest is as with :func:`rag.models.fetch.pull`.

    Raises:
        UsageError: ``llm`` is no such name, or ``source_file`` is given for several files.
        WeightsMissing: it is not here, and the hub does not give it or may not be asked.
        ModelError: the repository has no such file, or this machine has not the memory for it.
        ChecksumMismatch: the bytes are not those the hub names.
    """
    files = known = find(llm, settings.home)
    if not files or (force and not settings.offline):
        if settings.offline:
            raise WeightsMissing(
                f"{llm}: not here, and fetching is switched off; allow it (unset MUSNAD_OFFLINE)"
                f" and run `musnad models pull {llm}`"
            )
        files = _ask(llm, settings)
        size = readable_size(sum(file.size for file in files))
        _log.warning("%s: %s, licence: %s", files[0].name, size, files[0].licence)
    if source_file is not None and len(files) > 1:
        raise UsageError(f"--from {source_file}: {llm} is split into {len(files)} files")
    download = partial(download_from_hub, endpoint=settings.hub, token=settings.hub_token)
    paths = []
    for file in files:
        path = pull(
            file,
            home=settings.home,
            allow_fetch=not settings.offline,
            force=force,
            source_file=source_file,
            progress=progress,
            fetchers=Fetchers(hub=download),
        )
        if files is not known:
            _record(file, path)
        paths.append(path)
    return paths[0]


def recorded(home: Path) -> list[Payload]:
    """Every file that was brought from the hub, by name."""
    found = []
    for path in sorted(WeightCache(home).folder.glob(f"*{_RECORD}")):
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            found.append(Payload(**{**fields, "hub": Hub(**fields["hub"]), "parts": ()}))
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.warning("%s: not a record of weights (%s)", path, one_line(error))
    return found


def find(llm: str, home: Path) -> list[Payload]:
    """The files of the model ``llm`` as they were recorded; nothing if any of them was not.

    Raises:
        UsageError: ``llm`` is no name of the hub.
    """
    repo, filename = parse_hub_name(llm)
    files = {
        file.hub.filename: file for file in recorded(home) if file.hub and file.hub.repo == repo
    }
    models = _models(files)
    if filename:
        return [files[name] for name in models.get(_shards(filename)[0], ())]
    best = min(models, key=lambda first: _rank(first, files[first].size), default=None)
    return [files[name] for name in models[best]] if best else []


def _record(file: Payload, path: Path) -> None:
    """Note where the weights at ``path`` come from. A cache that may only be read goes without."""
    record = path.with_name(path.name + _RECORD)
    draft = record.with_name(f".{record.name}.part")
    try:
        draft.write_text(json.dumps(asdict(file), indent=2), encoding="utf-8")
        draft.replace(record)
    except OSError as error:
        _log.info("%s: not recorded (%s)", record, error)


def _ask(llm: str, settings: Settings) -> list[Payload]:
    """The files of the model ``llm`` as the hub has them now."""
    repo, filename = parse_hub_name(llm)
    try:
        about = describe_repository(repo, endpoint=settings.hub, token=settings.hub_token)
    except WeightsMissing as error:
        raise WeightsMissing(f"{llm}: model hub: {error}") from error
    files = {file.rfilename: file for file in about.siblings or () if _is_model(file)}
    models = _models(files)
    sizes = {first: sum(_size(files[name]) for name in names) for first, names in models.items()}
    chosen = _choose(llm, filename, sizes)
    licence = _licence(about.card_data)
    return [_payload(repo, str(about.sha), files[name], licence) for name in models[chosen]]


def _payload(repo: str, revision: str, file: RepoSibling, licence: str) -> Payload:
    assert file.lfs is not None
    return Payload(
        name=f"hf:{repo}:{file.rfilename}",
        role="llm",
        filename=f"{repo}/{file.rfilename}".replace("/", "--"),
        size=file.lfs.size,
        sha256=file.lfs.sha256,
        licence=licence,
        parts=(),
        hub=Hub(repo, revision, file.rfilename),
    )


def _is_model(file: RepoSibling) -> bool:
    """Whether it is a GGUF file of a language model, whose sha256 the hub knows."""
    name = file.rfilename
    plain = re.fullmatch(_FILE, name, re.ASCII) and file.lfs
    return bool(plain) and not any(word in name.casefold() for word in _COMPANIONS)


def _size(file: RepoSibling) -> int:
    return file.lfs.size if file.lfs else 0


def _licence(card: Any) -> str:
    said = one_line(getattr(card, "license", None) or "not stated", 40)
    return "".join(filter(str.isprintable, said))


def _shards(filename: str) -> list[str]:
    """All the files of the model that ``filename`` is a part of; the first is loaded."""
    split = _SHARD.search(filename)
    if not split:
        return [filename]
    return [
        f"{filename[: split.start()]}-{n:05}-of-{split[1]}.gguf"
        for n in range(1, int(split[1]) + 1)
    ]


def _models(files: Mapping[str, object]) -> dict[str, list[str]]:
    """The models that ``files`` make up whole: the name of each one's first file, and of all."""
    split = {tuple(_shards(name)) for name in files}
    return {names[0]: list(names) for names in split if files.keys() >= set(names)}


def _choose(llm: str, filename: str | None, sizes: Mapping[str, int]) -> str:
    """The name asked for, or else the best of those that fit this machine."""
    fitting = [name for name, size in sizes.items() if fits(memory_needed(size))]
    known = ", ".join(sorted(sizes)) or "no GGUF file of a language model"
    if filename is None and fitting:
        return min(fitting, key=lambda name: _rank(name, sizes[name]))
    wanted = _shards(filename)[0] if filename else min(sizes, key=lambda n: sizes[n], default="")
    if wanted not in sizes:
        raise ModelError(f"{llm}: no such file; the repository has {known}")
    if wanted in fitting:
        return wanted
    other = f"name one of {', '.join(sorted(fitting))}" if fitting else "a server can run it"
    needed = memory_needed(sizes[wanted])
    raise ModelError(
        f"{llm}: {wanted} ({readable_size(sizes[wanted])}) {said_of_memory(needed)}; {other}"
    )


def _rank(filename: str, size: int) -> tuple[bool, int, int]:
    """The less the better: Q4_K_M, then what has nearly as many bits, and of those the larger."""
    bits = _BITS.search(filename)
    distance = abs((int(bits[1]) if bits else _UNQUANTISED_BITS) - _PREFERRED_BITS)
    return _PREFERRED not in filename.casefold(), distance, -size
