"""The files of `deploy/`, as what reads them sees them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
CHART = DEPLOY / "helm" / "musnad"
# Every part of the chart that is off by itself.
EVERYTHING = {
    "autoscaling": {"enabled": True},
    "ingress": {"enabled": True, "className": "nginx"},
    "ingest": {"enabled": True},
    "backup": {"enabled": True},
    "persistence": {"storageClass": "fast"},
    "nodeSelector": {"disk": "fast"},
    "tolerations": [{"key": "news", "operator": "Exists"}],
}
_VARIABLE = re.compile(r"\$\{(\w+)(?::(-|\?)([^}]*))?\}")


def compose_text() -> str:
    return (DEPLOY / "compose.yaml").read_text(encoding="utf-8")


def compose_variables() -> dict[str, str | None]:
    """What is asked of the environment, with the default where there is one."""
    found = _VARIABLE.findall(compose_text())
    return {name: default if sign == "-" else None for name, sign, default in found}


def composed() -> str:
    """compose.yaml with every variable set."""
    return _VARIABLE.sub(lambda m: m[3] if m[2] == "-" else f"the-{m[1].lower()}", compose_text())


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What Helm itself makes of the chart; that of Milvus, which is fetched, is not there."""
    from helm_python import Chart

    with Chart.load(CHART) as chart:
        made = chart.render(values, name="musnad", namespace="news")
    texts = [text for file, text in made.items() if file.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def pods(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The pod templates in a manifest."""
    spec = manifest["spec"]
    match manifest["kind"]:
        case "StatefulSet":
            yield spec["template"]
        case "CronJob":
            yield spec["jobTemplate"]["spec"]["template"]
        case "RayJob":
            cluster = spec["rayClusterSpec"]
            for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
                yield group["template"]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that start, and those that go before."""
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def dockerfile() -> list[tuple[str, str]]:
    """Instructions and their arguments, each on one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (name, rest.strip()) for name, _, rest in (x.partition(" ") for x in joined.split("\n"))
    ]


def commands() -> Iterator[list[str]]:
    """Every `musnad …` that is written in the files, as arguments."""
    for name, value in dockerfile():
        if name == "CMD":
            yield yaml.safe_load(value)
    for service in yaml.safe_load(composed())["services"].values():
        if service["image"] == "musnad" and "command" in service:
            yield service["command"]
    shells = [value for name, value in dockerfile() if name == "RUN"]
    for manifest in rendered(EVERYTHING):
        if manifest["kind"] == "RayJob":
            shells.append(manifest["spec"]["entrypoint"])
        for pod in pods(manifest):
            for container in containers(pod):
                if "args" in container:
                    yield container["args"]
                shells += container.get("command", ())
    for page in ("README.md", "SIZING.md"):
        text = (DEPLOY / page).read_text(encoding="utf-8")
        shells += re.findall(r"`(musnad [^`]+)`", text)
        shells += re.findall(r"```sh\n(.*?)```", text.replace("\\\n", " "), re.DOTALL)
    for shell in shells:
        # Helm is given the name of a release, and compose that of a service, before the command.
        for line in re.findall(r"(?<!install )(?<!upgrade )\bmusnad +([a-z][^&|;>\n]*)", shell):
            yield shlex.split(line, comments=True)
