"""``session.bundles`` as a whole: signing, tracing, comparing, and a Kubo as the place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import NotABundleError, NotSignedInError
from jupyter_ipfs.session import Session
from tests.bundles.conftest import cells, write_notebook
from tests.bundles.test_report import FIRST, a_report
from tests.wallet.keys import person

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bundles.conftest import Project
    from tests.conftest import Kubo

pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture
def signed_in(session: Session) -> str:
    """Sign in; return the address."""
    return session.wallet.use(person(7)).address


def test_a_share_that_is_signed_has_the_same_payload_and_tells_by_whom(
    session: Session, project: Project, signed_in: str
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run, sign=True)
    (found,) = session.bundles.open(shared.root).signatures
    assert (found.address, found.role, found.valid) == (signed_in, "author", True)
    assert (shared.version, shared.unchanged) == (1, False)
    (version,) = session.log("survey")
    assert (version.root, version.shared, version.pinned) == (shared.root, True, True)
    again = session.bundles.share(project.notebook, run=project.run, sign=True)
    assert (again.root, again.version, again.unchanged) == (shared.root, 1, True)
    unsigned = session.bundles.share(project.notebook, run=project.run)
    assert (unsigned.root, unsigned.payload) == (shared.root, shared.payload)


def test_who_is_not_signed_in_shares_nothing_that_was_to_be_signed(
    session: Session, project: Project
) -> None:
    with pytest.raises(NotSignedInError):
        session.bundles.share(project.notebook, run=project.run, sign=True)
    assert session.names() == []
    assert session.pins() == []


def test_a_reviewers_signature_stands_beside_the_authors_and_travels_in_a_zip(
    session: Session, other: Session, project: Project, signed_in: str, tmp_path: Path
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run, sign=True)
    session.bundles.save_zip(shared.root, tmp_path / "signed.zip")
    root = other.bundles.open_file(tmp_path / "signed.zip")
    reviewer = other.wallet.use(person(8))
    both = other.bundles.open(other.bundles.sign(root, "reviewer"))
    assert both.payload == shared.payload
    assert {(each.address, each.role) for each in both.signatures if each.valid} == {
        (signed_in, "author"),
        (reviewer.address, "reviewer"),
    }
    assert other.bundles.check(both.root).is_intact


def test_a_report_that_names_a_share_of_something_else_is_listed_with_what_it_is_on(
    session: Session, project: Project
) -> None:
    first = session.bundles.share(project.notebook, run=project.run, title="first")
    second = session.bundles.share(project.notebook, run=project.run, title="second", name="b")
    lying = a_report(FIRST, payload=str(first.payload))
    root = session.bundles.keep_report(replace(lying, share=str(second.root)))
    session.bundles.keep_report(a_report(FIRST, payload=str(second.payload)))
    assert [each.report for each in session.bundles.reports(root)] == [root]


def test_where_something_came_from_is_told_of_shares_parts_and_cids(
    session: Session, project: Project
) -> None:
    shared = session.bundles.share(project.notebook, run=project.run)
    assert "data/a.csv" in session.bundles.provenance("survey").text()
    part = session.bundles.provenance(f"{shared.root}/payload/outputs/read/0")
    assert part.origins[0].cell_id == "read"
    assert part.origins[0].sources == ("data/a.csv",)
    data = session.resolve(f"{shared.root}/payload/inputs/data/a.csv").cid
    (origin,) = session.bundles.provenance(data).origins
    assert (origin.kind, origin.bundle) == ("input", str(shared.root))
    assert session.bundles.provenance(data).as_json()["origins"]
    with pytest.raises(NotABundleError, match="is no share"):
        session.bundles.provenance(session.add(b"something else"))


def test_what_changed_between_two_versions_is_told(session: Session, project: Project) -> None:
    session.bundles.share(project.notebook, run=project.run)
    these = cells()
    these[2]["source"] = "2/0"
    write_notebook(project.notebook, these)
    session.bundles.share(project.notebook, run=project.run)
    found = session.bundles.diff("survey@1", "survey@2")
    assert not found.is_same
    assert [each.id for each in found.cells] == ["fail"]


def test_a_share_on_a_kubo_is_the_same_share(
    session: Session,
    project: Project,
    tmp_path: Path,
    kubo_daemon: Kubo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = session.bundles.share(project.notebook, run=project.run)
    monkeypatch.setenv("JUPYTER_IPFS_KUBO_URL", kubo_daemon.api_url)
    with Session("kubo", tmp_path / "kubo-repo") as there:
        for _ in range(2):
            shared = there.bundles.share(project.notebook, run=project.run)
            assert (shared.root, shared.version) == (here.root, 1)
        assert there.bundles.check(shared.root).is_intact
        assert there.bundles.open("survey").payload == here.payload
        (version,) = there.log("survey")  # the Kubo pins it, and no gc of this repo looks for it
        assert (version.shared, version.pinned) == (True, False)
        there.gc()
    assert f"{here.root} recursive" in kubo_daemon.out("pin", "ls", "--type=recursive")
    page = kubo_daemon.cat(f"{here.root}/payload/index.html")
    assert page == session.cat(f"{here.payload}/index.html")
