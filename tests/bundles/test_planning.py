"""What is preselected for a share, what is not, and why (``safety.md`` 18)."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_ipfs.bundles.environment import distributions
from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.bundles.review.finding import SECRET
from jupyter_ipfs.errors import (
    BundleError,
    ConfigError,
    EnvironmentLockError,
    NotABundleError,
    SecretsFoundError,
)
from tests.bundles.conftest import cells, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.bundles.sharing.plan import Plan, PlannedInput
    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project

pytestmark = pytest.mark.usefixtures("unlocked")

_KEY = "AKIA" + "QYLPMN5HHHFPZAM2"  # in two parts, or it would be found here


def by_path(plan: Plan) -> dict[str, PlannedInput]:
    return {each.path: each for each in plan.inputs}


def write(project: Project, **files: str) -> None:
    for name, text in files.items():
        place = project.folder / name.replace("__", "/").replace("_dot_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def test_only_plain_files_below_the_notebook_are_preselected(
    session: Session, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "above.csv").write_text("1")
    (tmp_path / "project" / "data" / "keys.txt").write_text(f"aws_access_key_id={_KEY}\n")
    (tmp_path / "project" / ".env").write_text("A=1")
    (tmp_path / "project" / ".cache").mkdir()
    (tmp_path / "project" / ".cache" / "x.csv").write_text("1")
    run = project.reads("data/a.csv", "../above.csv", "data/keys.txt", ".env", ".cache/x.csv")
    plan = session.bundles.plan(project.notebook, run=run, top=tmp_path)
    assert {path: (each.selected, each.why_not) for path, each in by_path(plan).items()} == {
        "data/a.csv": (True, ""),
        "../above.csv": (False, "above"),
        "data/keys.txt": (False, "secret"),
        ".env": (False, "hidden"),
        ".cache/x.csv": (False, "hidden"),
    }


def test_what_git_ignores_is_not_preselected(session: Session, project: Project) -> None:
    subprocess.run(["git", "init", "-q", str(project.folder)], check=True)
    (project.folder / ".gitignore").write_text("private*\n")
    (project.folder / "data" / "private.csv").write_text("1")
    plan = session.bundles.plan(
        project.notebook, run=project.reads("data/a.csv", "data/private.csv")
    )
    found = by_path(plan)
    assert found["data/a.csv"].selected
    assert (found["data/private.csv"].selected, found["data/private.csv"].why_not) == (
        False,
        "git-ignored",
    )


def test_a_secret_or_hidden_input_leaves_neither_path_nor_cid(
    session: Session, project: Project
) -> None:
    (project.folder / ".env").write_text("A=1")
    (project.folder / "data" / "keys.txt").write_text(f"aws_access_key_id={_KEY}\n")
    (project.folder / "data" / "left-out.csv").write_text("1")
    run = project.reads("data/a.csv", ".env", "data/keys.txt", "data/left-out.csv")
    shared = session.bundles.share(
        project.notebook, run=run, exclude=["data/left-out.csv"], where={
            "data/left-out.csv": "ask me", "data/keys.txt": "no",
        },
    )  # fmt: skip
    manifest = session.bundles.open(shared.root).manifest
    assert [(each.path, each.included, each.where) for each in manifest.inputs] == [
        ("data/a.csv", True, ""),
        ("data/left-out.csv", False, "ask me"),
    ]
    assert manifest.cells[0].reads == ("data/a.csv", "data/left-out.csv")
    for name in ("bundle.json", "ro-crate-metadata.json", "provenance.json", "index.html"):
        text = session.cat(f"{shared.payload}/{name}").decode()
        assert ".env" not in text
        assert "keys.txt" not in text


def test_an_input_that_another_cell_wrote_leaves_no_path_either(
    session: Session, project: Project
) -> None:
    (project.folder / ".env").write_text("A=1")
    run = project.reads(".env")
    (head,) = run.cells
    wrote = (str(project.folder.resolve() / ".env"), str(project.folder.resolve() / "out.csv"))
    shared = session.bundles.share(
        project.notebook, run=replace(run, cells=(replace(head, writes=wrote),))
    )
    assert session.bundles.open(shared.root).manifest.cells[0].writes == ("out.csv",)
    for name in ("bundle.json", "ro-crate-metadata.json", "provenance.json", "index.html"):
        assert b".env" not in session.cat(f"{shared.payload}/{name}")


def test_what_is_hidden_is_shared_if_its_author_says_so(session: Session, project: Project) -> None:
    (project.folder / ".hidden.csv").write_text("1")
    run = project.reads("data/a.csv", ".hidden.csv")
    shared = session.bundles.share(project.notebook, run=run, include=[".hidden.csv"])
    assert session.cat(f"{shared.payload}/inputs/.hidden.csv") == b"1"


def test_data_beside_the_notebooks_folder_keeps_its_place(
    session: Session, make_project: Callable[[Path], Project], tmp_path: Path
) -> None:
    project = make_project(tmp_path / "top" / "analysis")
    (tmp_path / "top" / "data").mkdir()
    (tmp_path / "top" / "data" / "b.csv").write_text("b")
    run = project.reads("data/a.csv", "../data/b.csv")
    shared = session.bundles.share(
        project.notebook, run=run, top=tmp_path / "top", include=["../data/b.csv"]
    )
    manifest = session.bundles.open(shared.root).manifest
    assert manifest.folder == "analysis"
    assert [each.path for each in manifest.inputs] == ["analysis/data/a.csv", "data/b.csv"]
    copied = session.bundles.copy(shared.root, tmp_path)
    assert copied.notebook == tmp_path / "survey" / "analysis" / "survey.ipynb"
    assert (copied.notebook.parent / ".." / "data" / "b.csv").read_text() == "b"


def test_what_lies_outside_is_listed_without_its_folder_and_cannot_be_included(
    session: Session, project: Project, tmp_path: Path
) -> None:
    outside = tmp_path / "home of somebody" / "big.csv"
    outside.parent.mkdir()
    outside.write_text("1")
    run = project.reads("data/a.csv", "../home of somebody/big.csv")
    plan = session.bundles.plan(project.notebook, run=run)
    assert by_path(plan)[str(outside)].why_not == "outside"
    shared = session.bundles.share(plan)
    manifest = session.bundles.open(shared.root).manifest
    assert [each.path for each in manifest.inputs] == ["data/a.csv", "elsewhere/big.csv"]
    assert b"somebody" not in session.cat(f"{shared.payload}/bundle.json")
    with pytest.raises(BundleError, match="outside of"):
        session.bundles.plan(project.notebook, run=run, include=[str(outside)])


def test_folders_and_files_that_the_author_adds_are_taken(
    session: Session, project: Project
) -> None:
    (project.folder / "extra" / "deep").mkdir(parents=True)
    (project.folder / "extra" / "deep" / "x.txt").write_text("x")
    (project.folder / "extra" / ".git").mkdir()
    (project.folder / "extra" / ".git" / "config").write_text("no")
    plan = session.bundles.plan(project.notebook, run=project.run, include=["extra"])
    assert {path: each.how for path, each in by_path(plan).items()} == {
        "data/a.csv": "seen", "extra/deep/x.txt": "added",
    }  # fmt: skip
    with pytest.raises(BundleError, match="cannot read"):
        session.bundles.plan(project.notebook, run=project.run, include=["nowhere.csv"])


def test_an_input_that_has_changed_since_it_was_read_is_told(
    session: Session, project: Project
) -> None:
    (project.folder / "data" / "a.csv").write_text("something else")
    plan = session.bundles.plan(project.notebook, run=project.run)
    assert by_path(plan)["data/a.csv"].changed
    assert "input-changed" in {each.kind for each in plan.findings}
    (project.folder / "data" / "a.csv").unlink()
    plan = session.bundles.plan(project.notebook, run=project.run)
    assert by_path(plan)["data/a.csv"].why_not == "missing"


def test_an_input_that_was_only_touched_has_not_changed(session: Session, project: Project) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    cid = str(session.resolve(f"{shared.payload}/inputs/data/a.csv").cid)
    (cell,) = project.run.cells
    (read,) = cell.reads
    before = replace(read, cid=cid, mtime_ns=5)
    run = replace(project.run, cells=(replace(cell, reads=(before,)),))
    assert not by_path(session.bundles.plan(project.notebook, run=run))["data/a.csv"].changed
    other = replace(before, cid=str(shared.root))
    run = replace(project.run, cells=(replace(cell, reads=(other,)),))
    assert by_path(session.bundles.plan(project.notebook, run=run))["data/a.csv"].changed


def test_a_secret_in_the_notebook_is_shared_only_if_that_was_said(
    session: Session, project: Project
) -> None:
    these = cells()
    these[1]["outputs"][0]["text"] = f"aws_access_key_id = '{_KEY}'\n"
    write_notebook(project.notebook, these)
    plan = session.bundles.plan(project.notebook, run=project.run)
    assert SECRET in {each.level for each in plan.findings}
    assert _KEY not in json.dumps(plan.as_json())
    with pytest.raises(SecretsFoundError) as caught:
        session.bundles.share(plan)
    assert _KEY not in str(caught.value)
    assert session.names() == []
    assert session.bundles.share(plan, secrets=True).name == "survey"


def test_a_plan_is_shared_under_the_name_that_is_given(session: Session, project: Project) -> None:
    plan = session.bundles.plan(project.notebook, run=project.run)
    assert session.bundles.share(plan, name="paper").name == "paper"
    with pytest.raises(ConfigError):
        session.bundles.plan(project.notebook, name="a/b")
    odd = project.notebook.rename(project.folder / "a@b.ipynb")
    assert session.bundles.plan(odd).name == "a-b"


def test_what_is_no_notebook_is_no_notebook(session: Session, project: Project) -> None:
    for data in (b"", b"{}", b"[" * 100_000, b'{"nbformat": 9, "cells": []}', b'{"nbformat": 4}',
                 b'{"nbformat": 4, "cells": [3]}', b"\xff\xfe"):  # fmt: skip
        project.notebook.write_bytes(data)
        with pytest.raises(NotABundleError):
            session.bundles.plan(project.notebook)
    with pytest.raises(BundleError):
        session.bundles.plan(project.folder / "nothing.ipynb")


def test_an_input_whose_name_no_other_system_takes_is_not_selected(
    session: Session, project: Project
) -> None:
    (project.folder / "data" / "a\nb.csv").write_text("1")
    plan = session.bundles.plan(project.notebook, run=project.reads("data/a\nb.csv"))
    (odd,) = plan.inputs
    assert (odd.selected, odd.why_not) == (False, "outside")
    shared = session.bundles.share(plan)
    assert session.bundles.open(shared.root).manifest.cells[0].reads in {(), ("elsewhere/a",)}


def test_a_manifest_comes_back_as_it_was(session: Session, project: Project) -> None:
    plan = session.bundles.plan(project.notebook, run=project.run, authors=["Ada", "Ωmega"])
    manifest = replace(plan.manifest(), inputs=())
    assert manifest_json.loads(manifest_json.dumps(manifest)) == manifest
    assert manifest_json.dumps(manifest) == manifest_json.dumps(
        manifest_json.loads(manifest_json.dumps(manifest))
    )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_neither_order_nor_doubles_nor_strangers_of_a_run_change_what_is_shared(
    session: Session, project: Project, data: st.DataObject
) -> None:
    names = ["data/a.csv", "b.csv", "c/d.csv", "c/e.csv"]
    for name in names[1:]:
        (project.folder / name).parent.mkdir(exist_ok=True)
        (project.folder / name).write_text(name)
        os.utime(project.folder / name, (5, 5))
    (cell,) = project.reads(*names).cells
    stranger = replace(cell, cell_id="gone", source_sha256="0" * 64, ended_at=0.0)
    wanted = session.bundles.plan(
        project.notebook, run=replace(project.run, cells=(cell,)), exclude=["b.csv", "c/e.csv"]
    )
    reads = data.draw(st.permutations([*cell.reads, cell.reads[0]]))
    runs = data.draw(st.permutations([stranger, replace(cell, reads=tuple(reads))]))
    exclude = data.draw(st.permutations(["c/e.csv", "b.csv", "b.csv", "nothing"]))
    found = session.bundles.plan(
        project.notebook, run=replace(project.run, kernel="x", cells=tuple(runs)), exclude=exclude
    )
    assert found.manifest() == wanted.manifest()
    assert found.data == wanted.data


def test_a_python_that_is_not_there_any_more_is_no_reason_not_to_share(
    session: Session, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributions, "installed", _gone)
    shared = session.bundles.share(project.notebook, run=project.run)
    assert session.bundles.open(shared.root).manifest.environment.packages == 0


def _gone(*_: object) -> distributions.Installed:
    raise EnvironmentLockError("that Python is gone")
