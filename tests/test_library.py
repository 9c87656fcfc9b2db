"""The façade over computable encoders: ingest, reopen, remove, search."""

from __future__ import annotations

import json
import random
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from fakes import SEEDS, WordEncoder
from libraries import again

from rag.answering.conversation import Turn
from rag.config import Settings
from rag.errors import ArticleNotFound, CorpusError, IndexMismatch, StoreError, UsageError
from rag.filters import EVERYTHING
from rag.library import Library
from rag.store.protocol import DENSE_FIELDS, single
from rag.store.snapshot import FolderSnapshot


def snapshot(library: Library) -> str:
    return library.snapshot().version


def segment(library: Library) -> Path:
    """The folder of the last segment."""
    opened = library.snapshot()
    assert isinstance(opened, FolderSnapshot)
    return opened.parts[-1].segment.folder


def rows(library: Library) -> np.ndarray:
    opened = library.snapshot()
    dimension = library.encoders()[0].dimension
    return np.sort(opened.nearest(np.ones(dimension, np.float32), 10_000, EVERYTHING))


def check_offsets(library: Library) -> int:
    passages = library.snapshot().passages(rows(library))
    for _, article, chunk in passages:
        assert article.text[chunk.start : chunk.end] == chunk.text
        for span in chunk.sentences:
            assert chunk.start <= span.start < span.end <= chunk.end
    return len(passages)


def test_every_chunk_is_the_text_at_its_offsets_also_after_reopening(seeded: Library) -> None:
    chunks = check_offsets(seeded)
    assert chunks > 20
    assert check_offsets(again(seeded)) == chunks
    assert again(seeded).articles() == seeded.articles()


def test_the_seeds_are_five_pages_and_the_story_embedded_in_one(seeded: Library) -> None:
    articles = seeded.articles()
    assert len(articles) == 6
    assert [a.text for a in articles if not a.host] == [
        path.read_text(encoding="utf-8") for path in sorted(SEEDS.iterdir())
    ]


def test_ingesting_twice_changes_nothing(seeded: Library, tmp_path: Path) -> None:
    before = snapshot(seeded)
    encoder, _ = seeded.encoders()
    calls = encoder.calls  # type: ignore[attr-defined]
    done = seeded.ingest([tmp_path / "seeds"])
    assert (done.added, done.replaced, len(done.unchanged)) == ((), (), 6)
    assert snapshot(seeded) == before
    assert encoder.calls == calls  # type: ignore[attr-defined]


def test_an_addition_encodes_only_what_is_new(seeded: Library, tmp_path: Path) -> None:
    encoder, _ = seeded.encoders()
    calls = encoder.calls  # type: ignore[attr-defined]
    hits = [hit.chunk for hit in seeded.search("الهجوم الإرهابي")]
    calls += 1
    extra = tmp_path / "extra.txt"
    extra.write_text("A short English article. It has two sentences.", encoding="utf-8")
    assert len(seeded.ingest([extra]).added) == 1
    assert encoder.calls == calls + 1 + 2  # type: ignore[attr-defined]
    assert len(seeded.articles()) == 7
    assert next(hit.chunk for hit in seeded.search("الهجوم الإرهابي")) == hits[0]
    check_offsets(seeded)


def test_incremental_and_whole_builds_hold_the_same(seeded: Library, tmp_path: Path) -> None:
    whole, grown = (again(seeded, path=tmp_path / name) for name in ("whole", "grown"))
    whole.ingest([tmp_path / "seeds"])
    for path in sorted((tmp_path / "seeds").iterdir()):
        grown.ingest([path])
    a, b = whole.snapshot(), grown.snapshot()
    assert isinstance(a, FolderSnapshot) and isinstance(b, FolderSnapshot)
    assert list(a.articles) == list(b.articles)
    assert a.passages(rows(whole)) == b.passages(rows(whole))
    assert len(a.parts) == 1 < len(b.parts)
    words = [[p.tolist() for p in s.words(rows(whole))] for s in (a, b)]
    assert words[0] == words[1]
    assert a.vocabulary == b.vocabulary
    query = single({"روسي": 1.0, "بريكس": 0.5})
    everything = rows(whole)
    candidates = [s.candidates(everything) for s in (a, b)]
    assert candidates[0].articles == candidates[1].articles
    for field in ("stems", "grams", "names"):
        found, other = (set(s.matching(field, query, 9, EVERYTHING).tolist()) for s in (a, b))
        assert found == other
        assert np.array_equal(candidates[0].bm25(field, query), candidates[1].bm25(field, query))
    vector = whole.encoders()[0].encode(["روسيا"], "query")[0]
    for dense in DENSE_FIELDS:
        first, second = (c.cosines(dense, vector) for c in candidates)
        assert np.array_equal(first.starts, second.starts)
        assert first.values == pytest.approx(second.values, abs=1e-6)


def test_a_changed_file_replaces_its_former_article(seeded: Library, tmp_path: Path) -> None:
    page = next((tmp_path / "seeds").glob("001*"))
    page.write_text("الصفحة تغيرت تماما وصار فيها خبر آخر.", encoding="utf-8")
    done = seeded.ingest([tmp_path / "seeds"])
    assert len(done.added) == 1
    assert len(done.replaced) == 2  # The page and the story that was embedded in it.
    assert len(seeded.articles()) == 5


def test_remove_takes_the_embedded_story_along(seeded: Library) -> None:
    host = next(a.host for a in seeded.articles() if a.host)
    assert host
    gone = seeded.remove([host[:6]])
    assert {a.id for a in gone} >= {host} and len(gone) == 2
    assert len(again(seeded).articles()) == 4
    assert all(hit.article.id != host for hit in seeded.search("وانغ يي", k=50))
    check_offsets(seeded)


def test_removing_everything_leaves_an_empty_library_that_answers(seeded: Library) -> None:
    seeded.remove([article.id for article in seeded.articles()])
    assert seeded.articles() == []
    assert seeded.search("وانغ يي") == []
    answer = seeded.ask("من هو وانغ يي؟")
    assert (answer.answered, answer.reason) == (False, "no_evidence")


def test_remove_of_an_unknown_article_removes_nothing(seeded: Library) -> None:
    known = seeded.articles()[0].id
    with pytest.raises(ArticleNotFound, match="zzz"):
        seeded.remove([known, "zzz"])
    assert len(seeded.articles()) == 6


def test_a_bad_file_among_good_ones_is_reported_and_the_rest_added(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("Good text here.", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\xfa")
    done = library.ingest([tmp_path / "good.txt", tmp_path / "bad.txt"])
    assert len(done.added) == 1
    assert [Path(bad.path).name for bad in done.unreadable] == ["bad.txt"]


def test_nothing_readable_makes_no_index(library: Library, tmp_path: Path) -> None:
    assert len(library.ingest([tmp_path / "none"]).unreadable) == 1
    assert not (library.path / "manifest.json").exists()


def test_two_texts_under_one_id_are_refused(library: Library, tmp_path: Path) -> None:
    rows = [{"id": "x", "text": "one"}, {"id": "x", "text": "two"}]
    path = tmp_path / "c.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with pytest.raises(CorpusError, match="'x' stands for two different texts"):
        library.ingest([path])


def test_an_index_of_another_encoder_is_refused_and_can_be_rebuilt(seeded: Library) -> None:
    other = again(seeded, encoder=WordEncoder("other"))
    with pytest.raises(IndexMismatch, match=r"other.*musnad ingest --rebuild --index"):
        other.search("وانغ يي")
    other.ingest([], rebuild=True)
    assert len(other.articles()) == 6
    assert other.search("وانغ يي")


@pytest.mark.parametrize(
    "name", ["passages.faiss", "articles.sqlite", "word_numbers.npy", "stems.terms.txt"]
)
def test_an_empty_index_file_is_named_and_the_articles_survive(seeded: Library, name: str) -> None:
    folder = segment(seeded)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(b"")
    with pytest.raises(StoreError, match=rf"{name}: damaged index file \(0 bytes, expected"):
        again(seeded).snapshot()
    if name != "articles.sqlite":
        again(seeded).ingest([], rebuild=True)
        assert len(again(seeded).articles()) == 6
    else:
        (folder / name).write_bytes(data)
        assert len(again(seeded).articles()) == 6


def test_whatever_is_changed_on_the_disk_is_named_and_nothing_answers_from_it(
    seeded: Library,
) -> None:
    rng = random.Random(7)
    seeded.snapshot()
    files = [f for f in segment(seeded).iterdir() if f.stat().st_size]
    for file in [seeded.path / "manifest.json", *files]:
        whole = file.read_bytes()
        for _ in range(6):
            at = rng.randrange(len(whole))
            file.write_bytes(
                whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :]
            )
            with pytest.raises(StoreError, match=re.escape(str(file))):
                again(seeded).search("وانغ يي")
        file.write_bytes(whole)
    assert again(seeded).search("وانغ يي")


def test_a_very_large_index_is_looked_through_in_the_background(
    seeded: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.integrity._AT_ONCE", 0)
    file = segment(seeded) / "words.txt"
    file.write_bytes(file.read_bytes()[:-2] + b"x\n")
    library = again(seeded)

    def use() -> None:
        for _ in range(500):
            library.snapshot()
            time.sleep(0.01)

    with pytest.raises(StoreError, match=r"words.txt: damaged index file \(changed\); mend it"):
        use()


def test_what_is_damaged_beside_the_articles_is_made_anew_from_them(seeded: Library) -> None:
    (segment(seeded) / "passages.faiss").write_bytes(b"x")
    for content in ("{", '{"segments": []}'):
        (seeded.path / "manifest.json").write_text(content, encoding="utf-8")
        with pytest.raises(StoreError, match="mend it with: musnad ingest --rebuild"):
            again(seeded).articles()
        again(seeded).ingest([], rebuild=True)
        assert len(again(seeded).articles()) == 6


def test_damaged_articles_are_not_indexed_anew(seeded: Library) -> None:
    file = segment(seeded) / "articles.sqlite"
    data = file.read_bytes()
    at = data.index("لافروف".encode())
    file.write_bytes(data[:at] + "لاغروف".encode() + data[at + 12 :])
    with pytest.raises(StoreError, match="articles.sqlite: damaged index file .changed.; put back"):
        again(seeded).ingest([], rebuild=True)


def test_no_index_says_how_to_make_one(library: Library) -> None:
    with pytest.raises(StoreError, match="make one with: musnad ingest"):
        library.search("question")


def test_a_failed_write_leaves_the_old_index(
    seeded: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(seeded)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "passages.faiss")

    monkeypatch.setattr("rag.store.writing.write_vectors", full)
    extra = tmp_path / "extra.txt"
    extra.write_text("Another article.", encoding="utf-8")
    with pytest.raises(StoreError, match="No space left on device"):
        seeded.ingest([extra])
    assert snapshot(again(seeded)) == before
    assert [*seeded.path.glob("segment-*")] == [segment(seeded)]


def test_what_a_killed_writer_left_goes_at_the_next_opening_to_write(
    seeded: Library, tmp_path: Path
) -> None:
    (seeded.path / "segment-0").mkdir()
    (seeded.path / "segment-0" / "articles.sqlite").write_bytes(b"half")
    seeded.ingest([tmp_path / "seeds"])
    assert [*seeded.path.glob("segment-*")] == [segment(seeded)]


def test_a_reader_sees_what_another_process_wrote(seeded: Library, tmp_path: Path) -> None:
    reader = again(seeded)
    assert len(reader.articles()) == 6
    extra = tmp_path / "extra.txt"
    extra.write_text("Another article.", encoding="utf-8")
    seeded.ingest([extra])
    assert len(reader.articles()) == 7


@pytest.mark.parametrize("question", ["", "  \n", "؟!", "x" * 100_000])
def test_questions_that_cannot_be_asked(seeded: Library, question: str) -> None:
    with pytest.raises(UsageError):
        seeded.search(question)
    with pytest.raises(UsageError):
        seeded.ask(question)


def test_k_below_one(seeded: Library) -> None:
    with pytest.raises(UsageError, match="0 passages"):
        seeded.search("question", k=0)


def test_hits_are_ranked_and_exact(seeded: Library) -> None:
    hits = seeded.search("كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟", k=4)
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert "144" in hits[0].text
    for hit in hits:
        assert seeded.article(hit.article.id).text[hit.start : hit.end] == hit.text


def test_moving_a_file_keeps_one_article(seeded: Library, tmp_path: Path) -> None:
    shutil.move(tmp_path / "seeds", tmp_path / "moved")
    seeded.ingest([tmp_path / "moved"])
    assert len(seeded.articles()) == 6
    assert all("moved" in str(article.path) for article in seeded.articles())


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment({"MUSNAD_HOME": "/h", "MUSNAD_THREADS": "3"})
    assert (settings.home, settings.access, settings.threads) == (Path("/h"), Path("/h"), 3)
    # A cache may be emptied, and with it would go who may use a server.
    settings = Settings.from_environment({})
    assert settings.access and settings.access != settings.home
    with pytest.raises(UsageError, match="MUSNAD_THREADS='x'"):
        Settings.from_environment({"MUSNAD_THREADS": "x"})


def test_a_follow_up_is_answered_as_what_it_means(seeded: Library) -> None:
    former = Turn(question := "أين عُقدت محادثات وانغ يي ولافروف في يوليو 2024؟", question, "")
    answer = seeded.ask("ومن حضر؟", history=[former])
    assert answer.question == "ومن حضر؟"
    assert answer.resolved is not None and "لافروف" in answer.resolved
    assert seeded.ask(question, history=[former]).resolved is None


def test_the_language_to_answer_in_and_how_much_to_read(seeded: Library) -> None:
    question = "ما ثمن الخبز في المريخ؟"
    answer = seeded.ask(question, language="en", passages=1)
    assert answer.language == "en"
    assert len(answer.passages) == 1
    with pytest.raises(UsageError, match="language 'fr'"):
        seeded.ask(question, language="fr")
    with pytest.raises(UsageError, match="0 passages"):
        seeded.ask(question, passages=0)


def test_a_lone_surrogate_in_a_question_does_no_harm(seeded: Library) -> None:
    broken = "\ud800 متى التقى لافروف وانغ يي\udfff؟"
    answer = seeded.ask(broken, history=[Turn(broken, broken, broken)])
    assert answer.question == "? متى التقى لافروف وانغ يي?؟"
    json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")
