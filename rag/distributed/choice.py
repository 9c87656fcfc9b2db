"""Which workers a command is to have."""

from __future__ import annotations

from rag.distributed.cluster import Cluster
from rag.distributed.pools import Pool
from rag.distributed.processes import Processes
from rag.errors import UsageError


def pool_of(workers: int | None, cluster: str | None, threads: int) -> Pool:
    """So many workers, of the Ray cluster at an address or, without one, of this machine, which
    share so many ``threads``.

    Raises:
        UsageError, MusnadError: as :class:`Cluster`; or no worker is asked for.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: at least 1")
    if cluster:
        return Cluster(cluster, workers)
    return Processes(workers or 1, max(1, threads // (workers or 1)))
