"""The peer: LlamaIndex, sentence-transformers and FAISS put together as their manuals say.

The same encoder weights, the library's default splitter, cosine over a flat FAISS index; for
answers its ``CitationQueryEngine`` over the same language model. Replies are laid out as ours. It
is given the pages as they are, for a plain pipeline does not look for a second story in one: gold
in such a story counts where it stands in the page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.asking import DEPTH, Record
from eval.metrics.citations import Cited, overlaps
from eval.sets.values import Item
from rag.config import DEFAULT_ENCODER, Settings
from rag.errors import UsageError
from rag.llama_index import MusnadLLM
from rag.models.protocols import Generator
from rag.types import Article

NAME = "LlamaIndex"
_CITED = 3
_SOURCE_TOKENS = 512
_MARKER = re.compile(r"\[(\d{1,3})\]")
# It puts "Source n:" before each text.
_HEADING = re.compile(r"^Source \d+:\n")
# What its prompt tells the model to say when the sources do not help.
_DECLINES = re.compile(
    r"none of the sources|not (?:helpful|mentioned|provided|specified)|لا (?:تذكر|يوجد|تحتوي)", re.I
)


def in_pages(items: Sequence[Item], articles: Sequence[Article]) -> list[Item]:
    """The questions with gold also where it stands in the page that a story was found in."""
    by_id = {article.id: article for article in articles}

    def also(span: Cited) -> list[Cited]:
        article = by_id[span.article]
        page = by_id.get(article.host or "")
        at = page.text.find(article.text[span.start : span.end]) if page else -1
        return [span] if page is None or at < 0 else [
            span, Cited(page.id, at, at + span.end - span.start)
        ]  # fmt: skip

    return [
        replace(
            item, groups=tuple(tuple(s for g in group for s in also(g)) for group in item.groups)
        )
        for item in items
    ]


class PeerAsker:
    """Asks the peer. Without a generator it only retrieves."""

    def __init__(
        self,
        settings: Settings,
        articles: Sequence[Article],
        generator: Generator | None,
        *,
        hiding: bool = False,
    ) -> None:
        """Index ``articles`` with the same encoder as ours; answer with the same model.

        ``hiding`` asks what has an answer once more with the articles hidden that hold it.

        Raises:
            UsageError: the peer's packages are not installed.
        """
        self._texts = {article.id: article.text for article in articles if not article.host}
        self._index = _index(settings, self._texts.items())
        self._chunks = [_place(node) for node in self._index.docstore.docs.values()]
        self._generator = generator
        self._hiding = hiding

    def ask(self, item: Item) -> Record:
        """The reply to one question."""
        holding = [chunk for chunk in self._chunks if _holds(chunk, item)]
        started = time.perf_counter()
        nodes = self._index.as_retriever(similarity_top_k=DEPTH).retrieve(item.text)
        searched = time.perf_counter() - started
        record: Record = {
            "key": item.key,
            "hits": [list(_place(found.node)) for found in nodes],
            "relevant": len(holding),
            "timings": {"search": round(searched, 4)},
        }
        if self._generator is None:
            return record
        record |= self._answered(item.text, frozenset(), record["timings"], self._generator)
        if self._hiding and item.answerable:
            again = self._answered(item.text, item.gold, {}, self._generator)
            record["answered_hidden"] = again["answered"]
        return record

    def _answered(
        self,
        question: str,
        hidden: frozenset[str],
        timings: Mapping[str, float],
        generator: Generator,
    ) -> Record:
        from llama_index.core.query_engine import CitationQueryEngine

        llm = MusnadLLM(generator)
        engine = CitationQueryEngine.from_args(
            self._index,
            llm=llm,
            citation_chunk_size=_SOURCE_TOKENS,
            retriever=_hiding(self._index, hidden),
        )
        started = time.perf_counter()
        response = engine.query(question)
        total = time.perf_counter() - started
        text = str(response)
        sources = [self._source(found.node) for found in response.source_nodes]
        answered = bool(text.strip()) and not _DECLINES.search(text)
        return {
            "answered": answered,
            "reason": None if answered else "declined",
            "text": text,
            "claims": claims_of(text, sources) if answered else [],
            # Its markers are the numbers of its sources: no order is promised.
            "numbered": False,
            "model": generator.name,
            "timings": {**timings, "total": round(total, 4)},
        }

    def _source(self, node: Any) -> list[Any]:
        """A cited source as ``[article, start, end, shown, there]``."""
        shown = _HEADING.sub("", node.get_content()).strip()
        article = node.metadata["article"]
        start = max(0, self._texts[article].find(shown))
        end = start + len(shown)
        return [article, start, end, shown, self._texts[article][start:end]]


def _index(settings: Settings, texts: Iterable[tuple[str, str]]) -> Any:
    """The peer's index of ``(id, text)`` pairs.

    Raises:
        UsageError: its packages are not installed.
    """
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    try:
        import faiss
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


def _hiding(index: Any, hidden: frozenset[str]) -> Any:
    """The peer's retriever, three passages, with the articles ``hidden`` left out."""
    from llama_index.core.retrievers import BaseRetriever

    class Hiding(BaseRetriever):
        def _retrieve(self, query_bundle: Any) -> list[Any]:
            found = index.as_retriever(similarity_top_k=DEPTH).retrieve(query_bundle)
            return [node for node in found if node.metadata["article"] not in hidden][:_CITED]

    return Hiding()


def _place(node: Any) -> Cited:
    return Cited(node.metadata["article"], node.start_char_idx, node.end_char_idx)


def _holds(chunk: Cited, item: Item) -> bool:
    return item.relevant.get(chunk.article, 0) > 0 or any(overlaps(chunk, s) for s in item.spans)


def claims_of(text: str, sources: Sequence[Sequence[Any]]) -> list[Record]:
    """The text before each run of markers, with the sources they name; made-up numbers dropped."""
    markers = list(_MARKER.finditer(text))
    starts = [0, *(marker.end() for marker in markers)]
    claims: list[Record] = []
    for start, marker in zip(starts, markers, strict=False):
        number = int(marker[1])
        cited = [[number, *sources[number - 1]]] if 1 <= number <= len(sources) else []
        words = text[start : marker.start()].strip()
        if claims and not any(character.isalnum() for character in words):
            claims[-1]["citations"] += cited
        else:
            claims.append({"text": words, "supported": True, "citations": cited})
    rest = text[starts[-1] :].strip()
    if any(character.isalnum() for character in rest):
        claims.append({"text": rest, "supported": True, "citations": []})
    return claims
