"""Answers end to end, with a model that says what it is told to."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fakes import ScriptedGenerator

from rag.answering.engine import Done, Piece, Quoted, Retrieved
from rag.answering.prompts import NOT_FOUND
from rag.library import Library
from rag.types import Answer

QUESTION = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"


def with_generator(library: Library, *replies: str) -> tuple[Library, ScriptedGenerator]:
    generator = ScriptedGenerator(*replies)
    encoder, sentence_encoder = library.encoders()
    made = Library(
        library.path, library.settings, encoder=encoder,
        sentence_encoder=sentence_encoder, generator=generator,
    )  # fmt: skip
    return made, generator


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
    assert set(kinds[2:-1]) == {Piece}
    assert kinds[-1] is Done
    assert "".join(e.text for e in events if isinstance(e, Piece)) == "سقط 144 شخصا على الأقل [1]"


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


def test_the_model_may_abstain(seeded: Library) -> None:
    library, _ = with_generator(seeded, NOT_FOUND)
    answer = library.ask(QUESTION)
    assert (answer.answered, answer.reason) == (False, "model_abstained")
    assert answer.claims == ()
    assert answer.passages


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
        "timings", "raw",
    ]  # fmt: skip
    citation = record["claims"][0]["citations"][0]
    assert list(citation) == ["n", "article", "start", "end", "quote"]
    assert set(citation["article"]) >= {
        "id", "title", "date", "outlet", "url", "language", "path",
    }  # fmt: skip
    assert list(record["passages"][0]) == [
        "rank", "score", "article", "chunk", "start", "end", "text", "also",
    ]  # fmt: skip


def test_closing_the_stream_stops_the_model(seeded: Library) -> None:
    library, generator = with_generator(seeded, "سقط 144 شخصا على الأقل [1]" * 50)
    stream = library.ask_stream(QUESTION)
    for event in stream:
        if isinstance(event, Piece):
            break
    stream.close()  # type: ignore[attr-defined]
    assert generator.replies == []


@pytest.mark.parametrize("question", ["Who won the 2022 World Cup?", "ما سعر النفط اليوم؟"])
def test_a_question_far_from_the_articles_is_declined(seeded: Library, question: str) -> None:
    encoder, sentence_encoder = seeded.encoders()
    strict = Library(
        seeded.path, dataclasses.replace(seeded.settings, answerable=0.3), encoder=encoder,
        sentence_encoder=sentence_encoder,
    )  # fmt: skip
    answer = strict.ask(question)
    assert (answer.answered, answer.reason) == (False, "no_evidence")
    assert answer.text
