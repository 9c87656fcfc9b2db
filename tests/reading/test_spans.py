"""Spans and sentences out of a reader's marks, by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from rag.models.protocols import Marks
from rag.reading.spans import best_spans, shares, trimmed
from rag.types import Span

# "ab cd. ef gh": four tokens of two letters, the second sentence from 7 on.
TOKENS = [Span(0, 2), Span(3, 5), Span(7, 9), Span(10, 12)]
SENTENCES = [Span(0, 6), Span(7, 12)]


def marks(starts: Sequence[float], ends: Sequence[float]) -> Marks:
    return Marks(0.0, TOKENS, *(np.log(np.array(p, np.float32)) for p in (starts, ends)))


def test_the_best_span_has_the_likeliest_start_and_end_in_this_order() -> None:
    one = marks([0.1, 0.6, 0.2, 0.1], [0.5, 0.1, 0.3, 0.1])
    (best,) = best_spans(one, [Span(0, 12)])
    assert best.span == Span(3, 9)  # An end before the start is none, however likely.
    assert best.likelihood == pytest.approx(0.6 * 0.3 / 2**0.2)


def test_a_span_is_of_one_sentence() -> None:
    one = marks([0.1, 0.6, 0.2, 0.1], [0.4, 0.2, 0.3, 0.1])
    (best,) = best_spans(one, SENTENCES)
    assert best.span == Span(3, 5)
    assert best.likelihood == pytest.approx(0.6 * 0.2)


def test_a_shorter_span_of_like_likelihood_goes_first() -> None:
    one = marks([0.7, 0.1, 0.1, 0.1], [0.3, 0.34, 0.2, 0.16])
    (best,) = best_spans(one, SENTENCES)
    assert best.span == Span(0, 2)  # 0.7 × 0.3 against 0.7 × 0.34 / 2^0.2


def test_further_spans_do_not_overlap() -> None:
    one = marks([0.5, 0.1, 0.3, 0.1], [0.1, 0.5, 0.1, 0.3])
    found = best_spans(one, SENTENCES, 3)
    assert [marked.span for marked in found] == [Span(0, 5), Span(7, 12)]
    assert [marked.likelihood for marked in found] == pytest.approx(
        [0.5 * 0.5 / 2**0.2, 0.3 * 0.3 / 2**0.2]
    )


def test_a_sentence_has_the_share_of_the_starts_and_ends_in_it() -> None:
    one = marks([0.7, 0.1, 0.1, 0.1], [0.2, 0.3, 0.3, 0.2])
    assert shares(one, SENTENCES) == pytest.approx([(0.8 + 0.5) / 2, (0.2 + 0.5) / 2])


def test_a_passage_without_tokens_has_no_spans() -> None:
    none = np.empty(0, np.float32)
    empty = Marks(0.0, [], none, none)
    assert best_spans(empty, SENTENCES) == []
    assert shares(empty, [Span(0, 3)]) == [0.0]


@pytest.mark.parametrize(
    ("marked", "kept"),
    [
        ("شينخوا)، هنا اليوم (الخميس", "شينخوا)، هنا اليوم (الخميس"),
        ("هنا اليوم (الخميس).", "هنا اليوم (الخميس)"),
        ("روداو)", "روداو"),
        ("، 40 %.", "40 %"),
        ("«فجر ليبيا", "فجر ليبيا"),
        ("(WHO) said", "(WHO) said"),
        ("...", "..."),
    ],
)
def test_stops_and_half_brackets_at_the_edges_are_no_part_of_an_answer(
    marked: str, kept: str
) -> None:
    text = f"قال {marked} أمس"
    assert trimmed(text, Span(4, 4 + len(marked))).of(text) == kept
