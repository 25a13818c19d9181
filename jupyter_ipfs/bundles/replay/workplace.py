"""The folder in which a notebook of somebody else's is run: its source, its declared inputs.

Nothing else of the bundle is in it: no recorded output, no signature, no report (``safety.md``
17). It is thrown away when the run ends, and what a crash left is swept by the next one.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.bundles.environment import environments
from jupyter_ipfs.bundles.replay import isolation
from jupyter_ipfs.errors import ReplayError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.store.repo import Repo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.bundles.content import Content
    from jupyter_ipfs.bundles.format.manifest import Input, Manifest
    from jupyter_ipfs.protocols import ProgressCallback

_RUNS = "runs"  # below the environments
_LOCK = "lock"
WORK, HOME, TEMPORARY, READER, REPO = "work", "home", "tmp", "reader", "repo"
# What each folder is called inside; without isolation it is called what it is.
_INSIDE = {
    WORK: "/notebook", HOME: "/home/reader", TEMPORARY: "/tmp", READER: "/reader", REPO: "/repo",  # noqa: S108
}  # fmt: skip
_WRITABLE = (WORK, HOME, TEMPORARY, REPO)
_CONTENT = "content"  # `Input.how` of ``ipfs://``
# As when it was stored (safety.md 19): ids in SVG come from the salt, not from chance.
_MATPLOTLIBRC = "svg.hashsalt: jupyter_ipfs\n"
_ENTRY_POINTS = "[fsspec.specs]\nipfs = jupyter_ipfs.filesystem:IPFSFileSystem\n"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder for one run; a context, at whose end it is gone.

    Attributes:
        path: Where it is here.
        isolated: Whether it is bound into a box, under names that tell nothing.
    """

    path: Path
    isolated: bool

    @classmethod
    def make(cls, repo: Path, *, isolated: bool) -> Self:
        """Make an empty one below the repo, on whose disk there is room for inputs."""
        runs = repo / environments.DIRECTORY / _RUNS
        runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(runs)
        path = runs / f"{os.getpid()}-{secrets.token_hex(8)}"  # whose it is
        path.mkdir(mode=0o700)
        place = cls(path, isolated)
        for name in _INSIDE:
            (path / name).mkdir()
        return place

    def inside(self, name: str) -> str:
        """Return what the code calls one of the folders."""
        return _INSIDE[name] if self.isolated else str(self.path / name)

    def folder(self, manifest: Manifest) -> str:
        """Return what the code calls the notebook's folder."""
        return str(PurePosixPath(self.inside(WORK), manifest.folder))

    def fill(
        self,
        content: Content,
        manifest: Manifest,
        notebook: Mapping[str, Any],
        progress: ProgressCallback | None = None,
    ) -> None:
        """Put the notebook's source and the declared inputs in their places."""
        folder = self._below(manifest.folder)
        folder.mkdir(parents=True, exist_ok=True)
        included = [each for each in manifest.inputs if each.included]
        files = [each for each in included if each.how != _CONTENT]
        meter = Meter(
            progress, "writing", files_total=len(files), size_total=sum(each.size for each in files)
        )
        for each in files:
            target = self._below(each.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            content.get(CID.parse(str(each.cid)), target)
            meter.file_done()
            meter.advance(each.size)
        source = folder / manifest.name
        with contextlib.suppress(FileExistsError), source.open("x", encoding="utf-8") as file:
            json.dump(_without_outputs(notebook), file, indent=1, sort_keys=True)
        self._add_content(content, [each for each in included if each.how == _CONTENT])
        self._add_reader()
        self._add_home()
        if isolation.user() is not None and self.isolated:
            self._give_away(isolation.user() or 0)

    def read_only(self) -> dict[str, Path]:
        """Return what a box has of it to read: the path inside → the path here."""
        etc = self.path / "etc"
        made = {f"/etc/{file.name}": file for file in sorted(etc.iterdir())}
        return {
            **made,
            _INSIDE[READER]: self.path / READER,
            f"{_INSIDE[READER]}/lib/jupyter_ipfs": _package(),
        }

    def writable(self) -> dict[str, Path]:
        """Return what a box may change of it, likewise."""
        return {_INSIDE[name]: self.path / name for name in _WRITABLE}

    def variables(self, programs: str) -> dict[str, str]:
        """Return the variables that the code sees, all of them; ``programs`` is on its path."""
        return {
            "HOME": self.inside(HOME), "USER": "reader", "LOGNAME": "reader", "SHELL": "/bin/sh",
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
            "TZ": "UTC", "TMPDIR": self.inside(TEMPORARY), "TERM": "dumb",
            "PYTHONPATH": f"{self.inside(READER)}/lib", "PYTHONNOUSERSITE": "1",
            "JUPYTER_IPFS_REPO": self.inside(REPO), "JUPYTER_IPFS_REPRODUCED": "1",
        }  # fmt: skip

    def remove(self) -> None:
        """Throw it away, whatever the code has made of it."""
        _remove(self.path)

    def __enter__(self) -> Self:
        _hold(self.path)
        return self

    def __exit__(self, *_: object) -> None:
        _let_go(self.path)
        self.remove()

    def _below(self, path: str) -> Path:
        """Return where a path of the manifest's is; it was checked when that was read.

        Raises:
            ReplayError: It would be somewhere else all the same.
        """
        top = (self.path / WORK).resolve()
        target = top.joinpath(*PurePosixPath(path).parts)
        is_inside = target == top or target.parent.resolve().is_relative_to(top)
        if ".." in target.parts or not is_inside:
            raise ReplayError(f"the bundle names a place outside of it: {path[:100]!a}")
        return target

    def _add_content(self, content: Content, inputs: list[Input]) -> None:
        """Make the repo that ``ipfs://`` reads from: it has the declared content alone."""
        if not inputs:
            return
        repo = Repo.open(self.path / REPO)
        try:
            for each in inputs:
                root = CID.parse(str(each.cid))
                with repo.batch() as batch:
                    for block in walk(content.backend, root):
                        batch.put(block)
                    batch.commit(root)
        finally:
            repo.close()

    def _add_reader(self) -> None:
        """Add what runs the cells, and this package, which every reader has."""
        reader = self.path / READER
        ours = Path(__file__).parent
        for name in ("launcher.py", "runner.py"):
            shutil.copyfile(ours / name, reader / name)
        information = reader / "lib" / "jupyter_ipfs-0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: jupyter_ipfs\nVersion: 0\n"
        )
        (information / "entry_points.txt").write_text(_ENTRY_POINTS)
        if self.isolated:
            (reader / "lib" / "jupyter_ipfs").mkdir()  # where it is bound
        else:
            (reader / "lib" / "jupyter_ipfs").symlink_to(_package())
        etc = self.path / "etc"
        etc.mkdir()
        uid = os.geteuid() if isolation.user() is None else isolation.NOBODY
        gid = os.getegid() if isolation.user() is None else isolation.NOBODY
        (etc / "passwd").write_text(f"reader:x:{uid}:{gid}::{_INSIDE[HOME]}:/bin/sh\n")
        (etc / "group").write_text(f"reader:x:{gid}:\n")
        (etc / "hosts").write_text("127.0.0.1 localhost bundle\n::1 localhost\n")

    def _add_home(self) -> None:
        configuration = self.path / HOME / ".config" / "matplotlib"
        configuration.mkdir(parents=True)
        (configuration / "matplotlibrc").write_text(_MATPLOTLIBRC)

    def _give_away(self, user: int) -> None:
        """Make everything readable for the user that the code becomes, and its folders theirs."""
        for name in (*_INSIDE, "etc"):
            for folder, _, files in os.walk(self.path / name):
                places = [Path(folder), *(Path(folder, file) for file in files)]
                for place in places:
                    if name in _WRITABLE:
                        os.chown(place, user, user, follow_symlinks=False)
                    elif not place.is_symlink():
                        place.chmod(place.stat().st_mode | (0o555 if place.is_dir() else 0o444))


def _without_outputs(notebook: Mapping[str, Any]) -> dict[str, Any]:
    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def _package() -> Path:
    found = find_spec("jupyter_ipfs")
    assert found is not None  # noqa: S101  (this is it)
    assert found.origin is not None  # noqa: S101
    return Path(found.origin).parent


def _hold(path: Path) -> None:
    """Hold a lock that ends with this process: what isn't locked has been left behind."""
    with contextlib.suppress(ImportError):
        import fcntl  # noqa: PLC0415  (Windows has none)

        descriptor = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _held[path] = descriptor


_held: dict[Path, int] = {}


def _let_go(path: Path) -> None:
    descriptor = _held.pop(path, None)
    if descriptor is not None:
        os.close(descriptor)


def _sweep(runs: Path) -> None:
    """Remove what runs have left whose process is gone."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:
        return
    for path in runs.iterdir():
        try:
            descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue  # being made
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            _remove(path)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a tree: folders without rights, and ones that are nested without an end, included."""
    if os.name != "posix":
        shutil.rmtree(path, ignore_errors=True)
        return
    # In 1,500 nested folders `shutil.rmtree` raises RecursionError, after 5 s (Python 3.11).
    for program in (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        if path.exists():
            subprocess.run([*program, "--", str(path)], check=False, capture_output=True)  # noqa: S603
