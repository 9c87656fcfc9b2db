"""An index as one file, and an index from such a file: for keeping, and for carrying elsewhere.

A zip archive of the manifest and the files that it names, uncompressed (vectors hardly shrink).
What is taken out is held against the digests of the manifest before it counts.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from rag.disk import synced
from rag.errors import StoreError
from rag.store.integrity import Inspection, is_whole
from rag.store.segments import Segment
from rag.store.writing import DRAFT, FORMAT, MANIFEST, MANIFEST_COPY, PREFIX


def back_up(path: Path, segments: Sequence[Segment], file: Path) -> None:
    """Write the index at ``path``, of these ``segments``, to ``file``, in one step.

    Raises:
        StoreError: a file of the index is damaged: a backup of it would be worth nothing.
        OSError: ``file`` cannot be written.
    """
    draft = file.with_name(f".{file.name}.new")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            archive.write(path / MANIFEST, MANIFEST)
            for segment in segments:
                segment.inspection.check(at_once=True)
                for name in segment.said["files"]:
                    archive.write(segment.folder / name, f"{segment.name}/{name}")
        synced(draft)
        os.replace(draft, file)
        synced(file.absolute().parent)
    finally:
        draft.unlink(missing_ok=True)


def restore(file: Path, path: Path) -> None:
    """Make the index at ``path``, where there is none, what :func:`back_up` wrote to ``file``.

    Raises:
        StoreError: there is an index already, or the file is not a sound backup.
        OSError: it cannot be read, or the index not written.
    """
    if any((path / name).exists() for name in (MANIFEST, MANIFEST_COPY)):
        raise StoreError(f"{path}: there is an index already; restore into another folder")
    draft = path / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names: list[str] = []
    try:
        try:
            names = _taken_out(file, draft)
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise StoreError(f"{file}: not a backup of an index ({error})") from error
        for name in names:
            # A restore that was stopped may have left it.
            shutil.rmtree(path / name, ignore_errors=True)
            os.replace(draft / name, path / name)
        synced(path)
        for name in (MANIFEST, MANIFEST_COPY):
            os.replace(draft / name, path / name)
        synced(path)
    finally:
        for name in (DRAFT, *(() if (path / MANIFEST).exists() else names)):
            shutil.rmtree(path / name, ignore_errors=True)


def _taken_out(file: Path, draft: Path) -> list[str]:
    """Everything of the archive in ``draft``, checked; gives the name of each segment."""
    with zipfile.ZipFile(file) as archive:
        try:
            manifest = json.loads(archive.read(MANIFEST))
        except (KeyError, ValueError) as error:
            raise StoreError(f"{file}: not a backup of an index (no manifest)") from error
        if not is_whole(manifest) or manifest["format"] != FORMAT:
            raise StoreError(f"{file}: not a backup of an index of format {FORMAT}")
        segments = manifest["segments"]
        for said in segments:
            names = [f"{said['name']}/{name}" for name in said["files"]]
            if any(Path(name).name != name for name in (said["name"], *said["files"])):
                raise StoreError(f"{file}: names a file outside of the index")
            if not said["name"].startswith(PREFIX) or not {*names} <= {*archive.namelist()}:
                raise StoreError(f"{file}: damaged backup (a file of it is missing)")
            for name in names:
                archive.extract(name, draft)
            Inspection(draft / said["name"], said).check(at_once=True)
            for name in (*names, said["name"]):
                synced(draft / name)
        for name in (MANIFEST, MANIFEST_COPY):
            (draft / name).write_bytes(archive.read(MANIFEST))
            synced(draft / name)
    return [said["name"] for said in segments]
