"""Settings as plain values. The only module that reads the environment.

A :class:`Settings` is made once, at a face (command line, page, notebook), and passed inwards.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from rag.errors import UsageError

DEFAULT_ENCODER = "multilingual-e5-small"
DEFAULT_LLM = "qwen2.5-coder-1.5b-instruct"
DEFAULT_INDEX = Path("index/default")
DEFAULT_CORPUS = Path("seeds")


def available_cores() -> int:
    """Processors this process may run on, which inside a container can be fewer than exist."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may be chosen, with the defaults.

    ``home`` holds weights; ``encoder`` is the default encoder's name, or the name or path of any
    sentence-transformers model; ``llm`` is ``auto`` (the embedded model when it is there, else
    quoting), ``none`` (quoting), a catalogue name, a ``.gguf`` file, ``hf:OWNER/NAME[:FILE]`` (one
    of the model hub), or the URL of an OpenAI-compatible server. ``offline`` forbids fetching
    weights. ``hub`` is the address of another model hub than the public one, and ``hub_token`` what
    opens its gated repositories. Sizes are in tokens of the encoder (``chunk_tokens``) and of the
    language model (``context_tokens``, ``answer_tokens``). Of the ``passages`` that are read at
    most ``evidence`` sentences are kept. ``answerable`` is the least estimated probability, in
    [0, 1], at which a question is answered rather than declined: that at which a tenth of the dev
    questions over the news that have an answer are declined (``eval/fit/reader/calibration.py``).
    The language model writes ``llm_slots`` answers at a time, while at most ``llm_waiting``
    questions wait for it; where it has not answered one that comes in through a server or the page
    after ``answer_seconds``, quotations are the answer. Who may use a server, and who did, is kept
    in the folder ``access`` (default: ``home``), which is none that is emptied like a cache.
    ``store`` is the URL of a store that keeps the articles and all that is made of them
    (:mod:`rag.store.milvus`); where there is none, the index folder does.
    """

    home: Path
    encoder: str = DEFAULT_ENCODER
    llm: str = "auto"
    llm_model: str = "default"
    llm_key: str = field(default="none", repr=False)
    offline: bool = False
    hub: str | None = None
    hub_token: str | None = field(default=None, repr=False)
    threads: int = 1
    chunk_tokens: int = 480
    passages: int = 5
    evidence: int = 4
    context_tokens: int = 4096
    answer_tokens: int = 256
    answerable: float = 0.34
    question_characters: int = 2000
    llm_slots: int = 1
    llm_waiting: int = 32
    answer_seconds: int = 120
    access: Path | None = None
    store: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from ``MUSNAD_*`` variables, and those of the model hub's own client.

        Raises:
            UsageError: a variable that must be a positive number is not one.
        """
        env = os.environ if environ is None else environ
        home, data = _folder(env, "MUSNAD_HOME"), Path(platformdirs.user_data_dir("musnad"))
        return cls(
            home=home or Path(platformdirs.user_cache_dir("musnad")),
            access=_folder(env, "MUSNAD_ACCESS") or home or data,
            encoder=env.get("MUSNAD_ENCODER") or DEFAULT_ENCODER,
            store=env.get("MUSNAD_STORE") or None,
            llm=env.get("MUSNAD_LLM") or "auto",
            llm_model=env.get("MUSNAD_LLM_MODEL") or "default",
            llm_key=env.get("MUSNAD_LLM_KEY") or "none",
            offline=env.get("MUSNAD_OFFLINE", "") not in ("", "0"),
            hub=env.get("HF_ENDPOINT") or None,
            hub_token=env.get("MUSNAD_HF_TOKEN") or env.get("HF_TOKEN") or None,
            threads=_positive(env, "MUSNAD_THREADS", available_cores()),
            llm_slots=_positive(env, "MUSNAD_LLM_SLOTS", 1),
            llm_waiting=_positive(env, "MUSNAD_LLM_WAITING", 32),
            answer_seconds=_positive(env, "MUSNAD_ANSWER_SECONDS", 120),
        )


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    value = env.get(name)
    return Path(value).expanduser() if value else None


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise UsageError(f"{name}={value!r}: expected a whole number of at least 1")
    return int(value)
