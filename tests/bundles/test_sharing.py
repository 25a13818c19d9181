"""Sharing: what is in the payload, that it is always the same, and what is noticed on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.errors import BundleError, DiskFullError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add
from tests.bundles.conftest import cells, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project
    from tests.conftest import Kubo

_SHARE = """
import sys, json
from pathlib import Path
from jupyter_ipfs.bundles.papers import documents
from jupyter_ipfs.bundles.recording.run_record import CellRun, FileRead, Run
from jupyter_ipfs.session import Session
documents.lock = lambda *_: None
repo, notebook, sha = sys.argv[1:]
place = Path(notebook).parent / "data" / "a.csv"
at = place.stat()
read = FileRead(str(place), at.st_size, at.st_mtime_ns, at.st_ino)
cell = CellRun("read", 1, sha, 1_700_000_000.25, 1_700_000_001.5,
               success=True, reads=(read,), modules=("json",))
run = Run("another", notebook, str(place.parent.parent), sys.executable, (cell,))
with Session(repo=repo) as session:
    print(session.bundles.share(notebook, run=run).payload)
"""


pytestmark = pytest.mark.usefixtures("unlocked")


def test_a_payload_has_the_notebook_its_inputs_and_one_directory_an_output(
    session: Session, project: Project
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)

    def read(path: str) -> bytes:
        return session.cat(f"{shared.root}/payload/{path}")

    manifest = manifest_json.loads(read("bundle.json"))
    assert (manifest.title, manifest.name) == ("A survey", "survey.ipynb")
    assert manifest.created_at == "2023-11-14T22:13:21Z"
    assert [each.path for each in manifest.inputs] == ["data/a.csv"]
    assert manifest.cells[0].reads == ("data/a.csv",)
    assert read("inputs/data/a.csv") == b"a,b\n1,2\n"
    assert read("outputs/read/0/text.txt") == b"one\ntwo\n"
    assert read("outputs/read/1/image.png").startswith(b"\x89PNG")
    assert read("outputs/fail/0/error.txt").startswith(b"ZeroDivisionError: division by zero")
    notebook = json.loads(read("notebook.ipynb"))
    assert notebook["cells"][1]["metadata"] == {"tags": ["ipfs-tolerance=1e-3"]}


def test_what_no_reader_could_open_is_not_shared(session: Session, project: Project) -> None:
    with pytest.raises(BundleError, match=r"could not open this share: .*'title'"):
        session.bundles.share(project.notebook, run=project.run, title="T" * 100_000)
    assert session.bundles.share(project.notebook, run=project.run).version == 1


def test_the_same_notebook_run_and_environment_give_the_same_payload_anywhere(
    session: Session,
    project: Project,
    make_project: Callable[[Path], Project],
    tmp_path: Path,
) -> None:
    here = session.bundles.share(project.notebook, run=project.run)
    elsewhere = make_project(tmp_path / "else where" / "deeper")
    os.utime(elsewhere.notebook, (1, 1))
    sha = project.run.cells[0].source_sha256
    said = subprocess.run(
        [sys.executable, "-c", _SHARE, tmp_path / "third", elsewhere.notebook, sha],
        env={**os.environ, "TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "7"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == str(here.payload)


def test_what_changes_by_itself_in_a_notebook_changes_no_payload(
    session: Session, project: Project
) -> None:
    first = session.bundles.share(project.notebook, run=project.run)
    these = cells()
    these[1]["metadata"]["execution"] = {"iopub.busy": "later"}
    these[1]["metadata"]["trusted"] = True
    these[1]["outputs"][0]["text"] = "one\ntwo\n"
    del these[1]["outputs"][1]
    write_notebook(project.notebook, these, widgets={"state": {"random": 1}})
    again = session.bundles.share(project.notebook, run=project.run)
    assert again.payload == first.payload
    assert again.unchanged


def test_a_version_that_was_shared_stays_and_has_the_name_of_the_notebook(
    session: Session, project: Project
) -> None:
    first = session.bundles.share(project.notebook, run=project.run)
    assert (first.name, first.version, first.unchanged) == ("survey", 1, False)
    again = session.bundles.share(project.notebook, run=project.run)
    assert (again.root, again.version, again.unchanged) == (first.root, 1, True)
    (version,) = session.log("survey")
    assert version.shared
    assert version.pinned
    session.unpin(first.root)
    assert session.bundles.share(project.notebook, run=project.run).root == first.root
    assert session.log("survey")[0].pinned


def test_an_input_that_is_as_it_was_is_not_read_again(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session.bundles.share(project.notebook, run=project.run)

    def refused(*_: object, **__: object) -> Any:  # noqa: ANN401
        raise AssertionError("it was read again")

    with monkeypatch.context() as patched:
        patched.setattr(add, "add_paths", refused)
        again = session.bundles.share(project.notebook, run=project.run)
    assert again.root == first.root


def test_a_remembered_input_that_was_dropped_is_stored_again(
    session: Session, project: Project
) -> None:
    first = session.bundles.share(project.notebook, run=project.run)
    session.forget(first.root)
    again = session.bundles.share(project.notebook, run=project.run, name="again")
    assert again.root == first.root
    assert session.bundles.check(again.root).is_intact


def test_an_input_that_changes_while_it_is_shared_is_named_and_nothing_is_kept(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = session.bundles.plan(project.notebook, run=project.run)
    real = add.add_paths

    def meanwhile(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        found = real(*arguments, **options)
        (project.folder / "data" / "a.csv").write_text("a,b\n1,3\n")
        return found

    monkeypatch.setattr(add, "add_paths", meanwhile)
    before = session.repo.multihashes()
    with pytest.raises(BundleError, match=r"'data/a\.csv' has changed while it was being shared"):
        session.bundles.share(plan)
    assert session.names() == []
    assert session.repo.multihashes() == before


def test_a_notebook_that_is_saved_while_it_is_shared_is_not_shared(
    session: Session, project: Project
) -> None:
    plan = session.bundles.plan(project.notebook, run=project.run)
    write_notebook(project.notebook, cells()[:2])
    with pytest.raises(BundleError, match="has changed while it was being shared"):
        session.bundles.share(plan)
    assert session.names() == []


def test_a_large_input_is_streamed(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = project.folder / "data" / "big.bin"
    size = 256 * 1024**2
    with big.open("wb") as file:
        file.truncate(size)  # sparse
        file.seek(5)
        file.write(b"x")
    largest = 0
    real = os.read

    def watched(fd: int, wanted: int) -> bytes:
        nonlocal largest
        largest = max(largest, wanted)
        return real(fd, wanted)

    monkeypatch.setattr(os, "read", watched)
    run = project.reads("data/a.csv", "data/big.bin")
    shared = session.bundles.share(project.notebook, run=run)
    assert largest <= 1024 * 1024
    opened = session.bundles.open(shared.root)
    assert {each.path: each.size for each in opened.manifest.inputs}["data/big.bin"] == size
    assert session.cat(f"{shared.root}/payload/inputs/data/big.bin", 4, 3) == b"\0x\0"


def test_content_that_was_read_by_its_cid_is_a_link_in_the_same_dag(
    session: Session, project: Project
) -> None:
    content = session.add(b"some content of its own")
    session.unpin(content)
    run = project.reads("data/a.csv", contents=(str(content),))
    shared = session.bundles.share(project.notebook, run=run)
    assert session.resolve(f"{shared.root}/payload/inputs/ipfs/{content}").cid == content
    assert session.bundles.check(shared.root).is_intact
    session.gc()
    assert session.cat(content) == b"some content of its own"


def test_kubo_gives_a_payload_the_same_cid(
    session: Session, project: Project, kubo: Kubo, tmp_path: Path
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    session.get(f"{shared.root}", tmp_path / "tree")
    assert kubo.add(tmp_path / "tree") == str(shared.root)
    assert kubo.add(tmp_path / "tree" / "payload", "--hidden") == str(shared.payload)


def test_a_share_that_does_not_fit_leaves_nothing(session: Session, project: Project) -> None:
    (project.folder / "data" / "a.csv").write_bytes(bytes(100_000))
    plan = session.bundles.plan(project.notebook, run=project.reads("data/a.csv"))
    session.repo.quota.limit = 50_000
    with pytest.raises(DiskFullError):
        session.bundles.share(plan)
    assert session.names() == []


def test_the_link_names_the_share(session: Session, project: Project) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    assert shared.link == f"ipfs://{shared.root}"
    assert CID.parse(str(shared.root)) == shared.root != shared.payload
