"""What is told about a notebook before it is shared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles.format.manifest import Cell, Input, Manifest
from jupyter_ipfs.bundles.recording.run_record import CellRun, Run
from jupyter_ipfs.bundles.review.finding import NOTE, SECRET, WARNING, Finding
from jupyter_ipfs.bundles.review.findings import findings
from tests.bundles.manifests import EMPTY, SURVEY
from tests.bundles.test_secrets import SECRETS

if TYPE_CHECKING:
    from pathlib import Path

KEY = SECRETS["aws-key"]
FINE = replace(EMPTY, license="MIT", recorded=True)


@dataclass(frozen=True)
class Planned:
    path: str
    local_path: Path | None = None
    selected: bool = True
    why_not: str = ""
    changed: bool = False


def notebook(*cells: dict[str, Any], **metadata: object) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(source: str, *outputs: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"cell_type": "code", "id": "a", "source": source, "outputs": list(outputs), **more}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def told(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.level, each.kind, each.where) for each in found]


def test_a_secret_is_found_wherever_it_hides_and_never_told() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[31m", KEY]}
    table = {"output_type": "display_data", "data": {"application/json": {"deep": [KEY]}}}
    lines = {"output_type": "display_data", "data": {"text/html": ["<b>", KEY, "</b>"]}}
    nb = notebook(
        code(f"x = '{KEY}'", stream(f"1\n{KEY}"), error, table, lines, metadata={"note": KEY}),
        {"cell_type": "markdown", "id": "b", "source": ["a\n", KEY]},
        widgets={"state": {"x": {"value": KEY}}},
        author={"note": KEY},
    )
    found = [each for each in findings(nb, FINE, None) if each.level == SECRET]
    assert {each.where.partition(",")[0] for each in found} == {
        "cell 1", "output of cell 1", "metadata of cell 1", "cell 2", "state of the widgets",
        "metadata of the notebook",
    }  # fmt: skip
    assert KEY not in repr(found)
    assert next(each.where for each in found if each.where.startswith("output")).endswith("line 2")
    titled = findings(notebook(), replace(FINE, title=KEY), None)
    assert told(titled) == [(SECRET, "aws-key", "title or description, line 1")]


def test_a_secret_is_found_in_what_hardly_anybody_looks_at() -> None:
    def kinds(cell: dict[str, Any], manifest: Manifest = FINE) -> list[str]:
        found = [each for each in findings(notebook(cell), manifest, None) if each.level == SECRET]
        assert KEY not in repr(found)
        return [each.kind for each in found]

    def shown(data: dict[str, Any]) -> dict[str, Any]:
        return code("", {"output_type": "display_data", "data": data, "metadata": {}})

    attached = {"cell_type": "markdown", "id": "b", "source": ""}
    for cell in (
        attached | {"attachments": {"a.txt": {"text/plain": KEY}}},
        attached | {"attachments": {f"{KEY}.png": {"image/png": ""}}},
        attached | {"attachments": {"a": [KEY]}},
        shown({"application/json": [{"key": KEY}]}),
        shown({f"text/{KEY}": ""}),
        code("", {"output_type": "error", "ename": KEY, "evalue": "", "traceback": []}),
    ):
        assert kinds(cell) == ["aws-key"], cell
    left_out = Input("data.csv", 1, None, "seen", f"ask, with {KEY}")
    writing = Cell("a", 0, 1, "0" * 64, writes=(f"{KEY}.csv",))
    for manifest in (
        replace(FINE, authors=("Ada", KEY)),
        replace(FINE, license=KEY),
        replace(FINE, hosts=(f"{KEY}.example.org:443",)),
        replace(FINE, inputs=(left_out,)),
        replace(FINE, cells=(writing,)),
    ):
        assert kinds(code(""), manifest) == ["aws-key"], manifest


def test_inputs_are_looked_into_and_what_is_left_out_for_a_secret_says_so(tmp_path: Path) -> None:
    for name in ("in.env", "out.env"):
        (tmp_path / name).write_text(f"A=1\nKEY={KEY}\n")
    (tmp_path / "people.csv").write_text("\n".join(f"p{n}@lab.org" for n in range(7)))
    (tmp_path / "binary").write_bytes(b"\0" + KEY.encode())
    (tmp_path / "long.csv").write_text("1,2\n" * 1_000_000)
    inputs = [
        Planned("long.csv", tmp_path / "long.csv"),
        Planned("in.env", tmp_path / "in.env"),
        Planned("out.env", tmp_path / "out.env", selected=False, why_not="secret"),
        Planned("people.csv", tmp_path / "people.csv"),
        Planned("binary", tmp_path / "binary"),
        Planned("gone.csv", tmp_path / "gone.csv"),
    ]
    assert told(findings(notebook(), FINE, None, inputs)) == [
        (SECRET, "aws-key", "in.env, line 2"),
        (WARNING, "e-mail", "people.csv"),
        (NOTE, "aws-key", "out.env, line 2"),
        (NOTE, "not-all-looked-at", ""),
    ]


def test_homes_and_users_are_told_but_not_those_that_everybody_has() -> None:
    run = Run("k", "/home/ada-l/wells/a.ipynb", "/home/ada-l/wells", "/usr/bin/python3")
    nb = notebook(
        code("1", stream("File /home/ada-l/wells/x.py, line 3")),
        code("2", stream(r"C:\Users\grace\x")),
        code("3", stream("hello ada-l")),
        code("4", stream("/home/jovyan/x.py and /home/runner/work")),
    )
    assert told(findings(nb, FINE, run)) == [
        (WARNING, "home-path", "output of cell 1"),
        (WARNING, "home-path", "output of cell 2"),
        (WARNING, "user-name", "output of cell 3"),
    ]


def ran(cell: str, number: int, source: str) -> CellRun:
    return CellRun(cell, number, hashlib.sha256(source.encode()).hexdigest(), 0, 1, success=True)


def test_cells_out_of_order_never_run_twice_run_or_changed_since_are_told() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "e", "traceback": []}
    nb = notebook(code("a"), code("b", error), code("c"), code("d new"), code("  "))
    cells = (
        Cell("a", 0, 3, ""), Cell("b", 1, 2, ""), Cell("c", 2, None, ""),
        Cell("d", 3, 5, ""), Cell("e", 4, None, ""),
    )  # fmt: skip
    run = Run("k", None, "/srv", "", (ran("a", 1, "a"), ran("a", 3, "a"), ran("d", 5, "d old")))
    assert told(findings(nb, replace(FINE, cells=cells), run)) == [
        (WARNING, "out-of-order", "cell 2"),
        (WARNING, "failed", "cell 2"),
        (WARNING, "never-run", "cell 3"),
        (WARNING, "changed-since", "cell 4"),
        (NOTE, "run-again", "cell 1"),
    ]
    found = findings(nb, replace(FINE, cells=cells[:1]), None)
    assert told(found) == [(NOTE, "runs-missing", "")]
    assert found[0].title == "2 runs of this kernel left nothing in the notebook"


def test_what_a_reader_will_miss_is_told() -> None:
    inputs = [
        Planned("a.csv", changed=True),
        Planned("/etc/b.csv", selected=False, why_not="outside"),
        Planned("c.csv", selected=False, why_not="missing"),
    ]
    manifest = replace(SURVEY, license="", recorded=False, cells=())
    assert [each.kind for each in findings(notebook(), manifest, None, inputs)] == [
        "input-changed", "input-outside", "input-missing", "no-licence", "not-recorded", "network",
        "not-on-an-index", "not-included",
    ]  # fmt: skip


def test_a_fine_notebook_has_nothing_wrong() -> None:
    nb = notebook(code("print(1)", stream("1\n")))
    cells = (Cell("a", 0, 1, hashlib.sha256(b"print(1)").hexdigest()),)
    assert findings(nb, replace(FINE, cells=cells), None) == []
