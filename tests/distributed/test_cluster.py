"""Ingest on a Ray cluster: the same index, and what ends workers there."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import fake_tasks
import pytest
from fake_tasks import once_deadly, process, refuse, squares

from rag.config import available_cores
from rag.distributed.cluster import LOCAL, Cluster
from rag.distributed.pools import Done, in_order
from rag.errors import MusnadError, UsageError

needs_ray = pytest.mark.skipif(
    os.environ.get("MUSNAD_REQUIRE_RAY") != "1" and not importlib.util.find_spec("ray"),
    reason="MUSNAD_REQUIRE_RAY is not 1, and Ray is not installed",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        # Workers are to find the tasks of the tests.
        patch.setenv("PYTHONPATH", str(Path(fake_tasks.__file__).parent))
        with Cluster(LOCAL, 2) as cluster:
            yield cluster


@needs_ray
def test_a_cluster_that_is_not_there_is_one_line() -> None:
    with pytest.raises(MusnadError, match=r"--ray 127.0.0.1:9: no Ray .*refused"):
        Cluster("127.0.0.1:9")


def test_a_path_is_no_address() -> None:
    with pytest.raises(UsageError, match="--ray seeds: not HOST:PORT, auto or local"):
        Cluster("seeds")


@needs_ray
def test_tasks_go_through_a_cluster_as_through_processes(cluster: Cluster, tmp_path: Path) -> None:
    assert (cluster.size, cluster.threads) == (2, max(1, available_cores() // 2))
    done = list(in_order(cluster, squares, [[1, 2], [11, 13], [3]]))
    assert done == [
        [Done([1, 2], [1, 4])],
        [Done([11], [121]), Done([13], None)],
        [Done([3], [9])],
    ]
    assert cluster.submit(once_deadly, [tmp_path / "mark"]).result() != os.getpid()
    with pytest.raises(ValueError, match=r"^no$"):
        cluster.submit(refuse, ["no"]).result()
    assert cluster.submit(process, [0.0]).result() != os.getpid()


def test_without_ray_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"--ray needs Ray: pip install 'musnad\[ray\]'"):
        Cluster(LOCAL)
