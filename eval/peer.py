"""The peer: LlamaIndex, sentence-transformers and FAISS put together as their manuals say.

The same encoder weights, the library's default splitter, cosine over a flat FAISS index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.data import Question
from eval.metrics import Rank
from rag.config import DEFAULT_ENCODER, Settings

_DEPTH = 30


def peer_ranks(
    settings: Settings, texts: Iterable[tuple[str, str]], questions: Sequence[Question]
) -> list[Rank]:
    """The rank of each question's article among ``(id, text)`` pairs, by the peer's retriever."""
    import faiss
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.faiss import FaissVectorStore

    encoder = HuggingFaceEmbedding(
        model_name=str(settings.home / "encoders" / DEFAULT_ENCODER),
        query_instruction="query: ",
        text_instruction="passage: ",
        device="cpu",
    )
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
    index = VectorStoreIndex.from_documents(
        [Document(text=text, metadata={"article": name}) for name, text in texts],
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=encoder,
        transformations=[SentenceSplitter()],
    )
    retriever = index.as_retriever(similarity_top_k=_DEPTH)
    return [
        _rank(question.gold, [n.metadata["article"] for n in retriever.retrieve(question.text)])
        for question in questions
    ]


def _rank(gold: str, articles: Sequence[str]) -> Rank:
    order = list(dict.fromkeys(articles))
    return order.index(gold) + 1 if gold in order else None
