"""What `add` takes, leaves out and refuses; tests/conformance says that its CIDs are Kubo's."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import ConfigError, PathNotFoundError
from jupyter_ipfs.node.add import Added, Options

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import Progress
    from jupyter_ipfs.session import Session


def listed(session: Session, path: object) -> set[str]:
    return {entry.name for entry in session.ls(str(path))}


def test_hidden_files_are_left_out_unless_asked_for(session: Session, tree: Path) -> None:
    assert listed(session, f"{session.add(tree)}/sub") == {"b.bin", "up"}
    everything = session.add(tree, options=Options(hidden=True))
    assert listed(session, f"{everything}/sub") == {"b.bin", "up", ".hidden"}


def test_a_hidden_file_that_is_named_is_taken(session: Session, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("x")
    assert session.cat(session.add(tmp_path / ".env")) == b"x"


def test_several_sources_make_one_directory(session: Session, tree: Path) -> None:
    cid = session.add([tree / "a.txt", tree / "sub"], options=Options(wrap=True))
    assert listed(session, cid) == {"a.txt", "sub"}


def test_two_sources_of_one_name_are_refused(session: Session, tree: Path) -> None:
    (tree / "sub" / "a.txt").write_text("another")
    with pytest.raises(ConfigError, match="same name"):
        session.add([tree / "a.txt", tree / "sub" / "a.txt"], options=Options(wrap=True))


def test_several_sources_without_a_directory_are_refused(session: Session, tree: Path) -> None:
    with pytest.raises(ConfigError):
        session.add([tree / "a.txt", tree / "sub"])


def test_a_stream_of_short_reads_is_cut_like_a_file(session: Session, tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._data = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self._data.read(min(size, 10_001))

    data = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(data)
    stored = session.add(Pipe(data))  # type: ignore[arg-type]  # a raw stream is enough
    assert stored == session.add(tmp_path / "file") == session.add(data)


def test_only_hash_gives_the_cid_and_stores_nothing(session: Session, tree: Path) -> None:
    cid = session.add(tree, only_hash=True)
    assert session.status().blocks == 0
    assert session.add(tree) == cid


def test_the_repo_inside_of_the_added_tree_is_left_out(session: Session, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("x")
    assert listed(session, session.add(tmp_path)) == {"data.txt"}


def test_the_repo_itself_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="repo"):
        session.add(tmp_path / "repo")


def test_a_file_that_does_not_exist_is_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(PathNotFoundError, match="nothing"):
        session.add(tmp_path / "nothing-here")


def test_a_pipe_in_a_directory_is_named_and_nothing_hangs(session: Session, tree: Path) -> None:
    os.mkfifo(tree / "fifo")
    with pytest.raises(ConfigError, match="fifo"):
        session.add(tree)
    assert session.status().blocks == 0


def test_a_file_that_goes_away_meanwhile_is_named_and_nothing_is_kept(
    session: Session, tree: Path
) -> None:
    def take_away(progress: Progress) -> None:
        if not progress.files:
            (tree / "sub" / "b.bin").unlink(missing_ok=True)

    with pytest.raises(ConfigError, match=r"b\.bin"):
        session.add(tree, progress=take_away)
    assert session.status().blocks == 0


def test_progress_counts_files_bytes_and_what_was_there(session: Session, tree: Path) -> None:
    seen: list[Progress] = []
    session.add(tree, progress=seen.append)
    size = 5 + 4 * 1024 * 1024
    assert (seen[-1].phase, seen[-1].files, seen[-1].files_total) == ("done", 3, 3)
    assert (seen[-1].size, seen[-1].size_total, seen[-1].existing) == (size, size, 0)
    session.add(tree, progress=seen.append)
    assert seen[-1].existing == size


def test_an_interrupt_in_the_middle_leaves_nothing(session: Session, tree: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.phase == "done":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.add(tree, name="tree", progress=stop)
    assert session.status().blocks == 0
    assert session.names() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ipfs-add")]


def test_every_finished_file_and_directory_is_told(session: Session, tree: Path) -> None:
    told: list[Added] = []
    root = session.add(tree, options=Options(on_added=told.append))
    assert {added.path for added in told} == {
        "tree",
        "tree/a.txt",
        "tree/empty",
        "tree/sub",
        "tree/sub/b.bin",
        "tree/sub/up",
    }
    assert told[-1] == Added("tree", told[-1].ref, is_directory=True)
    assert told[-1].ref.cid == root


@pytest.mark.parametrize("name", ["", "..", "a/../b", "/a", "a//b", "a\0"])
def test_named_contents_with_an_impossible_name_are_refused(session: Session, name: str) -> None:
    with pytest.raises(ConfigError):
        session.store_files({name: b"x"})
    assert session.status().blocks == 0
