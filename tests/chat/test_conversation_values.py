"""Conversations as values: into the browser's storage and back, exported, judged."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from libraries import again

from rag.chat.exchange import Conversation, Exchange
from rag.chat.export import as_markdown, as_page
from rag.chat.feedback import Feedback
from rag.chat.sources import panel_html
from rag.errors import StoreError
from rag.library import Library
from rag.types import Answer

QUESTION = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"


@pytest.fixture
def conversation(seeded: Library) -> Conversation:
    talk = Conversation().with_last(Exchange(QUESTION, seeded.ask(QUESTION))).named()
    return talk.with_last(Exchange("and?", None, "failed", "no"))


def test_what_is_stored_comes_back_as_it_was(conversation: Conversation) -> None:
    text = json.dumps(conversation.to_dict())
    back = Conversation.from_dict(json.loads(text))
    assert back.id == conversation.id
    assert back.exchanges[1] == conversation.exchanges[1]
    before, after = conversation.exchanges[0].answer, back.exchanges[0].answer
    assert before and after
    assert after.claims == tuple(
        dataclasses.replace(c, support=round(c.support, 4)) for c in before.claims
    )
    assert [hit.start for hit in after.passages] == [hit.start for hit in before.passages]
    assert back.history == conversation.history
    assert Conversation.from_dict(back.to_dict()) == back


def test_what_came_near_a_question_nothing_answers_is_kept_and_shown(seeded: Library) -> None:
    strict = again(seeded, dataclasses.replace(seeded.settings, answerable=1.1))
    talk = Conversation().with_last(Exchange(QUESTION, strict.ask(QUESTION)))
    before, after = (t.exchanges[0].answer for t in (talk, Conversation.from_dict(talk.to_dict())))
    assert before and after and before.nearest and after.nearest == before.nearest
    shown = panel_html(talk.exchanges, lambda name, _: seeded.article(name), "en")
    assert shown.count("<mark>") == len(before.nearest)
    assert "musnad-card" not in shown.replace("musnad-card-", "")


@pytest.mark.parametrize(
    "stored",
    [None, 3, [], {}, {"exchanges": 3}, {"exchanges": [3, {}, {"question": "q", "answer": 1}]},
     {"id": "<b>", "exchanges": [{"question": "q", "answer": None, "end": "never"}]}],
)  # fmt: skip
def test_what_is_no_conversation_is_an_empty_one(stored: object) -> None:
    assert Conversation.from_dict(stored) == Conversation()


def test_two_conversations_have_two_names() -> None:
    assert Conversation().named().id != Conversation().named().id
    talk = Conversation().named()
    assert talk.named() is talk


def test_markdown_holds_the_quotes_and_no_markup_of_theirs(conversation: Conversation) -> None:
    bad = "<script>x</script> *a* [b](c) 1"
    first = conversation.exchanges[0]
    talk = dataclasses.replace(conversation, exchanges=(dataclasses.replace(first, question=bad),))
    text = as_markdown(talk, "en")
    assert r"\<script\>x\</script\> \*a\* \[b\](c) 1" in text
    answer = first.answer
    assert answer
    for claim in answer.claims:
        for citation in claim.citations:
            assert f"[{citation.n}] **" in text
            assert f"> {citation.quote.splitlines()[0]}"[:20] in text
    assert "date unknown" in text


def test_the_page_to_print_escapes_and_runs_nothing(conversation: Conversation) -> None:
    bad = "<img src=x onerror=alert(1)>"
    first = dataclasses.replace(conversation.exchanges[0], question=bad)
    page = as_page(dataclasses.replace(conversation, exchanges=(first,)), "ar")
    assert '<html lang="ar" dir="rtl">' in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert "التاريخ غير معروف" in page


def test_feedback_is_a_line_with_question_answer_and_hits(
    conversation: Conversation, tmp_path: Path
) -> None:
    feedback = Feedback(tmp_path)
    feedback.keep(conversation, 0, "like")
    feedback.keep(conversation, 0, "dislike", "wrong_citation", " third\ud800 \n")
    feedback.keep(conversation, 1, "dislike", "no such reason")
    lines = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    first, second, third = map(json.loads, lines)
    answer = conversation.exchanges[0].answer
    assert isinstance(answer, Answer)
    assert first["question"] == QUESTION
    assert first["answer"] == answer.to_dict()
    assert (second["verdict"], second["reason"], second["remark"]) == (
        "dislike",
        "wrong_citation",
        "third?",
    )
    assert first["answer_id"] == second["answer_id"] == f"{conversation.id}-0"
    assert (third["reason"], third["answer"]) == (None, None)


def test_feedback_that_cannot_be_kept_names_the_file(
    conversation: Conversation, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="feedback.jsonl"):
        Feedback(tmp_path / "nowhere").keep(conversation, 0, "like")
