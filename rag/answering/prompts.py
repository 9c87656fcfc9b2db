"""Every word said to the language model or in an answer, the model's sentinel and its grammars.

Shared by prompt, parser and tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rag.models.protocols import Message
from rag.reading.evidence import Evidence
from rag.reading.hostile import plain

NOT_FOUND = "NOT FOUND"

# The number comes first, so that the excerpt is chosen before anything is written about it, and
# examples show the form; eval/NOTES.md has what else was tried.
_SYSTEM = {
    "ar": (
        "تجيب عن الأسئلة من مقتطفات مرقّمة. اكتب رقم المقتطف الذي فيه الجواب مثل [1]، ثم جملة واحدة"
        " قصيرة بالعربية تجيب عن السؤال بكلمات ذلك المقتطف. إن لم يكن الجواب في أي مقتطف فاكتب فقط:"
        f" {NOT_FOUND}"
    ),
    "en": (
        "You answer questions from numbered excerpts. Write the number of the excerpt that holds"
        " the answer, like [1], then one short English sentence that answers the question with the"
        f" facts of that excerpt. If no excerpt holds the answer, write only: {NOT_FOUND}"
    ),
}
REPLY_LANGUAGES = tuple(_SYSTEM)
_MUSEUM = (
    "يشرف البنك المركزي على المصارف التجارية في البلاد.",
    "افتتح المتحف الوطني للفنون معرضا للرسام الإيطالي كارافاجيو.",
)
# Excerpts, and a question with its reply in each language. Said before every question in the same
# words, they are read once and then cached.
_EXAMPLES = (
    (
        (
            "(2019-05-02) وصل وزير الطاقة كمال درويش إلى مدينة أضنة أمس.",
            "(2019-05-02) وقال إن بناء السد سيكلف نحو 300 مليون دولار ويستغرق خمس سنوات.",
        ),
        {
            "ar": ("كم سيستغرق بناء السد؟", "[2] سيستغرق بناء السد خمس سنوات."),
            "en": (
                "How long will it take to build the dam?",
                "[2] Building the dam will take five years.",
            ),
        },
    ),
    (
        _MUSEUM,
        {
            "ar": (
                "من الرسام الذي يعرض المتحف أعماله؟",
                "[2] يعرض المتحف أعمال الرسام الإيطالي كارافاجيو.",
            ),
            "en": (
                "Which painter's works does the museum show?",
                "[2] The museum shows works of the Italian painter Caravaggio.",
            ),
        },
    ),
    (
        _MUSEUM,
        {
            "ar": ("من أسس البنك المركزي؟", NOT_FOUND),
            "en": ("Who founded the central bank?", NOT_FOUND),
        },
    ),
)
_LABELS = {"ar": ("المقتطفات", "السؤال"), "en": ("Excerpts", "Question")}

Phrase = Literal["declined", "see_also", "another"]

_PHRASES: dict[Phrase, dict[str, str]] = {
    "declined": {
        "ar": "لا تجيب المقالات المتاحة عن هذا السؤال.",
        "en": "The articles do not answer this question.",
    },
    # Before a quotation nearly as likely to answer as the one before it.
    "see_also": {"ar": "انظر أيضا:", "en": "See also:"},
    # Before a date and what an article says that another one, cited before it, says differently.
    "another": {"ar": "ويذكر مقال آخر", "en": "Another article says"},
}


def reply_language(language: str) -> str:
    """The language to reply in: the question's where there is a prompt for it, else English."""
    return language if language in _SYSTEM else "en"


def phrase(name: Phrase, language: str) -> str:
    """The phrase in ``language``, or in English where it is not said in that."""
    return _PHRASES[name][reply_language(language)]


def build_messages(question: str, language: str, evidence: Sequence[Evidence]) -> list[Message]:
    """The conversation that asks for an answer, after three examples of one."""
    reply = reply_language(language)
    examples = [(_user(reply, read, said[reply][0]), said[reply][1]) for read, said in _EXAMPLES]
    return _conversation(
        _SYSTEM[reply], examples, _user(reply, list(map(_excerpt, evidence)), question)
    )


def _conversation(system: str, examples: Sequence[tuple[str, str]], asked: str) -> list[Message]:
    said = [("system", system)]
    for user, assistant in examples:
        said += [("user", user), ("assistant", assistant)]
    return [{"role": role, "content": content} for role, content in (*said, ("user", asked))]


def _user(reply: str, excerpts: Sequence[str], question: str) -> str:
    label, asked = _LABELS[reply]
    numbered = "\n".join(f"[{n}] {text}" for n, text in enumerate(excerpts, start=1))
    return f"{label}:\n{numbered}\n\n{asked}: {question}"


def _excerpt(item: Evidence) -> str:
    """The sentence after its article's date, as bare words that cannot pose as anything else."""
    text = plain(item.statement)
    return f"({item.article.date}) {text}" if item.article.date else text


def answer_grammar(numbers: int) -> str:
    """GBNF for a marker between 1 and ``numbers`` and a sentence, or the sentinel alone."""
    choices = " | ".join(f'"{n}"' for n in range(1, numbers + 1))
    return "\n".join(
        (
            f'root ::= "{NOT_FOUND}" | claim',
            'claim ::= "[" number "] " text',
            r"text ::= [^\[\]\n]+",
            f"number ::= {choices}",
        )
    )
