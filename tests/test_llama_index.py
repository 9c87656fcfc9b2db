"""The library as LlamaIndex's parts, each in use as an example of how; and readers' Documents."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes import SEEDS, ScriptedGenerator
from libraries import again
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import Document, NodeWithScore, TextNode

from rag.config import Settings
from rag.errors import CorpusError, UsageError
from rag.filters import Filter
from rag.library import Library
from rag.llama_index import (
    LlamaIndexGenerator,
    MusnadChatEngine,
    MusnadEmbedding,
    MusnadLLM,
    MusnadQueryEngine,
    MusnadRetriever,
    documents_to_articles,
)

SHOOTING = "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟"
TALKS = "أين عُقدت محادثات وانغ يي ولافروف في يوليو 2024؟"


@pytest.fixture(autouse=True)
def no_model_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches for a model that was not given fails, instead of calling a service."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a global default")

    for name in ("resolve_llm", "resolve_embed_model"):
        monkeypatch.setattr(f"llama_index.core.settings.{name}", refuse)


def exact(library: Library, found: NodeWithScore) -> tuple[str, int | None, int | None]:
    """The node's words and offsets, which are those of the article that it names."""
    node = found.node
    assert isinstance(node, TextNode) and node.ref_doc_id
    article = library.article(node.ref_doc_id)
    assert article.text[node.start_char_idx : node.end_char_idx] == node.text == node.get_content()
    known = article.ref.to_dict()
    assert node.metadata["article"] == known["id"]
    assert all(known[name] == node.metadata.get(name) for name in ("title", "date", "outlet"))
    assert all(known[name] == node.metadata.get(name) for name in ("url", "language", "path"))
    return node.text, node.start_char_idx, node.end_char_idx


def told(response: Any) -> dict[str, Any]:
    """A response's metadata, of which there must be some."""
    assert isinstance(response.metadata, dict)
    return response.metadata


# --- retrieval ------------------------------------------------------------------------------------


def test_the_retriever_finds_the_librarys_hits_at_their_places(seeded: Library) -> None:
    retriever = MusnadRetriever(seeded, similarity_top_k=4)
    nodes = retriever.retrieve(SHOOTING)
    hits = seeded.search(SHOOTING, k=4)
    assert [(n.node_id, n.score, n.text) for n in nodes] == [
        (hit.chunk, hit.score, hit.text) for hit in hits
    ]
    for node in nodes:
        exact(seeded, node)
    assert asyncio.run(retriever.aretrieve(SHOOTING)) == nodes


def test_the_retriever_keeps_to_the_articles_admitted(seeded: Library) -> None:
    best = seeded.search(SHOOTING, k=1)[0].article.id
    nodes = MusnadRetriever(seeded, where=Filter(without=frozenset({best}))).retrieve(SHOOTING)
    assert len(nodes) == seeded.settings.passages
    assert best not in {node.node.ref_doc_id for node in nodes}


def test_a_query_engine_of_theirs_over_our_retriever_and_language_model(seeded: Library) -> None:
    generator = ScriptedGenerator("سقط 144 شخصا.")
    engine = RetrieverQueryEngine.from_args(
        MusnadRetriever(seeded, similarity_top_k=1), llm=MusnadLLM(generator)
    )
    response = engine.query(SHOOTING)
    assert str(response) == "سقط 144 شخصا."
    (source,) = response.source_nodes
    exact(seeded, source)
    asked = generator.asked[0][-1]["content"]
    assert source.text in asked and SHOOTING in asked
    # What only machines read is not shown to the model.
    assert source.metadata["article"] not in asked


def test_an_index_of_theirs_over_our_encoder(seeded: Library) -> None:
    nodes = [found.node for found in MusnadRetriever(seeded, similarity_top_k=9).retrieve(TALKS)]
    index = VectorStoreIndex(nodes, embed_model=MusnadEmbedding(seeded.encoders()[0]))
    (found,) = index.as_retriever(similarity_top_k=1).retrieve(nodes[3].get_content())
    assert found.node_id == nodes[3].node_id
    exact(seeded, found)


# --- answers --------------------------------------------------------------------------------------


def test_the_query_engines_sources_are_the_words_cited(seeded: Library) -> None:
    engine = MusnadQueryEngine(seeded)
    response = engine.query(SHOOTING)
    answer = seeded.ask(SHOOTING)
    assert str(response) == answer.text and "144" in answer.text
    cited = [citation for claim in answer.claims for citation in claim.citations]
    assert [exact(seeded, source) for source in response.source_nodes] == [
        (citation.quote, citation.start, citation.end) for citation in cited
    ]
    assert all(f"[{number}]" in answer.text for number in range(1, len(cited) + 1))
    assert (told(response)["answered"], told(response)["reason"]) == (True, None)
    assert told(response)["answer"]["claims"] == answer.to_dict()["claims"]
    assert str(asyncio.run(engine.aquery(SHOOTING))) == answer.text


def test_a_marker_used_twice_is_one_source(library: Library, settings: Settings) -> None:
    texts = ("The bridge opened in 1932.", "The bridge is 503 metres long.")
    library.add(documents_to_articles(Document(text=text) for text in texts))
    written = (
        "[1] The bridge opened in 1932. [2] The bridge is 503 metres long. [1] It opened in 1932."
    )
    asked = again(library, settings, generator=ScriptedGenerator(written, written))
    response = MusnadQueryEngine(asked).query("When did the bridge open, and how long is it?")
    assert str(response).splitlines() == [
        "The bridge opened in 1932. [1]",
        "The bridge is 503 metres long. [2]",
        "It opened in 1932. [1]",
    ]
    assert [exact(asked, source) for source in response.source_nodes] == [
        ("The bridge opened in 1932.", 0, 26),
        ("The bridge is 503 metres long.", 0, 30),
    ]
    stream = MusnadChatEngine(asked).stream_chat("When did the bridge open, and how long is it?")
    assert list(stream.response_gen) == str(response).splitlines(keepends=True)


def test_the_query_engine_says_that_it_does_not_know(seeded: Library) -> None:
    seeded.remove([article.id for article in seeded.articles()])
    response = MusnadQueryEngine(seeded, language="en").query(SHOOTING)
    assert (told(response)["answered"], told(response)["reason"]) == (False, "no_evidence")
    assert told(response)["answer"]["language"] == "en"
    assert response.source_nodes == []


def test_the_chat_engine_completes_follow_ups(seeded: Library) -> None:
    engine = MusnadChatEngine(seeded)
    engine.chat(TALKS)
    response = engine.chat("ومن حضر؟")
    assert "لافروف" in told(response)["answer"]["resolved"]
    for source in response.source_nodes:
        exact(seeded, source)
    said = engine.chat_history
    assert [m.role.value for m in said] == ["user", "assistant"] * 2
    assert (said[2].content, said[3].content) == ("ومن حضر؟", response.response)
    engine.reset()
    assert engine.chat_history == []
    asyncio.run(engine.achat("ومن حضر؟", said[:2]))
    assert [m.content for m in engine.chat_history] == [m.content for m in said]
    assert MusnadChatEngine(seeded, said).chat_history == said


def test_the_chat_engine_streams_what_it_would_have_said(seeded: Library) -> None:
    engine = MusnadChatEngine(seeded)
    whole = engine.chat(TALKS)
    engine.reset()
    stream = engine.stream_chat(TALKS)
    assert engine.chat_history == []
    assert "".join(stream.response_gen) == str(stream) == whole.response
    assert [n.node_id for n in stream.source_nodes] == [n.node_id for n in whole.source_nodes]
    assert [m.content for m in engine.chat_history] == [TALKS, whole.response]

    async def astream() -> str:
        stream = await engine.astream_chat(TALKS, [])
        lines: AsyncIterator[str] = stream.async_response_gen()
        return "".join([line async for line in lines])

    assert asyncio.run(astream()) == whole.response
    assert len(engine.chat_history) == 2


def test_a_message_that_cannot_be_asked_is_no_part_of_the_conversation(seeded: Library) -> None:
    engine = MusnadChatEngine(seeded)
    with pytest.raises(UsageError):
        engine.chat("  ")
    with pytest.raises(UsageError):
        list(engine.stream_chat("؟").response_gen)
    assert engine.chat_history == []


def test_a_language_model_of_theirs_writes_our_answers(seeded: Library) -> None:
    llm = MockLLM()  # Says what it is told, which cites nothing.
    library = again(seeded, generator=LlamaIndexGenerator(llm))
    answer = library.ask(SHOOTING)
    assert answer.model == "MockLLM"
    assert answer.raw is not None and SHOOTING in answer.raw
    assert answer.tokens == {}


# --- documents ------------------------------------------------------------------------------------


def test_documents_of_a_reader_become_the_articles_that_ingesting_the_files_gives(
    seeded: Library,
) -> None:
    documents = SimpleDirectoryReader(SEEDS).load_data()
    articles = documents_to_articles(documents)
    ingested = {article.id: article for article in seeded.articles()}
    assert {article.id for article in articles} == ingested.keys()
    for article in articles:
        same = ingested[article.id]
        assert (article.text, article.debris) == (same.text, same.debris)
        assert (article.date, article.outlet, article.host) == (same.date, same.outlet, same.host)
    assert seeded.add(articles).added == ()


@pytest.mark.parametrize(
    ("metadata", "field", "value"),
    [
        ({"title": " A bridge "}, "title", "A bridge"),
        ({"publish_date": datetime.datetime(2024, 7, 25, 10)}, "date", "2024-07-25"),
        ({"date": "Thu, 25 Jul 2024 10:00:00 GMT"}, "date", "2024-07-25"),
        ({"date": "", "published": "2024-07-25"}, "date", "2024-07-25"),
        ({"creation_date": "2024-07-25", "last_modified_date": "2024-07-25"}, "date", None),
        ({"date": None}, "date", None),
        ({"link": "https://a.example/1"}, "url", "https://a.example/1"),
        ({"URL": "https://a.example/1"}, "url", "https://a.example/1"),
        ({"publisher": "Xinhua"}, "outlet", "Xinhua"),
        ({"authors": ["One"], "outlet": ["Two"]}, "outlet", None),
        ({"language": "ar-SA"}, "language", "ar"),
        ({"language": "English"}, "language", "en"),
        ({"file_path": "news/1.txt", "file_name": "1.txt"}, "path", "news/1.txt"),
    ],
)
def test_metadata_that_readers_tell(metadata: dict[str, Any], field: str, value: Any) -> None:
    (article,) = documents_to_articles([Document(text="The bridge is open.", metadata=metadata)])
    assert getattr(article, field) == value


def test_the_dates_of_all_documents_tell_how_they_are_written() -> None:
    dates = ("3/4/2021", "24/3/2021")
    documents = [Document(text=f"Written {date}.", metadata={"date": date}) for date in dates]
    assert [a.date for a in documents_to_articles(documents)] == ["2021-04-03", "2021-03-24"]


def test_an_id_that_a_reader_gave_is_kept_and_replaced(library: Library) -> None:
    for text in ("The bridge is open.", "The bridge is closed."):
        done = library.add(documents_to_articles([Document(text=text, doc_id="https://a/1")]))
    assert (done.added, done.replaced) == ((), ("https://a/1",))
    again = [documents_to_articles([Document(text="The bridge is open.")])[0].id for _ in "12"]
    assert len(again[0]) == 16 and again[0] == again[1]


def test_documents_without_words_and_with_what_is_no_character() -> None:
    assert documents_to_articles([Document(text=""), Document(text=" \n")]) == []
    (article,) = documents_to_articles([Document(text="\ufeffThe bridge is open.")])
    assert article.text == "The bridge is open."
    for text, title in (("The \ud800 bridge.", ""), ("The bridge.", "\ud800")):
        document = Document(text=text, metadata={"title": title}, doc_id="page 4")
        with pytest.raises(CorpusError, match="page 4: a lone surrogate"):
            documents_to_articles([document])
