"""The words of the page: the same in both languages, filled in alike, all there and all used."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from rag.answering.prompts import REPLY_LANGUAGES
from rag.chat.feedback import REASONS
from rag.chat.locale import label
from rag.chat.timeline import Unit
from rag.chat.words import LANGUAGES, Words, words
from rag.corpus.page.cleanup import Reason
from rag.library import Library
from rag.types import Article

ROOM = Path(__file__).parents[2] / "rag" / "chat"
AR, EN = words("ar"), words("en")
BLANKS = re.compile(r"\{\w*\}")
# The plural categories of CLDR that integers have.
PLURALS = {"ar": {"one", "two", "few", "many", "other"}, "en": {"one", "other"}}


def flat(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every word of a file by where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, (*path, key))
    else:
        assert isinstance(value, str), path
        yield path, value


def read(language: str) -> dict[tuple[str, ...], str]:
    file = ROOM / "words" / f"{language}.json"
    return dict(flat(json.loads(file.read_text(encoding="utf-8"))))


def test_both_languages_say_everything_and_fill_in_the_same() -> None:
    arabic, english = ({k: v for k, v in read(one).items() if k[0] != "nouns"} for one in LANGUAGES)
    assert arabic.keys() == english.keys()
    for path, text in english.items():
        assert text and arabic[path]
        assert sorted(BLANKS.findall(text)) == sorted(BLANKS.findall(arabic[path])), path


def test_every_noun_has_the_plurals_of_its_language_and_says_its_number() -> None:
    assert AR.nouns.keys() == EN.nouns.keys()
    for said in (AR, EN):
        for noun, forms in said.nouns.items():
            assert forms.keys() == PLURALS[said.language], noun
            for category, form in forms.items():
                blanks = [] if category in ("one", "two") else ["{n}"]
                assert BLANKS.findall(form) == blanks, (noun, category)


def test_no_language_is_english_and_no_word_an_error() -> None:
    assert words("fr") is EN
    with pytest.raises(AttributeError, match="no_such_word"):
        _ = EN.no_such_word
    with pytest.raises(KeyError):
        label("no such word")


def text_of(pattern: str) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in sorted(ROOM.glob(pattern)))


def used() -> tuple[set[str], set[str], set[str]]:
    """The sentences, nouns and tables that the code names."""
    sentences, nouns, tables = set(), set(), set()
    for file in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(
                    ast.Name("said") | ast.Attribute(_, "_said") | ast.Call(ast.Name("words")), name
                ):
                    sentences.add(name)
                case ast.Call(ast.Name("label"), [ast.Constant(str(name))]):
                    sentences.add(name)
                case ast.Call(ast.Attribute(_, "counted"), [ast.Constant(str(name)), *_]):
                    nouns.add(name)
                case ast.Call(ast.Attribute(_, "choices"), [ast.Constant(str(name))]):
                    tables.add(name)
                case ast.Subscript(ast.Attribute(_, "tables"), ast.Constant(str(name))) | ast.Call(
                    ast.Attribute(_, "choices"), [ast.Constant(str(name))]
                ):
                    tables.add(name)
    script = text_of("script/*.js")
    sentences |= set(re.findall(r"\bwords\.(\w+)", script))
    sentences |= set(re.findall(r'\bsaid\("(\w+)"', script))
    return sentences, nouns, tables


def test_no_word_is_missing_and_none_is_there_for_nothing() -> None:
    sentences, nouns, tables = used()
    own = {name for name in dir(Words) if not name.startswith("_")}
    assert sentences - own - EN.sentences.keys() == set()
    assert (nouns, tables) == (set(EN.nouns), set(EN.tables))
    # The rest are named by values: those of the script's tables, and of what builds an input or a
    # part of the page by its name.
    values = set(re.findall(r'"(\w+)"', text_of("*.py") + text_of("script/*.js")))
    values |= {f"{value}_{end}" for value in values for end in ("effect", "title")}
    assert EN.sentences.keys() - sentences - values == set()


@pytest.mark.parametrize("said", [AR, EN])
def test_a_table_names_every_value_of_the_code(said: Words) -> None:
    assert said.tables["units"].keys() == set(get_args(Unit))
    assert said.tables["debris"].keys() == set(get_args(Reason))
    assert said.tables["feedback"].keys() == set(REASONS)
    assert said.tables["languages"].keys() == set(REPLY_LANGUAGES)
    assert said.tables["months"].keys() == {str(month) for month in range(1, 13)}


def test_a_table_names_every_stage_of_adding(library: Library) -> None:
    stages = set()
    library.add([Article("a", "It rained.")], report=lambda stage, *_: stages.add(stage))
    assert stages and stages <= EN.tables["stages"].keys()
