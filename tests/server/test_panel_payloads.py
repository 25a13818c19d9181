"""What the labextension's own tests read is what this server writes.

``tests/browser/rest.json`` is written here: ``WRITE_FIXTURES=1 pytest`` of this
file writes it anew; times and places are then the same on every computer.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from jupyter_ipfs import config as settings
from jupyter_ipfs.config.environment import VARIABLES
from jupyter_ipfs.node.add import Options
from jupyter_ipfs.server import config, items
from jupyter_ipfs.session import connect
from tests.server.test_routes import schema

FILE = Path(__file__).parents[1] / "browser" / "rest.json"
WRITE = "WRITE_FIXTURES"
TIME = 1_700_000_000.25
TIMES = {"created_at", "since", "checked_at"}
KINDS = {"item": "Item", "config": "Config"}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repo that this process's handlers use."""
    for name in os.environ:
        if name.startswith("JUPYTER_IPFS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "ipfs"))
    return tmp_path / "ipfs"


def steady(value: Any, tmp_path: Path) -> Any:  # noqa: ANN401  (any JSON)
    """The same on every computer and at every time."""
    if isinstance(value, dict):
        return {
            key: TIME if key in TIMES and each is not None else steady(each, tmp_path)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [steady(each, tmp_path) for each in value]
    return value.replace(str(tmp_path), "/shared") if isinstance(value, str) else value


def listed(query: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = items.items("all", query, 0, 10, {})["items"]
    return found


def written(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the handlers write, by the names that the other tests know it under."""
    lab = tmp_path / "lab"
    lab.mkdir()
    told: dict[str, Any] = {}
    with connect(repo=repo) as session:
        for content in (b"first", b"second"):
            root = session.store_files({"survey.csv": content}, name="survey").root
        told["item"] = listed("survey")
        session.export_car(root, lab / "results.car")
        session.repo.record_check(root, str(lab / "results.car"))
        session.repo.record_copy(root, "http://kubo-lab:5001")
        told["item-elsewhere"] = listed("survey")
        hostile = tmp_path / "photo\u202egpj.exe\n<script>"
        hostile.write_bytes(b"hostile")
        unkept = session.add(hostile, pin=False, options=Options(wrap=True))
    told["item-hostile"] = items.item(str(unkept), {})
    settings.save(repo, sources=[str(lab)], kubo_token="bearer:abcdefghijklmnopqrstuvwxyz")
    monkeypatch.setenv(VARIABLES["backend"], "embedded")
    settings.hand_down({}, ["quota"])
    told["config"] = config.current()
    return {name: steady(payload, tmp_path) for name, payload in told.items()}


def test_the_payloads_of_the_front_end_s_tests_are_what_the_server_writes(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_IPFS_SERVER", "{}")  # what is handed down goes with the test
    told = written(repo, tmp_path, monkeypatch)
    for name, payload in told.items():
        jsonschema.validate(payload, schema(KINDS[name.partition("-")[0]]))
    if os.environ.get(WRITE):
        FILE.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    assert json.loads(FILE.read_text("utf-8")) == told, f"{WRITE}=1 writes it anew"
