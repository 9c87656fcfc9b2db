"""Which commit is the current one, and what counts as of it.

Milvus commits row by row. So each row says with which commit it was ``born``, and one row, the
state, which commit is the current one: a reader looks at rows born by then and not of articles that
are dead by then, and what a stopped writer left, born after, is nothing to it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from rag.errors import StoreError
from rag.store.milvus.engine import Engine, Level, Row, listed
from rag.store.milvus.schema import NO_VECTOR, STATE, TABLES, create
from rag.store.protocol import Counts, LexicalField, Shape

# The one collection that outlives a rebuilding. Row 0 is the state, row -1 says which commit was
# begun last and by whom, a row of another number since when the article version of this number is
# dead.
_NAME, _CURRENT, _BEGUN = "musnad", 0, -1
# Of rows with a word each, so many are fetched at once.
_PAGE = 10_000
# A writer that began so long ago, and did not end, was stopped.
_STALE_SECONDS = 3600


@dataclass(frozen=True)
class State:
    """The current commit, and what is counted over all of it.

    ``dimensions`` are those of the vectors there are, by field; ``lengths`` how many terms of each
    field there are in all passages. New passages, sentences and articles are numbered on.
    """

    commit: int = 0
    version: str = ""
    generation: int = 1
    shape: Shape = field(default_factory=dict)
    dimensions: Mapping[str, int] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    articles: int = 0
    passages: int = 0
    sentences: int = 0
    next_place: int = 0
    next_passage: int = 0
    next_sentence: int = 0

    @property
    def counts(self) -> Counts:
        """How much there is."""
        return Counts(self.articles, self.passages, self.sentences)

    @property
    def collections(self) -> dict[str, str]:
        """Names of the collections there are of this generation, but that of the state."""
        kinds = [kind for kind, table in TABLES.items() if self._holds(kind)]
        return {kind: f"{_NAME}_{kind}_{self.generation}" for kind in kinds}

    def _holds(self, kind: str) -> bool:
        return all(name in self.dimensions for name in TABLES[kind].vectors or ("passages",))

    def anew(self) -> State:
        """An empty one, to follow it."""
        return State(commit=self.commit, generation=self.generation + 1)


def read_state(engine: Engine) -> State | None:
    """The current state; ``None`` where nothing was ever committed."""
    said = _row(engine, _CURRENT).get("said")
    try:
        return State(**json.loads(said)) if said else None
    except TypeError as error:
        raise StoreError(f"{engine.address.shown}: written by another version of Musnad") from error


def write_state(engine: Engine, state: State) -> None:
    """Make a state the current one: this is when a commit is made."""
    engine.upsert(_NAME, [_state(_CURRENT, state.commit, json.dumps(asdict(state)))])


def _row(engine: Engine, number: int) -> Row:
    if _NAME not in engine.collections():
        return {}
    return next(iter(engine.get(_NAME, [number], ["since", "at", "said"], "Strong")), {})


def _state(number: int, since: int, said: str = "") -> Row:
    at = int(time.time())
    return {"number": number, "since": since, "at": at, "said": said, **NO_VECTOR}


def claim(engine: Engine, before: State, writer: str) -> None:
    """Begin to write what follows a state; what a stopped writer left is removed first. Milvus has
    no locks: a claim is a row that names the ``writer``, and writers of one name never overlap.

    Raises:
        StoreError: it is not the current state any more, or another writer is at work.
    """
    if _NAME not in engine.collections():
        create(engine, _NAME, STATE, {})
    elif (read_state(engine) or State()).commit != before.commit:
        raise StoreError(
            f"{engine.address.shown}: changed meanwhile by another writer; do it again"
        )
    begun = _row(engine, _BEGUN)
    unfinished = begun.get("since", 0) > before.commit
    if unfinished and begun["said"] != writer and time.time() - begun["at"] < _STALE_SECONDS:
        raise StoreError(
            f"{engine.address.shown}: {begun['said']} is writing; was it stopped, go on there, or"
            f" here in {_STALE_SECONDS // 60} minutes"
        )
    engine.upsert(_NAME, [_state(_BEGUN, before.commit + 1, writer)])
    if _row(engine, _BEGUN)["said"] != writer:
        raise StoreError(f"{engine.address.shown}: another writer was quicker; do it again")
    if unfinished:
        _take_back(engine, before)


def bury(engine: Engine, numbers: Iterable[int], commit: int) -> None:
    """Say of article versions that they are dead as of a commit."""
    engine.upsert(_NAME, [_state(number, commit) for number in numbers])


def read_dead(engine: Engine, state: State) -> list[int]:
    """The article versions that are dead, and whose rows are still there."""
    where = f"number > 0 and since <= {state.commit}"
    return [row["number"] for row in engine.query(_NAME, where, ["number"], "Strong", page=_PAGE)]


def sweep(engine: Engine, state: State) -> None:
    """Remove what counts no more: the dead, and former generations."""
    if not state.commit:
        return
    _drop(engine, lambda generation: generation < state.generation)
    if dead := read_dead(engine, state):
        names = state.collections
        for kind in ("passages", "sentences"):
            engine.delete(names[kind], f"article in {listed(dead)}")
        engine.delete(names["articles"], f"version in {listed(dead)}")
        engine.delete(_NAME, f"number in {listed(dead)}")


def _take_back(engine: Engine, state: State) -> None:
    """Remove what a writer wrote that was stopped before it made a new state."""
    _drop(engine, lambda generation: generation > state.generation)
    engine.delete(_NAME, f"number > 0 and since > {state.commit}")
    for kind, name in state.collections.items():
        if kind != "terms":
            engine.delete(name, f"born > {state.commit}")
            continue
        rows = engine.query(
            name, f"since > {state.commit}", ["term", "before"], "Strong", page=_PAGE
        )
        former = [(row["term"], row["before"]) for row in rows]
        engine.upsert(name, (term_row(term, state.commit, n, n) for term, n in former))


def _drop(engine: Engine, which: Callable[[int], bool]) -> None:
    """Drop the collections of some generations."""
    for name in engine.collections():
        kind, _, generation = name.removeprefix(f"{_NAME}_").rpartition("_")
        if name.startswith(f"{_NAME}_") and kind in TABLES and which(int(generation)):
            engine.drop(name)


def counting(state: State, dead: Sequence[int] = (), article: str = "article") -> str:
    """The rows that count, as a filter; ``article`` has the number of a row's article."""
    born = f"born <= {state.commit}"
    return f"{born} and {article} not in {listed(dead)}" if dead else born


def term_key(field: LexicalField, term: str) -> str:
    """What a term's row goes by."""
    return f"{field} {term}"


def term_row(key: str, since: int, passages: int, before: int) -> Row:
    """In how many passages a term is ``since`` a commit, and in how many it was before."""
    return {"term": key, "since": since, "passages": passages, "before": before, **NO_VECTOR}


def read_frequencies(
    engine: Engine, state: State, keys: Sequence[str], level: Level
) -> dict[str, int]:
    """In how many passages each term is, of those that are in any."""
    if "terms" not in state.collections:
        return {}
    name, fields = state.collections["terms"], ["term", "since", "passages", "before"]
    rows = engine.get(name, keys, fields, level, key="term")
    return {
        row["term"]: row["passages"] if row["since"] <= state.commit else row["before"]
        for row in rows
    }


def read_vocabulary(engine: Engine, state: State, level: Level) -> set[str]:
    """All words that have vectors."""
    if "words" not in state.collections:
        return set()
    name, where = state.collections["words"], counting(state)
    return {row["word"] for row in engine.query(name, where, ["word"], level, page=_PAGE)}
