"""A pool on the machines of a Ray cluster: https://docs.ray.io/en/latest/ray-core/tasks.html

Tasks, and neither actors nor Ray Data: Ray then starts the workers wherever there is room, on
machines that come and without those that went, and does again what went with them. What is to be
encoded hangs on what the store holds, and only the command knows that; a pipeline of Ray Data is
laid out before it starts, and by default does a share that ends its workers again without end.
"""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Self

from rag.distributed.pools import Item, Reply, Result, WorkerDied
from rag.errors import MusnadError, UsageError

# The cluster that runs on this machine; and one that is started for the time, of it alone.
RUNNING, LOCAL = "auto", "local"
# Seconds in which a cluster is to answer.
_PATIENCE = 10
_ADDRESS = re.compile(rf"{RUNNING}|{LOCAL}|\S+:\d+")


class Cluster:
    """A :class:`rag.distributed.pools.Pool` of a cluster's processors, or of some of them."""

    def __init__(self, address: str, size: int | None = None) -> None:
        """Connect to the cluster at ``address`` (``HOST:PORT``, or as above), to do ``size`` tasks
        at a time, of which each has its share of the processors; by default each has one.

        Raises:
            UsageError: Ray is not installed, or ``address`` is none.
            MusnadError: there is no such cluster.
        """
        if not _ADDRESS.fullmatch(address):
            raise UsageError(f"--ray {address}: not HOST:PORT, {RUNNING} or {LOCAL}")
        try:
            import ray
        except ImportError as error:
            raise UsageError("--ray needs Ray: pip install 'musnad[ray]'") from error
        self._ray: Any = ray
        self._open = ExitStack()
        self._connect(address)
        self._size = size
        # No task is given more processors than a machine has: it would wait for ever.
        share = sum(self._processors()) // size if size else 1
        self.threads = max(1, min([share, *self._processors()]))

    def _connect(self, address: str) -> None:
        from ray._common.usage.usage_lib import set_usage_stats_enabled_via_env_var
        from ray._private.services import canonicalize_bootstrap_address

        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
        try:
            if address == LOCAL:
                set_usage_stats_enabled_via_env_var(False)
                folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="ray-"))
                options |= {"include_dashboard": False, "_temp_dir": folder}
            else:
                host, _, port = str(canonicalize_bootstrap_address(address)).rpartition(":")
                # Ray would try for a quarter of an hour.
                socket.create_connection((host, int(port)), _PATIENCE).close()
            self._ray.init(address, **options)
        except (OSError, ValueError) as error:
            self._open.close()
            raise MusnadError(f"--ray {address}: no Ray cluster there ({error})") from error
        self._open.callback(self._ray.shutdown)

    def _processors(self) -> list[int]:
        """Those of each machine that has some, at present."""
        machines = (node["Resources"] for node in self._ray.nodes() if node["Alive"])
        return [int(each["CPU"]) for each in machines if each.get("CPU")]

    @property
    def size(self) -> int:
        """As asked, or as many as the cluster has processors."""
        return self._size or max(1, sum(self._processors()))

    def submit(
        self, task: Callable[[Sequence[Item]], Result], share: Sequence[Item]
    ) -> Reply[Result]:
        """See :class:`rag.distributed.pools.Pool`."""
        remote = self._ray.remote(_call).options(num_cpus=self.threads, max_retries=1)
        return _Reply(self._ray, remote.remote(task, share))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster, which forgets what is under way."""
        self._open.close()


def _call(task: Callable[[Sequence[Item]], Result], share: Sequence[Item]) -> Result:
    return task(share)


class _Reply:
    """What a remote task will have given."""

    def __init__(self, ray: Any, reference: Any) -> None:
        self._ray = ray
        self._reference = reference

    def result(self) -> Any:
        """See :class:`rag.distributed.pools.Reply`."""
        gone = self._ray.exceptions
        try:
            return self._ray.get(self._reference)
        except gone.RayTaskError as error:
            raise error.cause from error
        except (
            gone.WorkerCrashedError,
            gone.NodeDiedError,
            gone.OutOfMemoryError,
            gone.ObjectLostError,
        ) as error:
            raise WorkerDied from error
