"""What changed between two shares, and that only what changed is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.difference import cell_changes, difference
from jupyter_ipfs.bundles.difference.cell_changes import CellChange, ComparedCell
from jupyter_ipfs.bundles.difference.difference import Changed, Difference, diff
from jupyter_ipfs.bundles.difference.input_changes import InputChange
from jupyter_ipfs.bundles.format import manifest_json, notebook
from jupyter_ipfs.bundles.format.manifest import (
    Cell,
    Environment,
    Input,
    Manifest,
    Output,
    Unlocked,
)
from jupyter_ipfs.errors import NotABundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.paths import ContentPath
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.session import Session

LARGE = bytes(range(256)) * 12_000  # three blocks


@dataclass
class Share:
    """A share to be: its parts, before they are stored."""

    cells: list[dict[str, Any]]
    inputs: dict[str, bytes]
    lock: dict[str, str] = field(default_factory=lambda: {"numpy": "2.0", "pandas": "3.0"})
    absent: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    python: str = "3.11.7"
    unlocked: tuple[Unlocked, ...] = ()

    def stored(self, session: Session, *, as_share: bool = True, signed: bool = False) -> CID:
        nb = {"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        parsed = notebook.parse(json.dumps(nb).encode())
        files: dict[str, bytes] = {
            "notebook.ipynb": notebook.canonical(parsed),
            "bundle.json": manifest_json.dumps(self._manifest(session, parsed)),
            "environment/pylock.toml": self._lock(),
            **{f"inputs/{path}": data for path, data in self.inputs.items()},
        }
        if as_share:
            files = {f"payload/{path}": data for path, data in files.items()}
        if signed:
            files["signatures/0xa.json"] = b"{}"
        return session.store_files(files).root

    def _manifest(self, session: Session, parsed: dict[str, Any]) -> Manifest:
        inputs = [
            Input(path, len(data), str(session.store(data, only_hash=True).root), "seen")
            for path, data in self.inputs.items()
        ]
        inputs += [Input(path, size, None, "seen") for path, size in self.absent.items()]
        code = notebook.code_cells(parsed)
        manifest = Manifest(
            title="Survey", name="survey.ipynb", authors=("A",), license="MIT", description="",
            created_at="2026-11-23T20:15:00Z", folder="", recorded=True, hosts=(),
            inputs=tuple(sorted(inputs, key=lambda each: each.path)),
            cells=tuple(
                Cell(cell.id, cell.index, cell.number, cell.source_sha256, outputs=tuple(
                    Output(one["output_type"], _cid_of(session, one), ("text/plain",))
                    for one in cell.outputs
                ))
                for cell in code
            ),
            environment=Environment(self.python, "cpython", "linux", "x86_64", 2, self.unlocked),
        )  # fmt: skip
        return replace(manifest, **self.facts)

    def _lock(self) -> bytes:
        lines = ['lock-version = "1.0"', 'created-by = "test"']
        for name, version in self.lock.items():
            wheel = f"{name}-{version}-py3-none-any.whl"
            digest = hashlib.sha256(wheel.encode()).hexdigest()
            told = f'name = "{wheel}", url = "https://files.example/{wheel}"'
            lines += ["[[packages]]", f'name = "{name}"', f'version = "{version}"']
            lines.append(f'wheels = [{{{told}, hashes = {{sha256 = "{digest}"}}}}]')
        return "\n".join(lines).encode()


def _cid_of(session: Session, output: dict[str, Any]) -> str:
    return str(session.store(json.dumps(output).encode(), only_hash=True).root)


def code(name: str, source: str, *outputs: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": name, "source": source, "metadata": {}, "execution_count": 1,
        "outputs": [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {},
             "data": {"text/plain": text}}
            for text in outputs
        ],
    }  # fmt: skip


def words(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "source": source, "metadata": {}}


def a_share(**how: Any) -> Share:  # noqa: ANN401
    cells = [words("head", "# Survey"), code("read", "read()", "1.5"), code("plot", "plot()", "x")]
    inputs = {"data/large.bin": LARGE, "data/small.csv": b"a,b\n1,2\n", "more/x.txt": b"x"}
    return replace(Share(cells, inputs), **how)


class Counted:
    """A session whose blocks all have to be fetched, and which says which ones were."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.backend = _CountedBlocks(session.backend)

    def path(self, path: str | CID | ContentPath) -> ContentPath:
        return self._session.path(path)


class _CountedBlocks:
    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.read: list[CID] = []
        self.size = 0

    def get(self, cid: CID) -> Block:
        block = self._blocks.get(cid)
        self.read.append(cid)
        self.size += len(block.data)
        return block

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        return map(self.get, cids)

    def has(self, cid: CID) -> bool:
        return cid in self.read


def compared(session: Session, old: Share, new: Share) -> Difference:
    return diff(session, old.stored(session), new.stored(session))


def test_a_share_is_the_same_whoever_signed_it_and_as_a_payload(session: Session) -> None:
    share = a_share()
    signed = share.stored(session, signed=True)
    found = diff(session, share.stored(session), signed)
    assert found.is_same
    assert found.as_text().splitlines()[0] == "Nothing is different."
    payload = share.stored(session, as_share=False)
    assert diff(session, payload, f"{signed}/payload").is_same


def test_cells_inputs_packages_and_facts_that_changed_are_told(session: Session) -> None:
    old = a_share(
        absent={"big.csv": 10, "gone.csv": 5}, unlocked=(Unlocked("mine", "1", "editable"),)
    )
    new = a_share(
        cells=[words("head", "# The survey"), code("read", "read()", "1.6"), code("new", "x = 1")],
        inputs={"data/large.bin": LARGE, "data/small.csv": b"a,b\n1,3\n", "new.csv": b"1"},
        lock={"numpy": "2.1", "polars": "1.0"},
        absent={"big.csv": 11},
        facts={"title": "The survey", "license": ""},
        python="3.12.1",
    )
    found = compared(session, old, new)
    assert [(each.id, each.change, each.what) for each in found.cells] == [
        ("head", "changed", ("source",)),
        ("read", "changed", ("outputs",)),
        ("new", "added", ()),
        ("plot", "removed", ()),
    ]
    assert found.cells[0].diff == "@@ line 1 @@\n-# Survey\n+# The survey"
    assert "-1.5\n+1.6" in found.cells[1].diff
    assert found.inputs == (
        InputChange("big.csv", "changed", 11),
        InputChange("data/small.csv", "changed", 8),
        InputChange("gone.csv", "removed", 5),
        InputChange("more/x.txt", "removed", 1),
        InputChange("new.csv", "added", 1),
    )
    assert found.environment == (
        Changed("mine", "1 (not locked)", None),
        Changed("numpy", "2.0", "2.1"),
        Changed("pandas", "3.0", None),
        Changed("polars", None, "1.0"),
    )
    assert found.facts == (
        Changed("title", "Survey", "The survey"),
        Changed("license", "MIT", None),
        Changed("python", "3.11.7 (cpython)", "3.12.1 (cpython)"),
    )
    told = found.as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["cells"][1]["what"] == ["outputs"]
    assert "package numpy: 2.0 → 2.1" in found.as_text()
    assert "license: MIT → none" in found.as_text()


def test_what_is_not_included_any_more_is_told(session: Session) -> None:
    old = a_share()
    inputs = {path: data for path, data in old.inputs.items() if path != "more/x.txt"}
    new = a_share(inputs=inputs, absent={"more/x.txt": 1})
    (change,) = compared(session, old, new).inputs
    assert change == InputChange("more/x.txt", "not included any more", 1)
    (back,) = compared(session, new, old).inputs
    assert back.change == "included now"


def test_only_what_differs_is_fetched(session: Session) -> None:
    old = a_share()
    new = a_share(inputs={**old.inputs, "data/large.bin": LARGE + b"!", "more/y.txt": LARGE[:9]})
    roots = old.stored(session), new.stored(session)
    counted = Counted(session)
    found = diff(counted, *roots)  # type: ignore[arg-type]  # as much of a session as it needs
    assert found.inputs == (
        InputChange("data/large.bin", "changed", len(LARGE) + 1),
        InputChange("more/y.txt", "added", 9),
    )
    paths = [
        "", "payload", "payload/bundle.json", "payload/inputs", "payload/inputs/data",
        "payload/inputs/more",
    ]  # fmt: skip
    expected = {session.resolve(f"{root}/{path}").cid for root in roots for path in paths}
    assert set(counted.backend.read) == expected
    assert found.fetched == sum(len(session.backend.get(cid).data) for cid in expected)
    assert counted.backend.size < 10_000 < len(LARGE)


def test_of_a_lock_that_differs_nothing_else_is_fetched(session: Session) -> None:
    roots = (
        a_share().stored(session),
        a_share(lock={"numpy": "2.1", "pandas": "3.0"}).stored(session),
    )
    counted = Counted(session)
    found = diff(counted, *roots)  # type: ignore[arg-type]
    assert found.environment == (Changed("numpy", "2.0", "2.1"),)
    assert (found.cells, found.inputs, found.facts) == ((), (), ())
    read = {
        session.resolve(f"{roots[0]}/payload/{name}").cid for name in ("inputs", "notebook.ipynb")
    }
    assert not read & set(counted.backend.read)


def test_what_is_here_was_not_fetched(session: Session) -> None:
    assert compared(session, a_share(), a_share(python="3.12.0")).fetched == 0


def test_a_notebook_that_is_too_large_is_compared_by_digests(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "_MAX_NOTEBOOK", 10)
    old = a_share()
    new = a_share(cells=[old.cells[0], code("read", "read(2)", "1.5"), code("plot", "plot()", "y")])
    found = compared(session, old, new)
    assert found.cells == (
        CellChange("read", 1, "changed", ("source",), ""),
        CellChange("plot", 2, "changed", ("outputs",), ""),
    )


def a_cell(name: str, source: str = "", index: int = 0, **how: Any) -> ComparedCell:  # noqa: ANN401
    return ComparedCell(name, index, how.pop("kind", "code"), source or name, **how)


def told(old: list[ComparedCell], new: list[ComparedCell]) -> list[tuple[str, str]]:
    return [(each.id, each.change) for each in cell_changes.changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abc", "abc", []),
        ("abc", "cab", [("c", "moved")]),
        ("abcd", "abdc", [("d", "moved")]),
        ("abc", "axbc", [("x", "added")]),
        ("abc", "ac", [("b", "removed")]),
        ("", "ab", [("a", "added"), ("b", "added")]),
        ("ab", "", [("a", "removed"), ("b", "removed")]),
    ],
)
def test_cells_are_matched_by_id_and_only_those_that_moved_have_moved(
    old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    found = told([a_cell(name) for name in old], [a_cell(name) for name in new])
    assert [change[1] for change in found] == [change[1] for change in expected]
    if len(expected) == 1 and expected[0][1] != "moved":
        assert found == expected


def test_cells_with_other_ids_are_matched_by_their_source_in_their_order() -> None:
    old = [a_cell("a", "x = 1"), a_cell("b", "x = 1"), a_cell("c", "x = 1", kind="markdown")]
    new = [a_cell("1", "x = 1"), a_cell("2", "x = 1"), a_cell("3", "x = 1", kind="markdown")]
    assert told(old, new) == []
    assert told(old, new[:2]) == [("c", "removed")]


def test_a_cell_of_another_kind_has_changed() -> None:
    (found,) = cell_changes.changes([a_cell("a", "x")], [a_cell("a", "x", kind="markdown")])
    assert (found.what, found.diff) == (("kind",), "code → markdown")


def test_outputs_that_differ_by_noise_alone_say_so() -> None:
    def cell(text: str) -> ComparedCell:
        given = ({"output_type": "stream", "name": "stdout", "text": text},)
        return a_cell("a", outputs=given, outputs_key=text)

    (found,) = cell_changes.changes([cell("at 0x7f0011223344")], [cell("at 0x7f9911223344")])
    assert found.what == ("outputs",)
    assert found.diff == ""
    (found,) = cell_changes.changes([cell("0.3")], [cell("0.30000000000000004")])
    assert "within 1e-6" in found.diff


def test_foreign_text_is_harmless_in_what_is_printed(session: Session) -> None:
    new = a_share(cells=[words("head", "\u202e\x1b[2J")], facts={"title": "\u202e\x1b[2J"})
    shown = compared(session, a_share(), new).as_text()
    assert "\u202e" not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "files",
    [
        {"a.txt": b"x"},
        {"payload/x": b"x"},
        {"payload/bundle.json": b"{}"},
        {"payload/bundle.json/x": b"{}"},
    ],
)
def test_what_is_no_share_is_refused(session: Session, files: Mapping[str, bytes]) -> None:
    share = a_share().stored(session)
    other = session.store_files(dict(files)).root
    for pair in ((share, other), (other, share)):
        with pytest.raises(NotABundleError):
            diff(session, *pair)


def test_a_file_in_the_place_of_a_folder_is_both_gone_and_new(session: Session) -> None:
    old = a_share(inputs={"data/a": b"1", "data/b": b"2"})
    new = a_share(inputs={"data": b"3"})
    assert [(each.path, each.change) for each in compared(session, old, new).inputs] == [
        ("data", "added"),
        ("data/a", "removed"),
        ("data/b", "removed"),
    ]
