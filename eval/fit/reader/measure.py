"""What the reader reaches on development examples.

    python -m eval.fit.reader.measure --work FOLDER [--state state.pt]

Given the passage that answers: F1 of the span, and whether its sentence holds the gold. Telling
that passage from the hardest others: AUC, and how many of them pass where a tenth is declined.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from eval.fit.reader.examples import Example, read
from eval.fit.reader.training import attended, row_of, tensors
from eval.metrics.statistics import bootstrap
from eval.metrics.words import f1
from rag.config import Settings
from rag.models.cross_encoder import CrossEncoder
from rag.models.e5 import read_tensors
from rag.models.framing import frame
from rag.models.protocols import Marks
from rag.models.tokens import Tokens
from rag.reading.spans import best_spans, shares
from rag.text.sentences import split_sentences

_DECLINED = 0.1


def marks_of(model: CrossEncoder, tokens: Tokens, examples: Sequence[Example]) -> list[Marks]:
    """The marks of each example's passage."""
    framed = [frame(tokens, one.question, one.heading, one.passage) for one in examples]
    order = sorted(range(len(framed)), key=lambda i: len(framed[i].ids))
    found: list[Marks | None] = [None] * len(framed)
    for at in range(0, len(order), 16):
        places = order[at : at + 16]
        rows = [row_of(tokens, Example("", e.question, e.heading, e.passage))
                for e in (examples[i] for i in places)]  # fmt: skip
        batch = tensors([row for row in rows if row])
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            starts, ends, answers = model(batch["ids"], attended(batch["mask"]))
        for row, i in enumerate(places):
            inside = slice(framed[i].first, framed[i].first + len(framed[i].offsets))
            found[i] = Marks(
                float(answers[row].float()),
                framed[i].offsets,
                torch.log_softmax(starts[row, inside].float(), -1).numpy(),
                torch.log_softmax(ends[row, inside].float(), -1).numpy(),
            )
    return [marks for marks in found if marks]


def _passing(scores: NDArray[np.float64], answering: NDArray[np.bool_]) -> float:
    """The share of what does not answer that passes where a tenth of what does is declined."""
    return float(np.mean(scores[~answering] >= np.quantile(scores[answering], _DECLINED)))


def report(name: str, examples: Sequence[Example], marks: Sequence[Marks]) -> None:
    """Print a line for one set."""
    scores = np.asarray([one.answers for one in marks])
    answering = np.asarray([bool(one.spans) for one in examples])
    values, held = [], []
    for example, one in zip(examples, marks, strict=True):
        if not example.spans:
            continue
        golds = [span.of(example.passage) for span in example.spans]
        sentences = split_sentences(example.passage)
        (best,) = best_spans(one, sentences)
        values.append(f1(best.span.of(example.passage), golds))
        first = sentences[int(np.argmax(shares(one, sentences)))]
        held.append(any(s.start < first.end and first.start < s.end for s in example.spans))
    mean = bootstrap(values)
    auc = roc_auc_score(answering, scores) if not answering.all() else float("nan")
    print(
        f"{name:<28} F1 {mean.mean:.3f} ({mean.low:.3f}-{mean.high:.3f})"
        f"  sentence {np.mean(held):.3f}  AUC {auc:.3f}"
        f"  pass {_passing(scores, answering):.2f}"
        f"  above 0: {np.mean(scores[answering] > 0):.2f} {np.mean(scores[~answering] > 0):.2f}",
        flush=True,
    )


def main() -> int:
    """Print the figures of every file ``dev-*.jsonl``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--state", default="state.pt")
    parser.add_argument("--most", type=int, default=100_000, help="examples of a set")
    args = parser.parse_args()
    home = Settings.from_environment().home / "weights"
    tokens = Tokens.open(home / "multilingual-e5-small-tokenizer.json", 512)
    model = CrossEncoder(*read_tensors(home / "e5-small-q4.bin"))
    state = torch.load(args.work / args.state, weights_only=True)
    model.load_own(state["model"])
    model.eval()
    for path in sorted(args.work.glob("dev-*.jsonl")):
        every = read(path)
        for origin in sorted({one.origin for one in every}):
            chosen = [one for one in every if one.origin == origin][: args.most]
            report(origin, chosen, marks_of(model, tokens, chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
