"""Opening and checking what others hand over: every byte that is wrong is named."""

from __future__ import annotations

import io
import json
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.bundles.format import manifest_json
from jupyter_ipfs.errors import CodecError, JupyterIPFSError, NotABundleError
from jupyter_ipfs.node import add
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.session import Session
from jupyter_ipfs.unixfs import importer, profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyter_ipfs.bundles.sharing.sharing import Shared
    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from tests.bundles.conftest import Project

pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture
def shared(session: Session, project: Project) -> Shared:
    rng = random.Random(7)
    (project.folder / "data" / "b.bin").write_bytes(rng.randbytes(2_500_000))  # three leaves
    return session.bundles.share(project.notebook, run=project.reads("data/a.csv", "data/b.bin"))


def files_of(session: Session, root: str) -> dict[str, bytes | importer.Ref]:
    """Return a payload's files, the inputs as links."""
    found: dict[str, bytes | importer.Ref] = {}
    stack = [""]
    while stack:
        above = stack.pop()
        for entry in session.ls(f"{root}/{above}".rstrip("/")):
            path = f"{above}/{entry.name}".lstrip("/")
            if entry.kind == "directory":
                stack.append(path)
            else:
                found[path] = session.cat(entry.cid)
    return found


def forged(
    session: Session,
    shared: Shared,
    change: Callable[[dict[str, Any]], object] = lambda _: None,
    files: Mapping[str, bytes | importer.Ref] | None = None,
) -> CID:
    """Store the same payload with another manifest, or other files."""
    held = files_of(session, str(shared.payload))
    manifest = json.loads(held["bundle.json"])  # type: ignore[arg-type]
    change(manifest)
    held["bundle.json"] = json.dumps(manifest).encode()
    held |= files or {}
    with session.backend.batch() as batch:
        root = add.add_files(batch, held, profiles.DEFAULT)
        return batch.commit(root.cid).root


def test_a_share_tells_who_what_and_how_much_before_its_inputs_are_here(
    session: Session, other: Session, shared: Shared
) -> None:
    opened = session.bundles.open(shared.link)
    assert (opened.root, opened.payload) == (shared.root, shared.payload)
    assert opened.held == (2, 2_500_008)
    assert opened.signatures == ()
    assert session.bundles.open(shared.payload).prefix == ""
    large = {leaf.cid for leaf in walk(session.backend, session.resolve(_large(shared)).cid)}
    with other.backend.batch() as batch:
        for block in walk(session.backend, shared.root):
            if block.cid not in large:
                batch.put(block)
        batch.commit(shared.root)
    seen = other.bundles.open(str(shared.root))
    assert seen.manifest == opened.manifest
    assert seen.held_inputs == {"data/a.csv"}
    assert (seen.files, seen.size) == (opened.files, opened.size)
    found = other.bundles.check(shared.root)
    assert found.missing == ["payload/inputs/data/b.bin"]
    assert not found.is_intact
    assert found.intact == found.files - 1


def _large(shared: Shared) -> str:
    return f"{shared.root}/payload/inputs/data/b.bin"


def test_whatever_byte_is_flipped_the_check_names_what_it_is_in(
    session: Session, shared: Shared, tmp_path: Path
) -> None:
    """One block after another is damaged where it lies on the disk."""
    assert session.bundles.check(shared.root).is_intact
    names = _names(session, shared)
    blocks = [block for block in walk(session.backend, shared.root) if block.data]
    session.close()
    rng = random.Random(3)
    for number, block in enumerate(blocks):
        place = shutil.copytree(tmp_path / "repo", tmp_path / f"damaged-{number}")
        flip(place, block, rng)
        with Session(repo=place) as damaged:
            found = damaged.bundles.check(str(shared.root))
        assert not found.is_intact
        assert {path for path, _ in found.damaged} & names[block.cid]
        shutil.rmtree(place)


def flip(repo: Path, block: Block, rng: random.Random) -> None:
    """Change one bit of a block in the pack that holds it."""
    for pack in (repo / "packs").rglob("*"):
        held = bytearray(pack.read_bytes()) if pack.is_file() else bytearray()
        at = held.find(block.cid.multihash + block.data)
        if at >= 0:
            at += len(block.cid.multihash) + rng.randrange(len(block.data))
            held[at] ^= 1 << rng.randrange(8)
            pack.write_bytes(held)
            return
    raise AssertionError("the block is in no pack")


def _names(session: Session, shared: Shared) -> dict[CID, set[str]]:
    """Return what each block of a share belongs to: files, or directories by what is below."""
    found: dict[CID, set[str]] = {}
    stack = [("", shared.root)]
    while stack:
        path, cid = stack.pop()
        found.setdefault(cid, set()).add(path or ".")
        node = session.resolve(cid)
        if node.kind == "directory":
            stack += [(f"{path}/{e.name}".lstrip("/"), e.cid) for e in session.ls(cid)]
        else:
            for part in walk(session.backend, cid):
                found.setdefault(part.cid, set()).add(path)
    return found


def test_a_path_that_leads_out_or_hides_what_it_is_is_refused(
    session: Session, shared: Shared
) -> None:
    for path in (
        "../evil", "/etc/passwd", "a/../b", "a//b", "a\\b", "C:/x", "a\0b", "a\nb", "a\u202eb", "",
        "./a", "x" * 5000, "/".join("x" * 129),
    ):  # fmt: skip

        def lead(manifest: dict[str, Any], to: str = path) -> None:
            manifest["inputs"][0]["path"] = to

        root = forged(session, shared, lead)
        with pytest.raises(NotABundleError, match=r"no path that|is not what it has to be"):
            session.bundles.open(root)


def test_inputs_that_only_differ_in_case_are_refused(session: Session, shared: Shared) -> None:
    def twice(manifest: dict[str, Any]) -> None:
        manifest["inputs"].append(manifest["inputs"][0] | {"path": "DATA/A.CSV"})

    with pytest.raises(NotABundleError, match="two inputs have the path"):
        session.bundles.open(forged(session, shared, twice))


def test_an_input_in_the_place_of_the_notebook_is_refused(session: Session, shared: Shared) -> None:
    def covering(manifest: dict[str, Any]) -> None:
        manifest["inputs"][0]["path"] = "Survey.ipynb"

    with pytest.raises(NotABundleError, match="stands where the notebook does"):
        session.bundles.open(forged(session, shared, covering))


_WRONG: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda m: m["inputs"][0].update(cid=m["inputs"][1]["cid"]), "inputs/'data/a.csv' is not"),
    (lambda m: m["inputs"][0].update(path="data/c.csv"), "'data/c.csv' is named and not there"),
    (lambda m: m["inputs"].pop(0), "'data/a.csv' is there and not named"),
    (lambda m: m["cells"][0]["outputs"].pop(), "'read/1/image.png' is there and"),
    (lambda m: m["cells"][0].update(id="../x"), "'id' of bundle.json: cells"),
    (lambda m: m["cells"][0]["rule"].update(relative="nan"), "tolerance"),
    (lambda m: m["cells"][0]["rule"].update(relative="7"), "tolerance"),
    (lambda m: m.update(version=2), "of format version '2'"),
    (lambda m: m.update(version=True), "of format version"),
    (lambda m: m.update(format="x"), "does not say that it is"),
    (lambda m: m.update(title=5), "'title' of bundle.json"),
    (lambda m: m.update(name="../x.ipynb"), "no path that"),
    (lambda m: m.update(folder="../x"), "no path that"),
    (lambda m: m.update(created_at="yesterday"), "'created_at'"),
    (lambda m: m["inputs"][0].update(size=-1), "'size'"),
    (lambda m: m["inputs"][0].update(size=10**30), "'size'"),
    (lambda m: m["inputs"][0].update(cid="bafy"), "'cid'"),
    (lambda m: m["inputs"][0].update(how="<script>"), "'how'"),
]  # fmt: skip


def test_a_manifest_that_is_not_right_is_refused_and_says_what(
    session: Session, shared: Shared
) -> None:
    for change, problem in _WRONG:
        with pytest.raises(NotABundleError) as caught:
            session.bundles.open(forged(session, shared, change))
        assert problem in caught.value.message


def test_a_link_among_the_inputs_is_refused(session: Session, shared: Shared) -> None:
    block, ref = importer.symlink(b"/etc/passwd", profiles.DEFAULT)
    with session.backend.batch() as batch:
        batch.put(block)
        batch.commit(block.cid)
    root = forged(
        session,
        shared,
        lambda m: m["inputs"][0].update(cid=str(ref.cid)),
        {"inputs/data/a.csv": ref},
    )
    with pytest.raises(NotABundleError, match="is a symlink"):
        session.bundles.open(root)


def test_inputs_that_are_nowhere_are_looked_for_a_few_times_only(
    session: Session, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = {
        f"nowhere-{n}": importer.symlink(b"%d" % n, profiles.DEFAULT)[1] for n in range(50)
    }  # no leaves, as large files

    def add_them(manifest: dict[str, Any]) -> None:
        for name, ref in refs.items():
            given = {"path": name, "size": 1, "cid": str(ref.cid), "how": "seen", "where": ""}
            manifest["inputs"].append(given)

    root = forged(session, shared, add_them, {f"inputs/{name}": refs[name] for name in refs})
    wanted, asked = {ref.cid for ref in refs.values()}, []
    get = session.backend.get

    def counting(cid: CID) -> Block:
        asked.append(cid)
        return get(cid)

    monkeypatch.setattr(session.backend, "get", counting)
    session.bundles.open(root)
    assert sum(cid in wanted for cid in asked) == 3


def test_a_share_with_a_report_among_its_files_is_a_share(session: Session, shared: Shared) -> None:
    report = session.bundles.report
    with pytest.raises(NotABundleError, match="is a share"):
        report(forged(session, shared, files={"report.json": b"{}"}))


def test_a_manifest_that_is_too_large_is_not_read(session: Session, shared: Shared) -> None:
    root = forged(session, shared, files={"bundle.json": b" " * (manifest_json.MAX_SIZE + 1)})
    with pytest.raises(NotABundleError, match="larger than"):
        session.bundles.open(root)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"nonsense", "not well-formed JSON"),
        (b'{"format": 1, "format": 2}', "a key twice"),
        (b'{"version": NaN}', "NaN"),
        (b"[]", "bundle.json is no object"),
        (b"[" * 100_000, "nested too deeply"),
        (("[" * 100_000).encode("utf-16"), "nested too deeply"),
        (b"\xff", "codec can't decode"),
        (b'{"format": ' + b"9" * 10_000 + b"}", "not well-formed JSON"),
    ],
)
def test_a_manifest_that_is_no_json_says_why(data: bytes, why: str) -> None:
    with pytest.raises(NotABundleError, match=why):
        manifest_json.loads(data)


def test_a_notebook_that_is_not_the_manifests_is_named(session: Session, shared: Shared) -> None:
    held = files_of(session, str(shared.payload))
    notebook = json.loads(held["notebook.ipynb"])  # type: ignore[arg-type]
    notebook["cells"][1]["outputs"][0]["text"] = ["forged\n"]
    root = forged(session, shared, files={"notebook.ipynb": json.dumps(notebook).encode()})
    (problem,) = session.bundles.check(root).damaged
    assert problem == ("notebook.ipynb", "its cell read has other outputs than those in outputs/")
    notebook["cells"][1]["source"] = "other()"
    root = forged(session, shared, files={"notebook.ipynb": json.dumps(notebook).encode()})
    (problem,) = session.bundles.check(root).damaged
    assert problem[1] == "its cell read is not the one that the manifest tells of"


def test_an_input_of_another_size_than_the_manifest_says_is_named(
    session: Session, shared: Shared
) -> None:
    root = forged(session, shared, lambda m: m["inputs"][1].update(size=3))
    (problem,) = session.bundles.check(root).damaged
    assert problem[0] == "inputs/data/b.bin"


@pytest.mark.parametrize("thing", [b"a file", {"a.txt": b"x"}, {"payload/a": b"x"}])
def test_what_is_no_share_says_so(session: Session, thing: Any) -> None:  # noqa: ANN401
    root = session.add(thing) if isinstance(thing, bytes) else session.store_files(thing).root
    with pytest.raises(NotABundleError):
        session.bundles.open(root)
    with pytest.raises(NotABundleError):
        session.bundles.check(root)


def test_a_share_with_an_entry_of_its_own_is_refused(session: Session, shared: Shared) -> None:
    held = files_of(session, str(shared.payload))
    tree = {f"payload/{path}": data for path, data in held.items()} | {"run-me.sh": b"x"}
    with session.backend.batch() as batch:
        root = batch.commit(add.add_files(batch, tree, profiles.DEFAULT).cid).root
    with pytest.raises(NotABundleError, match=r"'run-me\.sh'"):
        session.bundles.open(root)


def test_a_car_of_a_share_opens_elsewhere_and_a_flipped_byte_is_noticed(
    session: Session, other: Session, shared: Shared, tmp_path: Path
) -> None:
    car = tmp_path / "survey.car"
    session.export_car(shared.root, car)
    data = bytearray(car.read_bytes())
    rng = random.Random(1)
    for _ in range(12):
        at = rng.randrange(len(data))
        data[at] ^= 1 << rng.randrange(8)
        broken = tmp_path / "broken.car"
        broken.write_bytes(data)
        with pytest.raises((JupyterIPFSError, CodecError)):
            other.bundles.open_file(broken)
        assert not other.pins()
        data = bytearray(car.read_bytes())
    assert other.bundles.open_file(car) == shared.root
    assert other.bundles.check(shared.root).is_intact
    assert [pin.root for pin in other.pins()] == [shared.root]


def test_a_car_of_something_else_is_no_share_and_is_not_kept(
    session: Session, other: Session, tmp_path: Path
) -> None:
    car = tmp_path / "x.car"
    session.export_car(session.add(b"something else"), car)
    with pytest.raises(NotABundleError):
        other.bundles.open_file(car)
    assert not other.pins()
    stream = io.BytesIO(b"no car at all")
    (tmp_path / "y.car").write_bytes(stream.getvalue())
    with pytest.raises(CodecError):
        other.bundles.open_file(tmp_path / "y.car")
