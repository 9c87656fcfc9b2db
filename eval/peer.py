"""The peer: LlamaIndex, sentence-transformers and FAISS put together as their manuals say.

The same encoder weights, the library's default splitter, cosine over a flat FAISS index; for
answers its ``CitationQueryEngine`` over the same language model.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from typing import Any

from eval.answers import Reply
from eval.data import Question, QuestionSet
from eval.metrics import Interval, Rank, bootstrap
from rag.config import DEFAULT_ENCODER, Settings
from rag.errors import UsageError
from rag.models.protocols import Generator
from rag.store.build import Report

_DEPTH = 30
CITED = 3
SOURCE_TOKENS = 512
_ANSWER_TOKENS = 256
MARKER = re.compile(r"\[(\d{1,3})\]")
# What its prompt tells the model to say when the sources do not help.
DECLINES = re.compile(
    r"none of the sources|not (?:helpful|mentioned|provided|specified)|لا (?:تذكر|يوجد|تحتوي)", re.I
)


def peer_ranks(
    settings: Settings, texts: Iterable[tuple[str, str]], questions: Sequence[Question]
) -> list[Rank]:
    """The rank of each question's article among ``(id, text)`` pairs, by the peer's retriever."""
    index = peer_index(settings, texts)
    retriever = index.as_retriever(similarity_top_k=_DEPTH)
    return [
        _rank(question.gold, [n.metadata["article"] for n in retriever.retrieve(question.text)])
        for question in questions
    ]


def _rank(gold: str, articles: Sequence[str]) -> Rank:
    order = list(dict.fromkeys(articles))
    return order.index(gold) + 1 if gold in order else None


def peer_index(settings: Settings, texts: Iterable[tuple[str, str]]) -> Any:
    """The peer's index of ``(id, text)`` pairs.

    Raises:
        UsageError: its packages are not installed.
    """
    import faiss
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    try:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding
        from llama_index.vector_stores.faiss import FaissVectorStore
    except ImportError as error:
        raise UsageError("--peer needs more packages: pip install '.[eval]'") from error

    encoder = HuggingFaceEmbedding(
        model_name=str(settings.home / "encoders" / DEFAULT_ENCODER),
        query_instruction="query: ",
        text_instruction="passage: ",
        device="cpu",
    )
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
    return VectorStoreIndex.from_documents(
        [Document(text=text, metadata={"article": name}) for name, text in texts],
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=encoder,
        transformations=[SentenceSplitter()],
    )


def peer_replies(
    settings: Settings,
    generator: Generator,
    questions: QuestionSet,
    asked: Sequence[Question],
    report: Report,
) -> tuple[list[Reply], Interval]:
    """The peer's reply to each question, and how often it answers without the passage."""
    from llama_index.core.query_engine import CitationQueryEngine

    index = peer_index(settings, questions.passages.items())
    llm = peer_language_model(generator)

    def ask(question: Question, without_gold: bool) -> Reply:
        engine = CitationQueryEngine.from_args(
            index,
            llm=llm,
            citation_chunk_size=SOURCE_TOKENS,
            retriever=_retriever(index, question.gold if without_gold else None),
        )
        llm.first_word = None
        started = time.perf_counter()
        response = engine.query(question.text)
        total = time.perf_counter() - started
        first = total if llm.first_word is None else llm.first_word - started
        return _reply(question, str(response), response.source_nodes, questions, first, total)

    replies, anyway = [], []
    for done, question in enumerate(asked, start=1):
        replies.append(ask(question, False))
        anyway.append(float(ask(question, True).answered))
        report("questions to the peer", done, len(asked))
    return replies, bootstrap(anyway)


def _retriever(index: Any, hidden: str | None) -> Any:
    """The peer's retriever, three passages, with the article ``hidden`` left out."""
    from llama_index.core.retrievers import BaseRetriever

    class Hiding(BaseRetriever):
        def _retrieve(self, query_bundle: Any) -> list[Any]:
            found = index.as_retriever(similarity_top_k=CITED + 1).retrieve(query_bundle)
            return [node for node in found if node.metadata["article"] != hidden][:CITED]

    return Hiding()


def _reply(
    question: Question,
    text: str,
    sources: Sequence[Any],
    questions: QuestionSet,
    first: float,
    total: float,
) -> Reply:
    numbers = dict.fromkeys(int(n) for n in MARKER.findall(text))
    cited = [sources[n - 1].node for n in numbers if 1 <= n <= len(sources)]
    # It puts "Source n:" before each text.
    words = [re.sub(r"^Source \d+:\n", "", node.get_content()).strip() for node in cited]
    quotes = tuple((node.metadata["article"], w) for node, w in zip(cited, words, strict=True))
    golds = [span.of(questions.passages[question.gold]) for span in question.spans]
    return Reply(
        question=question,
        answered=bool(text.strip()) and not DECLINES.search(text),
        text=MARKER.sub("", text),
        quotes=quotes,
        exact=all(quote in questions.passages[name] for name, quote in quotes),
        on_gold=tuple(
            name == question.gold and any(gold in quote for gold in golds) for name, quote in quotes
        ),
        seconds={"first_word": first, "total": total},
    )


def peer_language_model(generator: Generator) -> Any:
    """``generator`` as LlamaIndex wants one; notes when the first word came."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Peer(CustomLLM):
        first_word: float | None = None

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4096, num_output=_ANSWER_TOKENS)

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            text = ""
            messages = [{"role": "user", "content": prompt}]
            for piece in generator.stream(messages, max_tokens=_ANSWER_TOKENS):
                self.first_word = self.first_word or time.perf_counter()
                text += piece
                yield CompletionResponse(text=text, delta=piece)

        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            *_others, last = self.stream_complete(prompt)
            return last

    return Peer()
