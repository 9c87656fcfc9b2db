"""What :mod:`rag.store.protocol` promises, of each store: in a folder, and in Milvus Lite."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from fakes import SEEDS, WordEncoder
from libraries import again, word_library, word_settings

from rag.errors import ArticleNotFound, StoreError
from rag.filters import EVERYTHING, Filter, Period
from rag.library import Library
from rag.models.protocols import Role, Vectors
from rag.retrieval.query import Query, prepare
from rag.store.protocol import (
    DENSE_FIELDS,
    Cosines,
    Entry,
    Floats,
    Group,
    Ids,
    LexicalField,
    Snapshot,
    single,
)
from rag.types import Article, Span

ASKED = "محادثات Lavrov في موسكو"
DIMENSION = 2048
PLACES = ("تونس", "صفاقس", "سوسة", "قابس", "بنزرت")
THINGS = ("الميناء", "المطار", "السوق", "المدرسة", "الجسر")

Open = Callable[[Path], Library]


@pytest.fixture(scope="module", params=["folder", "milvus"])
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens a library in a folder, with one pair of encoders for all."""
    encoders = WordEncoder("passages", DIMENSION), WordEncoder("sentences", DIMENSION)
    libraries = []

    def open_library(folder: Path) -> Library:
        url = f"milvus:///{folder}/store.db" if request.param == "milvus" else None
        settings = word_settings(folder, store=url)
        models = {"encoder": encoders[0], "sentence_encoder": encoders[1]}
        libraries.append(word_library(folder / "index", settings, **models))
        return libraries[-1]

    yield open_library
    for library in libraries:
        library.close()


@pytest.fixture(scope="module")
def seeded(opened: Open, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The seeds, which no test changes."""
    library = opened(tmp_path_factory.mktemp("seeded"))
    library.ingest([SEEDS])
    return library


@pytest.fixture
def fresh(opened: Open, tmp_path: Path) -> Library:
    return opened(tmp_path)


@pytest.fixture
def query(seeded: Library) -> Query:
    return prepare(ASKED, *seeded.encoders())


def every(snapshot: Snapshot) -> Ids:
    """All passages, the first first."""
    return np.sort(snapshot.nearest(np.ones(DIMENSION, np.float32), 10_000, EVERYTHING))


def article(n: int) -> Article:
    rng = random.Random(n)
    sentences = [
        f"افتتحت بلدية {rng.choice(PLACES)} {rng.choice(THINGS)} يوم {rng.randrange(1, 29)} مارس."
        for _ in range(rng.randrange(1, 6))
    ]
    day = f"2024-03-{rng.randrange(1, 29):02}"
    return Article(f"a{n:03}", " ".join(sentences), title=f"خبر {n}", date=day, language="ar")


def test_cosines_are_grouped_by_passage() -> None:
    cosines = Cosines(np.asarray([0.1, 0.5, 0.3, 0.2], np.float32), np.asarray([0, 3]))
    assert cosines.best() == pytest.approx([0.5, 0.2])
    assert cosines.mean() == pytest.approx([(0.1 + 0.5 + 0.3) / 3, 0.2])
    none = Cosines(np.zeros(0, np.float32), np.zeros(0, np.int64))
    assert len(none.best()) == len(none.mean()) == 0


def test_passages_are_the_words_of_their_articles(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    passages = snapshot.passages(every(snapshot))
    assert len(passages) == snapshot.counts.passages
    assert {p.article.id: p.article for p in passages} == {a.id: a for a in snapshot.articles}
    for passage in passages:
        chunk, text = passage.chunk, passage.article.text
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.sentences
        assert all(chunk.start <= span.start < span.end <= chunk.end for span in chunk.sentences)
    assert sum(len(p.chunk.sentences) for p in passages) == snapshot.counts.sentences


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
    only = frozenset(a.id for n, a in enumerate(snapshot.articles) if kept(n))
    where = Filter(only=only)
    ids = every(snapshot)
    candidates = snapshot.candidates(ids)
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
        places = np.searchsorted(ids, proposed)
        assert admitted[places].all()
        if not only:
            assert not len(proposed)
        elif len(proposed):
            assert scores[name][places].max() == scores[name][admitted].max()


def test_the_nearest_come_first(seeded: Library, query: Query) -> None:
    snapshot = seeded.snapshot()
    ids = snapshot.nearest(query.vector, 9, EVERYTHING)
    cosines = snapshot.candidates(ids).cosines("passages", query.vector).values
    assert len(ids) == 9
    assert (np.diff(cosines) <= 1e-6).all()


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
    assert found(Filter(Period(until=year.until))) == {a.id for a in articles if a.date}
    assert found(Filter(without=frozenset([dated.id]))) == {a.id for a in articles} - {dated.id}
    assert found(Filter(year, only=frozenset([dated.id, "nobody"]))) == {dated.id}
    assert found(EVERYTHING.foreign("ar")) == {a.id for a in articles if a.language != "ar"}
    assert dated.id not in found(Filter(year, without=frozenset([dated.id])))


def test_words_of_an_article_are_found_by_form_and_by_beginning(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    saying = snapshot.saying("روسيا")
    assert saying == {a.id for a in snapshot.articles if "روسي" in a.text}
    for word in ("zzz", "%", "_", "رو%"):
        assert snapshot.saying(word) == set()


def test_words_by_article_are_those_of_its_passages(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    whole = {name: [list(w) for w in words] for name, words in snapshot.words_by_article()}
    assert list(whole) == [article.id for article in snapshot.articles]
    ids = every(snapshot)
    candidates = snapshot.candidates(ids)
    for facts, words in zip(candidates.articles, snapshot.words(ids), strict=True):
        assert list(words) in whole[facts.id]


def test_words_are_near_themselves(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    assert {"روسيا", "موسكو"} <= set(snapshot.vocabulary)
    vectors = snapshot.word_vectors({"روسيا", "zzz"})
    assert list(vectors) == ["روسيا"]
    (expected,) = seeded.encoders()[1].encode(["روسيا"], "word")
    assert vectors["روسيا"] == pytest.approx(expected)
    near = snapshot.nearest_words(expected, 9)
    assert dict(near)["روسيا"] == pytest.approx(1, abs=1e-6)
    assert [cosine for _, cosine in near] == sorted((c for _, c in near), reverse=True)


def test_entries_are_what_was_put(seeded: Library) -> None:
    snapshot = seeded.snapshot()
    entries = list(snapshot.entries())
    assert [entry.article for entry in entries] == list(snapshot.articles)
    ids = every(snapshot)
    chunks = [p.chunk for p in snapshot.passages(ids)]
    assert [chunk for entry in entries for chunk in entry.chunks] == chunks
    texts = [span.of(e.article.text) for e in entries for c in e.chunks for span in c.sentences]
    vectors = np.concatenate([entry.vectors["sentences"] for entry in entries])
    assert vectors == pytest.approx(seeded.encoders()[0].encode(texts, "passage"), abs=1e-6)
    assert all(
        entry.vectors["passages"].shape == (len(entry.chunks), DIMENSION) for entry in entries
    )
    assert all(len(entry.words) == len(entry.chunks) for entry in entries)


def test_words_may_have_vectors_of_their_own_length(opened: Open, tmp_path: Path) -> None:
    class ShorterWords(WordEncoder):
        def encode(self, texts: Sequence[str], role: Role) -> Vectors:
            vectors = super().encode(texts, role)
            return vectors[:, :2048] if role == "word" else vectors

    encoder = ShorterWords()
    like = opened(tmp_path)
    library = again(like, sentence_encoder=encoder)
    for page in sorted(SEEDS.iterdir())[:2]:
        library.ingest([page])
    (vector,) = encoder.encode(["روسيا"], "word")
    ((word, cosine),) = library.snapshot().nearest_words(vector, 1)
    assert word == "روسيا"
    assert cosine == pytest.approx(1)
    library.close()


def test_scores_are_bm25_over_groups_of_terms(fresh: Library) -> None:
    texts = {"first": "ميناء ميناء سوق", "second": "سوق مطار مطار مطار", "third": "جسر"}
    fresh.add(Article(name, text, language="ar") for name, text in texts.items())
    snapshot = fresh.snapshot()
    ids = every(snapshot)
    candidates = snapshot.candidates(ids)
    names = [facts.id for facts in candidates.articles]
    mean = (3 + 4 + 1) / 3

    def idf(frequency: float) -> float:
        return log(1 + (3 - frequency + 0.5) / (frequency + 0.5))

    def part(tf: float, length: int) -> float:
        return tf / (tf + 0.9 * (1 - 0.6 + 0.6 * length / mean))

    # A harbour, or half as likely a market: in 1 + 1/2 * 2 passages, 2 + 1/2 and 1/2 times.
    groups = [Group({"ميناء": 1.0, "سوق": 0.5}, 3.0), Group({"مطار": 1.0}), Group({"zzz": 1.0})]
    expected = {
        "first": 3 * idf(2) * part(2.5, 3),
        "second": 3 * idf(2) * part(0.5, 4) + idf(1) * part(3, 4),
        "third": 0.0,
    }
    scores = candidates.bm25("stems", groups)
    assert dict(zip(names, scores, strict=True)) == pytest.approx(expected, rel=1e-5)
    assert candidates.bm25("stems", []).tolist() == [0, 0, 0]
    found = snapshot.candidates(snapshot.matching("stems", groups, 9, EVERYTHING)).articles
    assert {facts.id for facts in found} == {"first", "second"}
    best = snapshot.candidates(snapshot.matching("stems", groups, 1, EVERYTHING)).articles
    assert [facts.id for facts in best] == [max(expected, key=lambda name: expected[name])]
    assert snapshot.document_frequency("stems", "سوق") == 2
    assert snapshot.document_frequency("grams", "zzz") == 0


def scores(library: Library) -> dict[tuple[str, int, str], float]:
    """Every score of every passage, by article and start."""
    snapshot = library.snapshot()
    ids = every(snapshot)
    passages, candidates = snapshot.passages(ids), snapshot.candidates(ids)
    encoder, sentence_encoder = library.encoders()
    asked = "ميناء صفاقس"
    vector, other = (each.encode([asked], "query")[0] for each in (encoder, sentence_encoder))
    query = single({"مدين": 1.0, "ميناء": 0.5, "صفاقس": 2.0})
    lexical: tuple[LexicalField, ...] = get_args(LexicalField)
    found: dict[str, Floats] = {field: candidates.bm25(field, query) for field in lexical}
    for dense in DENSE_FIELDS:
        found[dense] = candidates.cosines(dense, other if dense == "similarity" else vector).best()
    return {
        (p.article.id, p.chunk.start, name): float(score)
        for name, each in found.items()
        for p, score in zip(passages, each, strict=True)
    }


def test_after_any_changes_it_scores_like_one_made_at_once(opened: Open, tmp_path: Path) -> None:
    rng = random.Random(3)
    grown = opened(tmp_path / "grown")
    now: dict[str, Article] = {}
    for step in range(10):
        done = rng.random()
        if done < 0.5 or len(now) < 3:
            some = [article(n) for n in rng.sample(range(200), 3)]
        elif done < 0.8:
            some = [replace(now[rng.choice(sorted(now))], text=f"نص جديد في سوسة {step}.")]
        else:
            gone = rng.choice(sorted(now))
            assert [a.id for a in grown.remove([gone])] == [gone]
            del now[gone]
            continue
        grown.add(some)
        now |= {a.id: a for a in some}
    whole = opened(tmp_path / "whole")
    whole.add(now.values())
    assert grown.articles() == list(now.values()) == whole.articles()
    assert grown.snapshot().counts == whole.snapshot().counts
    assert scores(grown) == pytest.approx(scores(whole), rel=1e-5)
    for term in ("صفاقس", "سوس", "جديد", "جسر"):
        frequencies = {one.snapshot().document_frequency("stems", term) for one in (grown, whole)}
        assert len(frequencies) == 1
    for question in ("متى افتتح ميناء صفاقس؟", "نص جديد"):
        found, other = (
            {(h.article.id, h.start, round(h.score, 4)) for h in one.search(question, 10)}
            for one in (grown, whole)
        )
        assert found == other
    assert set(whole.snapshot().vocabulary) <= set(grown.snapshot().vocabulary)


def test_the_dead_are_found_by_nothing_and_places_are_kept(fresh: Library) -> None:
    fresh.add([article(n) for n in range(6)])
    first = fresh.snapshot()
    assert fresh.snapshot() is first
    fresh.remove(["a003"])
    assert fresh.snapshot().version != first.version
    fresh.add([replace(article(4), text="جسر آخر في مدينة أخرى.")])
    calls = fresh.encoders()[0].calls  # type: ignore[attr-defined]
    fresh.add([replace(article(2), outlet="وكالة")])
    assert fresh.encoders()[0].calls == calls  # type: ignore[attr-defined]
    snapshot = fresh.snapshot()
    assert [a.id for a in snapshot.articles] == ["a000", "a001", "a002", "a004", "a005"]
    assert [a.outlet for a in snapshot.articles] == [None, None, "وكالة", None, None]
    assert len(snapshot.articles) == snapshot.counts.articles == 5
    assert {name for name, _ in snapshot.words_by_article()} == {a.id for a in snapshot.articles}
    assert snapshot.saying("بلدية") == {a.id for a in snapshot.articles if "بلدية" in a.text}
    only = Filter(only=frozenset(["a003", "a004"]))
    ids = snapshot.nearest(np.ones(DIMENSION, np.float32), 99, only)
    assert [p.article.text for p in snapshot.passages(ids)] == ["جسر آخر في مدينة أخرى."]
    texts = [passage.chunk.text for passage in snapshot.passages(every(snapshot))]
    assert snapshot.document_frequency("stems", "بلد") == sum("بلدية" in text for text in texts)


def test_what_is_not_committed_is_forgotten(
    fresh: Library, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.add([article(n) for n in range(3)])
    expected, version = scores(fresh), fresh.snapshot().version
    new = Article("new", "أعلن الوزير اتفاقا نادرا.", language="ar")
    with fresh._store.write() as transaction:
        transaction.put([Entry(new, [], [], {})], {})
        transaction.remove(["a000"])

    def refuse(*_: object) -> None:
        raise StoreError("full")

    for place in ("rag.store.writing.synced", "rag.store.milvus.transaction.write_state"):
        monkeypatch.setattr(place, refuse)
    with pytest.raises(StoreError, match="full"):
        fresh.add([new, replace(article(1), text="نص آخر.")])
    monkeypatch.undo()
    for library in (fresh, opened(fresh.settings.home)):
        assert library.snapshot().version == version
        assert [a.id for a in library.articles()] == ["a000", "a001", "a002"]
        assert scores(library) == expected
        assert library.snapshot().document_frequency("stems", "نادر") == 0
        assert library.snapshot().saying("اتفاقا") == set()
    fresh.add([article(7)])
    assert [a.id for a in fresh.articles()] == ["a000", "a001", "a002", "a007"]
    assert fresh.snapshot().document_frequency("stems", "نادر") == 0
    fresh.close()
    again = opened(fresh.settings.home)
    assert [a.id for a in again.articles()] == ["a000", "a001", "a002", "a007"]


def test_a_rebuilding_salvages_the_articles(fresh: Library) -> None:
    fresh.add([article(n) for n in range(3)])
    before, expected = fresh.articles(), scores(fresh)
    with fresh._store.write(anew=True) as transaction:
        assert transaction.shape is None
        assert list(transaction.articles) == before
        assert not len(transaction.vocabulary)
    fresh.ingest([], rebuild=True)
    assert fresh.articles() == before
    assert scores(fresh) == expected
    fresh.add([article(5)])
    assert [a.id for a in fresh.articles()] == ["a000", "a001", "a002", "a005"]


def test_articles_are_kept_whole_and_found_by_what_they_are(fresh: Library) -> None:
    odd = 'it\'s "50%" of_a\\b'
    text = "نص أول. " + "كلمة طويلة جدا. " * 9_000
    long = Article("long", text, source="/a/b.txt", debris=(Span(8, len(text)),))
    fresh.add([
        long,
        Article(odd, "نص.", host="long", date="2024", pages=(0,), amended=("date",)),
        Article("long-2", "نص ثان.", title="عنوان"),
    ])  # fmt: skip
    snapshot = fresh.snapshot()
    assert snapshot.articles.find("long", exact=True) == long
    assert snapshot.articles.find("it's").id == odd
    assert snapshot.articles.find(odd) == next(a for a in snapshot.articles if a.id == odd)
    with pytest.raises(ArticleNotFound, match="several articles begin with 'lon': long"):
        snapshot.articles.find("lon")
    for name in ("none", "of_a", "%", ""):
        with pytest.raises(ArticleNotFound):
            snapshot.articles.find(name)
    with fresh._store.write() as transaction:
        stored = transaction.articles
        assert stored.where("source", ["/a/b.txt"]) == [long]
        assert [a.id for a in stored.where("host", ["long"])] == [odd]
        assert stored.where("id", []) == []
    assert [hit.article.id for hit in fresh.search("نص", where=Filter(only=frozenset([odd])))] == [
        odd
    ]


def test_an_emptied_store_finds_nothing(fresh: Library) -> None:
    assert not fresh.exists()
    with pytest.raises(StoreError, match="no index here"):
        fresh.snapshot()
    fresh.add([article(1)])
    fresh.remove(["a001"])
    snapshot = fresh.snapshot()
    assert fresh.articles() == []
    assert snapshot.counts == (0, 0, 0)
    assert len(snapshot.nearest(np.ones(DIMENSION, np.float32), 5, EVERYTHING)) == 0
    assert len(snapshot.matching("stems", single({"مارس": 1.0}), 5, EVERYTHING)) == 0
    assert list(snapshot.entries()) == []
    none = snapshot.candidates(np.zeros(0, np.int64))
    assert len(none.bm25("stems", single({"a": 1.0}))) == len(none.articles) == 0
