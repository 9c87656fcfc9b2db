"""Follows the Dockerfile's steps without a container engine, in folders, and tries what comes out.

    debootstrap --include=python3,python3-venv,python3-pip,ca-certificates bookworm BASE
    python deploy/check_image.py BASE WORK [--bind PATH …]

Each stage begins as a copy of BASE, Debian with its Python, where the image has python:3.11-slim
on the same Debian; its steps run in a chroot. The image is then started as it would be in a
cluster: by its own user, its root read-only. As root, on Linux. ``--bind`` shows a path of this
machine to the steps, such as where its pip finds packages.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
PORT = 8000
SECONDS = 300
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What of this machine's environment tells pip where packages are and whom to trust.
PASSED = ("PIP_", "SSL_", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass
class Stage:
    """A folder that steps have been followed in, and what it was told."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": DEFAULT_PATH})
    workdir: str = "/"
    said: dict[str, str] = field(default_factory=dict)

    def inside(self, path: str) -> Path:
        """Where on this machine ``path`` of the stage is."""
        return self.root / (Path(self.workdir) / path).relative_to("/")


def instructions(text: str) -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    joined = "\n".join(lines).replace("\\\n", " ").split("\n")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined)]


def build(base: Path, work: Path, binds: list[Path]) -> Stage:
    """Follow every step; the last stage."""
    stages: list[Stage] = []
    names: dict[str, Stage] = {}
    passed = {k: v for k, v in os.environ.items() if k.startswith(PASSED)}
    for name, rest in instructions((ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")):
        print(f"=== {name} {rest[:100]}", flush=True)
        if name == "FROM":
            stage = Stage(work / f"stage{len(stages)}")
            subprocess.run(["cp", "-a", base, stage.root], check=True)
            stages.append(stage)
            names[rest.partition(" AS ")[2]] = stage
        elif not stages:
            continue  # ARG before the first FROM names the base, which is given here.
        elif name == "WORKDIR":
            stage.workdir = rest
            stage.inside(".").mkdir(parents=True, exist_ok=True)
        elif name in ("ENV", "ARG"):
            for pair in shlex.split(rest):
                key, _, value = pair.partition("=")
                stage.env[key] = Template(value).safe_substitute(stage.env)
        elif name == "COPY":
            copy(stage, names, shlex.split(rest))
        elif name == "RUN":
            subprocess.run(entered(stage, rest, shown(stage, binds)), check=True,
                           env=stage.env | passed)  # fmt: skip
        else:
            stage.said[name] = rest
    return stages[-1]


def entered(stage: Stage, script: str, mounts: list[str], user: str = "0") -> list[str]:
    """A command that runs ``script`` in the stage, after ``mounts`` that nobody else sees."""
    inner = shlex.quote(f"cd {stage.workdir}; {script}")
    lines = [*mounts, f"mount -t proc proc {stage.root}/proc"]
    lines += [f"mount --rbind {path} {stage.root}{path}" for path in ("/dev", "/sys")]
    lines += [f"exec chroot --userspec={user} {stage.root} sh -ec {inner}"]
    return ["unshare", "--mount", "sh", "-ec", "\n".join(lines)]


def shown(stage: Stage, binds: list[Path]) -> list[str]:
    """What mounts paths of this machine at the same place in the stage."""
    for path in binds:
        place = stage.root / path.relative_to("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(exist_ok=True) if path.is_dir() else place.touch()
    return [f"mount --rbind {path} {stage.root}{path}" for path in binds]


def copy(stage: Stage, names: dict[str, Stage], words: list[str]) -> None:
    """COPY, of another stage or of what git and .dockerignore leave of this project."""
    target = stage.inside(words[-1])
    if words[0].startswith("--from="):
        source = names[words[0].removeprefix("--from=")].inside(words[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", source, target], check=True)
        return
    kept = [x[1:] for x in (ROOT / ".dockerignore").read_text().split() if x.startswith("!")]
    listed = subprocess.run(["git", "ls-files", *kept], cwd=ROOT, check=True, capture_output=True)
    for file in listed.stdout.decode().splitlines():
        if words[0] == "." or file.startswith(f"{words[0]}/"):
            place = target / Path(file).relative_to(words[0])
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, place)


def started(image: Stage, state: Path, *arguments: str) -> subprocess.Popen[str]:
    """``musnad`` with ``arguments``, as a container that may write to ``state`` and /tmp alone."""
    mounts = [
        f"mount --bind {image.root} {image.root}",
        f"mount -o remount,bind,ro {image.root}",
        f"mount --bind {state} {image.root}{image.said['VOLUME']}",
        f"mount -t tmpfs tmpfs {image.root}/tmp",
    ]
    entry = shlex.join([*json.loads(image.said["ENTRYPOINT"]), *arguments])
    command = entered(image, f"exec {entry}", mounts, image.said["USER"])
    env = image.env | {"HOME": image.workdir, "LANG": "C.UTF-8"}
    return subprocess.Popen(command, env=env, text=True, stdout=-1, stderr=-1)


def tell(title: str, good: bool) -> None:
    """Print what was seen; the end where it is not as it should be."""
    print(f"{'ok' if good else 'NOT'}  {title}", flush=True)
    if not good:
        raise SystemExit(1)


def status(
    path: str, token: str = "", body: object = None, method: str | None = None
) -> tuple[int, bytes]:
    """What the server answers."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def try_out(image: Stage, state: Path) -> None:
    """Start the image, and be its first users."""
    state.mkdir(exist_ok=True)
    os.chown(state, int(image.said["USER"]), int(image.said["USER"]))
    serve = json.loads(image.said["CMD"])
    said = (refused := started(image, state, *serve)).communicate()[1]
    tell("without a token it does not start, and says so", refused.returncode == 2)
    print(f"    {said.strip()}")
    adding = started(image, state, "tokens", "add", "Nadia", "--role", "admin")
    token = adding.communicate()[0].strip()
    server = started(image, state, *serve)
    try:
        check = json.loads(image.said["HEALTHCHECK"].partition("CMD ")[2])
        until = time.monotonic() + SECONDS
        while (health := subprocess.run(check, stderr=-3).returncode) and time.monotonic() < until:
            time.sleep(0.5)
        tell(f"healthy after {SECONDS - (until - time.monotonic()):.0f} s", health == 0)
        question = {"question": "How many people were killed near Moscow?", "quote_only": True}
        tell("without a token nothing is answered", status("/v1/ask", body=question)[0] == 401)
        text = next((ROOT / "seeds").iterdir()).read_text(encoding="utf-8")
        made, _ = status("/v1/articles/one", token, {"text": text}, "PUT")
        tell(f"an article is taken in ({made})", made == 201)
        tell("ready", status("/ready")[0] == 200)
        code, reply = status("/v1/ask", token, question)
        tell(
            f"a question is answered ({code})", code == 200 and bool(json.loads(reply)["passages"])
        )
    finally:
        server.send_signal(signal.SIGTERM)
        last = server.communicate(timeout=60)[1].strip().splitlines()[-1:]
    tell(f"ends when told to ({server.returncode}) {last}", server.returncode in (0, -15, 143))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--bind", type=Path, action="append", default=[], metavar="PATH")
    args = parser.parse_args()
    args.work.mkdir()
    image = build(args.base.resolve(), args.work.resolve(), args.bind)
    heavy = [*image.root.glob("opt/musnad/lib/*/site-packages/torch")]
    tell("torch is not in the image", not heavy)
    sizes = subprocess.run(["du", "-sm", "opt/musnad", "opt/weights"], cwd=image.root, stdout=-1)
    print("    MB: " + sizes.stdout.decode().replace("\n", "  "))
    try_out(image, args.work.resolve() / "state")


if __name__ == "__main__":
    main()
