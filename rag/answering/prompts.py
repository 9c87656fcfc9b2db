"""Every word said to the language model, the sentinel it abstains with, and the grammar it obeys.

Shared by prompt, parser and tests.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.evidence import Evidence
from rag.models.protocols import Message

NOT_FOUND = "NOT FOUND"

_SYSTEM = {
    "ar": (
        "تجيب عن الأسئلة من مقتطفات أخبار مرقّمة. اختر المقتطف الذي فيه الجواب، واكتب جملة واحدة"
        " قصيرة بالعربية تذكر الجواب كما ورد فيه، وبعدها رقمه بين قوسين مثل [1]. لا تذكر كلمة"
        f" «المقتطفات» ولا تضف شيئا. إن لم يكن الجواب فيها فاكتب فقط: {NOT_FOUND}"
    ),
    "en": (
        "You answer questions from numbered news excerpts. Choose the excerpt that holds the answer"
        " and write one short English sentence that states it as given there, followed by its"
        " number in brackets, like [1]. Do not mention the excerpts and add nothing. If none holds"
        f" the answer, write only: {NOT_FOUND}"
    ),
}
_LABELS = {
    "ar": {"question": "السؤال", "excerpts": "المقتطفات", "answer": "أجب بالعربية."},
    "en": {"question": "Question", "excerpts": "Excerpts", "answer": "Answer in English."},
}

_ABSTAINED = {
    "ar": "لا تجيب المقالات المتاحة عن هذا السؤال.",
    "en": "The articles do not answer this question.",
}


def reply_language(language: str) -> str:
    """The language to reply in: the question's where there is a prompt for it, else English."""
    return language if language in _SYSTEM else "en"


def abstention_text(language: str) -> str:
    """What a reader is told when the articles do not answer."""
    return _ABSTAINED[reply_language(language)]


def build_messages(question: str, language: str, evidence: Sequence[Evidence]) -> list[Message]:
    """The conversation that asks for an answer. Excerpts come first, so that they can be cached."""
    reply = reply_language(language)
    labels = _LABELS[reply]
    excerpts = "\n".join(f"[{item.n}] {_excerpt(item)}" for item in evidence)
    user = (
        f"{labels['excerpts']}:\n{excerpts}\n\n{labels['question']}: {question}\n{labels['answer']}"
    )
    return [
        {"role": "system", "content": _SYSTEM[reply]},
        {"role": "user", "content": user},
    ]


def _excerpt(item: Evidence) -> str:
    """The sentence after its article's date. Brackets go, so that no text can pose as a marker."""
    text = " ".join(item.text.split()).replace("[", "(").replace("]", ")")
    return f"({item.article.date}) {text}" if item.article.date else text


def answer_grammar(numbers: int) -> str:
    """GBNF for one to three sentences that each end in markers between 1 and ``numbers``,
    or the sentinel alone.
    """
    choices = " | ".join(f'"{n}"' for n in range(1, numbers + 1))
    return "\n".join(
        (
            f'root ::= "{NOT_FOUND}" | claim (" " claim)? (" " claim)?',
            'claim ::= text " "? marker (" "? marker)? "."?',
            r"text ::= [^\[\]\n]+",
            'marker ::= "[" number "]"',
            f"number ::= {choices}",
        )
    )
