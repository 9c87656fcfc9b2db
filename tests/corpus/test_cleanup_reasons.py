"""Why each span was set aside can be told from its own words."""

from __future__ import annotations

import pytest
from fakes import SEEDS
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.corpus.page.cleanup import read_page, reason

LINES = (
    ("مشاركة :", "share"),
    ("Share on Facebook", "share"),
    ("طباعة", "share"),
    ("تعليقات", "comments"),
    ("• news-picture", "picture"),
    ("Advertisement", "advertisement"),
    ("متابعة أخبار سانا على تلغرام https://t.me/SyrianArabNewsAgency", "follow"),
    ("Sign up for our newsletter", "follow"),
    ("الوسوم: روسيا، الصين", "tags"),
    ("المصدر: سانا", "credit"),
    ("Published on: 3 May 2024", "stamp"),
    ("• 3/24/2021", "stamp"),
    ("• 00:00", "stamp"),
    ("• 4", "number"),
    ("https://example.org/a", "address"),
    ("اقرأ أيضا:", "read_also"),
    ("عنوان خبر آخر في الموقع", "link"),
)


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_tells_why_it_was_set_aside(line: str, expected: str) -> None:
    assert reason(line) == expected


def test_a_sentence_that_begins_like_an_invitation_stays_in_the_story() -> None:
    told = "تابعنا حادثة وفاة الرضيع في المستشفى منذ يومها الأول، وسألنا أسرته والأطباء عما"
    assert read_page(f"{told} جرى فيها حتى اليوم.\nوهذا كل ما قيل.").debris == ()
    assert reason("تابعونا على قناتنا") == "follow"


def test_the_seeds() -> None:
    told = {}
    for path in sorted(SEEDS.iterdir()):
        for article in articles_of(Document(path.read_text(encoding="utf-8"))):
            if article.debris and article.host is None:
                told[path.name[:3]] = [reason(span.of(article.text)) for span in article.debris]
    assert told["002"] == ["follow"]
    assert told["004"] == ["stamp", "stamp", "number", "number", "number", "picture", "share"]
    assert told["001"].count("story") == 1


@given(st.lists(st.sampled_from([line for line, _ in LINES]) | st.text(max_size=90), max_size=12))
def test_everything_set_aside_has_a_reason(lines: list[str]) -> None:
    text = "\n".join(lines)
    page = read_page(text)
    for span in page.debris:
        assert reason(span.of(text)) != "story"
    for span in page.stories:
        assert reason(span.of(text)) == "story"
