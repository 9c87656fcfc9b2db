"""What the page itself says, in Arabic and English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The page's own sentences in one language."""

    searching: str
    writing: str
    quoting_meanwhile: str
    nearest: str
    date_unknown: str
    understood: str


_WORDS = {
    "ar": Words(
        searching="يجري البحث في المقالات…",
        writing="تُكتب الإجابة…",
        quoting_meanwhile="إجابة مقتبسة من المقالات؛ نموذج اللغة لم يجهز بعد.",
        nearest="أقرب المقالات إلى السؤال:",
        date_unknown="التاريخ غير معروف",
        understood="فُهم السؤال هكذا:",
    ),
    "en": Words(
        searching="Searching the articles…",
        writing="Writing the answer…",
        quoting_meanwhile="Answered by quoting; the language model is not ready yet.",
        nearest="The nearest articles:",
        date_unknown="date unknown",
        understood="Understood as:",
    ),
}


def words(language: str) -> Words:
    """The page's sentences in ``language``; English where it has none of its own."""
    return _WORDS.get(language, _WORDS["en"])
