"""Trains the reader on the examples in a folder, and goes on where it was stopped.

    nice python -m eval.fit.reader.training --work FOLDER [--tokens 8000000] [--further] [--write]

Examples that answer teach the span and that there is one; the others only that there is none. The
embeddings and the lowest layers stay the passage encoder's. After every few minutes the state is
written to ``FOLDER/state.pt``; a run that finds one continues it, with whatever examples there are.
A new one begins with the encoder or, ``further``, with the weights in force.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from eval.fit.reader.examples import Example, read
from rag.config import Settings
from rag.models.cross_encoder import CrossEncoder
from rag.models.e5 import read_tensors
from rag.models.framing import frame
from rag.models.quantised import pack, unpack
from rag.models.reader import WEIGHTS
from rag.models.tokens import Tokens

# What is seen of the examples that answer, and that do not, in each epoch, by the first word of
# their set's name; of questions without an answer all is seen.
SHARES = {"written": (1.0, 0.25), "xquad": (1.0, 0.5), "arcd": (1.0, 0.5), "tydi": (0.7, 0.2)}
# Of the layers; the heads, which begin at random, learn faster.
RATE, HEADS, DECAY, WARM = 1e-4, 5.0, 0.01, 0.02
TOKENS_PER_BATCH = 3584
WIDTHS = (96, 128, 160, 192, 224, 256, 320, 384, 512)
_SAVED_SECONDS = 180
# Added to a logit that must not count.
_UNSEEN = -1e4


class Row(NamedTuple):
    """An example as tokens: ``starts`` and ``ends`` are places of its answers in ``ids``, and the
    passage's own tokens stand from ``first`` on.
    """

    ids: list[int]
    first: int
    starts: list[int]
    ends: list[int]
    answers: bool


def row_of(tokens: Tokens, example: Example) -> Row | None:
    """``None`` where the passage was cut before its answer."""
    framed = frame(tokens, example.question, example.heading, example.passage)
    starts, ends = [], []
    for span in example.spans:
        inside = [
            framed.first + place
            for place, token in enumerate(framed.offsets)
            if token.start < span.end and span.start < token.end
        ]
        if inside:
            starts.append(inside[0])
            ends.append(inside[-1])
    if example.spans and not starts:
        return None
    return Row(framed.ids, framed.first, starts, ends, bool(example.spans))


def epoch(examples: Sequence[Example], seed: int) -> list[Example]:
    """A shuffled choice of the examples, as :data:`SHARES` says."""
    rng = random.Random(seed)
    chosen = [one for one in examples if rng.random() < _share(one)]
    rng.shuffle(chosen)
    return chosen


def _share(example: Example) -> float:
    name = example.origin.split()[0]
    of_all = name.endswith("-none")
    return 1.0 if of_all else SHARES[name.partition("-")[0]][not example.spans]


def batches(tokens: Tokens, examples: Sequence[Example], rng: random.Random) -> Iterator[list[Row]]:
    """Rows of like width: few different shapes, or memory grows."""
    waiting: dict[int, list[Row]] = {width: [] for width in WIDTHS}
    for example in examples:
        row = row_of(tokens, example)
        if row is None:
            continue
        width = next(w for w in WIDTHS if len(row.ids) <= w)
        waiting[width].append(row)
        if len(waiting[width]) == TOKENS_PER_BATCH // width:
            yield waiting[width]
            waiting[width] = []
    yield from (rows for rows in rng.sample(list(waiting.values()), len(WIDTHS)) if rows)


def tensors(rows: Sequence[Row]) -> dict[str, torch.Tensor]:
    """The rows padded to a width, with masks of tokens, of passages, of starts and of ends."""
    width = next(w for w in WIDTHS if max(len(row.ids) for row in rows) <= w)
    made = {
        name: torch.zeros(len(rows), width, dtype=torch.long)
        for name in ("ids", "mask", "passage", "starts", "ends")
    }
    for i, row in enumerate(rows):
        made["ids"][i, : len(row.ids)] = torch.tensor(row.ids)
        made["mask"][i, : len(row.ids)] = 1
        made["passage"][i, row.first : len(row.ids) - 1] = 1
        made["starts"][i, row.starts] = 1
        made["ends"][i, row.ends] = 1
    made["answers"] = torch.tensor([float(row.answers) for row in rows])
    return made


def attended(mask: torch.Tensor) -> torch.Tensor:
    """What is added to attention's logits for a mask ``(n, length)``: of the type they have, or
    attention would be computed in a wider one, in twice the time.
    """
    return torch.where(mask > 0, 0.0, _UNSEEN).to(torch.bfloat16)[:, None, None]


def losses(
    model: CrossEncoder, batch: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropies: of where spans start and end, all of them being equally right; and of
    whether the passage answers.
    """
    with torch.autocast("cpu", torch.bfloat16):
        starts, ends, answers = model(batch["ids"], attended(batch["mask"]))
    answering = batch["answers"] > 0
    span = torch.zeros(())
    for logits, gold in ((starts, batch["starts"]), (ends, batch["ends"])):
        chances = logits.float().masked_fill(batch["passage"] == 0, _UNSEEN).log_softmax(-1)
        span = span - ((chances * gold).sum(-1) / gold.sum(-1).clamp(min=1)).sum() / 2
    span = span / max(1, int(answering.sum()))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(answers.float(), batch["answers"])
    return span, loss


class Training:
    """The network, its optimizer, and how far they are."""

    def __init__(self, work: Path, total: int, home: Path, *, further: bool = False) -> None:
        """Continue from ``work``, or begin; ``total`` tokens are to be seen."""
        shape, encoder = read_tensors(home / "weights" / "e5-small-q4.bin")
        self.model = CrossEncoder(shape, encoder)
        heads = [*self.model.span.parameters(), *self.model.answers.parameters()]
        layers = [p for p in self.model.bert.parameters() if p.requires_grad]
        groups = [{"params": layers, "times": 1.0}, {"params": heads, "times": HEADS}]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, weight_decay=DECAY)
        self.path, self.total = work / "state.pt", total
        self.seen = self.epoch = 0
        if self.path.exists():
            state: dict[str, Any] = torch.load(self.path, weights_only=True)
            self.model.load_own(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.seen, self.epoch = state["seen"], state["epoch"]
        elif further:
            in_force = {name: torch.from_numpy(w) for name, w in unpack(WEIGHTS).items()}
            self.model.load_own(in_force)

    def save(self) -> None:
        """Keep the state, in one step."""
        state = {
            "model": self.model.own(),
            "optimizer": self.optimizer.state_dict(),
            "seen": self.seen,
            "epoch": self.epoch,
        }
        torch.save(state, self.path.with_suffix(".new"))
        self.path.with_suffix(".new").replace(self.path)

    def step(self, rows: Sequence[Row]) -> tuple[float, float]:
        """Learn from some rows; both losses."""
        done = self.seen / self.total
        rate = RATE * min(done / WARM if done < WARM else 1.0, (1 - done) / (1 - WARM))
        for group in self.optimizer.param_groups:
            group["lr"] = max(rate, RATE / 1000) * group["times"]
        batch = tensors(rows)
        span, answers = losses(self.model, batch)
        torch.autograd.backward(span + answers)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.seen += int(batch["ids"].numel())
        return float(span.detach()), float(answers.detach())


def main() -> int:
    """Train until so many tokens have been seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="examples and state are here")
    parser.add_argument("--tokens", type=int, default=8_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--further", action="store_true", help="begin with the weights in force")
    parser.add_argument("--write", action="store_true", help="put what was learned in force")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    home = Settings.from_environment().home
    tokens = Tokens.open(home / "weights" / "multilingual-e5-small-tokenizer.json", 512)
    training = Training(args.work, args.tokens, home, further=args.further)
    # Without dropout: each example is seen once or twice, and drawing it takes a third of the time.
    training.model.eval()
    examples = [one for path in sorted(args.work.glob("examples-*.jsonl")) for one in read(path)]
    print(f"{len(examples)} examples; {training.seen} tokens seen", flush=True)
    saved, sums, count = time.monotonic(), [0.0, 0.0], 0
    while training.seen < training.total:
        training.epoch += 1
        rng = random.Random(training.epoch)
        for rows in batches(tokens, epoch(examples, training.epoch), rng):
            found = training.step(rows)
            sums, count = [a + b for a, b in zip(sums, found, strict=True)], count + 1
            if count == 25:
                span, answers = (value / count for value in sums)
                print(
                    f"epoch {training.epoch}, {training.seen / training.total:.1%}:"
                    f" span {span:.3f}, answers {answers:.3f}",
                    flush=True,
                )
                sums, count = [0.0, 0.0], 0
            if time.monotonic() - saved > _SAVED_SECONDS:
                training.save()
                saved = time.monotonic()
            if training.seen >= training.total:
                break
    training.save()
    if args.write:
        pack({name: p.numpy() for name, p in training.model.own().items()}, WEIGHTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
