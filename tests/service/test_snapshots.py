"""Another process writes while many search here: no search fails, and what was added is found."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE

from fakes import ROOT

from eval.weightless import library
from rag.answering.pipeline import Request
from rag.service.service import Service

# Says each change once it is made, and goes on when that was read. The store merges what it wrote,
# and removes those segments.
_WRITER = """
import sys
from pathlib import Path
from eval.weightless import library
from rag.types import Article
store = library(Path(sys.argv[1]))
for n in range(20):
    store.add([Article(f"new{n}", f"وصل القطار رقم {n} إلى المحطة.", language="ar")])
    print(f"new{n}", flush=True)
    sys.stdin.readline()
    if n % 4 == 3:
        store.remove([f"new{n - 1}"])
"""


def test_a_writer_beside_the_server_drops_no_search(tmp_path: Path) -> None:
    index = tmp_path / "index"
    library(index).ingest([ROOT / "seeds"])
    service = Service(library(index))
    service.start()
    done = threading.Event()

    def search() -> Iterator[set[str]]:
        while not done.is_set():
            yield {hit.article.id for hit in service.search(Request("القطار", passages=100))}

    with ThreadPoolExecutor(4) as pool:
        searching = [pool.submit(list, search()) for _ in range(4)]
        command = [sys.executable, "-c", _WRITER, str(index)]
        try:
            with subprocess.Popen(
                command, stdin=PIPE, stdout=PIPE, text=True, bufsize=1, cwd=ROOT
            ) as writer:
                assert writer.stdin and writer.stdout
                for line in writer.stdout:
                    found = service.search(Request("وصل القطار", passages=100))
                    assert line.strip() in {hit.article.id for hit in found}
                    writer.stdin.write("\n")
        finally:
            done.set()
        met = [ids for one in searching for ids in one.result()]
    assert writer.returncode == 0
    assert len(set(map(frozenset, met))) > 5, "searches saw the articles come"
