"""The collections in Milvus, and what each row of them has.

No field is a partition key: a question looks through all languages, dates and outlets, and what is
replaced or removed is found by an index, so there would only be more parts to be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.store.milvus.engine import Engine, Row

# A value may have so many bytes.
_LONGEST = 65_535
# Milvus has no collection without a vector.
NO_VECTOR: Row = {"unused": [0.0, 0.0]}
# A graph (Malkov and Yashunin 2018, "Hierarchical Navigable Small World graphs"). A hundred
# passages are looked for, by questions unlike them: searched as AUTOINDEX does, it finds three in
# four of the hundred nearest of 10,724 passages; so, 999 in 1,000.
_INDEXED = {
    "index_type": "HNSW",
    "metric_type": "IP",
    "params": {"M": 32, "efConstruction": 256},
}
BREADTH = 1024
# For vectors that are looked up, and never searched.
_KEPT = {"index_type": "FLAT", "metric_type": "IP"}
_INVERTED = {"index_type": "INVERTED"}
_SPARSE = {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP"}


@dataclass(frozen=True)
class Table:
    """A collection: its ``numbers`` and ``texts``, of which ``key`` is one and the ``indexed`` ones
    are looked up by. Its ``vectors`` have an index each; the ``sparse`` ones are of terms.
    """

    key: str
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()
    vectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sparse: tuple[str, ...] = ()


STATE = Table("number", ("number", "since", "at"), ("said",))
# ``version`` is the number of a version of an article. Its first row has the names, and says how
# many rows in all have its ``text``.
ARTICLES = Table(
    "number",
    ("number", "version", "born", "pieces"),
    ("id", "source", "host", "text"),
    indexed=("version", "id", "source", "host"),
)
# ``article`` is the version it is of, ``spans`` are those of the sentences; ``words`` and their
# ``stemmed`` forms stand in one text.
PASSAGES = Table(
    "number",
    ("number", "born", "article", "first_day", "last_day", "start", "end", "first_sentence"),
    ("article_id", "language", "date", "spans", "words", "stemmed"),
    indexed=("article", "article_id"),
    vectors={"passages": _INDEXED},
    sparse=("stems", "names"),
)
SENTENCES = Table(
    "number",
    ("number", "born", "article"),
    indexed=("article",),
    vectors={"sentences": _KEPT, "similarity": _KEPT},
)
WORDS = Table("word", ("born",), ("word",), vectors={"vocabulary": _INDEXED})
# In how many ``passages`` a term is ``since`` a commit, and in how many it was ``before``.
TERMS = Table("term", ("since", "passages", "before"), ("term",))
TABLES = {
    "articles": ARTICLES,
    "passages": PASSAGES,
    "sentences": SENTENCES,
    "words": WORDS,
    "terms": TERMS,
}


def create(engine: Engine, name: str, table: Table, dimensions: Mapping[str, int]) -> None:
    """Make a collection, empty; ``dimensions`` are those of vectors, by field."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema()
    for each in table.numbers:
        schema.add_field(each, DataType.INT64, is_primary=each == table.key)
    for each in table.texts:
        schema.add_field(each, DataType.VARCHAR, is_primary=each == table.key, max_length=_LONGEST)
    vectors = table.vectors or dict.fromkeys(NO_VECTOR, _KEPT)
    for each in vectors:
        schema.add_field(each, DataType.FLOAT_VECTOR, dim=dimensions.get(each, 2))
    for each in table.sparse:
        schema.add_field(each, DataType.SPARSE_FLOAT_VECTOR)
    indexes = {
        **vectors,
        **dict.fromkeys(table.sparse, _SPARSE),
        **dict.fromkeys(table.indexed, _INVERTED),
    }
    engine.create(name, schema, indexes)
