"""Answer quality: every question asked as a user would, and once more with its passage taken away.

``musnad eval answers`` prints, for a fixed random sample: whether the answer's words and its quotes
hold the gold answer, whether quotes are exact, how often a question is declined wrongly or
answered without its passage, and the seconds a reader waits. The peer is LlamaIndex's
``CitationQueryEngine`` with the same model and encoder.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.data import Question, QuestionSet, read_squad
from eval.metrics import Interval, bootstrap, contains, f1, words_of
from eval.retrieval import index_set
from eval.run import quantiles, work_folder
from rag.answering.engine import Answerer, Done
from rag.answering.several import Searched, search_parts
from rag.config import Settings
from rag.console import StageReport
from rag.library import Library
from rag.models.progress import TqdmProgress
from rag.retrieval.query import prepare
from rag.retrieval.search import Searcher
from rag.types import Answer

_SEED = 60
Ask = Callable[[Question, bool], Answer]


@dataclass(frozen=True)
class Reply:
    """What came of one question; ``text`` without markers, ``quotes`` as ``(article, words)``.

    ``exact`` holds whether each quote stands in its article at its offsets; ``seconds`` are those
    to the instant answer, the first generated word and the whole answer, where there is one.
    """

    question: Question
    answered: bool
    text: str
    quotes: tuple[tuple[str, str], ...]
    exact: bool
    on_gold: tuple[bool, ...]
    seconds: Mapping[str, float]


def sample(questions: QuestionSet, size: int, seed: int = _SEED) -> list[Question]:
    """A fixed random ``size`` of the questions; of parallel sets, the same ones."""
    order = np.random.default_rng(seed).permutation(len(questions.questions))
    return [questions.questions[place] for place in sorted(order[:size].tolist())]


class Asker:
    """Asks one library, with or without the passage that holds the answer."""

    def __init__(self, library: Library) -> None:
        """Ask ``library``, whose articles are the passages of a question set."""
        self._library = library
        self._encoders = library.encoders()
        self._searcher = Searcher(library.index(), self._encoders[1])
        self._generator = library.generator()
        index = library.index()
        ids = np.asarray([article.id for article in index.articles])
        self._owners = ids[index.chunks.chunks[:, 0]]

    def ask(self, question: Question, without_gold: bool = False) -> Answer:
        """The answer; ``without_gold`` hides the passage that holds it."""
        library = self._library
        started = time.perf_counter()

        def search(text: str) -> Searched:
            query = prepare(text, *self._encoders)
            pool = self._searcher.candidates(query)
            if without_gold:
                pool = pool.keep(self._owners[pool.rows] != question.gold)
            return query, self._searcher.rank(query, pool, library.settings.passages)

        query, found = search(question.text)
        parts = search_parts(query.text, search)
        answerer = Answerer(library.index(), self._encoders, self._generator, library.settings)
        for event in answerer.stream(query, found, started, parts=parts):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("the stream of events ends with Done")

    def reply(self, question: Question) -> Reply:
        """The answer as the metrics need it."""
        answer = self.ask(question)
        cited = list(dict.fromkeys(c for claim in answer.claims for c in claim.citations))
        texts = {c.article.id: self._library.article(c.article.id).text for c in cited}
        return Reply(
            question=question,
            answered=answer.answered,
            text=" ".join(claim.text for claim in answer.claims),
            quotes=tuple((c.article.id, c.quote) for c in cited),
            exact=all(texts[c.article.id][c.start : c.end] == c.quote for c in cited),
            on_gold=tuple(
                c.article.id == question.gold
                and any(c.start < span.end and span.start < c.end for span in question.spans)
                for c in cited
            ),
            seconds=answer.timings,
        )


def golds_in_passage(question: Question, passages: Mapping[str, str]) -> list[str]:
    """The gold answers as the passage words them."""
    return [span.of(passages[question.gold]) for span in question.spans]


def holds_gold(reply: Reply, passages: Mapping[str, str]) -> bool:
    """Whether a quote holds the gold answer, as the passage words it."""
    golds = golds_in_passage(reply.question, passages)
    return any(contains(quote, golds) for _, quote in reply.quotes)


def says_gold(reply: Reply, passages: Mapping[str, str]) -> bool:
    """Whether the answer holds the gold answer, in the question's language or the passage's."""
    golds = (*reply.question.answers, *golds_in_passage(reply.question, passages))
    return contains(reply.text, golds)


def measure(replies: Sequence[Reply], passages: Mapping[str, str]) -> dict[str, Interval]:
    """Means with their intervals, over all the questions (each of them answerable).

    Citation recall is the share of questions whose gold span some quote touches, precision the
    share of quotes that touch it: ALCE's measures (Gao et al. 2023,
    https://arxiv.org/abs/2305.14627) with gold spans in place of an entailment model.
    """
    answered = [reply for reply in replies if reply.answered]
    return {
        "gold in quote": bootstrap([float(holds_gold(r, passages)) for r in replies]),
        "gold in answer": bootstrap([float(contains(r.text, r.question.answers)) for r in replies]),
        "in either language": bootstrap([float(says_gold(r, passages)) for r in replies]),
        "answer F1": bootstrap([f1(r.text, r.question.answers) for r in replies]),
        "answer words": bootstrap([float(len(words_of(r.text))) for r in answered]),
        "quotes exact": bootstrap([float(r.exact) for r in answered]),
        "citation recall": bootstrap([float(any(r.on_gold)) for r in replies]),
        "citation precision": bootstrap([float(hit) for r in answered for hit in r.on_gold]),
        "declined wrongly": bootstrap([float(not r.answered) for r in replies]),
    }


def waits(replies: Sequence[Reply]) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile, in seconds, of each stage that some reply reached."""
    stages = ("quoted", "first_word", "total")
    seconds = {s: [r.seconds[s] for r in replies if s in r.seconds] for s in stages}
    return {
        stage: (quantiles(values)[0] / 1000, quantiles(values)[1] / 1000)
        for stage, values in seconds.items()
        if values
    }


def run_answers(args: argparse.Namespace) -> int:
    """``musnad eval answers``."""
    questions = read_squad(args.squad, args.questions_lang)
    asked = sample(questions, args.sample, args.seed)
    settings = dataclasses.replace(Settings.from_environment(), llm=args.llm)
    with work_folder(args.work) as work:
        library = Library(work / "answers", settings, progress=TqdmProgress())
        index_set(library, questions)
        asker = Asker(library)
        report = StageReport()
        replies = []
        for done, question in enumerate(asked, start=1):
            replies.append(asker.reply(question))
            report("questions", done, len(asked))
        anyway = []
        for done, question in enumerate(asked, start=1):
            anyway.append(float(asker.ask(question, without_gold=True).answered))
            report("without their passage", done, len(asked))
        systems = {"musnad": (replies, bootstrap(anyway))}
        if args.peer:
            from eval.peer import peer_replies

            generator = library.generator()
            assert generator is not None
            systems["LlamaIndex peer"] = peer_replies(settings, generator, questions, asked, report)
    record: dict[str, Any] = {"set": questions.name, "questions": len(asked), "seed": args.seed}
    for name, (found, answered) in systems.items():
        table = {**measure(found, questions.passages), "answered without": answered}
        times = waits(found)
        print_answers(f"{questions.name}, {len(asked)} questions: {name}", table, times)
        record[name] = {
            "metrics": {key: [i.mean, i.low, i.high] for key, i in table.items()},
            "seconds": times,
            "replies": [_plain(reply, questions.passages) for reply in found],
        }
    if args.json:
        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        args.json.write_text(text, encoding="utf-8")
    return 0


def print_answers(
    title: str, table: Mapping[str, Interval], times: Mapping[str, tuple[float, float]]
) -> None:
    """One line a metric, with its 95 % interval; then the waits."""
    print(title)
    for name, value in table.items():
        print(f"  {name:<22}{value.mean:>8.3f}   {value.low:.3f}-{value.high:.3f}")
    for stage, (p50, p95) in times.items():
        print(f"  {stage + ' s, p50 / p95':<22}{p50:>8.2f} / {p95:.2f}")


def _plain(reply: Reply, passages: Mapping[str, str]) -> dict[str, Any]:
    question = reply.question
    return {
        "question": question.text,
        "gold": list(question.answers),
        "answered": reply.answered,
        "text": reply.text,
        "quotes": [list(quote) for quote in reply.quotes],
        "gold in quote": holds_gold(reply, passages),
        "gold in answer": contains(reply.text, question.answers),
        "seconds": dict(reply.seconds),
    }
