"""The tests of reading that fsspec has: trees built on disk, stored, and copied back."""

# ruff: noqa: ANN401  (fsspec has no types)

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pytest

# What writes to the file system under test (copy, mv, open, pipe, put) has nothing to test here.
from fsspec.implementations.local import LocalFileSystem
from fsspec.tests.abstract import AbstractFixtures
from fsspec.tests.abstract.get import AbstractGetTests

from jupyter_ipfs import filesystem
from jupyter_ipfs.filesystem import IPFSFileSystem
from jupyter_ipfs.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Prepared(IPFSFileSystem):
    """What a test wants to make has been stored before."""

    def mkdir(self, *_: object, **__: object) -> None:  # type: ignore[override]
        """Nothing to do."""

    touch = mkdir  # type: ignore[assignment]


class TestGet(AbstractGetTests, AbstractFixtures):  # type: ignore[misc]  # (no types)
    """`fs.get` in every form that fsspec tests."""

    @pytest.fixture(autouse=True)
    def fs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IPFSFileSystem]:
        """The file system under test."""
        monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "repo"))
        IPFSFileSystem.clear_instance_cache()
        filesystem._forget_sessions()
        yield Prepared()
        IPFSFileSystem.clear_instance_cache()
        filesystem._forget_sessions()

    @pytest.fixture
    def fs_path(self, fs: IPFSFileSystem, tmp_path: Path) -> str:
        """What the one test that writes by itself would write."""
        source = tmp_path / "made" / "src"
        source.mkdir(parents=True)
        (source / "file").touch()
        return str(fs.session.add(source.parent))

    @pytest.fixture
    def local_fs(self) -> LocalFileSystem:
        """The disk."""
        return LocalFileSystem(auto_mkdir=True)

    @pytest.fixture
    def local_path(self, tmp_path: Path) -> str:
        """Where to copy to."""
        (tmp_path / "local").mkdir()
        return str(tmp_path / "local")

    @pytest.fixture
    def fs_bulk_operations_scenario_0(self, local_fs: Any, local_join: Any) -> str:
        """The tree of that name, stored."""
        return _stored(self._bulk_operations_scenario_0, local_fs, local_join)

    @pytest.fixture
    def fs_glob_edge_cases_files(self, local_fs: Any, local_join: Any) -> str:
        """The tree of that name, stored."""
        return _stored(self._glob_edge_cases_files, local_fs, local_join)

    @pytest.fixture
    def fs_dir_and_file_with_same_name_prefix(self, local_fs: Any, local_join: Any) -> str:
        """The tree of that name, stored."""
        return _stored(self._dir_and_file_with_same_name_prefix, local_fs, local_join)

    @pytest.fixture
    def fs_10_files_with_hashed_names(self, local_fs: Any, local_join: Any) -> str:
        """The tree of that name, stored."""
        return _stored(self._10_files_with_hashed_names, local_fs, local_join)


def _stored(build: Any, local_fs: Any, local_join: Any) -> str:
    with tempfile.TemporaryDirectory() as folder, connect() as session:
        source = build(local_fs, local_join, folder)
        return f"{session.add(folder)}/{source.rsplit('/', 1)[-1]}"
