"""Checking, mending, backing up and restoring an index."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pytest
from libraries import again

from rag.errors import StoreError
from rag.library import Library
from rag.store.articles import write_articles
from rag.store.folder import FolderStore
from rag.store.snapshot import FolderSnapshot
from rag.types import Article


def segment(library: Library) -> Path:
    opened = library.snapshot()
    assert isinstance(opened, FolderSnapshot)
    return opened.parts[0].segment.folder


def test_a_sound_index_has_no_faults(seeded: Library) -> None:
    assert seeded.verify() == []
    seeded.remove([seeded.articles()[0].id])
    assert seeded.verify() == []
    seeded.remove([article.id for article in seeded.articles()])
    assert seeded.verify() == []


def test_every_damaged_file_is_named_and_mended_from_the_articles(seeded: Library) -> None:
    rng = random.Random(1)
    before = [(h.article.id, h.start) for h in seeded.search("وانغ يي", 9)]
    for name in ("passages.faiss", "words.txt", "chunks.npy", "grams.times.npy"):
        file = segment(seeded) / name
        data = bytearray(file.read_bytes())
        data[rng.randrange(len(data))] ^= 4
        file.write_bytes(data)
        assert [fault for fault in again(seeded).verify() if name in fault]
        mended = again(seeded)
        mended.repair()
        assert mended.verify() == []
        assert [(h.article.id, h.start) for h in mended.search("وانغ يي", 9)] == before
        seeded = mended


def test_what_does_not_belong_there_is_named_and_goes(seeded: Library) -> None:
    (seeded.path / "segment-0").mkdir()
    (segment(seeded) / "notes.txt").write_text("mine", encoding="utf-8")
    faults = seeded.verify()
    assert len(faults) == 2
    assert "segment-0: left by a writer" in faults[0]
    assert "notes.txt: no file of this index" in faults[1]
    seeded.repair()
    assert seeded.verify() == []


@pytest.mark.parametrize("call", ["rag.store.writing.synced", "os.replace"])
def test_a_writer_that_is_refused_leaves_nothing(
    seeded: Library, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with pytest.raises(OSError, match="unable to open"):
        write_articles(seeded.path / "none" / "articles.sqlite", [])
    before = sorted(seeded.path.rglob("*"))

    def refuse(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(call, refuse)
    with pytest.raises(StoreError, match="cannot write the index .*full"):
        seeded.add([Article("new", "أعلن الوزير خبرا.", language="ar")])
    monkeypatch.undo()
    assert sorted(seeded.path.rglob("*")) == before
    assert again(seeded).verify() == []


def test_a_record_that_cannot_be_read_now_is_kept(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("The harbour of Sfax opened on Monday.", encoding="utf-8")
    library.ingest([folder], sync=True)
    record = library.path / "sources.sqlite"
    data = record.read_bytes()

    def refuse(*_: object) -> object:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("rag.store.sources.sqlite3.connect", refuse)
    with pytest.raises(StoreError, match="sources.sqlite: disk I/O error"):
        library.ingest([folder], sync=True)
    assert record.read_bytes() == data


def test_a_damaged_manifest_comes_back_from_its_copy(seeded: Library) -> None:
    gone = seeded.articles()[0].id
    seeded.remove([gone])
    (seeded.path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="damaged manifest"):
        again(seeded).verify()
    again(seeded).repair()
    assert again(seeded).verify() == []
    assert gone not in {article.id for article in again(seeded).articles()}
    copy = seeded.path / "manifest.copy.json"
    copy.write_text("{", encoding="utf-8")
    assert again(seeded).verify() == [f"{copy}: damaged"]
    copy.unlink()
    assert again(seeded).verify() == [f"{copy}: left by a writer that was stopped"]
    again(seeded).repair()
    assert again(seeded).verify() == []


def test_wrong_contents_under_right_digests_are_found(
    seeded: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.integrity.Inspection.check", lambda *_, **__: None)
    folder = segment(seeded)
    chunks = np.load(folder / "chunks.npy")
    chunks[3, 2] += 100_000
    np.save(folder / "chunks.npy", chunks)
    assert again(seeded).verify() == [f"{folder}: offsets that do not lie within their texts"]
    monkeypatch.setattr(
        "rag.store.vectors.ExactVectors.rows",
        lambda self, rows: np.full((len(rows), 4), np.nan, np.float32),
    )
    assert "vectors that are not of length 1" in again(seeded).verify()[-1]


def test_a_backup_restored_elsewhere_answers_the_same(seeded: Library, tmp_path: Path) -> None:
    seeded.remove([seeded.articles()[-1].id])
    seeded.back_up(tmp_path / "kept.zip")
    other = again(seeded, path=tmp_path / "elsewhere")
    other.restore(tmp_path / "kept.zip")
    assert other.verify() == []
    assert other.articles() == seeded.articles()
    for question in ("وانغ يي", "الهجوم الإرهابي"):
        answers = [library.ask(question).to_dict() for library in (other, seeded)]
        for answer in answers:
            del answer["timings"]
        assert answers[0] == answers[1]
    with pytest.raises(StoreError, match="there is an index already"):
        other.restore(tmp_path / "kept.zip")


def test_a_damaged_index_is_not_backed_up(seeded: Library, tmp_path: Path) -> None:
    file = segment(seeded) / "words.txt"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match=r"words.txt: damaged index file \(changed\)"):
        again(seeded).back_up(tmp_path / "kept.zip")
    assert not [*tmp_path.glob("*kept.zip*")]


@pytest.mark.parametrize("harm", ["cut", "flipped", "no manifest", "member gone", "no zip"])
def test_a_bad_backup_is_refused_and_leaves_nothing(
    seeded: Library, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "kept.zip"
    seeded.back_up(file)
    data = bytearray(file.read_bytes())
    if harm == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif harm == "no zip":
        file.write_bytes(b"not a backup")
    elif harm == "flipped":
        data[len(data) // 3] ^= 1
        file.write_bytes(data)
    else:
        left = tmp_path / "left.zip"
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(left, "w") as new:
            for name in old.namelist():
                lost = "manifest.json" if harm == "no manifest" else "words.txt"
                if not name.endswith(lost):
                    new.writestr(name, old.read(name))
        os.replace(left, file)
    other = FolderStore(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="backup|damaged index file"):
        other.restore(file)
    assert not other.exists()
    assert [p.name for p in other.path.iterdir() if p.name != ".lock"] == []


def test_a_restore_that_was_refused_can_be_repeated(
    seeded: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded.back_up(tmp_path / "kept.zip")
    other = again(seeded, path=tmp_path / "elsewhere")
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target.name == "manifest.json":
            raise OSError(errno.ENOSPC, "full")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreError, match="cannot write the index .full"):
        other.restore(tmp_path / "kept.zip")
    monkeypatch.undo()
    assert [file.name for file in other.path.iterdir() if file.name != ".lock"] == []
    # As a restore that was killed would leave it.
    shutil.copytree(segment(seeded), other.path / segment(seeded).name)
    other.restore(tmp_path / "kept.zip")
    assert other.verify() == []
    assert other.articles() == seeded.articles()


def test_a_backup_cannot_write_outside_of_the_index(seeded: Library, tmp_path: Path) -> None:
    import json

    from rag.store.integrity import sealed

    file = tmp_path / "kept.zip"
    manifest = json.loads((seeded.path / "manifest.json").read_text(encoding="utf-8"))
    manifest["segments"][0]["files"] = {"../../stolen": 1}
    with zipfile.ZipFile(file, "w") as archive:
        del manifest["sha256"]
        archive.writestr("manifest.json", json.dumps(sealed(manifest)))
        archive.writestr(f"{manifest['segments'][0]['name']}/../../stolen", "x")
    with pytest.raises(StoreError, match="names a file outside of the index"):
        FolderStore(tmp_path / "deep" / "elsewhere").restore(file)
    assert not (tmp_path / "stolen").exists()
    shutil.rmtree(tmp_path / "deep")
