"""What the files of `deploy/` say to Musnad is what it understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from deploy_files import DEPLOY, EVERYTHING, commands, composed, dockerfile, rendered

from rag import config
from rag.cli import build_parser

# Not Musnad's own: read by compose.
OF_COMPOSE = {"MUSNAD_IMAGE", "MUSNAD_PORT"}


def test_every_variable_is_read() -> None:
    known = set(re.findall(r"MUSNAD_[A-Z_]+", Path(config.__file__).read_text(encoding="utf-8")))
    files = [file for file in DEPLOY.rglob("*") if file.is_file()]
    assert len(files) > 10
    named = {one for f in files for one in re.findall(r"MUSNAD_[A-Z]+(?:_[A-Z]+)*", f.read_text())}
    assert named - known == OF_COMPOSE


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_is_understood(words: list[str]) -> None:
    build_parser().parse_args(words)


def test_the_commands_are_found() -> None:
    first = {words[0] for words in commands()}
    assert {"serve", "models", "ask", "ingest", "migrate", "backup", "tokens"} <= first


def test_the_image_runs_as_nobody_and_every_file_knows_where() -> None:
    stages = dockerfile()
    last = stages[max(i for i, (name, _) in enumerate(stages) if name == "FROM") :]
    assert ("USER", "10001") in last
    place = dict(last)["VOLUME"]
    assert place == f"{dict(last)['WORKDIR']}/{config.DEFAULT_INDEX.parent}"
    assert f"MUSNAD_ACCESS={place}/" in dict(last)["ENV"] and f"musnad:{place}\n" in composed()
    servers = next(one for one in rendered(EVERYTHING) if one["kind"] == "StatefulSet")
    spec = servers["spec"]["template"]["spec"]
    assert str(spec["securityContext"]["runAsUser"]) == "10001"
    mounts = spec["containers"][0]["volumeMounts"]
    assert {"name": "data", "mountPath": place} in mounts
