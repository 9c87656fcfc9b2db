"""A handful of open language models of the hub that read Arabic, and what each takes.

What their publishers say of them; none was measured here. Sizes are those of the Q4_K_M files.
"""

from __future__ import annotations

from typing import NamedTuple

from rag.models.machine import fits, memory_needed


class Suggestion(NamedTuple):
    """A model of the hub, released in that month: ``size`` bytes of weights, and its attention's
    ``layers``, ``heads`` that keep keys and values, and numbers in each.
    """

    name: str
    released: str
    licence: str
    size: int
    layers: int
    heads: int
    width: int
    expected: str

    def cache(self, tokens: int) -> int:
        """Bytes of keys and values of ``tokens`` tokens, two bytes a number. Layers that look back
        less far (Gemma's, Command's) take less.
        """
        return 2 * self.layers * self.heads * self.width * 2 * tokens

    def memory(self, tokens: int) -> int:
        """Bytes it takes in all, reading up to ``tokens`` tokens."""
        return memory_needed(self.size, self.cache(tokens))


SUGGESTIONS = (
    Suggestion(
        "hf:unsloth/Qwen3-4B-Instruct-2507-GGUF",
        "2025-08",
        "Apache-2.0",
        2_500_000_000,
        layers=36,
        heads=8,
        width=128,
        expected="newer and larger than the default, of more than 100 languages",
    ),
    Suggestion(
        "hf:ggml-org/gemma-3-4b-it-GGUF",
        "2025-03",
        "Gemma terms",
        2_490_000_000,
        layers=34,
        heads=4,
        width=256,
        expected="small, and of more than 140 languages",
    ),
    Suggestion(
        "hf:Qwen/Qwen2.5-7B-Instruct-GGUF",
        "2024-09",
        "Apache-2.0",
        4_680_000_000,
        layers=28,
        heads=4,
        width=128,
        expected="the default's family, made for prose rather than programs, of 29 languages",
    ),
    Suggestion(
        "hf:bartowski/aya-expanse-8b-GGUF",
        "2024-10",
        "CC-BY-NC-4.0",
        5_060_000_000,
        layers=32,
        heads=8,
        width=128,
        expected="made for 23 languages, Arabic one of them; no commercial use",
    ),
    Suggestion(
        "hf:bartowski/c4ai-command-r7b-12-2024-GGUF",
        "2024-12",
        "CC-BY-NC-4.0",
        5_060_000_000,
        layers=32,
        heads=8,
        width=128,
        expected="made for answering from sources, in 23 languages; no commercial use",
    ),
    Suggestion(
        "hf:ggml-org/gemma-3-12b-it-GGUF",
        "2025-03",
        "Gemma terms",
        7_300_000_000,
        layers=48,
        heads=8,
        width=256,
        expected="the largest of these and the slowest, of more than 140 languages",
    ),
)


def suggestions(tokens: int) -> list[tuple[Suggestion, bool]]:
    """Each with whether it fits this machine, reading ``tokens`` tokens: those that do first, the
    larger before the smaller; then the others, the smaller first.
    """
    judged = [(model, fits(model.memory(tokens))) for model in SUGGESTIONS]
    return sorted(judged, key=lambda one: (not one[1], -one[0].size if one[1] else one[0].size))
