"""Asks the peer (:mod:`eval.peer`) the same questions, with replies in the same layout as ours.

It is given the pages as they are, for a plain pipeline does not look for a second story in one:
gold in such a story counts where it stands in the page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from eval.asking import DEPTH, Record
from eval.metrics.citations import Cited, overlaps
from eval.peer import CITED, DECLINES, MARKER, SOURCE_TOKENS, peer_index, peer_language_model
from eval.sets import Item
from rag.config import Settings
from rag.models.protocols import Generator
from rag.types import Article

NAME = "LlamaIndex"
_HEADING = re.compile(r"^Source \d+:\n")


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
        self, settings: Settings, articles: Sequence[Article], generator: Generator | None
    ) -> None:
        """Index ``articles`` with the same encoder as ours; answer with the same model.

        Raises:
            UsageError: the peer's packages are not installed.
        """
        self._texts = {article.id: article.text for article in articles if not article.host}
        self._index = peer_index(settings, self._texts.items())
        self._chunks = [_place(node) for node in self._index.docstore.docs.values()]
        self._model = generator.name if generator else "none"
        self._llm = peer_language_model(generator) if generator else None

    def ask(self, item: Item) -> Record:
        """The reply to one question."""
        wanted = [span for group in item.groups for span in group]
        holding = [chunk for chunk in self._chunks if any(overlaps(chunk, s) for s in wanted)]
        started = time.perf_counter()
        nodes = self._index.as_retriever(similarity_top_k=DEPTH).retrieve(item.text)
        searched = time.perf_counter() - started
        record: Record = {
            "key": item.key,
            "hits": [list(_place(found.node)) for found in nodes],
            "relevant": len(holding),
            "timings": {"search": round(searched, 4)},
        }
        if self._llm is not None:
            record |= self._answered(item, record["timings"])
        return record

    def _answered(self, item: Item, timings: Mapping[str, float]) -> Record:
        from llama_index.core.query_engine import CitationQueryEngine

        llm: Any = self._llm
        engine = CitationQueryEngine.from_args(
            self._index, llm=llm, citation_chunk_size=SOURCE_TOKENS, similarity_top_k=CITED
        )
        llm.first_word = None
        started = time.perf_counter()
        response = engine.query(item.text)
        total = time.perf_counter() - started
        first = total if llm.first_word is None else llm.first_word - started
        text = str(response)
        answered = bool(text.strip()) and not DECLINES.search(text)
        sources = [self._source(found.node) for found in response.source_nodes]
        return {
            "answered": answered,
            "reason": None if answered else "declined",
            "text": text,
            "claims": claims_of(text, sources) if answered else [],
            # Its markers are the numbers of its sources: no order is promised.
            "numbered": False,
            "model": self._model,
            "timings": {**timings, "first_word": round(first, 4), "total": round(total, 4)},
        }

    def _source(self, node: Any) -> list[Any]:
        """A cited source as ``[article, start, end, shown, there]``."""
        # It puts "Source n:" before each text.
        shown = _HEADING.sub("", node.get_content()).strip()
        article = node.metadata["article"]
        start = max(0, self._texts[article].find(shown))
        end = start + len(shown)
        return [article, start, end, shown, self._texts[article][start:end]]


def _place(node: Any) -> Cited:
    return Cited(node.metadata["article"], node.start_char_idx, node.end_char_idx)


def claims_of(text: str, sources: Sequence[Sequence[Any]]) -> list[Record]:
    """The text before each run of markers, with the sources they name; made-up numbers dropped."""
    markers = list(MARKER.finditer(text))
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
