"""Recorded runs on the disk: any number of kernels, killed ones, and files that somebody wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ipfs.bundles.recording import run_json, run_store
from jupyter_ipfs.bundles.recording.run_record import GUESSED, CellRun, FileRead, Run
from jupyter_ipfs.bundles.recording.run_store import RunStore

HEAD = Run("k1", "/home/me/nb.ipynb", "/home/me", "/usr/bin/python3")
READ = FileRead(
    "/home/me/a\udcff\u202e\n<script>.csv", 3, 1_700_000_000_000_000_001, 2**63, GUESSED
)
RAN = CellRun("c1", 1, "ab" * 32, 10.5, 11.25, True, (READ,), ("/w",), ("bafy",), ("h:1",), ("np",))  # noqa: FBT003


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "repo")


def _file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "repo" / "runs").iterdir()
    return file


def test_what_was_noted_comes_back_private_to_its_owner(store: RunStore, tmp_path: Path) -> None:
    store.append("k1", HEAD, RAN)
    assert store.runs() == [replace(HEAD, cells=(RAN,))]
    assert _file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert _file(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    assert RunStore(tmp_path / "repo").latest(kernel="k1") == replace(HEAD, cells=(RAN,))


def test_cids_that_come_later_belong_to_the_very_bytes_that_were_read(store: RunStore) -> None:
    other = replace(READ, mtime_ns=READ.mtime_ns + 1)
    store.append("k1", HEAD, replace(RAN, reads=(READ, other)))
    store.hashed("k1", [replace(READ, cid="bafkreia")])
    store.append("k1", HEAD, RAN)
    run = store.latest(kernel="k1")
    assert run is not None
    assert [[read.cid for read in ran.reads] for ran in run.cells] == [
        ["bafkreia", None],
        ["bafkreia"],
    ]


def test_a_kernel_that_was_killed_half_way_leaves_a_readable_file(
    store: RunStore, tmp_path: Path
) -> None:
    store.append("k1", HEAD, RAN)
    with _file(tmp_path).open("ab") as stream:
        stream.write(b'{"kind":"cell","cell_id":"c2","num')
    assert store.runs() == [replace(HEAD, cells=(RAN,))]
    # Restarted, it keeps its id: another run, in the same file.
    again = RunStore(tmp_path / "repo")
    again.append("k1", HEAD, replace(RAN, number=7))
    assert [ran.number for run in again.runs() for ran in run.cells] == [1, 7]
    assert len(again.runs()) == 2
    latest = again.latest(kernel="k1")
    assert latest is not None
    assert [ran.number for ran in latest.cells] == [7]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"kind": "cell"}',
        b'{"kind": "head", "kernel": 1}',
        b'{"kind": ["cell"]}',
        b"\xff\xfe",
        b'{"kind": "hashed", "reads": [[]]}',
        b'{"kind": "hashed", "reads": 1e999}',
        b"9" * 5000,
        b'{"a": NaN}',
    ],
)
def test_a_line_that_makes_no_sense_is_left_out(
    store: RunStore, tmp_path: Path, line: bytes
) -> None:
    store.append("k1", HEAD, RAN)
    good = _file(tmp_path).read_bytes()
    _file(tmp_path).write_bytes(line + b"\n" + good + line + b"\n" + line)
    assert store.runs() == [replace(HEAD, cells=(RAN,))]


@pytest.mark.parametrize(
    "change",
    [
        {"number": -1},
        {"number": True},
        {"number": 2**70},
        {"started_at": 1e400},
        {"started_at": "now"},
        {"ended_at": -1},
        {"ended_at": 10**400},
        {"success": 1},
        {"cell_id": 3},
        {"source_sha256": "a" * 100_000},
        {"writes": "abc"},
        {"hosts": [None]},
        {"contents": {}},
        {"modules": ["a\0b"]},
        {"reads": [["a", 1, 1, 1, "wished", None, False]]},
        {"reads": [["a", 1, 1, 1, "seen", None]]},
        {"reads": [["a", 1.5, 1, 1, "seen", None, False]]},
    ],
)
def test_a_cell_with_a_value_of_the_wrong_kind_is_left_out(
    store: RunStore, tmp_path: Path, change: dict[str, object]
) -> None:
    store.append("k1", HEAD, RAN)
    head, cell = _file(tmp_path).read_bytes().splitlines()
    forged = json.dumps({**json.loads(cell), **change}).encode()
    _file(tmp_path).write_bytes(b"\n".join([head, forged, cell]) + b"\n")
    assert store.runs() == [replace(HEAD, cells=(RAN,))]


def test_several_kernels_and_threads_write_at_once(tmp_path: Path) -> None:
    code = """
import sys
from dataclasses import replace
from jupyter_ipfs.bundles.recording.run_store import RunStore
from tests.bundles.test_run_store import HEAD, RAN
store = RunStore(sys.argv[1])
for number in range(100):
    store.append(sys.argv[2], replace(HEAD, kernel=sys.argv[2]), replace(RAN, number=number))
"""
    repo = str(tmp_path / "repo")
    others = [
        subprocess.Popen([sys.executable, "-c", code, repo, name], cwd=Path.cwd())
        for name in ("k2", "k3")
    ]
    store = RunStore(repo)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.append("k1", HEAD, replace(RAN, number=n)), range(100)))
    assert [other.wait(60) for other in others] == [0, 0]
    found = {run.kernel: sorted(ran.number for ran in run.cells) for run in store.runs()}
    assert found == {kernel: list(range(100)) for kernel in ("k1", "k2", "k3")}


def test_the_latest_run_of_a_notebook_is_found_by_kernel_first_and_then_by_path(
    store: RunStore, tmp_path: Path
) -> None:
    book = tmp_path / "nb.ipynb"
    (tmp_path / "link.ipynb").symlink_to(book)
    store.append("k1", replace(HEAD, notebook=str(book)), RAN)
    store.append("k2", replace(HEAD, kernel="k2", notebook=None), replace(RAN, ended_at=99.0))
    by_path = store.latest(tmp_path / "link.ipynb")
    assert by_path is not None
    assert by_path.kernel == "k1"
    by_kernel = store.latest(book, "k2")
    assert by_kernel is not None
    assert by_kernel.kernel == "k2"
    assert store.latest(book, "never-seen") == by_path
    assert store.latest(tmp_path / "other.ipynb") is None
    assert store.latest() is None


def test_a_notebook_that_becomes_known_later_is_told_of_the_whole_run(
    store: RunStore,
) -> None:
    store.append("k1", replace(HEAD, notebook=None), RAN)
    store.append("k1", HEAD, RAN)
    assert store.runs() == [replace(HEAD, cells=(RAN, RAN))]


@pytest.mark.parametrize("kernel", ["../../evil", "a/b", ".hidden", "", "x" * 300, "\n", "\udc80"])
def test_a_kernel_s_name_never_leads_out_of_the_folder(tmp_path: Path, kernel: str) -> None:
    store = RunStore(tmp_path / "repo")
    store.append(kernel, replace(HEAD, kernel=kernel), RAN)
    assert _file(tmp_path).parent == tmp_path / "repo" / "runs"
    found = store.latest(kernel=kernel)
    assert found is not None
    assert found.kernel == kernel


def test_a_link_in_the_place_of_a_file_is_not_followed(store: RunStore, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = tmp_path / "repo" / "runs"
    folder.mkdir(parents=True)
    (folder / "k1.jsonl").symlink_to(victim)
    with pytest.raises(OSError, match=r".+"):
        store.append("k1", HEAD, RAN)
    assert victim.read_text() == "mine"
    assert store.runs() == []


def test_old_runs_go_and_so_do_the_oldest_when_there_are_too_many(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        store.append(f"k{number}", replace(HEAD, kernel=f"k{number}"), RAN)
    for number in range(5):
        os.utime(tmp_path / "repo" / "runs" / f"k{number}.jsonl", (number * 86400, number * 86400))
    store.prune(now=31.5 * 86400)
    assert sorted(run.kernel for run in store.runs()) == ["k2", "k3", "k4"]
    size = (tmp_path / "repo" / "runs" / "k4.jsonl").stat().st_size
    monkeypatch.setattr(run_store, "_MAX_BYTES", 2 * size)
    store.prune(now=5 * 86400.0)
    assert sorted(run.kernel for run in store.runs()) == ["k3", "k4"]


def test_a_kernel_that_runs_for_weeks_keeps_the_last_run_of_each_cell(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_store, "_MAX_FILE", 8 * 1024)
    for number in range(200):
        store.append("k1", HEAD, replace(RAN, number=number, cell_id=f"c{number % 2}"))
    assert _file(tmp_path).stat().st_size <= 9 * 1024
    (run,) = store.runs()
    assert [ran.number for ran in run.cells][-2:] == [198, 199]


def test_a_cell_with_more_than_a_line_may_hold_is_kept_in_part(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_json, "MAX_LINE", 2000)
    store.append("k1", HEAD, replace(RAN, reads=(READ,) * 100))
    (run,) = store.runs()
    assert 0 < len(run.cells[0].reads) < 100
    store.append("k1", HEAD, replace(RAN, modules=("m" * 3000,)))  # nothing to be left out
    assert len(store.runs()[0].cells) == 1


def test_a_file_that_somebody_removed_is_begun_again(store: RunStore, tmp_path: Path) -> None:
    store.append("k1", HEAD, RAN)
    _file(tmp_path).unlink()
    store.append("k1", HEAD, RAN)
    assert store.runs() == [replace(HEAD, cells=(RAN,))]
