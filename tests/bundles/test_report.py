"""Reports: what they say, read strictly, shown harmlessly, and listed with who signed them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.compare import cell as comparison
from jupyter_ipfs.bundles.compare.diffs import MAX_DIFF
from jupyter_ipfs.bundles.compare.verdict import (
    DIFFERS,
    FAILED,
    SAME,
    SKIPPED,
    TOLERANCE,
    CellVerdict,
    OutputVerdict,
)
from jupyter_ipfs.bundles.format.manifest import Cell, Environment, Input, Manifest, Rule, Unlocked
from jupyter_ipfs.bundles.format.notebook import CodeCell
from jupyter_ipfs.bundles.replay.machine import Machine, PackageDifference
from jupyter_ipfs.bundles.replay.replayed import DIED, ERROR, OK, ReplayedCell
from jupyter_ipfs.bundles.reports import explanations, report_json, report_page, report_store
from jupyter_ipfs.bundles.reports.judging import verdicts
from jupyter_ipfs.bundles.reports.report import Report, bounded
from jupyter_ipfs.errors import NotABundleError

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.session import Session

PAYLOAD = "bafybeidskjjd4zmr7oh6ku6wp72vvbxyibcli2r6if3ocdcy7jjjusvl2u"
SHARE = "bafybeibwzifw52ttrkqlikfzext5akxu7lz4xiwjgwzmqcpdzmp3n5vnbe"
HERE = Machine(
    python="3.12.1",
    python_wanted="3.11.7",
    implementation="cpython",
    platform="linux",
    machine="x86_64",
    cpu="A processor",
    cores=2,
    isolation="bubblewrap",
    network=False,
    own_environment=False,
    packages=(PackageDifference("numpy", "2.0", None),),
)


def a_report(*cells: CellVerdict, **how: Any) -> Report:  # noqa: ANN401
    report = Report(PAYLOAD, SHARE, "Survey", "2026-11-23T20:15:00Z", "0.6.0", HERE, cells)
    return replace(report, **how)


FIRST = CellVerdict("a", 0, SAME, outputs=(OutputVerdict(SAME, "text/plain", "exactly the same"),))
SECOND = CellVerdict(
    "b", 2, DIFFERS, "line 1 differs", outputs=(OutputVerdict(DIFFERS, "x", "r", "d", "-1\n+2"),)
)
CLAIMED = CellVerdict("c", 3, TOLERANCE, claimed=True)


def test_what_rests_on_the_authors_word_is_counted_apart() -> None:
    report = a_report(FIRST, SECOND, CLAIMED)
    assert report.counts == {SAME: 1, TOLERANCE: 0, SKIPPED: 0, DIFFERS: 1, FAILED: 0}
    assert report.claimed == 1
    told = report.as_json()
    assert (told["counts"], told["claimed"]) == (report.counts, 1)
    assert told["cells"][1]["outputs"][0]["diff"] == "-1\n+2"


def test_a_report_is_read_as_it_was_written_and_always_the_same_bytes() -> None:
    report = a_report(FIRST, SECOND, CLAIMED, explanations=("Another Python.",))
    data = report_json.dumps(report)
    assert report_json.loads(data) == report
    assert report_json.dumps(report_json.loads(data)) == data
    assert report_json.loads(report_json.dumps(replace(report, share=None))).share is None


def _without(value: dict[str, Any], *keys: str) -> None:
    for key in keys[:-1]:
        value = value[key]
    del value[keys[-1]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.update(format="other"),
        lambda told: told.update(version=True),
        lambda told: told.update(payload="/etc/passwd"),
        lambda told: told.update(share=7),
        lambda told: told.update(at="yesterday"),
        lambda told: told.update(at="2026-11-23T20:15:00Z\n"),
        lambda told: told["counts"].update(same=40),
        lambda told: told.update(claimed=0),
        lambda told: told.update(cells={}),
        lambda told: told["cells"].append([]),
        lambda told: told["cells"][0].update(verdict="verified"),
        lambda told: told["cells"][0].update(index=-1),
        lambda told: told["cells"][0].update(index=True),
        lambda told: told["cells"][0].update(claimed="no"),
        lambda told: told["cells"][1]["outputs"][0].update(diff="x" * (MAX_DIFF + 1)),
        lambda told: told["cells"][1]["outputs"][0].update(rule=None),
        lambda told: told.update(title="x" * 5000),
        lambda told: told.update(title="\ud800"),
        lambda told: told["machine"].update(isolation="sure"),
        lambda told: told["machine"].update(network=1),
        lambda told: told.update(explanations=[1]),
        lambda told: _without(told, "machine", "python"),
        lambda told: _without(told, "cells"),
        lambda told: told["cells"].append(told["cells"][2]) or told.update(claimed=2),
    ],
)
def test_a_report_that_is_not_as_it_should_be_is_refused(spoil: Any) -> None:  # noqa: ANN401
    told = json.loads(report_json.dumps(a_report(FIRST, SECOND, CLAIMED)))
    spoil(told)
    with pytest.raises(NotABundleError):
        report_json.loads(json.dumps(told).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"at": 1, "at": 2}',
        b"\xff",
        b"[" * 100_000,
        b'{"version": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_report_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(NotABundleError):
        report_json.loads(data)


def test_a_report_of_a_later_version_asks_for_a_newer_package() -> None:
    told = json.loads(report_json.dumps(a_report())) | {"version": 2}
    with pytest.raises(NotABundleError, match="version 2") as caught:
        report_json.loads(json.dumps(told).encode())
    assert "upgrade" in str(caught.value.hint)


def test_whatever_outputs_contain_the_report_on_them_can_be_read_again() -> None:
    mime = "x/\ud800\u202e" + "y" * 5000
    nasty: list[dict[str, object]] = [
        {"output_type": "display_data", "data": {mime: "\ud800<script>"}}
    ]
    found = comparison.compare(nasty, [], id="a", index=0, number=1)
    raised: dict[str, object] = {
        "output_type": "error",
        "ename": "E\ud800" * 2000,
        "evalue": "\x1b[2J",
    }
    failed = comparison.compare([], [raised], id="b", index=1, number=1, status=ERROR)
    cells = bounded([found, failed])
    assert report_json.loads(report_json.dumps(a_report(*cells))).verdicts == cells


def test_too_many_diffs_are_dropped_from_the_last_cells() -> None:
    long = OutputVerdict(DIFFERS, "x", "r", diff="d" * MAX_DIFF)
    cells = bounded([CellVerdict(str(at), at, DIFFERS, outputs=(long,)) for at in range(300)])
    assert cells[0].outputs[0].diff
    assert not cells[-1].outputs[0].diff
    assert len(report_json.dumps(a_report(*cells))) < report_json.MAX_SIZE


def test_the_page_of_a_report_shows_what_is_foreign_as_text() -> None:
    hostile = "</title><script>alert(1)</script><img src=x onerror=y>\u202e"
    output = OutputVerdict(DIFFERS, hostile, hostile, hostile, hostile)
    machine = replace(HERE, python=hostile, packages=(PackageDifference(hostile, hostile, None),))
    page = report_page.page(
        a_report(
            CellVerdict(hostile, 0, DIFFERS, hostile, outputs=(output,)),
            title=hostile, machine=machine, explanations=(hostile,), reader_version=hostile,
        )
    ).decode()  # fmt: skip
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_report_is_listed_with_its_bundle_and_the_authors_own_apart(session: Session) -> None:
    own = report_store.store(session, a_report(FIRST))
    late = a_report(SECOND, at="2026-12-01T00:00:00Z")
    authors = session.store_files(report_store.files(late)).root
    about_another = report_store.store(session, a_report(FIRST, payload=SHARE))
    report_store.note(session, str(authors))
    report_store.note(session, str(authors))

    def vouched(root: CID) -> list[Any]:
        return [_Signed("0xAA")] if root == authors else []

    found = report_store.entries(session, PAYLOAD, vouched=vouched, authors={"0xaa"})
    assert [(each.report, each.by_author, each.made_here) for each in found] == [
        (own, False, True),
        (authors, True, False),
    ]
    assert found[0].as_json()["own"] is True
    assert found[1].as_json()["own"] is False
    assert found[1].as_json({"0xaa"})["own"] is True
    assert found[1].as_json()["signatures"][0]["address"] == "0xAA"
    assert found[0].as_json()["counts"]["same"] == 1
    assert report_store.is_report(session, own)
    assert report_store.read(session, f"{own}/payload").verdicts == (FIRST,)
    (other,) = report_store.entries(session, SHARE, vouched=vouched)
    assert other.report == about_another
    report_store.forget(session, SHARE, about_another)
    assert report_store.entries(session, SHARE, vouched=vouched) == []


class _Signed:
    role, valid, problem, known = "reviewer", True, "", False

    def __init__(self, address: str) -> None:
        self.address = address


def test_what_lies_among_the_notes_and_is_no_report_is_left_out(session: Session) -> None:
    root = report_store.store(session, a_report(FIRST))
    (note,) = (session.repo.path / "bundles" / "reports" / PAYLOAD).iterdir()
    (note.parent / "not a cid").write_text("x")
    (note.parent / SHARE).write_text("made here")  # a root that is not here
    elsewhere = session.store_files(report_store.files(a_report(FIRST, payload=SHARE))).root
    (note.parent / str(elsewhere)).write_text("received")
    found = report_store.entries(session, PAYLOAD, vouched=lambda _: [])
    assert [each.report for each in found] == [root]


def test_what_is_no_report_is_not_noted(session: Session) -> None:
    file = session.store(b"x").root
    folder = session.store_files({"payload/bundle.json": b"{}"}).root
    broken = session.store_files({"payload/report.json": b"{}"}).root
    for root in (file, folder, broken):
        with pytest.raises(NotABundleError):
            report_store.note(session, root)
    assert not report_store.is_report(session, file)
    assert not report_store.is_report(session, folder)
    assert not (session.repo.path / "bundles" / "reports").exists()


def a_manifest(**how: Any) -> Manifest:  # noqa: ANN401
    environment = Environment(
        "3.11.7", "cpython", "darwin", "arm64", 3, (Unlocked("own", "1", ""),)
    )
    manifest = Manifest(
        title="Survey", name="survey.ipynb", authors=(), license="", description="", created_at="",
        folder="", recorded=False, inputs=(Input("big.csv", 9, None, "seen"),),
        hosts=("data.example:443",),
        cells=(Cell("a", 0, 2, ""), Cell("b", 1, 1, "")), environment=environment,
    )  # fmt: skip
    return replace(manifest, **how)


def test_what_may_explain_a_difference_is_said_of_machine_bundle_and_source() -> None:
    sources = {"a": "x = 1", "b": "np.random.rand(3); datetime.now(); os.environ"}
    odd = [CellVerdict("a", 0, FAILED), CellVerdict("b", 1, DIFFERS)]
    told = explanations.explain(a_manifest(), sources, HERE, odd)
    assert told == (
        "Another Python: 3.11.7 then, 3.12.1 now.",
        "Another system: darwin then, linux now.",
        "Another processor: arm64 then, x86_64 now.",
        "1 other package: numpy (2.0 then, none now).",
        "The lock does not have own 1.",
        "Not in the bundle: big.csv.",
        "It talked to data.example:443; there was no network now.",
        "No run of the author's was recorded, so what it read is guessed.",
        "The author ran the cells in another order than that in which they stand.",
        "Cell 1 failed; what differs after it may follow from that.",
        "Cell 2 draws at random, and no seed is set.",
        "Cell 2 reads the clock.",
        "Cell 2 asks about the computer that it runs on.",
    )
    seeded = {**sources, "a": "np.random.seed(0)"}
    assert "Cell 2 draws at random; the seed is set elsewhere." in explanations.explain(
        a_manifest(), seeded, HERE, odd
    )
    assert explanations.explain(a_manifest(), sources, HERE, [CellVerdict("a", 0, SAME)]) == ()


def test_cells_after_the_death_of_the_kernel_say_so() -> None:
    def cell(name: str, index: int) -> CodeCell:
        outputs = ({"output_type": "stream", "name": "stdout", "text": name},)
        return CodeCell(name, index, "", index + 1, outputs, Rule())

    cells = [cell("a", 0), cell("b", 2), cell("c", 3)]
    ran = [ReplayedCell("a", 0, OK, outputs=cells[0].outputs), ReplayedCell("b", 2, DIED)]
    found = verdicts(cells, ran)
    assert [(each.verdict, each.reason) for each in found] == [
        (SAME, ""),
        (FAILED, "the kernel died while it ran"),
        (SKIPPED, "it was not run again: the kernel died in cell 3"),
    ]
