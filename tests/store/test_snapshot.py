"""The door to the store: what it proposes and what it scores agree, under every filter."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from libraries import again

from rag.filters import EVERYTHING, Filter, Period
from rag.library import Library
from rag.models.protocols import Role, Vectors
from rag.retrieval.query import Query, prepare
from rag.store.protocol import Cosines, Ids, Snapshot, single

ASKED = "محادثات Lavrov في موسكو"


@pytest.fixture
def query(seeded: Library) -> Query:
    return prepare(ASKED, *seeded.encoders())


def every(snapshot: Snapshot) -> Ids:
    return np.arange(snapshot.counts.passages)


def test_cosines_are_grouped_by_passage() -> None:
    cosines = Cosines(np.asarray([0.1, 0.5, 0.3, 0.2], np.float32), np.asarray([0, 3]))
    assert cosines.best() == pytest.approx([0.5, 0.2])
    assert cosines.mean() == pytest.approx([(0.1 + 0.5 + 0.3) / 3, 0.2])
    none = Cosines(np.zeros(0, np.float32), np.zeros(0, np.int64))
    assert len(none.best()) == len(none.mean()) == 0


def test_sentences_are_scored_with_their_own_passage(seeded: Library, query: Query) -> None:
    snapshot = seeded.snapshot()
    encoder, sentence_encoder = seeded.encoders()
    ids = every(snapshot)[::-1]
    texts = [[s.of(p.article.text) for s in p.chunk.sentences] for p in snapshot.passages(ids)]
    for field, model, vector in (
        ("sentences", encoder, query.vector),
        ("similarity", sentence_encoder, query.sentence_vector),
    ):
        cosines = snapshot.candidates(ids).cosines(field, vector)  # type: ignore[arg-type]
        expected = [float((model.encode(group, "passage") @ vector).max()) for group in texts]
        assert cosines.best() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kept", [lambda i: True, lambda i: i % 2 == 0, lambda i: False])
def test_what_is_proposed_is_what_scores_highest(
    seeded: Library, query: Query, kept: Callable[[int], bool]
) -> None:
    snapshot = seeded.snapshot()
    ids = [article.id for article in snapshot.articles]
    only = frozenset(name for n, name in enumerate(ids) if kept(n))
    where = Filter(only=only)
    candidates = snapshot.candidates(every(snapshot))
    admitted = np.asarray([facts.id in only for facts in candidates.articles])
    scores = {
        "stems": candidates.bm25("stems", single(query.stems)),
        "names": candidates.bm25("names", single(query.names)),
        "passages": candidates.cosines("passages", query.vector).best(),
    }
    found = {
        "stems": snapshot.matching("stems", single(query.stems), 2, where),
        "names": snapshot.matching("names", single(query.names), 2, where),
        "passages": snapshot.nearest(query.vector, 2, where),
    }
    for name, proposed in found.items():
        assert admitted[proposed].all()
        if not only:
            assert not len(proposed)
        elif len(proposed):
            assert scores[name][proposed].max() == scores[name][admitted].max()


def test_every_filter_and_their_sum(seeded: Library, query: Query) -> None:
    snapshot = seeded.snapshot()
    articles = list(snapshot.articles)
    dated = next(a for a in articles if a.date and a.date.startswith("2024-07"))
    year = Period(datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))

    def found(where: Filter) -> set[str]:
        ids = snapshot.nearest(query.vector, 99, where)
        return {facts.id for facts in snapshot.candidates(ids).articles}

    assert found(EVERYTHING) == {a.id for a in articles}
    assert found(Filter(year)) == {a.id for a in articles if (a.date or "").startswith("2024")}
    assert found(Filter(without=frozenset([dated.id]))) == {a.id for a in articles} - {dated.id}
    assert found(Filter(year, only=frozenset([dated.id, "nobody"]))) == {dated.id}
    assert found(EVERYTHING.foreign("ar")) == {a.id for a in articles if a.language != "ar"}
    assert dated.id not in found(Filter(year, without=frozenset([dated.id])))


def test_words_of_an_article_are_found_by_form_and_by_beginning(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    saying = snapshot.saying("روسيا")
    assert saying == {a.id for a in snapshot.articles if "روسي" in a.text}
    assert snapshot.saying("zzz") == set()


def test_words_may_have_vectors_of_their_own_length(seeded: Library, tmp_path: Path) -> None:
    class ShorterWords(WordEncoder):
        def encode(self, texts: Sequence[str], role: Role) -> Vectors:
            vectors = super().encode(texts, role)
            return vectors[:, :2048] if role == "word" else vectors

    encoder = ShorterWords()
    library = again(seeded, path=tmp_path / "shorter", sentence_encoder=encoder)
    for page in sorted((tmp_path / "seeds").iterdir()):
        library.ingest([page])
    (vector,) = encoder.encode(["روسيا"], "word")
    ((word, cosine),) = library.snapshot().nearest_words(vector, 1)
    assert word == "روسيا"
    assert cosine == pytest.approx(1)


def test_words_by_article_are_those_of_its_passages(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    whole = {name: [list(w) for w in words] for name, words in snapshot.words_by_article()}
    assert list(whole) == [article.id for article in snapshot.articles]
    candidates = snapshot.candidates(every(snapshot))
    for facts, words in zip(candidates.articles, snapshot.words(every(snapshot)), strict=True):
        assert list(words) in whole[facts.id]
