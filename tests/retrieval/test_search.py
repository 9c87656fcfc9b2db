"""Searching small corpora whose right answer is plain."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from fakes import WordEncoder

from rag.library import Library
from rag.retrieval.search import Searcher
from rag.retrieval.translation import Translator


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


def test_candidates_hold_every_leg_and_can_be_narrowed(seeded: Library) -> None:
    encoder, sentence_encoder = seeded.encoders()
    searcher = Searcher(seeded.index(), sentence_encoder)
    from rag.retrieval.query import prepare

    query = prepare("محادثات لافروف في موسكو", encoder, sentence_encoder)
    pool = searcher.candidates(query)
    assert all(len(scores) == len(pool.rows) for scores in pool.legs.values())
    left = pool.keep(pool.rows != pool.rows[0])
    assert len(left.rows) == len(pool.rows) - 1
    first = searcher.rank(query, pool, 3)
    assert [found.hit.rank for found in first] == [1, 2, 3]


def test_the_sense_leg_takes_the_best_sentence_of_each_passage(seeded: Library) -> None:
    from rag.retrieval.legs import Candidates, SenseLeg
    from rag.retrieval.query import prepare

    encoder, sentence_encoder = seeded.encoders()
    index = seeded.index()
    query = prepare("محادثات لافروف في موسكو", encoder, sentence_encoder)
    senses = index.vectors["senses"]
    every = senses.rows(np.arange(len(senses))) @ query.sense
    rows = np.arange(len(index.chunks))
    expected = [max(every[list(index.chunks.sentence_rows(int(row)))]) for row in rows]
    assert np.allclose(SenseLeg(index).scores(Candidates(index, query, rows)), expected, atol=1e-6)


def test_the_mean_leg_averages_the_sentences_of_each_passage(seeded: Library) -> None:
    from rag.retrieval.legs import Candidates, MeanLeg
    from rag.retrieval.query import prepare

    index = seeded.index()
    query = prepare("محادثات لافروف في موسكو", *seeded.encoders())
    sentences = index.vectors["sentences"]
    every = sentences.rows(np.arange(len(sentences))) @ query.vector
    rows = np.arange(len(index.chunks))[::-1]
    expected = [np.mean(every[list(index.chunks.sentence_rows(int(row)))]) for row in rows]
    assert np.allclose(MeanLeg().scores(Candidates(index, query, rows)), expected, atol=1e-6)


def test_a_leg_proposes_the_passages_it_scores_highest(seeded: Library) -> None:
    from rag.retrieval.legs import Candidates, all_legs
    from rag.retrieval.query import prepare

    encoder, sentence_encoder = seeded.encoders()
    index = seeded.index()
    rows = np.arange(len(index.chunks))
    allowed = rows % 2 == 0
    query = prepare("محادثات Lavrov في موسكو", encoder, sentence_encoder)
    for leg in all_legs(index, Translator(index, sentence_encoder)):
        every = leg.scores(Candidates(index, query, rows))
        for mask in (None, allowed):
            proposed = leg.propose(query, 2, mask)
            ranked = every if mask is None else np.where(mask, every, -1)
            assert mask is None or mask[proposed].all()
            if len(proposed):
                assert every[proposed].max() == ranked.max()


def test_a_translator_remembers_words(library: Library, tmp_path: Path) -> None:
    ingest(library, tmp_path, "وصل سيرجي لافروف إلى المدينة.")
    encoder = WordEncoder("sentences")
    translator = Translator(library.index(), encoder)
    translator.translate(["minister", "city"])
    assert encoder.calls == 2
    (again, fresh) = translator.translate(["city", "river"])
    assert encoder.calls == 3
    assert max(again.stems.values()) == 1.0
    assert 0 <= fresh.confidence <= 1
