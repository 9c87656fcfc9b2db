"""Searching small corpora whose right answer is plain."""

from __future__ import annotations

import json
from pathlib import Path

from fakes import WordEncoder

from rag.filters import Filter
from rag.library import Library
from rag.retrieval.fusion import LEGS
from rag.retrieval.query import prepare
from rag.retrieval.retriever import FusionRetriever
from rag.retrieval.translation import TermTranslation, TermTranslator, load_lexicon
from rag.text.normalize import normalize


def ingest(library: Library, tmp_path: Path, *texts: str) -> Library:
    path = tmp_path / "corpus.jsonl"
    rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    library.ingest([path])
    return library


def test_grams_find_a_broken_plural(library: Library, tmp_path: Path) -> None:
    ingest(library, tmp_path, "اجتمع الوزراء في القاهرة.", "سقط المطر على الحقول.")
    assert library.search("لقاء وزير")[0].article.id == "0"


def test_an_english_name_finds_its_arabic_spelling(library: Library, tmp_path: Path) -> None:
    ingest(library, tmp_path, "سقط المطر على الحقول.", "وصل سيرجي لافروف إلى المدينة.")
    assert library.search("Where did Lavrov go?")[0].article.id == "1"


def test_a_pool_holds_every_leg_and_only_what_is_asked_for(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    retriever = FusionRetriever(snapshot, TermTranslator(snapshot, seeded.encoders()[1]))
    query = prepare("محادثات لافروف في موسكو", *seeded.encoders())
    pool = retriever.pool(query)
    assert set(pool.legs) == set(LEGS)
    assert all(len(scores) == len(pool.ids) for scores in pool.legs.values())
    first = retriever.rank(query, pool, 3)
    assert [found.hit.rank for found in first] == [1, 2, 3]
    hidden = first[0].passage.article.id
    left = retriever.retrieve(query, 50, Filter(without=frozenset([hidden])))
    assert left and hidden not in {found.passage.article.id for found in left}
    assert retriever.retrieve(query, 5, Filter(only=frozenset())) == []


def test_a_translator_remembers_words(library: Library, tmp_path: Path) -> None:
    ingest(library, tmp_path, "وصل سيرجي لافروف إلى المدينة.")
    encoder = WordEncoder("sentences")
    translator = TermTranslator(library.snapshot(), encoder, lexicon={})
    translator.translate(["minister", "city"])
    assert encoder.calls == 2
    (again, fresh) = translator.translate(["city", "river"])
    assert encoder.calls == 3
    assert max(again.stems.values()) == 1.0
    assert 0 <= fresh.confidence <= 1


def test_what_was_learned_of_a_word_goes_before_nearness(library: Library, tmp_path: Path) -> None:
    ingest(library, tmp_path, "وصل سيرجي لافروف إلى المدينة.")
    encoder = WordEncoder("sentences")
    learned = {"minister": {"وزير": 0.6, "حقيب": 0.3}}
    translator = TermTranslator(library.snapshot(), encoder, learned)
    city, minister = translator.translate(["city", "Minister"])
    assert minister == TermTranslation({"وزير": 1.0, "حقيب": 0.5}, 1.0)
    assert encoder.calls == 1 and city.stems


def test_the_lexicon_holds_stems_of_words_in_small_letters() -> None:
    for word, stems in load_lexicon().items():
        assert word == word.lower() and stems
        assert all(0 < likely <= 1 and normalize(term) == term for term, likely in stems.items())
    assert "استقال" in " ".join(load_lexicon()["resigned"])
