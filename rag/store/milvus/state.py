"""Which commit is the current one, and what counts as of it.

Milvus commits row by row. So each row says with which commit it was ``born``, and one row, the
state, which commit is the current one: a reader looks at rows born by then and not of articles that
are dead by then, and what a stopped writer left, born after, is nothing to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from rag.store.milvus.engine import Engine, Level, Row, listed
from rag.store.milvus.schema import NO_VECTOR, STATE, TABLES, create
from rag.store.protocol import Counts, LexicalField, Shape

# The one collection that outlives a rebuilding. Row 0 is the state, row -1 says which commit was
# begun last, and a row of any other number that the article version of this number is dead since.
_NAME, _CURRENT, _BEGUN = "musnad", 0, -1
# Of rows with a word each, so many are fetched at once.
_PAGE = 10_000


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
    return State(**json.loads(said)) if said else None


def write_state(engine: Engine, state: State) -> None:
    """Make a state the current one: this is when a commit is made."""
    engine.upsert(_NAME, [_state(_CURRENT, state.commit, json.dumps(asdict(state)))])


def _row(engine: Engine, number: int) -> Row:
    if _NAME not in engine.collections():
        return {}
    return next(iter(engine.get(_NAME, [number], ["since", "said"], "Strong")), {})


def _state(number: int, since: int, said: str = "") -> Row:
    return {"number": number, "since": since, "said": said, **NO_VECTOR}


def begin(engine: Engine, commit: int) -> None:
    """Say that what belongs to a commit is about to be written."""
    if _NAME not in engine.collections():
        create(engine, _NAME, STATE, {})
    engine.upsert(_NAME, [_state(_BEGUN, commit)])


def bury(engine: Engine, numbers: Iterable[int], commit: int) -> None:
    """Say of article versions that they are dead as of a commit."""
    engine.upsert(_NAME, [_state(number, commit) for number in numbers])


def read_dead(engine: Engine, state: State) -> list[int]:
    """The article versions that are dead, and whose rows are still there."""
    where = f"number > 0 and since <= {state.commit}"
    return [row["number"] for row in engine.query(_NAME, where, ["number"], "Strong", page=_PAGE)]


def sweep(engine: Engine, state: State) -> None:
    """Remove what counts no more: the dead, former generations, what a stopped writer left."""
    kept, there = state.collections, engine.collections()
    if _NAME not in there:
        return
    for name in there:
        if name.startswith(f"{_NAME}_") and name not in kept.values():
            engine.drop(name)
    stopped = _row(engine, _BEGUN).get("since", 0) > state.commit
    if stopped:
        engine.delete(_NAME, f"number > 0 and since > {state.commit}")
        for kind in kept.keys() - {"terms"}:
            engine.delete(kept[kind], f"born > {state.commit}")
        if "terms" in kept:
            _take_back(engine, kept["terms"], state.commit)
    if dead := read_dead(engine, state):
        for kind in kept.keys() & {"passages", "sentences"}:
            engine.delete(kept[kind], f"article in {listed(dead)}")
        if "articles" in kept:
            engine.delete(kept["articles"], f"version in {listed(dead)}")
        engine.delete(_NAME, f"number in {listed(dead)}")


def _take_back(engine: Engine, name: str, commit: int) -> None:
    rows = engine.query(name, f"since > {commit}", ["term", "before"], "Strong", page=_PAGE)
    engine.upsert(
        name, [term_row(row["term"], commit, row["before"], row["before"]) for row in list(rows)]
    )


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
