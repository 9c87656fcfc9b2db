"""Texts to token ids, the way an encoder was trained to see them.

Any ``tokenizer.json`` runs on the `tokenizers` library. For the large unigram vocabularies of
XLM-R and its family that library builds a trie of maps: 285 MB and half a second for 250,000
pieces. :class:`PieceTokens` does the same work from a dictionary, in a sixth of both: normalisation
and word splitting, which need no vocabulary, stay with the library.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import ModelError
from rag.models.progress import one_line

if TYPE_CHECKING:
    import tokenizers

UNKNOWN_PENALTY = 10.0
REMEMBERED_WORDS = 100_000
_WHOLE, _RULES, _PIECES, _SCORES = "tokenizer.json", "pieces.json", "pieces.txt", "pieces.f64"
_PROBES = (
    "",
    " ",
    "query: كتبت كوري شولمان، المساعدة الخاصة لأوباما، في تدوينة يوم الإثنين: «سابقة»؟",
    "passage: The peaceful transition of power is not,” she wrote in 2016.\n\tNew  line.  ",
    "ـــمـــد ﷺ ﻻ ①② ｆｕｌｌ 🙂🙂 \u200f\u200c北京市 <s> x </s><mask><pad> <unk>اللّٰه",
    "العَرَبِيَّةُ " + "antidisestablishmentarianism" * 3 + "ـ" * 70 + " \U00012000\U00012001a",
)


class Tokens(Protocol):
    """The two questions an encoder asks of its tokenizer."""

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text with special tokens, cut to the model's length."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, special tokens left out, nothing cut."""


def save_tokens(tokenizer: str, folder: Path, length: int) -> None:
    """Write the tokenizer (``tokenizer.json`` as text) to ``folder`` for :func:`open_tokens`.

    As pieces, where every probe text then gives the ids that the `tokenizers` library gives.
    """
    from tokenizers import Tokenizer

    rules = json.loads(tokenizer)
    if _is_plain(rules):
        whole = WholeTokens(Tokenizer.from_str(tokenizer), length)
        _save_pieces(rules, whole, folder)
        same = PieceTokens(folder, length)
        if same.ids(_PROBES) == whole.ids(_PROBES) and same.count(_PROBES) == whole.count(_PROBES):
            return
        for name in (_RULES, _PIECES, _SCORES):
            (folder / name).unlink()
    (folder / _WHOLE).write_text(tokenizer, encoding="utf-8")


def open_tokens(folder: Path, length: int) -> Tokens:
    """The tokenizer kept in ``folder``, in whichever of its two forms, cut to ``length`` tokens.

    Raises:
        ModelError: its files are missing or damaged.
    """
    from tokenizers import Tokenizer

    try:
        if (folder / _RULES).is_file():
            return PieceTokens(folder, length)
        return WholeTokens(Tokenizer.from_file(str(folder / _WHOLE)), length)
    except Exception as error:  # the tokenizers library raises nothing more precise
        raise ModelError(f"{folder}: damaged tokenizer ({one_line(error)})") from error


def frame_of(tokens: Tokens) -> tuple[list[int], list[int]]:
    """The special tokens that stand before and after every text."""
    empty, framed = tokens.ids(["", "a"])
    pairs = enumerate(zip(empty, framed, strict=False))
    before = next((i for i, (one, other) in pairs if one != other), len(empty))
    return empty[:before], empty[before:]


class WholeTokens:
    """A tokenizer run by the `tokenizers` library, cut to ``length`` tokens."""

    def __init__(self, backend: tokenizers.Tokenizer, length: int) -> None:
        backend.no_padding()
        backend.no_truncation()
        self._backend = backend
        self._room = length - backend.num_special_tokens_to_add(False)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        for encoding in encodings:
            encoding.truncate(self._room)
        return [list(self._backend.post_process(encoding).ids) for encoding in encodings]

    def count(self, texts: Sequence[str]) -> list[int]:
        """See :class:`Tokens`."""
        encodings = self._backend.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


class Vocabulary:
    """Pieces with their log-probabilities; ``unknown`` is the id of a character that is none."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], unknown: int) -> None:
        self._ids = {piece: i for i, piece in enumerate(pieces)}
        self._scores = scores
        self._unknown = unknown
        self._longest = max(map(len, pieces))
        self._unknown_score = min(scores) - UNKNOWN_PENALTY

    def segment(self, word: str) -> list[int]:
        """The pieces of ``word`` whose scores sum highest, by Viterbi's method.

        An unknown character scores 10 below the rarest piece, and a run of them is one token. Of
        equal sums the one whose last piece starts first wins, as in the `tokenizers` library
        (Kudo 2018, https://arxiv.org/abs/1804.10959).
        """
        best = [0.0] + [float("-inf")] * len(word)
        back = [(0, self._unknown)] * (len(word) + 1)
        for start in range(len(word)):
            single = False
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                piece = self._ids.get(word[start:end])
                if piece is None:
                    continue
                single = single or end == start + 1
                score = best[start] + self._scores[piece]
                if score > best[end]:
                    best[end], back[end] = score, (start, piece)
            if not single and best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                back[start + 1] = (start, self._unknown)
        path: list[int] = []
        end = len(word)
        while end > 0:
            end, piece = back[end]
            if piece != self._unknown or path[-1:] != [piece]:
                path.append(piece)
        return path[::-1]


class PieceTokens:
    """The unigram tokenizer that :func:`save_tokens` wrote, cut to ``length`` tokens.

    A word is cut into pieces once, and then remembered.
    """

    def __init__(self, folder: Path, length: int) -> None:
        from tokenizers import Tokenizer

        rules = json.loads((folder / _RULES).read_text(encoding="utf-8"))
        scores = array("d", (folder / _SCORES).read_bytes())
        pieces = (folder / _PIECES).read_bytes().decode("utf-8").split("\n")
        if len(pieces) != len(scores):
            raise ValueError(f"{len(pieces)} pieces but {len(scores)} scores")
        backend = Tokenizer.from_str(rules["tokenizer"])
        self._normaliser, self._splitter = backend.normalizer, backend.pre_tokenizer
        vocabulary = Vocabulary(pieces, scores, rules["unknown"])
        self._segment = lru_cache(REMEMBERED_WORDS)(vocabulary.segment)
        self._added: dict[str, int] = rules["added"]
        longest_first = sorted(self._added, key=len, reverse=True)
        self._markers = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
        self._before, self._after = rules["before"], rules["after"]
        self._room = length - len(self._before) - len(self._after)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See :class:`Tokens`."""
        return [self._before + self._cut(t)[: self._room] + self._after for t in texts]

    def count(self, texts: Sequence[str]) -> list[int]:
        """See :class:`Tokens`."""
        return [len(self._cut(text)) for text in texts]

    def _cut(self, text: str) -> list[int]:
        found: list[int] = []
        for part in self._markers.split(text):
            if part in self._added:
                found.append(self._added[part])
            elif part:
                plain = self._normaliser.normalize_str(part) if self._normaliser else part
                for word, _ in self._splitter.pre_tokenize_str(plain):
                    found.extend(self._segment(word))
        return found


def _is_plain(rules: dict[str, Any]) -> bool:
    """Whether this is a unigram model of the kind that pieces can stand for; probes tell more."""
    model = rules["model"]
    return (
        model["type"] == "Unigram"
        and model["unk_id"] is not None
        and rules["pre_tokenizer"] is not None
        and bool(rules["added_tokens"])
        and not any("\n" in piece for piece, _ in model["vocab"])
        and not any(token["single_word"] or token["normalized"] for token in rules["added_tokens"])
    )


def _save_pieces(rules: dict[str, Any], whole: WholeTokens, folder: Path) -> None:
    model = rules["model"]
    pieces, scores = zip(*model["vocab"], strict=True)
    empty = rules | {"model": {**model, "vocab": [["<unk>", 0.0]], "unk_id": 0}}
    empty |= {"added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
    before, after = frame_of(whole)
    kept = {
        "tokenizer": json.dumps(empty),
        "unknown": model["unk_id"],
        "added": {token["content"]: token["id"] for token in rules["added_tokens"]},
        "before": before,
        "after": after,
    }
    (folder / _RULES).write_text(json.dumps(kept), encoding="utf-8")
    (folder / _PIECES).write_bytes("\n".join(pieces).encode("utf-8"))
    (folder / _SCORES).write_bytes(array("d", scores).tobytes())
