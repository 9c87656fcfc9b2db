"""Uploaded files: what is added, what is not and why; nothing of this machine is remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes import SEEDS

from rag.chat.library_page import LibraryPage
from rag.corpus.articles import content_id
from rag.corpus.web.fetching import Fetched
from rag.errors import CorpusError, StoreError
from rag.library import Library
from rag.service.uploads import FileResult, Problem, add_address, add_files

STORY = "Dam opens\nThe minister opened the northern dam on Friday before a crowd of thousands."


def upload(folder: Path, name: str, text: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines(*records: dict[str, str]) -> str:
    return "\n".join(map(json.dumps, records))


def test_a_bad_file_takes_no_other_with_it(library: Library, tmp_path: Path) -> None:
    files = [
        upload(tmp_path, "good.txt", STORY),
        upload(tmp_path, "bad.txt", b"\xff\xfe\xfa"),
        upload(tmp_path, "page.png", b"%PDF"),
        upload(tmp_path, "large.txt", "x" * 101),
        upload(tmp_path, "mixed.jsonl", '{"text": "A short story."}\n{"text": 3}\n{'),
    ]
    good, bad, pdf, large, mixed = add_files(library, files, most_bytes=100)
    assert good == FileResult("good.txt", added=(content_id(STORY),))
    assert bad == FileResult("bad.txt", problems=(Problem("not UTF-8: byte 0xff at offset 0"),))
    assert (pdf.refused, large.refused) == ("kind", "size")
    assert len(mixed.added) == 1
    assert [problem.line for problem in mixed.problems] == [2, 3]
    assert len(library.articles()) == 2


def test_an_article_remembers_its_file_by_name_alone(library: Library, tmp_path: Path) -> None:
    add_files(library, [upload(tmp_path, "story.txt", STORY)])
    (article,) = library.articles()
    assert (article.path, article.source, article.text) == ("story.txt", None, STORY)


def test_two_files_of_one_name_are_two_articles(library: Library, tmp_path: Path) -> None:
    add_files(library, [upload(tmp_path / "a", "news.txt", STORY)])
    (result,) = add_files(
        library, [upload(tmp_path / "b", "news.txt", "Another story altogether.")]
    )
    assert len(result.added) == 1
    assert len(library.articles()) == 2


def test_what_is_there_stays_as_it_is(seeded: Library) -> None:
    before = seeded.articles()
    snapshot = seeded.snapshot().version
    seed = sorted(SEEDS.iterdir())[1]
    (result,) = add_files(seeded, [seed])
    assert len(result.known) == 2  # The page and the story found in it.
    assert (result.added, result.replaced) == ((), ())
    assert seeded.articles() == before
    assert seeded.snapshot().version == snapshot


def test_what_was_removed_does_not_come_back(library: Library, tmp_path: Path) -> None:
    add_files(library, [upload(tmp_path, "a.txt", STORY), upload(tmp_path, "b.txt", "Second.")])
    library.remove([content_id(STORY)])
    library.ingest([upload(tmp_path / "later", "c.txt", "Third.")])
    assert {article.text for article in library.articles()} == {"Second.", "Third."}


def test_another_text_under_a_stated_id_is_said_to_replace(
    library: Library, tmp_path: Path
) -> None:
    add_files(library, [upload(tmp_path, "a.jsonl", lines({"id": "x", "text": "One."}))])
    (result,) = add_files(
        library, [upload(tmp_path, "b.jsonl", lines({"id": "x", "text": "Two."}))]
    )
    assert (result.added, result.replaced) == ((), ("x",))


@pytest.mark.parametrize("apart", [True, False])
def test_one_id_for_two_texts_fails_the_later_file_only(
    library: Library, tmp_path: Path, apart: bool
) -> None:
    one, two = {"id": "x", "text": "One."}, {"id": "x", "text": "Two."}
    first = upload(tmp_path, "a.jsonl", lines(one) if apart else lines({"text": "First."}))
    second = upload(tmp_path, "b.jsonl", lines(two, {"id": "y", "text": "Three."}) if apart else lines(one, two))  # fmt: skip  # noqa: E501
    good, bad = add_files(library, [first, second])
    assert len(good.added) == 1
    assert bad.added == ()
    assert "'x' stands for two different texts" in bad.problems[0].text


def test_the_same_article_in_two_files_is_added_once(library: Library, tmp_path: Path) -> None:
    files = [upload(tmp_path, "a.txt", STORY), upload(tmp_path, "b.txt", STORY)]
    first, second = add_files(library, files)
    assert (first.added, second.known) == ((content_id(STORY),),) * 2
    assert [article.path for article in library.articles()] == ["a.txt"]


def test_a_failing_write_is_told_for_each_file_that_had_articles(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("index: cannot write the index (No space left on device)")

    monkeypatch.setattr(library, "add", full)
    files = [upload(tmp_path, "a.txt", STORY), upload(tmp_path, "b.png", b"\x89PNG")]
    good, bad = add_files(library, files)
    assert "No space left" in good.problems[0].text
    assert (bad.refused, bad.problems) == ("kind", ())


def test_an_upload_can_be_asked_about(seeded: Library, tmp_path: Path) -> None:
    add_files(seeded, [upload(tmp_path, "dam.txt", STORY)])
    assert seeded.search("northern dam minister", k=1)[0].article.path == "dam.txt"


def test_an_address_is_added_like_a_file(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(url: str, before: Fetched | None) -> Fetched:
        if url != "https://daily.example/a":
            raise CorpusError("not an http or https address: 'ftp://x'")
        return Fetched(url, "text/plain", STORY.encode())

    monkeypatch.setattr("rag.corpus.web.fetching.fetch", fetch)
    (first,) = add_address(library, " https://daily.example/a ")
    (again,) = add_address(library, "https://daily.example/a")
    (bad,) = add_address(library, "ftp://x")
    assert first.added == again.known == (content_id(STORY),)
    assert library.articles()[0].url == "https://daily.example/a"
    assert bad.problems[0].text == "not an http or https address: 'ftp://x'"
    told = LibraryPage(library).fetch("https://daily.example/a", "en")
    assert "1 article already here" in list(told)[-1]
