"""Answers in the shapes of the chat completions API: messages, chunks of a stream, annotations."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from rag.types import Answer, Citation

SCHEME = "musnad://"
# Of a longer quotation a link names the words at both ends.
_WORDS_OF_AN_END = 6


@dataclass(frozen=True, slots=True)
class Reply:
    """What the index called ``index`` replies under the name of ``model``."""

    model: str
    index: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer at once."""
        message = {
            "role": "assistant",
            "content": answer.text,
            "refusal": None,
            "annotations": cited(answer, self.index),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._object("chat.completion", [choice]) | {"usage": usage(answer)}

    def opening(self) -> dict[str, Any]:
        """The first chunk of a stream, before there is an answer."""
        return self._chunk({"role": "assistant", "content": ""})

    def chunks(self, answer: Answer, *, with_usage: bool) -> Iterator[dict[str, Any]]:
        """The others: the lines of the answer, its annotations, the end, the usage if wanted."""
        for line in answer.text.splitlines(keepends=True):
            yield self._chunk({"content": line})
        noted = cited(answer, self.index)
        if noted:
            yield self._chunk({"annotations": noted})
        yield self._chunk({}, finish="stop")
        if with_usage:
            yield self._object("chat.completion.chunk", []) | {"usage": usage(answer)}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._object("chat.completion.chunk", [choice])

    def _object(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        about = {"id": self.id, "object": kind, "created": self.created, "model": self.model}
        return about | {"choices": choices}


def cited(answer: Answer, index: str) -> list[dict[str, Any]]:
    """An entry for each citation of each claim, in their order. The claim is
    ``answer.text[start_index:end_index]``, ``content`` what is quoted for it. In ``musnad`` is what
    the API has no place for: the quote is ``[start, end)`` of the text of the ``article``.
    """
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": span.start,
                "end_index": span.end,
                "title": citation.article.label,
                "url": address(citation, index),
                "content": citation.quote,
            },
            "musnad": {
                "n": citation.n,
                "index": index,
                "article": citation.article.id,
                "date": citation.article.date,
                "outlet": citation.article.outlet,
                "start": citation.start,
                "end": citation.end,
                "quote": citation.quote,
            },
        }
        for span, claim in answer.claimed()
        for citation in claim.citations
    ]


def address(citation: Citation, index: str) -> str:
    """Where the quoted words are, another address for each quotation: clients take citations of
    one address for one source, and would count them otherwise than the markers do.

    On the web it ends in a text fragment (https://wicg.github.io/scroll-to-text-fragment/), with
    which browsers scroll to the words; else in their offsets (RFC 5147).
    """
    article = citation.article
    if not (article.url or "").startswith(("http://", "https://")):
        return f"{article_uri(index, article.id)}#char={citation.start},{citation.end}"
    words = citation.quote.split()
    ends = [words[:_WORDS_OF_AN_END], words[-_WORDS_OF_AN_END:]]
    parts = ends if len(words) > 2 * _WORDS_OF_AN_END else [words]
    fragment = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in parts)
    return f"{article.url}{'' if '#' in str(article.url) else '#'}:~:text={fragment}"


def article_uri(index: str, article: str) -> str:
    """The name of an article of an index among the resources of the MCP server."""
    return f"{SCHEME}{quote(index, safe='')}/articles/{quote(article, safe='')}"


def usage(answer: Answer) -> dict[str, int]:
    """Tokens that the language model took for it: none where the answer is quoted."""
    prompt, reply = answer.tokens.get("prompt", 0), answer.tokens.get("reply", 0)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": reply,
        "total_tokens": prompt + reply,
    }
