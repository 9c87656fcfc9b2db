"""Near-copies become one hit; a quotation inside a longer report does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from rag.library import Library
from rag.retrieval.duplicates import fold
from rag.store.protocol import Ints

STORY = [f"w{i}" for i in range(20)]


def numbered(*passages: list[str]) -> list[Ints]:
    numbers = {word: n for n, word in enumerate(dict.fromkeys(w for p in passages for w in p))}
    return [np.asarray([numbers[word] for word in p], dtype=np.int32) for p in passages]


def test_near_copies_of_other_articles_fold_into_the_best() -> None:
    edited = [*STORY[:18], "x", "y"]  # 18 of 20 words are shared: 0.9.
    other = [f"v{i}" for i in range(20)]
    report = [*STORY, *other]  # Holds the story, but is twice as long.
    words = numbered(STORY, other, edited, report, STORY)
    owners = ["a", "b", "c", "d", "a"]
    # The last is of the same article as the first: no copy.
    assert fold(words, owners, 5) == {0: [2], 1: [], 3: [], 4: []}
    assert list(fold(words, owners, 5)) == [0, 1, 3, 4]
    assert fold(words, owners, 1) == {0: [2]}


def test_short_passages_are_never_copies() -> None:
    assert len(fold(numbered(["a", "b"], ["a", "b"]), ["a", "b"], 5)) == 2


def test_a_hit_lists_the_other_outlets(library: Library, tmp_path: Path) -> None:
    text = (
        "أعلنت وزارة الخارجية في موسكو أن الوزير سيزور العاصمة الصينية بكين غدا لبحث العلاقات"
        " الثنائية وقضايا الأمن والطاقة والتجارة بين البلدين."
    )
    rows = [
        {"id": "a", "outlet": "One", "text": text},
        {"id": "b", "outlet": "Two", "text": text + " انتهى."},
        {"id": "c", "text": "سقط المطر على حقول القمح في الشمال."},
    ]
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    library.ingest([path])
    hits = library.search("متى يزور الوزير بكين؟", k=5)
    assert [(hit.article.id, [a.id for a in hit.also]) for hit in hits if hit.also] == [
        ("a", ["b"])
    ]
    assert hits[0].to_dict()["also"][0]["outlet"] == "Two"
    assert "b" not in {hit.article.id for hit in hits}
