"""A unigram tokenizer from a dictionary: small, quick to open, and id for id the original.

Normalisation and word splitting stay with the `tokenizers` library, which needs no vocabulary for
them. Cutting a word into pieces is done here, once per distinct word.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models.tokens import WholeTokens

__all__ = ["PieceTokens", "Vocabulary", "save_pieces"]

UNKNOWN_PENALTY = 10.0
REMEMBERED_WORDS = 100_000
LONGEST_REMEMBERED = 32
_RULES, _PIECES, _SCORES = "pieces.json", "pieces.txt", "pieces.f64"
_PROBES = (
    "",
    " ",
    "query: كتبت كوري شولمان، المساعدة الخاصة لأوباما، في تدوينة يوم الإثنين: «سابقة»؟",
    "passage: The peaceful transition of power is not,” she wrote in 2016.\n\tNew  line.  ",
    "ـــمـــد ﷺ ﻻ ①② ｆｕｌｌ 🙂🙂 \u200f\u200c北京市 <s> x </s><mask><pad> <unk>اللّٰه",
    "العَرَبِيَّةُ " + "antidisestablishmentarianism" * 3 + "ـ" * 70 + " \U00012000\U00012001a",
)


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
        return self._path(back)

    def _path(self, back: list[tuple[int, int]]) -> list[int]:
        path: list[int] = []
        end = len(back) - 1
        while end > 0:
            end, piece = back[end]
            if piece != self._unknown or not path or path[-1] != piece:
                path.append(piece)
        return path[::-1]


class PieceTokens:
    """The tokenizer that :func:`save_pieces` wrote to ``folder``, cut to ``length`` tokens."""

    def __init__(self, folder: Path, length: int) -> None:
        from tokenizers import Tokenizer

        rules = json.loads((folder / _RULES).read_text(encoding="utf-8"))
        scores = array("d", (folder / _SCORES).read_bytes())
        pieces = (folder / _PIECES).read_bytes().decode("utf-8").split("\n")
        if len(pieces) != len(scores):
            raise ModelError(f"{folder}: {len(pieces)} pieces but {len(scores)} scores")
        backend = Tokenizer.from_str(rules["tokenizer"])
        self._normaliser, self._splitter = backend.normalizer, backend.pre_tokenizer
        self._vocabulary = Vocabulary(pieces, scores, rules["unknown"])
        self._added: dict[str, int] = rules["added"]
        longest_first = sorted(self._added, key=len, reverse=True)
        self._markers = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
        self._before, self._after = rules["before"], rules["after"]
        self._room = length - len(self._before) - len(self._after)
        self._words: dict[str, list[int]] = {}

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """See :class:`rag.models.tokens.Tokens`."""
        return [self._before + self._pieces(t)[: self._room] + self._after for t in texts]

    def count(self, texts: Sequence[str]) -> list[int]:
        """See :class:`rag.models.tokens.Tokens`."""
        return [len(self._pieces(text)) for text in texts]

    def _pieces(self, text: str) -> list[int]:
        found: list[int] = []
        for part in self._markers.split(text):
            if part in self._added:
                found.append(self._added[part])
            elif part:
                found.extend(self._part(part))
        return found

    def _part(self, text: str) -> list[int]:
        if self._normaliser is not None:
            text = self._normaliser.normalize_str(text)
        found: list[int] = []
        for word, _ in self._splitter.pre_tokenize_str(text):
            pieces = self._words.get(word)
            if pieces is None:
                pieces = self._remember(word)
            found.extend(pieces)
        return found

    def _remember(self, word: str) -> list[int]:
        pieces = self._vocabulary.segment(word)
        if len(self._words) >= REMEMBERED_WORDS:
            self._words = {}
        if len(word) <= LONGEST_REMEMBERED:
            self._words[word] = pieces
        return pieces


def save_pieces(tokenizer: str, folder: Path, length: int) -> bool:
    """Write the tokenizer (``tokenizer.json`` as text) to ``folder`` for :class:`PieceTokens`.

    Returns whether that could be done: it is a plain unigram model, and every probe text gives
    the ids that the `tokenizers` library gives. Otherwise nothing is left behind.
    """
    from tokenizers import Tokenizer

    rules = json.loads(tokenizer)
    if not _is_plain(rules):
        return False
    whole = WholeTokens(Tokenizer.from_str(tokenizer), length)
    _write(rules, whole, folder)
    same = PieceTokens(folder, length)
    if same.ids(_PROBES) == whole.ids(_PROBES) and same.count(_PROBES) == whole.count(_PROBES):
        return True
    for name in (_RULES, _PIECES, _SCORES):
        (folder / name).unlink()
    return False


def _is_plain(rules: dict[str, Any]) -> bool:
    model = rules["model"]
    return (
        model["type"] == "Unigram"
        and model["unk_id"] is not None
        and not model.get("byte_fallback")
        and rules["pre_tokenizer"] is not None
        and bool(rules["added_tokens"])
        and not any("\n" in piece for piece, _ in model["vocab"])
        and not any(
            token[flag]
            for token in rules["added_tokens"]
            for flag in ("single_word", "lstrip", "rstrip", "normalized")
        )
    )


def _write(rules: dict[str, Any], whole: WholeTokens, folder: Path) -> None:
    model = rules["model"]
    pieces, scores = zip(*model["vocab"], strict=True)
    empty = rules | {"model": {**model, "vocab": [["<unk>", 0.0]], "unk_id": 0}}
    empty |= {"added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
    before, after = whole.frame()
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
