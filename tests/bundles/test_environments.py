"""Environments are built from wheels by their hashes, and nothing of them is run meanwhile."""

from __future__ import annotations

import base64
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.bundles.environment import environments, index_settings, interpreters
from jupyter_ipfs.bundles.replay import isolation
from jupyter_ipfs.errors import IsolationError, ReplayError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Index:
    """A package index with what is put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def add(self, name: str, file: Path) -> str:
        """Offer a file; return its SHA-256."""
        place = self.folder / "simple" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / file.name).write_bytes(file.read_bytes())
        links = [f'<a href="{each.name}">{each.name}</a>' for each in place.iterdir()]
        (place / "index.html").write_text("".join(sorted(links)))
        return hashlib.sha256(file.read_bytes()).hexdigest()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The user's own index: what the lock says about others counts for nothing."""
    made = Index(tmp_path / "index")
    (made.folder / "simple").mkdir(parents=True)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(made.folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/simple"
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", made.url)
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """Make a wheel as its specification has it, by hand."""
    information = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in files.items()]
    files[f"{information}/RECORD"] = "\n".join([*lines, f"{information}/RECORD,,", ""])
    place = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return place


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def here() -> interpreters.Interpreter:
    return interpreters.of(sys.executable)


def left(repo: Path) -> list[str]:
    """What building has left beside the cache."""
    building = repo / "environments" / "building"
    return [each.name for each in building.iterdir() if each.name != "uv-cache"]


@pytest.mark.usefixtures("bubblewrap")
def test_nothing_of_a_package_is_run_while_it_is_installed(tmp_path: Path, index: Index) -> None:
    mark = tmp_path / "repo" / "environments" / "building" / "pwned"
    harm = "import os, pathlib; print('ran', flush=True); pathlib.Path('/build/pwned').touch()"
    file = wheel(
        tmp_path, "evil",
        {"evil.pth": harm + "\n", "sitecustomize.py": harm, "comm/__init__.py": harm},
    )  # fmt: skip
    digest = index.add("evil", file)
    repo = tmp_path / "repo"
    repo.mkdir()
    requirements = f"evil==1.0 --hash=sha256:{digest}\n"

    assert not environments.is_built(repo, requirements, here())
    built = environments.build(repo, requirements, here())

    assert not mark.exists()
    assert environments.is_built(repo, requirements, here())
    assert list(built.path.glob("lib/python*/site-packages/comm/__pycache__/*.pyc"))
    # It would have: whoever starts that Python runs it.
    started = subprocess.run(
        [built.path / "bin" / "python", "-c", ""], capture_output=True, check=False
    )
    assert b"ran" in started.stdout + started.stderr
    assert left(repo) == []


@pytest.mark.usefixtures("bubblewrap")
def test_what_is_not_what_the_lock_names_is_not_installed(tmp_path: Path, index: Index) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    source = tmp_path / "sourceonly-1.0.tar.gz"
    source.write_bytes(b"not looked into")
    digest = index.add("sourceonly", source)
    index.add("changed", wheel(tmp_path, "changed", {"changed.py": ""}))
    for requirements, said in (
        (f"changed==1.0 --hash=sha256:{'0' * 64}\n", "not the one that the lock names"),
        (f"sourceonly==1.0 --hash=sha256:{digest}\n", "could not be built"),
        (f"missing==1.0 --hash=sha256:{digest}\n", "could not be built"),
        ("changed==1.0\n", "hash"),
    ):
        with pytest.raises(ReplayError, match=said):
            environments.build(repo, requirements, here())
        assert not environments.is_built(repo, requirements, here())
    assert left(repo) == []


@pytest.mark.usefixtures("bubblewrap")
def test_an_index_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@127.0.0.1:9/simple")
    repo = tmp_path / "repo"
    repo.mkdir()

    with pytest.raises(ReplayError, match="could not be built") as raised:
        environments.build(repo, f"a==1.0 --hash=sha256:{'0' * 64}\n", here())

    assert "secret" not in str(raised.value)
    assert "UV_INDEX_URL" in str(raised.value.hint)
    assert index.url


def test_without_bubblewrap_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "why_not", lambda: "bubblewrap is not installed")

    with pytest.raises(IsolationError, match="not installed"):
        environments.build(tmp_path, "", here())
    assert list(tmp_path.iterdir()) == []


def test_without_uv_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "uv", lambda: None)

    with pytest.raises(ReplayError, match="uv"):
        environments.build(tmp_path, "", here(), isolated=False)


def test_uv_is_told_of_the_users_index_and_of_nothing_else(tmp_path: Path) -> None:
    configuration = tmp_path / ".config" / "pip"
    configuration.mkdir(parents=True)
    (configuration / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\ntrusted-host = mirror.example\n"
        "[install]\nextra-index-url =\n    https://a.example\n    https://b.example\n"
    )
    environ = {"HOME": str(tmp_path), "AWS_SECRET_ACCESS_KEY": "x", "UV_PUBLISH_TOKEN": "x"}

    found = index_settings.variables(environ)

    found.pop("SSL_CERT_FILE", None)  # of this computer's own pip.conf
    assert found == {
        "UV_INDEX_URL": "https://mirror.example/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example https://b.example",
        "UV_INSECURE_HOST": "mirror.example",
    }
    told = index_settings.variables({**environ, "UV_DEFAULT_INDEX": "https://own.example"})
    told.pop("SSL_CERT_FILE", None)
    assert told == {"UV_DEFAULT_INDEX": "https://own.example", "UV_INSECURE_HOST": "mirror.example"}


def test_the_nearest_python_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    executable = here().executable

    def python(version: str) -> interpreters.Interpreter:
        return interpreters.Interpreter(executable, (), version, "cpython")

    found = [python(version) for version in ("3.11.2", "3.11.9", "3.12.4", "3.14.0")]
    monkeypatch.setattr(interpreters, "_others", lambda: found)
    monkeypatch.setattr(interpreters, "of", lambda _: python("3.10.1"))
    for wanted, taken in (
        ("3.11.8", "3.11.9"), ("3.12.0", "3.12.4"), ("3.15.1", "3.14.0"), ("3.14.2", "3.14.0"),
    ):  # fmt: skip
        assert interpreters.nearest(wanted).version == taken
    assert interpreters.nearest("nonsense").implementation == "cpython"
