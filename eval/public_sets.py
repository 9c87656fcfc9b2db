"""Anybody's data as an evaluation set: SQuAD's and BEIR's layouts."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from eval.data import Question, read_squad
from eval.metrics.citations import Cited
from eval.sets import EvaluationSet, Item, read_rows
from rag.errors import CorpusError
from rag.text.language import detect_language


def squad_set(files: Sequence[Path], language: str | None = None) -> EvaluationSet:
    """Passages of the first file; questions of all the files, which must be parallel.

    A question without answers, as SQuAD 2.0 has them, is one to decline. With ``language`` only
    the questions in it are asked.

    Raises:
        CorpusError: a file is not in SQuAD's layout, the files are not parallel, or none has
            questions in ``language``.
    """
    items: list[Item] = []
    documents: dict[str, str] = {}
    for file in files:
        try:
            # The first file again gives the passages; the last one the questions.
            found = read_squad([files[0]] if file == files[0] else [files[0], file], _asked(file))
        except ValueError as error:
            raise CorpusError(f"{file}: not parallel to {files[0]}") from error
        documents |= found.passages
        items += [_item(n, q, found.passages, files[0]) for n, q in enumerate(found.questions, 1)]
    rows = tuple({"id": name, "text": text} for name, text in documents.items())
    whole = EvaluationSet(files[0].stem, _distinct(items), documents=rows)
    return whole if language is None else whole.in_language(language)


def _asked(file: Path) -> str:
    questions = read_squad([file]).questions
    if not questions:
        raise CorpusError(f"{file}: no questions")
    return detect_language(" ".join(question.text for question in questions[:20]))


def _item(number: int, question: Question, passages: dict[str, str], file: Path) -> Item:
    spans = tuple(Cited(question.gold, span.start, span.end) for span in question.spans)
    passage = passages[question.gold]
    return Item(
        id=f"{file.stem}-{number:05}",
        language=detect_language(question.text),
        type="squad" if spans else "squad, no answer",
        text=question.text,
        answers=question.answers,
        otherwise=tuple(span.of(passage) for span in question.spans),
        groups=(spans,) if spans else (),
    )


def _distinct(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, without a second one of a key: a question whose language is not its file's."""
    return tuple({item.key: item for item in reversed(items)}.values())[::-1]


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
    documents = []
    for place, row in read_rows(folder / "corpus.jsonl"):
        words = row.get("text") or row.get("title")
        if "_id" not in row or not isinstance(words, str):
            raise CorpusError(f'{place}: expected "_id" and "text"')
        titled = {"title": row["title"]} if row.get("text") and row.get("title") else {}
        documents.append({"id": str(row["_id"]), "text": words, **titled})
    items = []
    for place, row in read_rows(folder / "queries.jsonl"):
        if "_id" not in row or not isinstance(row.get("text"), str):
            raise CorpusError(f'{place}: expected "_id" and "text"')
        name, text = str(row["_id"]), row["text"]
        if judged.get(name) and any(character.isalnum() for character in text):
            language = detect_language(text)
            items.append(Item(name, language, "beir", text, relevant=judged[name]))
    if not items:
        raise CorpusError(f"{folder}: no query has a relevance judgement")
    return EvaluationSet(folder.name, tuple(items), documents=tuple(documents), judged="articles")


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
