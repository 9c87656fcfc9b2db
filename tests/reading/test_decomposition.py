"""Questions that ask several things, taken apart."""

from __future__ import annotations

import pytest

from rag.reading.decomposition import interleaved, parts, wants_several
from rag.reading.evidence import Evidence
from rag.types import Article, Span


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What did Lavrov praise in Vientiane, and what did he thank China for in Beijing?",
         ("What did Lavrov praise in Vientiane", "what did he thank China for in Beijing?")),
        ("Who met in Goa and in which city did they meet again?",
         ("Who met in Goa", "in which city did they meet again?")),
        ("علام هنأ لافروف الصين في فينتيان، وعلام شكرها في بكين؟",
         ("علام هنأ لافروف الصين في فينتيان", "علام شكرها في بكين؟")),
        ("أي اللقاءين سبق الآخر: لقاء قويلين أم لقاء فينتيان؟", ("لقاء قويلين", "لقاء فينتيان")),
        ("Which came first, the Guilin meeting or the one in Vientiane?",
         ("the Guilin meeting", "the one in Vientiane")),
        # One question each.
        ("Where did Wang Yi and Lavrov meet?", ()),
        ("متى وأين التقى وانغ يي ولافروف في يوليو 2024؟", ()),
        ("من هو وانغ يي، ومن حضر؟", ()),  # "and who came" is too short to be searched for alone.
        ("ما الذي جاء من موسكو ومن بكين؟", ()),
        ("When and where did they meet?", ()),
        ("When Xi came to Moscow, did they speak of trade or security?", ()),
        ("The paper proposed a merger between the bank and which company?", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_parts(question: str, asked: tuple[str, ...]) -> None:
    assert parts(question) == asked


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("In which five places did Lavrov meet his counterparts?", True),
        ("ما الأماكن الخمسة التي شهدت محادثات لافروف؟", True),
        ("أي زيارتين رئاسيتين وردتا في الأخبار؟", True),
        ("In which city did they meet?", False),
        ("في أي مدينة التقيا؟", False),
    ],
)
def test_cues_of_several_articles(question: str, several: bool) -> None:
    assert wants_several(question) is several


def test_interleaved_takes_the_firsts_first_and_no_sentence_twice() -> None:
    article = Article("a", "0123456789")
    a, b, c, d = (Evidence(0, article, Span(n, n + 1)) for n in range(4))
    assert interleaved([[a, b, d], [c, a], []], 2) == [a, c, b]
