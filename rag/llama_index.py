"""A library as parts of LlamaIndex, and LlamaIndex's Documents as articles of a library.

A retriever, a query engine and a chat engine whose source nodes carry exact spans; the models on
either side are those of :mod:`rag.models.llama_index`. LlamaIndex's global settings are never read,
so that nothing goes to a service that nobody named.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from llama_index.core import schema
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import (
    AgentChatResponse,
    BaseChatEngine,
    StreamingAgentChatResponse,
)
from llama_index.core.llms import ChatMessage, ChatResponse
from llama_index.core.tools import ToolOutput

from rag.answering.conversation import turns
from rag.corpus.articles import articles_of
from rag.corpus.documents import Document
from rag.corpus.formats.record_dates import DateOrder, date_order, iso_date
from rag.errors import CorpusError
from rag.library import Library
from rag.models.llama_index import LlamaIndexGenerator as LlamaIndexGenerator
from rag.models.llama_index import MusnadEmbedding as MusnadEmbedding
from rag.models.llama_index import MusnadLLM as MusnadLLM
from rag.models.llama_index import each_in_thread, in_thread
from rag.types import Answer, Article, Citation, Hit

History: TypeAlias = list[ChatMessage] | None

# Where readers tell the fields of an article. A file's own dates (``creation_date``,
# ``last_modified_date``) say nothing of when its article came out.
_KEYS = {
    "title": ("title",),
    "date": ("date", "publish_date", "published", "published_at", "publishedTime"),
    "outlet": ("outlet", "publisher", "site_name", "ogSiteName"),
    "url": ("url", "URL", "link", "source_url", "sourceURL"),
    "language": ("language", "lang"),
    "path": ("path", "file_path"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")
# An id drawn at random (UUID 4), as LlamaIndex gives to a Document without one.
_DRAWN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
# Metadata that tell a language model nothing.
_FOR_MACHINES = ["article", "url", "path", "language"]


class MusnadRetriever(BaseRetriever):
    """Passages as nodes, best first; scores compare only within one search."""

    def __init__(
        self, library: Library, similarity_top_k: int | None = None, **options: Any
    ) -> None:
        """``options`` are the others of ``library.search``."""
        super().__init__()
        search = partial(library.search, k=similarity_top_k, **options)
        self._search: Callable[..., list[Hit]] = search

    def _retrieve(self, query_bundle: schema.QueryBundle) -> list[schema.NodeWithScore]:
        return [_node(hit, hit.text, hit.score) for hit in self._search(query_bundle.query_str)]

    _aretrieve = in_thread(_retrieve)


class MusnadQueryEngine(BaseQueryEngine):
    """Answers in which marker ``[n]`` stands for the ``n``-th source node: the exact words cited.

    A response's ``metadata`` says whether it was ``answered``, for what ``reason`` if not, and
    holds the whole ``answer`` in its JSON shape.
    """

    def __init__(self, library: Library, **options: Any) -> None:
        """``options`` are those of ``library.ask``, but for the history."""
        super().__init__(callback_manager=None)
        self._ask: Callable[..., Answer] = partial(library.ask, **options)

    def _query(self, query_bundle: schema.QueryBundle) -> Response:
        return _response(self._ask(query_bundle.query_str))

    _aquery = in_thread(_query)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


class MusnadChatEngine(BaseChatEngine):
    """A conversation, in which a question that leans on former ones is completed from them.

    A reply has one source, whose ``raw_output`` is what the query engine would respond.
    """

    def __init__(self, library: Library, chat_history: History = None, **options: Any) -> None:
        """Go on from ``chat_history``; ``options`` are those of :class:`MusnadQueryEngine`."""
        self._ask: Callable[..., Answer] = partial(library.ask, **options)
        self._history = list(chat_history or ())

    @property
    def chat_history(self) -> list[ChatMessage]:
        """Everything said so far."""
        return list(self._history)

    def reset(self) -> None:
        """Forget everything said so far."""
        self._history.clear()

    def chat(self, message: str, chat_history: History = None) -> AgentChatResponse:
        """The answer to ``message``; ``chat_history`` takes the place of what was said so far."""
        output = self._answer(message, chat_history)
        metadata = output.raw_output.metadata
        return AgentChatResponse(output.content, sources=[output], metadata=metadata)

    def stream_chat(self, message: str, chat_history: History = None) -> StreamingAgentChatResponse:
        """The same, line by line, once its citations are checked: what a stream has said cannot
        be taken back. Nothing is asked, and no source is known, before it is read.
        """
        response = StreamingAgentChatResponse(is_writing_to_memory=False)

        def lines() -> Generator[ChatResponse, None, None]:
            response.sources = [self._answer(message, chat_history)]
            response.set_source_nodes()
            for line in response.sources[0].content.splitlines(keepends=True):
                yield ChatResponse(message=ChatMessage(line, role="assistant"), delta=line)

        response.chat_stream = lines()
        return response

    async def astream_chat(
        self, message: str, chat_history: History = None
    ) -> StreamingAgentChatResponse:
        """See :meth:`stream_chat`."""
        response = self.stream_chat(message, chat_history)
        assert response.chat_stream is not None
        response.achat_stream = each_in_thread(response.chat_stream)
        return response

    achat = in_thread(chat)

    def _answer(self, message: str, chat_history: History) -> ToolOutput:
        """The answer to ``message``, after which both are part of the conversation."""
        history = self._history if chat_history is None else chat_history
        # Answers are never drawn on.
        asked = (said.content for said in history if said.role == "user")
        response = _response(self._ask(message, history=turns(filter(None, asked))))
        question = ChatMessage(message, role="user")
        self._history = [*history, question, ChatMessage(response.response, role="assistant")]
        return ToolOutput("musnad", response.response, None, {"message": message}, response)


def _response(answer: Answer) -> Response:
    cited = {c.n: (c, claim.support) for claim in reversed(answer.claims) for c in claim.citations}
    nodes = [_node(c, c.quote, support) for _, (c, support) in sorted(cited.items())]
    metadata = {"answered": answer.answered, "reason": answer.reason, "answer": answer.to_dict()}
    return Response(answer.text, nodes, metadata)


def _node(place: Hit | Citation, text: str, score: float) -> schema.NodeWithScore:
    """``text``, which is ``[start, end)`` of the raw text of the article it names as its source."""
    article = place.article
    known = {key: value for key in _KEYS if (value := getattr(article, key)) is not None}
    node = schema.TextNode(
        id_=f"{article.id}:{place.start}-{place.end}",
        text=text,
        start_char_idx=place.start,
        end_char_idx=place.end,
        metadata={"article": article.id, **known},
        excluded_llm_metadata_keys=_FOR_MACHINES,
        relationships={schema.NodeRelationship.SOURCE: schema.RelatedNodeInfo(node_id=article.id)},
    )
    return schema.NodeWithScore(node=node, score=score)


def documents_to_articles(documents: Iterable[schema.Document]) -> list[Article]:
    """The articles of any reader's Documents, ready for ``library.add``; empty pages give none.

    A Document's id names its article, so that a later reading replaces it; an id drawn at random
    would not, and the content names the article instead. What ``metadata`` tell goes before what
    the text states of itself.

    Raises:
        CorpusError: a text, or what is told of it, holds what is no character.
    """
    documents = [document for document in documents if document.text.strip()]
    stated = [_fields(document.metadata) for document in documents]
    order = date_order(fields["date"] or "" for fields in stated)
    pages = (_page(d, fields, order) for d, fields in zip(documents, stated, strict=True))
    return [article for page in pages for article in articles_of(page)]


def _fields(metadata: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields of an article that ``metadata`` tell, as they tell them."""
    return {
        field: next((words for key in keys if (words := _words(metadata.get(key)))), None)
        for field, keys in _KEYS.items()
    }


def _words(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | datetime.date) else ""


def _page(
    document: schema.Document, fields: dict[str, str | None], order: DateOrder | None
) -> Document:
    try:
        "".join((document.text, *filter(None, fields.values()))).encode()
    except UnicodeEncodeError as error:
        problem = "a lone surrogate, which is not a character"
        raise CorpusError(f"{document.doc_id}: {problem}") from error
    fields["date"] = iso_date(fields["date"] or "", order)
    language = _LANGUAGE.match((fields["language"] or "").lower())
    fields["language"] = language[0] if language else None
    name = None if _DRAWN_ID.fullmatch(document.doc_id) else document.doc_id
    return Document(document.text.removeprefix("\ufeff"), name, pages=(), **fields)
