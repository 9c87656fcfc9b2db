"""Trains the translator that weighs English renderings, and goes on where it was stopped.

    nice python -m eval.fit.translator.training DATA --work FOLDER [--further] [--write]

What the passage encoder makes of each Arabic text is computed once; after every epoch the state is
written to ``FOLDER/state.pt``. A run that finds one continues it; a new one begins with untrained
weights or, ``further``, with those in force and their pieces of words.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn.attention import SDPBackend, sdpa_kernel

from eval.fit.translator.network import Source, TranslationNetwork
from eval.fit.translator.pairs import Pair, names, pairs, plain
from rag.config import Settings
from rag.models.e5 import read_tensors
from rag.models.protocols import Vectors
from rag.models.quantised import pack, unpack
from rag.models.tokens import Tokens
from rag.models.translator import LENGTH, LONGEST, PIECES, WEIGHTS
from rag.text.normalize import respelled

# Names that are learned from, and the share of them that an epoch sees; of the rest it sees all.
NAMES, SHARE = 45_000, 0.35
VOCABULARY, LONGEST_PIECE = 8000, 14
RATE, DECAY, WARM, SMOOTHING = 7e-4, 0.01, 400, 0.1
PIECES_PER_BATCH = 1400
_TEXTS_AT_ONCE = 128


class Sources:
    """What the encoder shows of texts, by text: states, in half precision, and tokens."""

    def __init__(self, texts: Sequence[str], source: Source, tokens: Tokens) -> None:
        """Computed for all ``texts``."""
        self.ids = tokens.ids([f"query: {respelled(text)[0]}" for text in texts])
        self.place = {text: i for i, text in enumerate(texts)}
        self.source = source
        self.states: list[torch.Tensor] = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(self.ids[i]))
        for at in range(0, len(order), _TEXTS_AT_ONCE):
            group = order[at : at + _TEXTS_AT_ONCE]
            ids, mask = _padded([self.ids[i] for i in group])
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                states, _ = source(ids, mask)
            for row, i in enumerate(group):
                self.states[i] = states[row, : len(self.ids[i])].half()

    def batch(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """States, words and mask of some texts, padded."""
        chosen = [self.place[text] for text in texts]
        ids, mask = _padded([self.ids[i] for i in chosen])
        states = torch.zeros(*ids.shape, self.states[chosen[0]].shape[-1])
        for row, i in enumerate(chosen):
            states[row, : len(self.ids[i])] = self.states[i].float()
        with torch.no_grad():
            return states, self.source.words(ids) * self.source.unit, mask


def _padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask


def pieces_of(learned: Sequence[Pair]) -> Tokenizer:
    """The pieces of words that the English of all is best said by (a unigram model; Kudo 2018,
    https://arxiv.org/abs/1804.10959), every digit one of its own; the second is the end.
    """
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<unk>", "</s>"],
        unk_token="<unk>",
        max_piece_length=LONGEST_PIECE,
    )
    tokenizer.train_from_iterator([one.english for one in learned], trainer)
    return tokenizer


def first_vectors(pieces: Tokenizer, source: Source, tokens: Tokens) -> torch.Tensor:
    """Where the vectors of pieces begin: the mean of those of the encoder's tokens for them."""
    ids = pieces.get_vocab()
    vocabulary = sorted(ids, key=ids.__getitem__)
    vectors = torch.zeros(len(vocabulary), source.words.embedding_dim)
    for i, piece in enumerate(vocabulary):
        if numbers := tokens.pieces(piece.replace("▁", " "))[0]:
            vectors[i] = source.words(torch.tensor(numbers)).mean(0)
    centred = vectors - vectors.mean(0)
    return centred / centred.std() * 0.05


def batches(
    chosen: Sequence[Pair], said: dict[str, list[int]], sources: Sources, rng: random.Random
) -> Iterator[list[Pair]]:
    """Pairs of like lengths, the batches in mixed order."""

    def lengths(one: Pair) -> tuple[int, float]:
        read = len(sources.ids[sources.place[one.arabic]])
        return len(said[one.english]) // 3, read + 3 * rng.random()

    made: list[list[Pair]] = [[]]
    for one in sorted(chosen, key=lengths):
        if len(made[-1]) * (len(said[one.english]) + 1) >= PIECES_PER_BATCH:
            made.append([])
        made[-1].append(one)
    rng.shuffle(made)
    yield from made


def loss_of(
    network: TranslationNetwork, shown: tuple[torch.Tensor, ...], said: Sequence[list[int]]
) -> torch.Tensor:
    """Cross-entropy of each piece after those before it, smoothed (Szegedy et al. 2016)."""
    states, words, mask = shown
    before = torch.zeros(len(said), max(map(len, said)) + 1, dtype=torch.long)
    after = torch.full_like(before, -100)
    for row, pieces in enumerate(said):
        before[row, : len(pieces) + 1] = torch.tensor([1, *pieces])
        after[row, : len(pieces) + 1] = torch.tensor([*pieces, 1])
    # For texts as short as these the plain way is quicker than the one that saves memory.
    with torch.autocast("cpu", torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
        logits = network.write(network.read(states, words, mask), mask, before)
    return torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1), after.flatten(), label_smoothing=SMOOTHING
    )


def packed(network: TranslationNetwork, unit: float) -> dict[str, Vectors]:
    """Weights as they ship: the encoder's words are not scaled there, but what reads them."""
    weights = {name: p.detach().numpy().copy() for name, p in network.named_parameters()}
    join = weights["join.weight"]
    join[:, join.shape[1] // 2 :] *= unit
    return weights


def unpacked(unit: float) -> dict[str, torch.Tensor]:
    """The weights in force, as they are trained: :func:`packed` undone."""
    weights = unpack(WEIGHTS)
    join = weights["join.weight"]
    join[:, join.shape[1] // 2 :] /= unit
    return {name: torch.from_numpy(values) for name, values in weights.items()}


def main() -> int:
    """Train so many epochs in all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of development data")
    parser.add_argument("--work", type=Path, required=True, help="pieces and state are kept here")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--further", action="store_true", help="begin with the weights in force")
    parser.add_argument("--write", action="store_true", help="put what was learned in force")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    home = Settings.from_environment().home / "weights"
    tokens = Tokens.open(home / "multilingual-e5-small-tokenizer.json", LENGTH)
    source = Source(*read_tensors(home / "e5-small-q4.bin")).eval()
    every = list(names(args.data / "names/ar-en.tsv"))
    chosen = random.Random(1).sample(every, min(NAMES, len(every)))
    learned = [one._replace(english=plain(one.english)) for one in [*pairs(args.data), *chosen]]
    said_with = Tokenizer.from_file(str(PIECES)) if args.further else pieces_of(learned)
    said = {one.english: said_with.encode(one.english).ids[: LONGEST - 1] for one in learned}
    sources = Sources(sorted({one.arabic for one in learned}), source, tokens)
    network = TranslationNetwork(said_with.get_vocab_size())
    if args.further:
        network.load_state_dict(unpacked(source.unit))
    else:
        network.emb.weight.data = first_vectors(said_with, source, tokens)
    train(network, learned, said, sources, args.work / "state.pt", args.epochs)
    if args.write:
        pack(packed(network, source.unit), WEIGHTS)
        said_with.save(str(PIECES))
    return 0


def train(
    network: TranslationNetwork,
    learned: Sequence[Pair],
    said: dict[str, list[int]],
    sources: Sources,
    path: Path,
    epochs: int,
) -> None:
    """Go through all that is learned from ``epochs`` times, the state being kept in ``path``."""
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=DECAY
    )
    done = 0
    if path.exists():
        state: dict[str, Any] = torch.load(path, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["epochs"]
    for epoch in range(done, epochs):
        rng = random.Random(epoch)
        seen = [one for one in learned if one.kind != "name" or rng.random() < SHARE]
        made = list(batches(seen, said, sources, rng))
        losses = []
        for step, batch in enumerate(made):
            gone = (epoch + step / len(made)) / epochs
            rate = RATE * min(1, (epoch * len(made) + step + 1) / WARM) * (1 - gone)
            for group in optimizer.param_groups:
                group["lr"] = rate
            shown = sources.batch([one.arabic for one in batch])
            loss = loss_of(network, shown, [said[one.english] for one in batch])
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(float(loss.detach()))
            if len(losses) % 100 == 0:
                print(f"epoch {epoch + 1}, {gone:.1%}: {np.mean(losses[-100:]):.3f}", flush=True)
        state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "epochs": epoch + 1}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    sys.exit(main())
