"""What a reader is told of an article besides the passage it reads."""

from __future__ import annotations

from rag.types import Article


def heading(article: Article) -> str:
    """The title and the date of ``article``, as far as they are known."""
    return ". ".join(part for part in (article.title, article.date) if part)
