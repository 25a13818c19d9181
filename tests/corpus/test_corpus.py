"""Real notebooks, shared on one computer and reproduced on another that has only what it was given.

Both are processes with homes, repos and environments of their own. What is handed over goes by a
file, by a zip, through a folder or through a gateway, in turn.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import nbformat
import pandas as pd
import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.session import connect
from jupyter_ipfs.web.gateway import LOOPBACK, Gateway
from tests.conftest import require
from tests.corpus.commands import Commands, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
VERDICTS: dict[str, list[str]] = tomllib.loads((HERE / "verdicts.toml").read_text("utf-8"))
# Written down with its outputs, which running it from the top does not give.
AS_IT_IS = "hidden_state"
WAYS = ("car", "zip", "folder", "gateway")
# Where a package index is told; nothing else of the environment goes along.
INDEX = ("SSL_CERT_FILE", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_INDEX_URL")


@dataclass
class Places:
    """Two computers, and what both reach.

    Attributes:
        sender: Where notebooks are shared.
        receiver: Where they are reproduced.
        handed: What is handed over as files.
        shelf: A folder that both reach.
        gateway: Serves what the sender chooses, and the receiver asks it.
    """

    sender: Commands
    receiver: Commands
    handed: Path
    shelf: Path
    gateway: Gateway


class _Hello(BaseHTTPRequestHandler):
    """Says hello."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


@pytest.fixture(scope="module")
def hello() -> Iterator[str]:
    """A server on this computer, which isolation must keep out of reach."""
    server = HTTPServer((LOOPBACK, 0), _Hello)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, hello: str) -> Iterator[Places]:
    """Two computers, of which the one has the corpus."""
    require(shutil.which("bwrap"), "no bubblewrap: apt install bubblewrap")
    top = tmp_path_factory.mktemp("corpus")
    made = {name: top / name for name in ("hers", "his", "handed", "shelf", "elsewhere")}
    for folder in made.values():
        folder.mkdir()
    work, repo = top / "work", top / "hers" / "repo"
    shutil.copytree(HERE, work, ignore=shutil.ignore_patterns("*.py", "*.toml", "__pycache__"))
    pd.read_csv(work / "data" / "birds.csv").to_parquet(work / "data" / "birds.parquet")
    (work / "server.txt").write_text(hello)
    index = {name: os.environ[name] for name in INDEX if name in os.environ}
    her_environment = {**index, "JUPYTER_IPFS_REPO": str(repo)}
    with (
        Commands(made["hers"], work, her_environment) as sender,
        Commands(made["his"], made["elsewhere"], index) as receiver,
        connect(repo=repo) as hers,
        Gateway(hers.repo, host=LOOPBACK) as gateway,
    ):
        birds = sender("--json", "add", "-w", "data/birds.csv").records[-1]["cid"]
        addressed = work / "content_addressed_input.ipynb"
        addressed.write_text(addressed.read_text("utf-8").replace("ROOT", birds), "utf-8")
        for key, place in (
            ("sources.places", str(made["shelf"])),
            ("sources.gateways", gateway.url),
        ):
            assert receiver("config", key, place).status == 0
        yield Places(sender, receiver, made["handed"], made["shelf"], gateway)


def shared(places: Places, name: str, way: str) -> str:
    """Share a notebook and hand it over; return what the receiver is given."""
    words = ["--json", "share", f"{name}.ipynb", "--license", "MIT"]
    words += [] if name == AS_IT_IS else ["--execute"]
    file = places.handed / f"{name}.{way}"
    words += {"folder": ["--send", str(places.shelf)], "gateway": []}.get(
        way, ["--save", str(file)]
    )
    said = places.sender(*words)
    assert said.status == 0, said
    root = str(said.records[-1]["root"])
    if way == "gateway":
        places.gateway.closure.add(CID.parse(root))
    return str(file) if way in {"car", "zip"} else root


def verdicts(said: Said) -> list[str]:
    """The verdict of each cell, in order."""
    assert said.records, said
    return [record["verdict"] for record in said.records if "verdict" in record]


def test_each_notebook_has_its_verdicts() -> None:
    assert VERDICTS.keys() == {path.stem for path in HERE.glob("*.ipynb")}
    assert len(VERDICTS) >= 20
    for name, expected in VERDICTS.items():
        cells = nbformat.read(HERE / f"{name}.ipynb", as_version=4).cells  # type: ignore[no-untyped-call]
        assert len(expected) == sum(cell.cell_type == "code" for cell in cells), name


@pytest.mark.parametrize(("number", "name"), list(enumerate(VERDICTS)))
def test_what_was_shared_is_reproduced_elsewhere_with_the_right_verdicts(
    places: Places, number: int, name: str
) -> None:
    given = shared(places, name, WAYS[number % len(WAYS)])
    said = places.receiver("--json", "reproduce", "--yes", given)
    assert verdicts(said) == VERDICTS[name], said
    bad = {"differs", "failed"} & set(VERDICTS[name])
    assert said.status == (1 if bad else 0)
