"""From the ``llm`` setting to a generator."""

from __future__ import annotations

from pathlib import Path

from rag.config import DEFAULT_LLM, Settings
from rag.errors import UsageError
from rag.models.catalogue import CATALOGUE, payload
from rag.models.fetch import pull
from rag.models.hub import bring, is_hub_name, parse_hub_name
from rag.models.protocols import Generator
from rag.types import Report

QUOTING = "none"
# What may be asked for, as the command line tells it.
LLM_HELP = "auto, none, a model name, FILE.gguf, hf:OWNER/NAME[:FILE], or a URL"


def check_llm(llm: str) -> None:
    """Refuse a value of ``llm`` that names nothing.

    Raises:
        UsageError: it is not auto, none, a catalogue name, a GGUF file, one of the hub or a URL.
    """
    if is_hub_name(llm):
        parse_hub_name(llm)
        return
    names = [entry.name for entry in CATALOGUE if entry.role == "llm"]
    known = llm in ("auto", QUOTING, *names) or is_url(llm) or llm.endswith(".gguf")
    if not known:
        raise UsageError(
            f"--llm {llm!r}: expected auto, none, {', '.join(names)},"
            " a .gguf file, hf:OWNER/NAME[:FILE] or an http(s) URL"
        )


def is_url(llm: str) -> bool:
    """Whether ``llm`` names a server."""
    return llm.startswith(("http://", "https://"))


def load_generator(settings: Settings, progress: Report | None = None) -> Generator | None:
    """The generator that ``settings.llm`` asks for; ``None`` for quoting.

    Weights of the catalogue and of the hub are fetched when they are missing and
    ``settings.offline`` is false.

    Raises:
        UsageError: ``settings.llm`` names nothing.
        ModelError: the model cannot be had or loaded.
    """
    llm = settings.llm
    check_llm(llm)
    if llm == QUOTING:
        return None
    if is_url(llm):
        from rag.models.openai_like import OpenAILikeGenerator

        return OpenAILikeGenerator(llm, model=settings.llm_model, key=settings.llm_key)
    from rag.models.llama import LlamaGenerator

    if is_hub_name(llm):
        path, name = bring(llm, settings, progress=progress), llm
    elif llm.endswith(".gguf"):
        path, name = Path(llm).expanduser(), Path(llm).stem
    else:
        name = DEFAULT_LLM if llm == "auto" else llm
        allowed = not settings.offline
        path = pull(payload(name), home=settings.home, allow_fetch=allowed, progress=progress)
    return LlamaGenerator(
        path,
        name=name,
        context_tokens=settings.context_tokens,
        threads=settings.threads,
        slots=settings.llm_slots,
    )
