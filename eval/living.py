"""What it costs to keep a corpus up to date, and what its segments cost a search.

    python -m eval.living ARTICLES.jsonl [--sizes 200,2000,10138] [--adds 500] [--work DIR]
    python -m eval.living ARTICLES.jsonl --sizes 10138 --against CHECKOUT [--pairs 5]

To indexes of the first so many articles one is added, replaced and removed again, several times,
by a library that has just been opened and has its encoders. Then an index whose last articles were
removed and added again one by one is asked the same questions (titles) as the one it was, in turns.
Or a whole ingest of the largest size is timed, by this code and by another checkout's, in turns.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import methodcaller
from pathlib import Path

from rag.config import Settings
from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.corpus.readers import read_documents
from rag.library import Library
from rag.types import Article

_TIMES = 7
_ASKED, _K = 300, 10
# In the folder of a checkout, whose code it imports: seconds of an ingest, the encoders being warm.
_INGEST = """
import sys, time
from pathlib import Path
from rag.library import Library
library = Library(Path(sys.argv[2]))
for encoder in library.encoders():
    encoder.encode(["."], "passage")
started = time.perf_counter()
library.ingest([Path(sys.argv[1])])
print(time.perf_counter() - started)
"""


def main() -> int:
    """Print every figure as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="articles, at least the largest size and adds")
    parser.add_argument("--sizes", default="200,2000,10138")
    parser.add_argument("--adds", type=int, default=500)
    parser.add_argument("--work", type=Path, help="keep the indexes here")
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="time its ingest beside ours"
    )
    parser.add_argument("--pairs", type=int, default=5, help="so many ingests of each")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    documents = [d for d in read_documents([args.corpus]) if isinstance(d, Document)]
    articles = [article for document in documents for article in articles_of(document)]
    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        if args.against:
            print(json.dumps(paired(articles[: max(sizes)], args.against, args.pairs, work)))
            return 0
        for figures in measured(articles, sizes, args.adds, work):
            print(json.dumps(figures), flush=True)
    return 0


def measured(
    articles: Sequence[Article], sizes: Sequence[int], adds: int, work: Path
) -> Iterator[dict[str, object]]:
    """The figures of each size, then those of the grown index against the whole one."""
    first = Library(
        work / "none", dataclasses.replace(Settings.from_environment(), llm="none", store=None)
    )
    encoder, sentence_encoder = first.encoders()

    def library(name: str) -> Library:
        return Library(
            work / name, first.settings, encoder=encoder, sentence_encoder=sentence_encoder
        )

    for size in sizes:
        name = f"of-{size}"
        if not library(name).exists():
            library(name).add(articles[:size])
        yield {"articles": size} | _changes(partial(library, name), articles[0])
    whole, grown = library(f"of-{max(sizes)}"), library(f"grown-by-{adds}")
    if not grown.exists():
        shutil.copytree(whole.path, grown.path)
        last = articles[max(sizes) - adds : max(sizes)]
        grown.remove([article.id for article in last])
        for article in last:
            grown.add([article])
    yield {"adds": adds} | _compared(whole, grown, [a.title for a in articles if a.title])


def paired(articles: Sequence[Article], against: Path, pairs: int, work: Path) -> dict[str, object]:
    """Seconds of a whole ingest by this code and by a checkout's, and ours as a share of theirs.

    Raises:
        subprocess.CalledProcessError: one of them failed, and has said why.
    """
    corpus, index = work.resolve() / "paired.jsonl", work.resolve() / "paired"
    rows = ({**article.ref.to_dict(), "text": article.text} for article in articles)
    corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    codes = (Path(__file__).resolve().parents[1], against)
    seconds: tuple[list[float], list[float]] = ([], [])
    for n in range(pairs):
        for which in (0, 1) if n % 2 else (1, 0):
            command = [sys.executable, "-c", _INGEST, str(corpus), str(index)]
            shutil.rmtree(index, ignore_errors=True)
            done = subprocess.run(command, cwd=codes[which], stdout=subprocess.PIPE, check=True)
            seconds[which].append(float(done.stdout))
    ours, theirs = map(statistics.median, seconds)
    return {
        "articles": len(articles),
        "pairs": pairs,
        "seconds_median": [round(ours, 2), round(theirs, 2)],
        "ratio": round(ours / theirs, 3),
    }


def _changes(opened: Callable[[], Library], like: Article) -> dict[str, object]:
    """Seconds and bytes that one article costs, over several times."""
    seconds: dict[str, list[float]] = {"add": [], "replace": [], "remove": []}
    written: dict[str, list[int]] = {name: [] for name in seconds}
    # The first time a model runs it is slower.
    opened().encoders()[0].encode(["."], "passage")
    for n in range(_TIMES):
        new = dataclasses.replace(like, id=f"living-{n}", source=None)
        again = dataclasses.replace(new, text=f"{new.text} {n}.")
        changes: dict[str, Callable[[Library], object]] = {
            "add": methodcaller("add", [new]),
            "replace": methodcaller("add", [again]),
            "remove": methodcaller("remove", [new.id]),
        }
        for name, change in changes.items():
            library = opened()
            before = _sizes(library.path)
            started = time.perf_counter()
            change(library)
            seconds[name].append(time.perf_counter() - started)
            after = _sizes(library.path)
            written[name].append(sum(s for f, s in after.items() if before.get(f) != s))
    return {
        name: {
            "seconds_median": round(statistics.median(seconds[name]), 3),
            "seconds_most": round(max(seconds[name]), 3),
            "bytes_median": int(statistics.median(written[name])),
            "bytes_most": max(written[name]),
        }
        for name in seconds
    }


def _sizes(folder: Path) -> dict[tuple[Path, int], int]:
    """Size of each file, by its name and when it was written."""
    files = [(file, file.stat()) for file in folder.rglob("*") if file.is_file()]
    return {(file, stat.st_mtime_ns): stat.st_size for file, stat in files}


def _compared(whole: Library, grown: Library, questions: Sequence[str]) -> dict[str, object]:
    """Whether both find the same, and what a search takes in each."""
    step = max(1, len(questions) // _ASKED)
    asked = questions[::step][:_ASKED]
    seconds: tuple[list[float], list[float]] = ([], [])
    same = 0
    for n, question in enumerate([asked[0], *asked]):
        found: list[list[tuple[str, int]]] = [[], []]
        for which in (0, 1) if n % 2 else (1, 0):
            started = time.perf_counter()
            hits = (whole, grown)[which].search(question, _K)
            seconds[which].append(time.perf_counter() - started)
            found[which] = [(hit.article.id, hit.start) for hit in hits]
        same += n > 0 and found[0] == found[1]
    # The first search of each opens it.
    one, several = (sorted(part[1:]) for part in seconds)
    return {
        "questions": len(asked),
        "same_top_10": same / len(asked),
        "p50_ms": [round(1000 * part[len(part) // 2], 1) for part in (one, several)],
        "p95_ms": [round(1000 * part[int(len(part) * 0.95)], 1) for part in (one, several)],
        "p95_ratio": round(several[int(len(several) * 0.95)] / one[int(len(one) * 0.95)], 3),
    }


if __name__ == "__main__":
    sys.exit(main())
