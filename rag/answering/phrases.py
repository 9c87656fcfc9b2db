"""Every word Musnad says to a reader in an answer, in both languages."""

from __future__ import annotations

from rag.answering.prompts import reply_language

_UNVERIFIED = {
    "ar": "قراءة آلية لم يتحقق منها:",
    "en": "Machine reading, not verified:",
}
_SEE_ALSO = {"ar": "انظر أيضا:", "en": "See also:"}
_ANOTHER = {"ar": "ويذكر مقال آخر", "en": "Another article says"}

_NEAREST = {"ar": "أقرب ما في المقالات:", "en": "The nearest the articles say:"}
_ABSTAINED = {
    "ar": "لا تجيب المقالات المتاحة عن هذا السؤال.",
    "en": "The articles do not answer this question.",
}


def abstention_text(language: str) -> str:
    """What a reader is told when the articles do not answer."""
    return _ABSTAINED[reply_language(language)]


def unverified_text(language: str, text: str) -> str:
    """A sentence of the model that could not be checked, labelled as such."""
    return f"{_UNVERIFIED[reply_language(language)]} {text}"


def see_also_text(language: str, quote: str) -> str:
    """A quotation that is nearly as likely to hold the answer as the one before it."""
    return f"{_SEE_ALSO[reply_language(language)]} {quote}"


def another_text(language: str, date: str | None, quote: str) -> str:
    """What an article says that another one, cited before it, says differently."""
    return f"{_ANOTHER[reply_language(language)]}{f' ({date})' if date else ''}: {quote}"


def nearest_text(language: str, quote: str) -> str:
    """A quotation that may not answer the question, and is said not to claim it."""
    return f"{_NEAREST[reply_language(language)]} {quote}"
