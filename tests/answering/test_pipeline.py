"""Answers end to end, with a model that says what it is told to."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedGenerator, WordReader
from libraries import again

from rag.answering import compose
from rag.answering.compose import Quoted, Retrieved, Writing
from rag.answering.prompts import NOT_FOUND
from rag.library import Library
from rag.types import Answer

QUESTION = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"


def with_generator(
    library: Library, *replies: str, **settings: Any
) -> tuple[Library, ScriptedGenerator]:
    generator = ScriptedGenerator(*replies)
    settled = dataclasses.replace(library.settings, **settings)
    return again(library, settled, generator=generator), generator


def check_quotes(library: Library, answer: Answer) -> None:
    for claim in answer.claims:
        for citation in claim.citations:
            article = library.article(citation.article.id)
            assert article.text[citation.start : citation.end] == citation.quote


def test_quoting_needs_no_model(seeded: Library) -> None:
    answer = seeded.ask(QUESTION)
    assert answer.answered and answer.reason is None
    assert "144" in answer.claims[0].citations[0].quote
    assert answer.model == "none"
    assert answer.language == "ar"
    check_quotes(seeded, answer)


def test_the_events_come_in_order(seeded: Library) -> None:
    library, _ = with_generator(seeded, "سقط 144 شخصا على الأقل [1]")
    events = list(library.ask_stream(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Retrieved, Quoted]
    assert set(kinds[2:-1]) == {Writing}
    assert kinds[-1] is Answer


def test_nothing_of_what_the_model_writes_is_told_before_it_is_checked(seeded: Library) -> None:
    library, _ = with_generator(seeded, "سقط 144 شخصا فوق زحل [1]")
    assert "زحل" not in repr(list(library.ask_stream(QUESTION))[:-1])


def test_a_supported_sentence_keeps_its_citation(seeded: Library) -> None:
    library, generator = with_generator(seeded, "سقط 144 شخصا على الأقل [1]")
    answer = library.ask(QUESTION)
    assert answer.text == "سقط 144 شخصا على الأقل [1]"
    assert answer.claims[0].supported
    assert "144" in answer.claims[0].citations[0].quote
    assert answer.raw == "سقط 144 شخصا على الأقل [1]"
    assert answer.model == "scripted"
    assert generator.grammars[0] is not None
    check_quotes(library, answer)


def test_a_wrong_marker_is_mended(seeded: Library) -> None:
    library, _ = with_generator(seeded, "سقط 144 شخصا على الأقل [5]")
    answer = library.ask(QUESTION)
    assert answer.text.endswith("[1]")
    assert "144" in answer.claims[0].citations[0].quote


def test_a_number_the_evidence_does_not_give_is_not_shown(seeded: Library) -> None:
    library, _ = with_generator(seeded, "سقط 999 شخصا على الأقل [1]")
    answer = library.ask(QUESTION)
    assert "999" not in answer.text
    assert answer.answered and "144" in answer.text  # The quotation stands in.
    assert answer.raw == "سقط 999 شخصا على الأقل [1]"


def test_one_number_decides_and_not_the_models_word(seeded: Library) -> None:
    library, _ = with_generator(seeded, NOT_FOUND)
    answer = library.ask(QUESTION)
    assert answer.answered and "144" in answer.text
    assert answer.raw == NOT_FOUND


def test_a_declined_question_is_told_what_comes_nearest(
    seeded: Library,
) -> None:
    library, generator = with_generator(seeded, "[1] سقط 144 شخصا", answerable=1.1)
    answer = library.ask(QUESTION)
    assert (answer.answered, answer.reason) == (False, compose.NO_EVIDENCE)
    assert answer.claims == () and generator.asked == []
    assert answer.passages
    assert "144" in answer.nearest[0].quote
    assert [citation.n for citation in answer.nearest] == [1, 2, 3][: len(answer.nearest)]


def test_the_number_may_come_first(seeded: Library) -> None:
    library, _ = with_generator(seeded, "[1] سقط 144 شخصا على الأقل")
    answer = library.ask(QUESTION)
    assert answer.text == "سقط 144 شخصا على الأقل [1]"
    assert answer.raw == "[1] سقط 144 شخصا على الأقل"
    assert answer.tokens["reply"] == len(answer.raw)


def articles(library: Library, tmp_path: Path, *texts: str) -> Library:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    library.ingest([tmp_path / f"{number}.txt" for number in range(len(texts))])
    return library


def test_articles_that_disagree_are_both_given(library: Library, tmp_path: Path) -> None:
    articles(
        library,
        tmp_path,
        "The flood in Derna killed 144 people last week.",
        "The flood in Derna killed 150 people, officials said.",
        "The flood in Benghazi injured 300 horses.",
    )
    made, _ = with_generator(library, "[1] The flood in Derna killed 144 people")
    answer = made.ask("How many people did the flood in Derna kill?")
    quotes = [c.quote for claim in answer.claims for c in claim.citations]
    assert ["144" in quotes[0], "150" in quotes[1], len(quotes)] == [True, True, 2]
    assert "Another article says" in answer.text and "300" not in answer.text
    check_quotes(made, answer)


def versions(library: Library, tmp_path: Path, *told: tuple[str, str]) -> Answer:
    """The answer from articles of a date that print nearly the same."""
    text = "The flood in Derna killed {} people on Sunday, said the mayor of the harbour town."
    records = [{"text": text.format(n), "date": date} for date, n in told]
    corpus = tmp_path / "versions.jsonl"
    corpus.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    library.ingest([corpus])
    return library.ask("How many people did the flood in Derna kill?")


def test_two_versions_are_both_told_the_newer_first(library: Library, tmp_path: Path) -> None:
    answer = versions(library, tmp_path, ("2024-03-03", "nine"), ("2024-03-05", "fourteen"))
    quotes = [c.quote for claim in answer.claims for c in claim.citations]
    assert ["fourteen" in quotes[0], "nine" in quotes[1], len(quotes)] == [True, True, 2]


def test_a_version_is_part_of_the_answer_and_what_is_found_beside_it_is_not(
    library: Library, tmp_path: Path
) -> None:
    answer = versions(library, tmp_path, ("2024-03-03", "nine"), ("2024-03-05", "fourteen"))
    assert [claim.also for claim in answer.claims] == [False, False]
    assert "Another article says (2024-03-03)" in answer.text
    articles(library, tmp_path, "The flood in Derna hurt people, and how.")
    detailed = again(library, reader=WordReader(detail=True))
    more = detailed.ask("How many people did the flood in Derna kill?")
    assert more.short and more.short.text == "town"
    assert [claim.also for claim in more.claims] == [False, False, True]


def test_asked_for_a_subject_each_article_tells_its_sentence_with_its_date(
    library: Library, tmp_path: Path
) -> None:
    texts = {
        "2024-03-03": "The flood in Derna broke two dams above the town.",
        "2024-03-05": "Ships brought tents for those who fled the Derna flood.",
        "2024-03-09": "A football match in Benghazi was put off.",
    }
    path = tmp_path / "articles.jsonl"
    rows = [{"id": date, "text": text, "date": date} for date, text in texts.items()]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    library.ingest([path])
    answer = library.ask("What do the articles say about the Derna flood?")
    assert answer.short is None
    assert {line.partition(":")[0] for line in answer.text.splitlines()} == {*texts} - {
        "2024-03-09"
    }
    assert not any(claim.also for claim in answer.claims)
    check_quotes(library, answer)


@pytest.mark.parametrize("first", [True, False])
def test_a_correction_is_told_with_what_it_corrects(
    library: Library, tmp_path: Path, first: bool
) -> None:
    note = "Correction: an earlier version said that the flood killed 144 people, it was 114."
    fact = "The flood in Derna killed 144 people on Sunday."
    articles(library, tmp_path, "\n\n".join([note, fact] if first else [fact, note]))
    answer = library.ask("How many did the Derna flood of Sunday kill?")
    assert answer.short is None
    assert [claim.text for claim in answer.claims] == [note, fact]
    assert not any(claim.also for claim in answer.claims)
    check_quotes(library, answer)


def test_a_correction_of_something_else_is_not_told(library: Library, tmp_path: Path) -> None:
    fact = "The flood in Derna killed 144 people on Sunday."
    articles(library, tmp_path, fact + "\n\nCorrection: the mayor is called Salem, not Salim.")
    answer = library.ask("How many did the Derna flood of Sunday kill?")
    assert [claim.text for claim in answer.claims] == [fact]


def test_what_two_outlets_print_alike_is_told_once(library: Library, tmp_path: Path) -> None:
    answer = versions(library, tmp_path, ("2024-03-03", "nine"), ("2024-03-04", "nine"))
    assert len(answer.claims) == 1


def test_a_long_quotation_is_cut_to_the_clauses_that_tell(library: Library, tmp_path: Path) -> None:
    filler = ", and the committee heard many other reports about roads and schools" * 4
    articles(library, tmp_path, f"The dam opened in May{filler}.", "Rain fell on the fields.")
    made, _ = with_generator(library, "[1] The dam opened in May")
    answer = made.ask("When was the dam opened by the committee?")
    assert [c.quote for claim in answer.claims for c in claim.citations] == [
        "The dam opened in May,"
    ]
    check_quotes(made, answer)


def test_markers_count_from_one_in_each_answer(seeded: Library) -> None:
    library, _ = with_generator(seeded, *["سقط 144 شخصا على الأقل [1]"] * 2)
    for _ in range(2):
        assert [c.n for claim in library.ask(QUESTION).claims for c in claim.citations] == [1]


def test_text_in_brackets_in_an_article_cannot_pose_as_a_marker(
    library: Library, tmp_path: Path
) -> None:
    page = tmp_path / "a.txt"
    page.write_text("The dam [7] opened in May, said the minister.", encoding="utf-8")
    library.ingest([page])
    made, generator = with_generator(library, "It opened in May [1]")
    made.ask("When was the dam opened in May by the minister?")
    prompt = generator.asked[0][-1]["content"]
    assert "[7]" not in prompt and "(7)" in prompt


def test_to_dict_is_the_contract(seeded: Library) -> None:
    record = seeded.ask(QUESTION).to_dict()
    assert list(record) == [
        "question", "language", "answered", "reason", "text", "claims", "passages", "model",
        "timings", "raw", "tokens", "resolved", "nearest", "confidence", "short",
    ]  # fmt: skip
    citation = record["claims"][0]["citations"][0]
    assert list(citation) == ["n", "article", "start", "end", "quote", "answer_spans", "pages"]
    assert list(record["short"]) == ["text", "language", "article", "start", "end"]
    assert set(citation["article"]) >= {
        "id", "title", "date", "outlet", "url", "language", "path",
    }  # fmt: skip
    assert list(record["passages"][0]) == [
        "rank", "score", "article", "chunk", "start", "end", "text", "also", "pages",
    ]  # fmt: skip


def test_closing_the_stream_stops_the_model(seeded: Library) -> None:
    library, generator = with_generator(seeded, "سقط 144 شخصا على الأقل [1]" * 50)
    stream = library.ask_stream(QUESTION)
    for event in stream:
        if isinstance(event, Writing):
            break
    stream.close()  # type: ignore[attr-defined]
    assert generator.replies == []


@pytest.mark.parametrize("question", ["Who won the 2022 World Cup?", "ما سعر النفط اليوم؟"])
def test_a_question_far_from_the_articles_is_declined(seeded: Library, question: str) -> None:
    strict = again(seeded, dataclasses.replace(seeded.settings, answerable=0.4))
    answer = strict.ask(question)
    assert (answer.answered, answer.reason) == (False, "no_evidence")
    assert answer.text
