"""Anybody's data as an evaluation set: SQuAD's and BEIR's layouts, and parallel sentences."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.metrics.citations import Cited
from eval.sets.values import EvaluationSet, Item
from rag.batch import read_rows
from rag.errors import CorpusError
from rag.text.language import detect_language
from rag.types import Span

# Neighbouring sentences of a parallel corpus come from one document.
_NEIGHBOURS = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of a SQuAD file, its passage and where its answers stand in it."""

    article: int
    context: str
    question: str
    answers: tuple[str, ...]
    spans: tuple[Span, ...]


def squad_set(files: Sequence[Path], language: str | None = None) -> EvaluationSet:
    """Passages of the first file; questions of all the files, which must be parallel.

    Equal passages count as one. A question without answers, as SQuAD 2.0 has them, is one to
    decline. With ``language`` only the questions in it are asked.

    Raises:
        CorpusError: a file is not in SQuAD's layout, the files are not parallel, or none has
            questions in ``language``.
    """
    first, *others = (_read_squad(file) for file in files)
    names: dict[str, str] = {}
    for here in first:
        names.setdefault(here.context, f"p{len(names)}")
    items: dict[str, Item] = {}
    for file, asked in zip(files, (first, *others), strict=True):
        if len(asked) != len(first):
            raise CorpusError(f"{file}: not parallel to {files[0]}")
        for number, (here, there) in enumerate(zip(first, asked, strict=True), start=1):
            item = _squad_item(f"{files[0].stem}-{number:05}", names[here.context], here, there)
            # A question whose language is not its file's may stand twice.
            items.setdefault(item.key, item)
    rows = tuple({"id": name, "text": text} for text, name in names.items())
    whole = EvaluationSet(files[0].stem, tuple(items.values()), documents=rows)
    return whole if language is None else whole.in_language(language)


def _squad_item(name: str, passage: str, here: _Asked, there: _Asked) -> Item:
    spans = tuple(Cited(passage, span.start, span.end) for span in here.spans)
    return Item(
        id=name,
        language=detect_language(there.question),
        type="squad" if spans else "squad, no answer",
        text=there.question,
        answers=there.answers,
        otherwise=tuple(span.of(here.context) for span in here.spans),
        groups=(spans,) if spans else (),
        relevant={passage: 1.0} if spans else {},
        source=str(here.article),
    )


def _read_squad(file: Path) -> list[_Asked]:
    try:
        data: Any = json.loads(file.read_text(encoding="utf-8"))
        asked = [
            _asked(article, paragraph["context"], qa)
            for article, whole in enumerate(data["data"])
            for paragraph in whole["paragraphs"]
            for qa in paragraph["qas"]
        ]
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{file}: not in SQuAD's layout ({error!r})") from error
    if not asked:
        raise CorpusError(f"{file}: no questions")
    return asked


def _asked(article: int, context: str, qa: dict[str, Any]) -> _Asked:
    cut = len(context) - len(context.lstrip())
    answers = tuple(answer["text"] for answer in qa["answers"])
    starts = [answer["answer_start"] - cut for answer in qa["answers"]]
    spans = tuple(Span(s, s + len(text)) for s, text in zip(starts, answers, strict=True))
    return _Asked(article, context.strip(), qa["question"].strip(), answers, spans)


def read_table(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a table whose first line names its columns, by tabs, nothing in quotes."""
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def read_parallel(path: Path) -> dict[str, list[str]]:
    """English and Arabic sentences of a tab-separated file: a header line, then id, en, ar.

    Raises:
        CorpusError: it cannot be read, or a line has fewer columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
        return {"en": [row[1] for row in rows], "ar": [row[2] for row in rows]}
    except (OSError, UnicodeDecodeError, IndexError) as error:
        raise CorpusError(f"{path}: expected lines of id, English, Arabic ({error})") from error


def parallel_set(path: Path) -> EvaluationSet:
    """Each English sentence asks for its Arabic translation among all of them.

    Raises:
        CorpusError: as :func:`read_parallel`.
    """
    sentences = read_parallel(path)
    items = tuple(
        Item(f"s{n}", "en", "parallel", text, relevant={f"s{n}": 1.0}, source=str(n // _NEIGHBOURS))
        for n, text in enumerate(sentences["en"])
    )
    rows = tuple({"id": f"s{n}", "text": text} for n, text in enumerate(sentences["ar"]))
    return EvaluationSet(path.stem, items, documents=rows, judged="articles")


def beir_set(folder: Path) -> EvaluationSet:
    """``corpus.jsonl``, ``queries.jsonl`` and ``qrels/*.tsv``; queries without judgements are left
    out. ``test.tsv`` is taken where there are several.

    Raises:
        CorpusError: a file is missing or not in the layout.
    """
    qrels = sorted((folder / "qrels").glob("*.tsv"))
    if not qrels:
        raise CorpusError(f"{folder / 'qrels'}: no .tsv file of relevance judgements")
    judged = _read_qrels(next((file for file in qrels if file.stem == "test"), qrels[0]))
    documents = tuple(_beir_documents(folder / "corpus.jsonl"))
    items = []
    for place, row in read_rows(folder / "queries.jsonl"):
        if "_id" not in row or not isinstance(row.get("text"), str):
            raise CorpusError(f'{place}: expected "_id" and "text"')
        name, text = str(row["_id"]), row["text"]
        if judged.get(name) and any(character.isalnum() for character in text):
            language = detect_language(text)
            items.append(Item(name, language, "beir", text, relevant=judged[name], source=name))
    if not items:
        raise CorpusError(f"{folder}: no query has a relevance judgement")
    return EvaluationSet(folder.name, tuple(items), documents=documents, judged="articles")


def _beir_documents(file: Path) -> Iterator[dict[str, Any]]:
    for place, row in read_rows(file):
        words = row.get("text") or row.get("title")
        if "_id" not in row or not isinstance(words, str):
            raise CorpusError(f'{place}: expected "_id" and "text"')
        titled = {"title": row["title"]} if row.get("text") and row.get("title") else {}
        yield {"id": str(row["_id"]), "text": words, **titled}


def _read_qrels(file: Path) -> dict[str, dict[str, float]]:
    """Judged gains above 0, by query and document."""
    judged: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        for number, row in enumerate(rows, start=1):
            if number == 1 and row and not row[-1].strip().isdigit():
                continue
            try:
                query, document, gain = row[0], row[-2], float(row[-1])
            except (IndexError, ValueError) as error:
                raise CorpusError(
                    f"{file}:{number}: expected query-id, corpus-id, score"
                ) from error
            if gain > 0:
                judged.setdefault(query, {})[document] = gain
    return judged
