"""The choice among the names or the dates on a page, and what they are chosen by."""

from __future__ import annotations

import pytest

from rag.corpus.page.choice import Candidate, choose, load_weights
from rag.corpus.page.dates import dates
from rag.corpus.page.headline import find_headline
from rag.corpus.page.lines import read_lines
from rag.corpus.page.outlets import outlets
from rag.types import Span

PAGE = "\n".join(
    [
        "THE ELM POST",
        "Home | News | Sport | Weather",
        "New market opens at Larch End",
        "By Ann Lowe, 12 May 2021, updated 14 May 2021",
        "The town council of Larch End opened a new market on Wednesday in the station yard.",
        "The mayor said that the market has sixty stalls, and that the rent would be low.",
        "Snow closes the road",
        "3 May 2020",
        "© 2021 The Elm Post. All rights reserved.",
    ]
)
LINES = read_lines(PAGE)
HEADLINE = find_headline(LINES)


def candidate(value: str, **features: float) -> Candidate:
    return Candidate(value, Span(0, len(value)), features)


def test_candidates_of_one_value_count_together() -> None:
    alone, again = candidate("a", seen=1.5), candidate("b", seen=1.0)
    found, likely = choose([alone, again, again], {"seen": 1.0})
    assert found is again
    assert 0.4 < likely < 1


@pytest.mark.parametrize("weight", [-9.0, -1.0, 1.0, 9.0, 900.0])
def test_what_weighs_less_than_nothing_is_unlikely(weight: float) -> None:
    _, likely = choose([candidate("a", seen=1)], {"seen": weight})
    assert (likely > 0.5) == (weight > 0)


def test_a_longer_form_of_a_name_does_not_make_it_less_likely() -> None:
    names = [candidate("elm post", seen=2.0), candidate("the elm post", seen=1.9)]
    assert choose(names, {"seen": 1.0})[1] > 0.9
    assert choose([], {}) == (None, 0.0)


def test_every_name_and_date_outside_the_story_is_a_candidate() -> None:
    names = {each.value: each for each in outlets(LINES, HEADLINE)}
    assert {"the elm post", "ann lowe", "news", "snow closes the road"} <= set(names)
    assert names["the elm post"].span.of(PAGE) == "The Elm Post"
    assert names["the elm post"].features["again"] == 1
    days = dates(LINES, HEADLINE, PAGE)
    assert [each.value for each in days] == ["2021-05-12", "2021-05-14", "2020-05-03"]
    assert "updated" in days[1].features and "updated" not in days[0].features
    assert days[0].features["weekday told"] == 1


def test_an_address_writes_the_name_as_one_word() -> None:
    text = PAGE + "\nWrite to Letters to Elm Tree News, news@elmtreenews.example"
    lines = read_lines(text)
    named = {each.value: each for each in outlets(lines, find_headline(lines))}
    assert named["elm tree news"].features["address"] == 1


def test_the_weights_that_ship_say_what_they_should() -> None:
    date, outlet = (load_weights()[field] for field in ("date", "outlet"))
    assert date["updated"] < 0 < date["stamp head"]
    assert outlet["agency"] > 0 > outlet["lower"]
