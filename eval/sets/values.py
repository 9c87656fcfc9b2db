"""One kind of question, and the set that it belongs to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eval.metrics.citations import Cited
from rag.errors import CorpusError

LANGUAGES = ("ar", "en")


@dataclass(frozen=True)
class Item:
    """One question in one language; ``id`` is the same for its translation.

    ``answers`` are short answers in the question's language, ``otherwise`` in others. ``groups``
    are the facts needed, each with the alternative spans that state it; without any, the articles
    do not answer. ``relevant`` are graded judgements of whole articles: retrieval is then measured
    by articles. Questions of one ``source`` must not be split by cross-validation.
    """

    id: str
    language: str
    type: str
    text: str
    answers: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    groups: tuple[tuple[Cited, ...], ...] = ()
    relevant: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    @property
    def key(self) -> str:
        """Names this question in this language."""
        return f"{self.id}/{self.language}"

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the question or its gold does."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def answerable(self) -> bool:
        """Whether the articles answer it."""
        return bool(self.groups or self.relevant)

    @property
    def spans(self) -> tuple[Cited, ...]:
        """All gold spans."""
        return tuple(span for group in self.groups for span in group)

    @property
    def gold(self) -> frozenset[str]:
        """Ids of the articles that hold gold."""
        return frozenset({span.article for span in self.spans} | set(self.relevant))


@dataclass(frozen=True)
class EvaluationSet:
    """Questions, and the corpus: ``paths`` to ingest, and ``documents`` as JSON objects.

    ``judged`` says what gold there is: ``spans`` (answers can be measured) or ``articles``
    (retrieval alone).
    """

    name: str
    items: tuple[Item, ...]
    paths: tuple[Path, ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()
    judged: str = "spans"

    @property
    def fingerprint(self) -> str:
        """Changes exactly when a question or its gold does."""
        return hashlib.sha256("".join(i.fingerprint for i in self.items).encode()).hexdigest()[:16]

    def choose(self, questions: int) -> EvaluationSet:
        """A fixed choice of so many questions, each type in proportion, in all its languages.

        Which ones depends on their ids alone. Types take turns by the largest share still owed to
        them, so that a small choice holds as many types as it can.
        """
        kinds = {item.id: item.type for item in self.items}
        waiting: dict[str, list[str]] = {}
        for name in sorted(kinds, key=lambda n: hashlib.sha256(n.encode()).digest()):
            waiting.setdefault(kinds[name], []).append(name)
        sizes = {kind: len(names) for kind, names in waiting.items()}
        taken: dict[str, int] = dict.fromkeys(sizes, 0)
        for _ in range(min(questions, len(kinds))):
            # Sainte-Laguë's divisors: proportional, and kind to small types.
            kind = max(
                (kind for kind in sizes if taken[kind] < sizes[kind]),
                key=lambda kind: (sizes[kind] / (2 * taken[kind] + 1), kind),
            )
            taken[kind] += 1
        chosen = {name for kind, names in waiting.items() for name in names[: taken[kind]]}
        return replace(self, items=tuple(item for item in self.items if item.id in chosen))

    def in_language(self, language: str) -> EvaluationSet:
        """Only the questions in ``language``.

        Raises:
            CorpusError: there are none.
        """
        items = tuple(item for item in self.items if item.language == language)
        if not items:
            raise CorpusError(f"{self.name}: no questions in language {language!r}")
        return replace(self, items=items)
