import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.analyze import ANALYZER_VERSION, analyze


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("وزير الخارجية الصيني", ["زير", "خارج", "صين"]),
        ("وَزیرُ الخارجیّة", ["زير", "خارج"]),
        ("الاجتماع الـ51 بين وانغ ولافروف", ["اجتماع", "51", "انغ", "لافروف"]),
        ("من هو Sergey Lavrov؟", ["sergey", "lavrov"]),
        ("بـ200 مليار دولار", ["200", "مليار", "دولار"]),
        ("كوفيد-19 وBBC", ["كوفيد", "19", "bbc"]),
        ("China’s ministers agreed", ["china", "minist", "agre"]),
        ("3.5 percent of 1,000 and ١٬٠٠٠", ["3.5", "percent", "1000", "1000"]),
        ("1.000.000 1,234.5 ٣٫٥ 3,5", ["1000000", "1234.5", "3.5", "3.5"]),
        ("0.125", ["0.125"]),
        ("24.3.2021 و3/24/2021", ["24", "3", "2021", "3", "24", "2021"]),
        ("18th, September 2023", ["18", "septemb", "2023"]),
        ("G20 H5N1 3+3 5G", ["g20", "h5n1", "3", "3", "5", "g"]),
        ("#غزة_تقاوم", ["غز", "تقاوم"]),
        ("don't", ["don't"]),
        ("U.S. and أ.ف.ب", ["us", "افب"]),
        ("US sanctions in May", ["us", "sanction", "may"]),
        ("... !؟", []),
        ("", []),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert analyze(text) == terms


def test_a_question_of_stop_words_keeps_them() -> None:
    assert analyze("من هو؟") == ["من", "هو"]
    assert analyze("Who is he?") == ["who", "is", "he"]


def test_question_and_passage_meet() -> None:
    passage = analyze("أجرى وزير الخارجية الصيني محادثات مع نظيره الروسي في مدينة قويلين.")
    question = analyze("أين عُقدت المحادثات بين وزيري خارجية الصين وروسيا؟")
    assert {"محادث", "خارج", "صين"} <= set(passage) & set(question)


def test_the_version_names_the_stemmers() -> None:
    assert ANALYZER_VERSION.startswith("light10+porter2+grams+skeletons/")


def test_a_thousand_passages_are_quick() -> None:
    ten_words = "وزير الخارجية الصيني The ministers agreed in 2024 أنّ التعاون "
    passages = [ten_words * 10 + str(number) for number in range(1000)]
    started = time.perf_counter()
    for passage in passages:
        analyze(passage)
    assert time.perf_counter() - started < 1.0


@given(st.text(st.characters()))
def test_any_text_gives_terms_without_white_space(text: str) -> None:
    assert all(term and not any(char.isspace() for char in term) for term in analyze(text))
