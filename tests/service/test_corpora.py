"""Several indexes on one page: a question goes to those its reader chose, by one set of models."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fakes import WordEncoder, WordReader

from rag.chat.answering import Choices, Respondent
from rag.chat.exchange import Conversation
from rag.errors import ArticleNotFound
from rag.library import Library
from rag.service.corpora import Corpora, fingerprint
from rag.service.service import Service
from rag.types import Article

TOWNS = {"default": "Sfax", "archive": "Gabes", "radio": "Bizerte"}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter[str]:
    """How often each model was loaded, in a working folder with three indexes."""
    counts: Counter[str] = Counter()

    def load(name: str, model: object) -> None:
        def loading(settings: object, progress: object = None) -> object:
            counts[name] += 1
            return model

        monkeypatch.setattr(f"rag.models.loaded.load_{name}", loading)

    load("encoder", WordEncoder("passages"))
    load("sentence_encoder", WordEncoder("sentences"))
    load("reader", WordReader(99.0))
    monkeypatch.setenv("MUSNAD_LLM", "none")
    monkeypatch.chdir(tmp_path)
    for name, town in TOWNS.items():
        text = f"The harbour of {town} opened on Monday."
        Library(Path("index", name)).add([Article("1", text, title=f"News of {town}")])
    counts.clear()
    return counts


@pytest.fixture
def corpora(loaded: Counter[str]) -> Corpora:
    return Corpora(Library(Path("index/default")))


def found(library: Library) -> set[str]:
    return {hit.text.split()[3] for hit in library.search("Which harbour opened?")}


def test_a_question_goes_to_those_chosen(corpora: Corpora, loaded: Counter[str]) -> None:
    assert list(corpora.named()) == ["default", "archive", "radio"]
    assert found(corpora.chosen([])) == {"Sfax"}
    assert found(corpora.chosen(["archive"])) == {"Gabes"}
    assert found(corpora.chosen(["radio", "default"])) == {"Sfax", "Bizerte"}
    assert found(corpora.chosen(["radio", "default"])) == {"Sfax", "Bizerte"}
    assert found(corpora.chosen(list(TOWNS))) == set(TOWNS.values())
    # Nobody reaches another folder by its name.
    assert found(corpora.chosen(["../elsewhere", "gone"])) == {"Sfax"}
    assert loaded == {"encoder": 1, "sentence_encoder": 1}


def test_readers_who_choose_otherwise_do_not_disturb_each_other(
    corpora: Corpora, loaded: Counter[str]
) -> None:
    respondent = Respondent(Service(corpora.own))
    readers = {
        name: respondent.respond(
            "Which harbour opened on Monday?", Conversation(), Choices(corpora=(name,)), "en"
        )
        for name in TOWNS
    }
    steps = zip(*readers.values(), strict=True)
    *_, last = steps
    for (_, exchange), (name, town) in zip(last, TOWNS.items(), strict=True):
        assert exchange.answer and exchange.answer.answered, name
        assert town in exchange.answer.text
    assert set(loaded.values()) == {1}


def test_an_article_is_found_wherever_it_lies(corpora: Corpora) -> None:
    for town in TOWNS.values():
        assert town in corpora.article("1", fingerprint(f"News of {town}")).text
    assert corpora.article("1", "changed since").title == "News of Sfax"
    Path("index/archive/manifest.json").write_text("{", encoding="utf-8")
    anew = Corpora(corpora.own)
    assert "Bizerte" in anew.article("1", fingerprint("News of Bizerte")).text
    with pytest.raises(ArticleNotFound, match="'zzz'"):
        corpora.article("zzz")


@pytest.mark.usefixtures("loaded")
def test_a_library_elsewhere_is_alone_and_new_ones_come_as_they_are_made(
    corpora: Corpora, tmp_path: Path
) -> None:
    assert list(Corpora(Library(tmp_path / "private" / "index")).named()) == ["index"]
    assert list(Corpora(Library(Path("index/radio"))).named()) == ["radio", "archive", "default"]
    Library(Path("index/new")).add([Article("a", "The harbour of Tunis opened.")])
    assert found(corpora.chosen(["new"])) == {"Tunis"}
