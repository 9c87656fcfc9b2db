"""What a reader who waits in line is told."""

from __future__ import annotations

import pytest

from rag.chat.answering import line_note
from rag.chat.words import words
from rag.service.service import Waiting


@pytest.mark.parametrize(
    ("language", "waiting", "told"),
    [
        ("en", Waiting(1), "1 person before you; the quotes above are ready meanwhile."),
        ("en", Waiting(2, 0.2), "It will be your turn in about 1 second."),
        ("en", Waiting(2, 12.6), "It will be your turn in about 13 seconds."),
        ("ar", Waiting(2, 12.6), "يحين دورك بعد نحو 13 ثانية."),
    ],
)
def test_how_many_are_ahead_and_for_how_long(language: str, waiting: Waiting, told: str) -> None:
    assert line_note(waiting, words(language)).endswith(told)
