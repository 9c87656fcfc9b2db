"""What a question is taken apart into."""

from __future__ import annotations

import pytest
from fakes import WordEncoder

from rag.retrieval.query import foreign_words, prepare, skeletons


def test_foreign_words_keep_their_case_and_lose_accents_and_possessives() -> None:
    assert foreign_words("Who is Lavrov's friend in Perú?") == ("Lavrov", "friend", "Peru")
    assert foreign_words("من هو لافروف؟") == ()


def test_a_name_weighs_more_than_a_word_and_readings_share_it() -> None:
    weights = skeletons("Did Lavrov travel with Schröder")
    assert weights["LFRF"] == 1.0
    assert weights["TRFL"] == 0.3
    # "Sch" reads as sh or as sk, and each reading gets 1 / sqrt(2).
    assert weights["XRDR"] == weights["SKRDR"] == pytest.approx(1 / 2**0.5)


def test_a_question_is_encoded_once_by_each_encoder() -> None:
    passages, senses = WordEncoder("passages"), WordEncoder("sentences")
    query = prepare("قمة بريكس بريكس", passages, senses)
    assert (passages.calls, senses.calls) == (1, 1)
    assert query.stems == {"قم": 1.0, "بريكس": 1.0}
    assert query.grams["_بر"] == 2.0
    assert query.language == "ar"
