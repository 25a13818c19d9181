"""Working copies: everything in its place, nothing that acts by itself, nothing overwritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.errors import ConfigError, DiskFullError, NotABundleError
from tests.bundles.conftest import cells, write_notebook
from tests.bundles.test_opening import forged

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project

pytestmark = pytest.mark.usefixtures("unlocked")


def test_a_copy_has_the_notebook_and_its_inputs_and_nobody_trusts_it(
    session: Session, project: Project, tmp_path: Path
) -> None:
    these = cells()
    these[1]["metadata"]["trusted"] = True
    write_notebook(project.notebook, these)
    shared = session.bundles.share(project.notebook, run=project.run)
    first = session.bundles.copy(shared.root, tmp_path)
    assert first.local_path == tmp_path / "survey"
    assert (first.local_path / "data" / "a.csv").read_text() == "a,b\n1,2\n"
    notebook = json.loads(first.notebook.read_text())
    trusted = [cell["metadata"].get("trusted") for cell in notebook["cells"]]
    assert trusted == [None, False, False]
    (first.local_path / "data" / "a.csv").write_text("mine")
    second = session.bundles.copy(shared.root, tmp_path)
    assert second.local_path == tmp_path / "survey-2"
    assert (first.local_path / "data" / "a.csv").read_text() == "mine"


def test_what_tools_act_on_is_left_out_and_told(
    session: Session, project: Project, tmp_path: Path
) -> None:
    names = [".envrc", "sitecustomize.py", "data/x.pth", ".vscode/settings.json", "ok.txt"]
    for name in names:
        place = project.folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("x")
    shared = session.bundles.share(
        project.notebook, run=project.reads("data/a.csv", *names), include=names
    )
    copied = session.bundles.copy(shared.root, tmp_path)
    assert set(copied.skipped) == {".envrc", "sitecustomize.py", "data/x.pth", ".vscode"}
    found = {
        str(path.relative_to(copied.local_path))
        for path in copied.local_path.rglob("*")
        if path.is_file()
    }
    assert found == {"survey.ipynb", "data/a.csv", "ok.txt"}


def test_what_is_not_included_is_told_with_where_to_get_it(
    session: Session, project: Project, tmp_path: Path
) -> None:
    shared = session.bundles.share(
        project.notebook, run=project.run, exclude=["data/a.csv"], where={"data/a.csv": "ask me"}
    )
    copied = session.bundles.copy(shared.root, tmp_path)
    assert copied.skipped == {"data/a.csv": "ask me"}
    assert not (copied.local_path / "data").exists()


@pytest.mark.parametrize("folder", [".git", ".vscode/x", ".jupyter"])
def test_a_notebook_in_a_folder_that_tools_act_on_is_not_copied(
    session: Session, project: Project, tmp_path: Path, folder: str
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    root = forged(session, shared, lambda manifest: manifest.update(folder=folder))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(NotABundleError, match="tools act on"):
        session.bundles.copy(root, tmp_path)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("data", [b"no JSON", b'{"cells":' + b"[" * 100_000])
def test_a_share_whose_notebook_is_none_leaves_no_copy_without_one(
    session: Session, project: Project, tmp_path: Path, data: bytes
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    root = forged(session, shared, files={"notebook.ipynb": data})
    before = sorted(tmp_path.iterdir())
    with pytest.raises(NotABundleError, match="cannot be made untrusted"):
        session.bundles.copy(root, tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_notebook_that_is_none_for_jupyter_is_not_copied(
    session: Session, project: Project, tmp_path: Path
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    root = forged(session, shared, lambda manifest: manifest.update(name="run.py"))
    with pytest.raises(NotABundleError, match="untrusted"):
        session.bundles.copy(root, tmp_path)
    with pytest.raises(ConfigError, match="there is no folder"):
        session.bundles.copy(shared.root, tmp_path / "nowhere")


def test_a_copy_that_does_not_fit_is_not_begun(
    session: Session, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil  # noqa: PLC0415

    shared = session.bundles.share(project.notebook, run=project.run)
    full: Any = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(DiskFullError):
        session.bundles.copy(shared.root, tmp_path)
    assert not (tmp_path / "survey").exists()
