"""What is Milvus's own: addresses, two writers, one process to a file, writers that are stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ROOT
from libraries import word_library, word_settings

from rag.errors import StoreError, UsageError
from rag.library import Library
from rag.store.milvus.engine import Address
from rag.store.milvus.store import MilvusStore
from rag.types import Article

FIRST = Article("first", "أعلن الوزير في تونس.", language="ar")
SECOND = Article("second", "افتتح الميناء في صفاقس.", language="ar")

THIRD = Article("third", "أعلن السوق في سوسة.", language="ar")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = beside(tmp_path, tmp_path / "index")
    yield library
    library.close()


def beside(folder: Path, index: Path) -> Library:
    """A library over the store below ``folder``, with an index folder of its own."""
    return word_library(index, word_settings(folder, store=f"milvus:///{folder}/store.db"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("milvus:///a%20b.db", Address("milvus:///a%20b.db", file=Path("a b.db"))),
        ("milvus:////var/a.db", Address("milvus:////var/a.db", file=Path("/var/a.db"))),
        ("milvus://host", Address("milvus://host", uri="http://host:19530")),
        (
            "milvuss://me:p%40ss@host:1/news",
            Address(
                "milvuss://me:***@host:1/news",
                uri="https://host:1",
                user="me",
                password="p@ss",
                database="news",
            ),
        ),
        ("milvus://[::1]:7/", Address("milvus://[::1]:7/", uri="http://[::1]:7")),
    ],
)
def test_addresses(url: str, expected: Address) -> None:
    assert Address.parse(url) == expected


@pytest.mark.parametrize(
    "url", ["", "milvus://", "milvus:///file", "http://host", "milvus://h:port/", "milvus://h:0/a"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--store .*: expected milvus:///FILE.db"):
        Address.parse(url)


def test_a_password_is_never_told() -> None:
    for url in ("milvus://me:secret@host:port", "http://me:secret@host", "milvus://me:secret@"):
        with pytest.raises(UsageError) as refused:
            Address.parse(url)
        assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    store = MilvusStore(tmp_path, Address.parse("milvus://me:secret@127.0.0.1:9"))
    with pytest.raises(StoreError, match=r"^milvus://me:\*\*\*@127.0.0.1:9: ") as refused:
        store.exists()
    assert "\n" not in str(refused.value) and "secret" not in str(refused.value)


def test_a_writer_that_is_late_is_refused(library: Library, tmp_path: Path) -> None:
    library.add([FIRST])
    other = beside(tmp_path, tmp_path / "elsewhere")
    with library._store.write() as transaction:
        other.add([SECOND])
        transaction.remove(["first"])
        with pytest.raises(StoreError, match="changed meanwhile by another writer"):
            transaction.commit({})
    assert [article.id for article in library.articles()] == ["first", "second"]
    other.close()


def test_a_writer_that_was_stopped_elsewhere_is_waited_for_and_then_forgotten(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([FIRST])
    other = beside(tmp_path, tmp_path / "elsewhere")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    for rebuild in (False, True):
        monkeypatch.setattr("rag.store.milvus.transaction.write_state", stopped)
        with pytest.raises(KeyboardInterrupt):
            other.ingest([], rebuild=True) if rebuild else other.add([SECOND])
        monkeypatch.undo()
        with pytest.raises(StoreError, match=f":{tmp_path}/elsewhere is writing; was it stopped"):
            library.add([THIRD])
        assert [article.id for article in library.articles()] == ["first"]
    monkeypatch.setattr("rag.store.milvus.state._STALE_SECONDS", 0)
    library.add([THIRD])
    assert [article.id for article in library.articles()] == ["first", "third"]
    assert library.snapshot().document_frequency("stems", "صفاقس") == 0
    assert isinstance(library._store, MilvusStore)
    kept = {"articles", "passages", "sentences", "words", "terms"}
    collections = {"musnad", *(f"musnad_{kind}_1" for kind in kept)}
    assert library._store._engine.collections() == collections


def test_without_the_extra_it_says_how_to_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"milvus:///{tmp_path}/store.db"
    (tmp_path / "store.db").mkdir()
    for package, wanted in (("milvus_lite.db", "milvus-lite"), ("pymilvus", "pymilvus")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(StoreError, match=f"needs {wanted}; .*pip install 'musnad.milvus.'"):
            MilvusStore(tmp_path, Address.parse(url)).exists()


def test_a_file_is_for_one_process_at_a_time(library: Library, tmp_path: Path) -> None:
    library.add([FIRST])
    url = str(library.settings.store)
    command = [sys.executable, "-m", "rag", "list", "--store", url]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def listed() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=tmp_path
        )

    refused = listed()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "another process has it open" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    library.close()
    done = listed()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("first ")
