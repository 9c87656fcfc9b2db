"""Milvus as the store asks it: by key, by filter and by nearness, in requests of bounded size."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

from rag.disk import synced
from rag.errors import StoreError, UsageError

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

Row: TypeAlias = dict[str, Any]
Level: TypeAlias = Literal["Strong", "Bounded"]

_PORT = 19530
_EXTRA = "install Musnad with its extra: pip install 'musnad[milvus]'"
# Rows in one request; one of the longest has 64 KB, and a request may have 64 MB.
_ROWS = 500
_SECONDS = 60
_SAID = 200
# What a search may return at most (Milvus's own limit).
MOST_FOUND = 16_384


@dataclass(frozen=True)
class Address:
    """Where a Milvus is: a ``file`` of Milvus Lite, or the database of a server at ``uri``."""

    shown: str
    file: Path | None = None
    uri: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""

    @classmethod
    def parse(cls, url: str) -> Address:
        """``milvus:///FILE.db`` (with a fourth slash, an absolute path) or
        ``milvus://[USER:PASSWORD@]HOST[:PORT][/DATABASE]``; ``milvuss://`` where TLS is spoken.

        Raises:
            UsageError: it is neither.
        """
        expected = "expected milvus:///FILE.db or milvus://[USER:PASSWORD@]HOST:PORT/DATABASE"
        shown = re.sub("(//[^/@]*:)[^/]*@", r"\1***@", url)
        try:
            parts = urlsplit(url)
            port = _PORT if parts.port is None else parts.port
        except ValueError as error:
            raise UsageError(f"--store {shown!r}: {expected}") from error
        if parts.scheme == "milvus" and not parts.netloc and parts.path.endswith(".db"):
            return cls(shown, file=Path(unquote(parts.path[1:])))
        if parts.scheme not in ("milvus", "milvuss") or not parts.hostname or not port:
            raise UsageError(f"--store {shown!r}: {expected}")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(
            shown,
            uri=f"{'https' if parts.scheme == 'milvuss' else 'http'}://{host}:{port}",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")),
        )


class Engine:
    """A connection, made when it is first needed. Safe to use from several threads."""

    def __init__(self, address: Address) -> None:
        """Nothing is opened yet. What fails raises StoreError, naming the address."""
        self.address = address
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        self._loaded: set[str] = set()
        self._written: set[str] = set()

    @property
    def client(self) -> MilvusClient:
        """The connected client."""
        with self._lock:
            if self._client is None:
                self._client = self._connected()
            return self._client

    def _connected(self) -> MilvusClient:
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise StoreError(f"{self.address.shown}: needs pymilvus; {_EXTRA}") from error
        at = self.address
        # It logs what it raises, and with every scan of Milvus Lite that this has no clock; and
        # Milvus Lite, that a row was cut short that a stopped writer never acknowledged.
        for name in ("pymilvus", "milvus_lite"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with _told(at.shown):
            if at.file is None:
                return MilvusClient(at.uri, at.user, at.password, at.database, timeout=_SECONDS)
            self._check_free(at.file)
            return MilvusClient(str(at.file))

    def _check_free(self, file: Path) -> None:
        """Refuse a file of Milvus Lite that another process has open: only one may."""
        try:
            from milvus_lite.db import MilvusLite
            from milvus_lite.exceptions import DataDirLockedError
            from milvus_lite.server_manager import server_manager_instance
        except ImportError as error:
            raise StoreError(f"{self.address.shown}: needs milvus-lite; {_EXTRA}") from error
        if str(file.absolute()) in server_manager_instance._servers:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            MilvusLite(str(file)).close()
        except DataDirLockedError as error:
            raise StoreError(
                f"{self.address.shown}: another process has it open, and Milvus Lite serves one at"
                " a time; end that one, or use a Milvus server"
            ) from error

    def close(self) -> None:
        """Let go of the connection; a file of Milvus Lite may then be opened by another process."""
        with self._lock:
            if self._client is None:
                return
            self._client.close()
            self._client = None
            self._loaded.clear()
            if self.address.file is not None:
                from milvus_lite.server_manager import server_manager_instance

                server_manager_instance.release_server(str(self.address.file))

    @contextlib.contextmanager
    def _asking(self, name: str | None = None) -> Iterator[MilvusClient]:
        """The client, with a collection loaded so that it can be searched."""
        client = self.client
        with _told(self.address.shown):
            if name is not None and name not in self._loaded:
                client.load_collection(name)
                self._loaded.add(name)
            yield client

    def collections(self) -> set[str]:
        """Names of all there are."""
        with self._asking() as client:
            return set(client.list_collections())

    def create(
        self, name: str, schema: CollectionSchema, indexes: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Make a collection whose fields have these ``indexes``, in place of one of this name."""
        self.drop(name)
        with self._asking() as client:
            params = client.prepare_index_params()
            for indexed, index in indexes.items():
                params.add_index(indexed, **index)
            client.create_collection(name, schema=schema)
            # There is nothing to index yet, so nothing to wait for.
            client.create_index(name, params, sync=False)

    def drop(self, name: str) -> None:
        """Remove a collection, if there is one."""
        with self._asking() as client:
            client.drop_collection(name)
            self._loaded.discard(name)
            self._written.discard(name)

    def get(
        self,
        name: str,
        keys: Collection[int] | Collection[str],
        fields: Sequence[str],
        level: Level,
        *,
        key: str = "number",
    ) -> list[Row]:
        """The rows with these values of their ``key``, of those that there are, in no order."""
        with self._asking(name) as client:
            return [
                row
                for some in batches(keys, _ROWS)
                for row in client.query(
                    name, f"{key} in {listed(some)}", list(fields), consistency_level=level
                )
            ]

    def query(
        self, name: str, where: str, fields: Sequence[str], level: Level, *, page: int = _ROWS
    ) -> Iterator[Row]:
        """The rows that ``where`` admits, in the order of their keys, fetched in pages."""
        with self._asking(name) as client:
            rows = client.query_iterator(
                name, page, filter=where, output_fields=list(fields), consistency_level=level
            )
            try:
                while some := rows.next():
                    yield from some
            finally:
                rows.close()

    def search(
        self,
        name: str,
        field: str,
        vector: Any,
        k: int,
        where: str,
        level: Level,
        *,
        breadth: int | None = None,
    ) -> list[tuple[Any, float]]:
        """Keys of at most ``k`` rows, and their inner products with ``vector``, largest first. A
        graph is searched with so much ``breadth``, and that of ``k`` at least.
        """
        k = min(k, MOST_FOUND)
        params = {"params": {"ef": max(breadth, k)}} if breadth else {}
        with self._asking(name) as client:
            (found,) = client.search(
                name, [vector], where, k, anns_field=field,
                search_params={"metric_type": "IP", **params}, consistency_level=level,
            )  # fmt: skip
            return [(hit.id, hit.distance) for hit in found]

    def insert(self, name: str, rows: Iterable[Row]) -> None:
        """Add rows whose keys are new."""
        with self._asking() as client:
            self._written.add(name)
            for some in batches(rows, _ROWS):
                client.insert(name, some)

    def upsert(self, name: str, rows: Iterable[Row]) -> None:
        """Add rows, each in the place of one that has its key."""
        with self._asking() as client:
            self._written.add(name)
            for some in batches(rows, _ROWS):
                client.upsert(name, some)

    def delete(self, name: str, where: str) -> None:
        """Remove the rows that ``where`` admits."""
        with self._asking(name) as client:
            self._written.add(name)
            client.delete(name, filter=where)

    def settle(self) -> None:
        """Have what was written on the disk. A server's log sees to that by itself."""
        if self.address.file is None:
            return
        with self._asking() as client:
            while self._written:
                client.flush(self._written.pop())
            for written in self.address.file.rglob("*"):
                # It may have been merged with others meanwhile.
                with contextlib.suppress(FileNotFoundError):
                    synced(written)

    @property
    def size(self) -> int:
        """Bytes on this machine's disk."""
        files = self.address.file.rglob("*") if self.address.file else ()
        return sum(file.stat().st_size for file in files if file.is_file())


@contextlib.contextmanager
def _told(shown: str) -> Iterator[None]:
    """What the client raises, as a StoreError that names the address."""
    from grpc import RpcError
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except (MilvusException, RpcError, OSError) as error:
        said = str(getattr(error, "message", "") or error)
        # It may repeat a whole filter.
        raise StoreError(f"{shown}: {said[:_SAID]}") from error


def quoted(value: str) -> str:
    """A text as a filter has it."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: Iterable[object]) -> str:
    """Numbers or texts as a filter has them."""
    return json.dumps(list(values), ensure_ascii=False)


T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in order, so many at a time."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
