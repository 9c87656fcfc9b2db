"""Every format against chance: random bytes, sound files cut short and with bytes changed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from corpus_files import SOUND

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import READERS, read_documents

# Of each kind of damage.
_FILES = 40
# No file of some kilobytes takes so much of a processor.
_SECONDS = 5.0
# PDF files have tests of their own: each is read by another process.
_ELSEWHERE = {".pdf"}


def damaged(sound: bytes, drawn: random.Random, count: int) -> list[bytes]:
    """Random bytes, beginnings of a sound file, and that file with some bytes changed."""
    files = [drawn.randbytes(drawn.randrange(300)) for _ in range(count)]
    files += [sound[: drawn.randrange(len(sound))] for _ in range(count)]
    for _ in range(count):
        changed = bytearray(sound)
        for _ in range(drawn.choice((1, 5, 50))):
            changed[drawn.randrange(len(sound))] = drawn.randrange(256)
        files.append(bytes(changed))
    return files


def test_every_format_is_here() -> None:
    suffixes = {Path(f"a{suffix}").suffix for suffix in SOUND}
    assert suffixes == READERS.keys() - _ELSEWHERE


@pytest.mark.parametrize("suffix", SOUND)
def test_sound_files_are_articles(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(SOUND[suffix]())
    found = list(read_documents([tmp_path]))
    assert found and all(isinstance(each, Document) for each in found)


@pytest.mark.parametrize("suffix", SOUND)
def test_damaged_files_are_articles_or_refused(
    tmp_path: Path, suffix: str, pytestconfig: pytest.Config
) -> None:
    path = tmp_path / f"a{suffix}"
    count = _FILES * pytestconfig.getoption("--times")
    for data in damaged(SOUND[suffix](), random.Random(suffix), count):
        path.write_bytes(data)
        start = time.process_time()
        found = list(read_documents([path]))
        assert time.process_time() - start < _SECONDS
        assert found
        for each in found:
            assert each.text.strip() if isinstance(each, Document) else one_line(each)


def one_line(unreadable: Unreadable) -> bool:
    """Whether the reason is one line for a person."""
    return bool(unreadable.reason) and len(unreadable.reason.splitlines()) == 1
