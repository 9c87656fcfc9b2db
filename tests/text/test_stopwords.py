import pytest

from rag.text.normalize import normalize
from rag.text.stopwords import ARABIC, ENGLISH


def test_stored_as_normalizing_gives_them() -> None:
    assert [word for word in ARABIC | ENGLISH if normalize(word) != word] == []


QUESTIONS = "متى أين من ما ماذا كم كيف لماذا هل أي"
PARTICLES = "في على إلى هذه الذي التي كان ليس إنّ لكن منها عليه"
CONTENT = "قال وزير رئيس اليوم عام الصين فهم ولي فيلم"
ENGLISH_WORDS = "who what when where why how the of is did"


@pytest.mark.parametrize("word", [*QUESTIONS.split(), *PARTICLES.split()])
def test_arabic_function_words(word: str) -> None:
    assert normalize(word) in ARABIC


@pytest.mark.parametrize("word", ENGLISH_WORDS.split())
def test_english_function_words(word: str) -> None:
    assert word in ENGLISH


@pytest.mark.parametrize("word", CONTENT.split())
def test_arabic_content_words_are_not_among_them(word: str) -> None:
    assert normalize(word) not in ARABIC


@pytest.mark.parametrize("word", ["us", "may", "said", "minister", "year", "new"])
def test_english_content_words_are_not_among_them(word: str) -> None:
    assert word not in ENGLISH


def test_sizes() -> None:
    assert 150 <= len(ARABIC) <= 400
    assert 120 <= len(ENGLISH) <= 250
