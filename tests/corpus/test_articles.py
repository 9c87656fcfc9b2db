"""What the five seed pages say about themselves, and pages made to be awkward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes import SEEDS
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.articles import articles_of
from rag.corpus.chunking import chunk_article
from rag.corpus.documents import Document
from rag.types import Article


def seed(prefix: str) -> list[Article]:
    (path,) = SEEDS.glob(f"{prefix}*.txt")
    return list(articles_of(Document(path.read_text(encoding="utf-8"), path=path.name)))


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


@pytest.mark.parametrize(
    ("prefix", "title", "date", "outlet"),
    [
        ("000", None, "2024-07-25", "شينخوا"),
        ("001", "وزير الخارجية الصيني يُشيد بالعلاقات بين موسكو وبكين", "2023-09-18", "بوابة الوفد"),
        ("002", None, None, "سانا"),
        ("003", None, None, None),
        (
            "004",
            "وزيرا خارجية الصين وروسيا يجريان محادثات ويتوصلان إلى توافقات استراتيجية",
            "2021-03-23",
            "شينخوا",
        ),
    ],
)
def test_seed_metadata_is_what_the_page_states(
    prefix: str, title: str | None, date: str | None, outlet: str | None
) -> None:
    article = seed(prefix)[0]
    assert (article.title, article.date, article.outlet, article.language) == (
        title,
        date,
        outlet,
        "ar",
    )
    for field, span in article.provenance.items():
        if field != "date":
            assert span.of(article.text) == getattr(article, field)
    assert ("date" in article.provenance) == (date is not None)


def test_the_story_embedded_in_a_page_is_an_article_of_its_own() -> None:
    host, story = seed("001")
    assert story.host == host.id
    assert story.title == "وزير الخارجية الروسي يزور تركيا الاثنين"
    assert story.date is None
    assert story.outlet == "زمان التركية"
    assert story.text in host.text
    indexed = "\n".join(chunk.text for chunk in chunk_article(host, words, 60))
    assert "هاكان فيدان" not in indexed
    assert "انضم إلى قناة" not in "\n".join(c.text for c in chunk_article(story, words, 60))


def test_a_story_embedded_in_a_pdf_keeps_its_pages() -> None:
    host, story = seed("001")
    start, middle = host.text.index(story.text), len(story.text) // 2
    document = Document(host.text, pages=(0, start - 9, start + middle))
    host, story = articles_of(document)
    assert host.pages == document.pages
    assert [story.pages_of(*span) for span in ((0, middle), (middle, middle + 9))] == [(2,), (3,)]


@pytest.mark.parametrize(
    ("prefix", "debris"),
    [
        ("002", ["متابعة أخبار سانا على تلغرام https://t.me/SyrianArabNewsAgency"]),
        ("003", []),
        ("004", ["• 3/24/2021", "• 00:00", "• 4", "• 0", "• 0", "news-picture", "مشاركة :"]),
    ],
)
def test_seed_debris(prefix: str, debris: list[str]) -> None:
    article = seed(prefix)[0]
    assert [span.of(article.text) for span in article.debris] == debris


def test_headlines_after_read_also_are_links_not_a_story() -> None:
    body = "هذه فقرة طويلة من الخبر نفسه تكفي لتكون متنا لا عنوانا، وفيها ما يكفي من الكلمات."
    text = f"{body}\nاقرأ أيضا:\nعنوان خبر آخر في الموقع\nعنوان خبر ثالث في الموقع\n{body}"
    (article,) = articles_of(Document(text))
    assert [chunk.text for chunk in chunk_article(article, words, 60)] == [body, body]


def test_what_the_document_states_goes_before_what_its_text_says() -> None:
    text = "فينتيان 25 يوليو 2024 (شينخوا) عقد وزير الخارجية محادثات.\nسطر ثان."
    (article,) = articles_of(Document(text, id="mine", date="2020-01-01", title="T"))
    assert (article.id, article.date, article.title) == ("mine", "2020-01-01", "T")
    assert set(article.provenance) == {"outlet"}


def test_a_page_of_nothing_but_furniture_is_still_an_article() -> None:
    (article,) = articles_of(Document("مشاركة :"))
    assert article.debris == ()


@given(st.text(min_size=1, max_size=400), st.integers(min_value=1, max_value=12))
def test_every_chunk_is_the_text_at_its_offsets(text: str, budget: int) -> None:
    for article in articles_of(Document(text)):
        previous = 0
        for chunk in chunk_article(article, words, budget):
            assert article.text[chunk.start : chunk.end] == chunk.text
            assert previous <= chunk.start < chunk.end
            assert chunk.sentences[0].start == chunk.start
            assert chunk.sentences[-1].end == chunk.end
            previous = chunk.end
            assert not any(d.start < chunk.end and chunk.start < d.end for d in article.debris)


@given(st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=12))
def test_chunks_keep_the_budget_and_lose_no_word(lengths: list[int]) -> None:
    text = "\n".join(" ".join(f"w{i}x{j}" for j in range(n)) for i, n in enumerate(lengths))
    article = Article("a", text)
    chunks = chunk_article(article, words, 10)
    assert all(len(chunk.text.split()) <= 10 for chunk in chunks)
    assert " ".join(chunk.text for chunk in chunks).split() == text.split()


def test_sentences_are_spread_evenly_over_chunks() -> None:
    text = "\n".join("a b c d." for _ in range(6))
    chunks = chunk_article(Article("a", text), words, 20)
    assert [len(chunk.sentences) for chunk in chunks] == [3, 3]


def test_a_headline_that_its_stamp_parts_from_the_story_is_no_passage() -> None:
    story = "The northern dam opened on Friday. It holds 310 million cubic metres of water."
    headline = "Northern dam opens after nine years of work"
    (article,) = articles_of(Document(f"{headline}\n12 May 2023\n{story}\n"))
    assert (article.title, article.date) == (headline, "2023-05-12")
    chunks = chunk_article(article, lambda texts: [len(text) for text in texts], 500)
    assert [chunk.text for chunk in chunks] == [story]
    alone = replace(article, text=headline, debris=())
    (chunk,) = chunk_article(alone, lambda texts: [len(text) for text in texts], 500)
    assert chunk.text == headline
