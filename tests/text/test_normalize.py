import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.normalize import normalize, normalize_mapped
from rag.types import Span

# Arabic letters, marks and format characters among the rest, so that they meet often.
MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("ابةىؤئأآوي ﻻﷲکی\u0653\u0654\u064e\u0651\u0670ـ\u200d\u200f\u202b\ufeff"),
        st.sampled_from("aAéß\u0301\u0323\u0345½…'’“1٣۴٫ \n\u1100\u1161\u11a8"),
    )
)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("مُستقلة", "مستقله"),
        ("العربيّة", "العربيه"),
        ("أإآٱ", "اااا"),
        ("ا\u0653", "ا"),
        ("على", "علي"),
        ("وزیر الخارجیة", "وزير الخارجيه"),
        ("کتاب", "كتاب"),
        ("الـ51", "ال51"),
        ("مؤتمر وئام", "مؤتمر وئام"),
        ("و\u0654", "ؤ"),
        ("ﻻ ﷲ", "لا الله"),
        ("هٰذا", "هذا"),
        ("٢٠٢٤ و۱۴۰۳", "2024 و1403"),
        ("٣٫٥ ١٬٠٠٠ ٪", "3.5 1,000 %"),
        ("Ｆｕｌｌ １２", "full 12"),
        ("STRASSE Straße", "strasse strasse"),
        ("e\u0301", "é"),
        ("it’s ‘so’ `x´", "it's 'so' 'x'"),
        ("“إن” «إن»", '"ان" "ان"'),
        ("\u202bنص\u202c\u200f\ufeff", "نص"),
        ("می\u200cرود", "ميرود"),
        ("co\u00adoperate", "cooperate"),
        ("قال، ثم؛ هل؟", "قال، ثم؛ هل؟"),
        ("no\u00a0break", "no break"),
        ("", ""),
    ],
)
def test_folds(raw: str, folded: str) -> None:
    assert normalize(raw) == folded


def test_decomposed_text_folds_like_composed() -> None:
    text = "أكّد وزير الخارجية مُؤتمر آسيا، café"
    assert normalize(unicodedata.normalize("NFD", text)) == normalize(text)


def test_offsets_point_at_the_letters() -> None:
    #      0ا 1ل 2ـ 3م 4ُ 5ة
    folded = normalize_mapped("الـمُة")
    assert folded.text == "المه"
    assert list(folded.offsets) == [0, 1, 3, 5, 6]


def test_a_ligature_maps_every_letter_to_itself() -> None:
    folded = normalize_mapped("سﻻم")
    assert folded.text == "سلام"
    assert list(folded.offsets) == [0, 1, 1, 2, 3]
    assert folded.raw_span(1, 2) == Span(1, 2)


def test_raw_span_takes_the_marks_of_the_last_letter() -> None:
    raw = "قال مُحمّدٌ هنا"
    folded = normalize_mapped(raw)
    start = folded.text.index("محمد")
    assert folded.raw_span(start, start + 4).of(raw) == "مُحمّدٌ"
    assert folded.raw_span(start, start + 3).of(raw) == "مُحمّ"


def test_raw_span_leaves_invisible_characters_outside() -> None:
    raw = "\u202bالصين\u202c\u200f"
    assert normalize_mapped(raw).raw_span(0, 5) == Span(1, 6)


def test_raw_span_of_nothing_is_empty() -> None:
    assert normalize_mapped("مُر").raw_span(1, 1) == Span(2, 2)
    assert normalize_mapped("").raw_span(0, 0) == Span(0, 0)


@pytest.mark.parametrize("bounds", [(-1, 1), (0, 3), (2, 1)])
def test_raw_span_refuses_what_is_outside(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="outside a text of 2"):
        normalize_mapped("ab").raw_span(*bounds)


def test_an_endless_run_of_marks_is_cut_and_stays_cheap() -> None:
    text = "a" + "\u0323\u0301" * 50_000
    started = time.perf_counter()
    assert len(normalize(text)) <= 31
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("text", ["أكّد الوزيرُ أنّ 2024 ", "The Minister’s café, 2024. "])
def test_a_long_text_is_quick(text: str) -> None:
    text = (text * 6000)[:100_000]
    started = time.perf_counter()
    normalize(text)
    normalize_mapped(text)
    assert time.perf_counter() - started < 1.0  # About 0.1 s; the margin is for busy machines.


@given(MIXED)
@example("e\u200d\u0301")
@example("\u0345")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(MIXED)
def test_mapped_text_is_the_normalized_text(text: str) -> None:
    folded = normalize_mapped(text)
    offsets = list(folded.offsets)
    assert folded.text == normalize(text)
    assert len(offsets) == len(folded.text) + 1
    assert offsets[-1] == len(text)
    assert offsets == sorted(offsets)


@given(MIXED)
def test_the_span_of_the_whole_leaves_out_only_what_folds_to_nothing(text: str) -> None:
    folded = normalize_mapped(text)
    start, end = folded.raw_span(0, len(folded.text))
    if folded.text:
        assert normalize(text[:start] + text[end:]) == ""
        assert normalize(text[start:end]) == folded.text


@given(st.text(st.characters(categories=["L", "N", "P", "Z"])))
def test_the_span_of_the_whole_is_the_whole(text: str) -> None:
    folded = normalize_mapped(text)
    if normalize(text[:1]) and normalize(text[-1:]):
        assert folded.raw_span(0, len(folded.text)) == Span(0, len(text))


@given(MIXED, st.data())
def test_a_raw_span_folds_to_text_that_holds_the_match(text: str, data: st.DataObject) -> None:
    folded = normalize_mapped(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    assert folded.text[start:end] in normalize(folded.raw_span(start, end).of(text))
