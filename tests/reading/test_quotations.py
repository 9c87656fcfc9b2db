"""A quotation is one with its speaker, and nothing else is joined."""

from __future__ import annotations

import pytest

from rag.reading.quotations import units
from rag.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("اجتمع المجلس. وقال الرئيس: «لن نبيع. سنؤجر الرصيف». ورد آخر.",
         ["اجتمع المجلس.", "وقال الرئيس: «لن نبيع. سنؤجر الرصيف».", "ورد آخر."]),
        ('The mayor said: "We stay. We build." The union left.',
         ['The mayor said: "We stay. We build."', "The union left."]),
        ("سامي الوادي: لا. سنؤجر الرصيف.\nالنهار: ومتى؟ هذا العام؟",
         ["سامي الوادي: لا. سنؤجر الرصيف.", "النهار: ومتى؟ هذا العام؟"]),
        ("He came. The mayor: no. She left.", ["He came.", "The mayor: no.", "She left."]),
        ("«Open. And no end\nA new line.", ["«Open. And no end", "A new line."]),
        ("It is 5\" wide. It is 5\" high.", ['It is 5" wide. It is 5" high.']),
    ],
)  # fmt: skip
def test_what_is_read_as_one(text: str, read: list[str]) -> None:
    assert [unit.of(text) for unit in units(text, split_sentences(text))] == read


def test_a_long_quotation_stays_in_parts() -> None:
    text = "قال: «" + "هذه جملة من جمل الخطاب الطويل. " * 30 + "»"
    read = units(text, split_sentences(text))
    assert len(read) > 2
    assert max(unit.end - unit.start for unit in read) <= 360
