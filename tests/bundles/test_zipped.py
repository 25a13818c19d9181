"""A share as a zip: for everybody to read, and back as the same CID or not at all."""

from __future__ import annotations

import io
import struct
import subprocess
import tracemalloc
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    BundleError,
    DiskFullError,
    JupyterIPFSError,
    NotABundleError,
    PathExistsError,
    VerificationError,
)
from jupyter_ipfs.node import add
from jupyter_ipfs.unixfs import profiles
from tests.conftest import require

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.session import Session
    from tests.bundles.conftest import Project
    from tests.conftest import Kubo

pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture
def zipped(session: Session, project: Project, tmp_path: Path) -> Path:
    content = session.store_files({"a.txt": b"by its CID", "sub/b.txt": b"too"}).root
    run = project.reads("data/a.csv", contents=(str(content),))
    shared = session.bundles.share(project.notebook, run=run)
    session.bundles.save_zip(shared.root, tmp_path / "survey.zip")
    return tmp_path / "survey.zip"


def root_of(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read("survey/CID.txt").decode().split("\n")[0]


def rewritten(file: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Write another zip, of changed files, with right CRCs."""
    with zipfile.ZipFile(file) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    change(files)
    made = file.with_name("changed.zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made


def test_a_zip_comes_back_as_the_same_share(
    session: Session, other: Session, zipped: Path, tmp_path: Path
) -> None:
    root = other.bundles.open_file(zipped)
    assert str(root) == root_of(zipped)
    assert root == session.log("survey")[0].root
    assert other.bundles.check(root).is_intact
    assert [pin.root for pin in other.pins()] == [root]
    other.bundles.save_zip(root, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def test_unzip_and_kubo_read_it(zipped: Path, tmp_path: Path, kubo: Kubo) -> None:
    unzip = ["unzip", "-q", str(zipped), "-d", str(tmp_path / "out")]
    try:
        subprocess.run(unzip, check=True, capture_output=True)
    except FileNotFoundError:
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(tmp_path / "out")
    folder = tmp_path / "out" / "survey"
    assert (folder / "inputs" / "data" / "a.csv").read_text() == "a,b\n1,2\n"
    root, *lines = (folder / "CID.txt").read_text().splitlines()
    for line in lines:
        cid, _, path = line.partition("  ")
        assert (folder / path).is_file()
        if "a.csv" in path or "notebook" in path:
            assert kubo.add(folder / path) == cid
    (folder / "CID.txt").unlink()
    (tmp_path / "share").mkdir()
    folder.rename(tmp_path / "share" / "payload")
    assert kubo.add(tmp_path / "share") == require(root, "a CID")


def test_any_byte_that_is_flipped_is_noticed(other: Session, zipped: Path) -> None:
    good = zipped.read_bytes()
    for at in range(40, len(good), len(good) // 60):
        data = bytearray(good)
        data[at] ^= 0x10
        broken = zipped.with_name("broken.zip")
        broken.write_bytes(data)
        try:
            root = other.bundles.open_file(broken)
        except JupyterIPFSError:
            continue
        # Dates, modes and the like are no part of a share.
        assert str(root) == root_of(zipped)
        assert other.bundles.check(root).is_intact


def test_a_changed_file_is_named_even_when_its_checksum_is_right(
    other: Session, zipped: Path
) -> None:
    for path in ("notebook.ipynb", "bundle.json", "inputs/data/a.csv", "outputs/read/0/text.txt"):
        changed = rewritten(zipped, partial(dict.update, **{f"survey/{path}": b"changed"}))
        with pytest.raises(VerificationError) as caught:
            other.bundles.open_file(changed)
        assert repr(path) in caught.value.message
    assert not other.pins()


_TAMPERED: list[tuple[Callable[[dict[str, bytes]], object], str]] = [
    (lambda files: files.pop("survey/notebook.ipynb"), "'notebook.ipynb' in the zip"),
    (lambda files: files.update({"survey/extra.txt": b"x"}), "'extra.txt' in the zip"),
    (lambda files: files.pop("survey/CID.txt"), "has no CID.txt"),
    (lambda files: files.update({"survey/CID.txt": b"not a CID"}), "'CID.txt' in the zip"),
    (lambda files: files.update({"other/x": b""}), "not one folder"),
    (lambda files: files.update({"survey/../../evil": b"x"}), "no path that"),
    (lambda files: files.update({"/etc/evil": b"x"}), "not one folder"),
    (lambda files: files.update({"survey/a\\b": b"x"}), "no path that"),
    (lambda files: files.update({"survey/Notebook.ipynb": b"x"}), "twice"),
]


def test_a_zip_that_was_tampered_with_is_refused(other: Session, zipped: Path) -> None:
    for change, said in _TAMPERED:
        with pytest.raises((NotABundleError, VerificationError)) as caught:
            other.bundles.open_file(rewritten(zipped, change))
        assert said in caught.value.message
    assert not other.pins()


def test_a_link_in_a_zip_is_refused(other: Session, zipped: Path) -> None:
    with zipfile.ZipFile(zipped, "a") as archive:
        info = zipfile.ZipInfo("survey/inputs/link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(NotABundleError, match="a link"):
        other.bundles.open_file(zipped)


def test_a_bomb_is_refused_before_it_is_unpacked(
    other: Session, zipped: Path, tmp_path: Path
) -> None:
    data = bytearray(zipped.read_bytes())
    # The central directory's entries: sizes that no disk has.
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2**32 - 2)
    other.repo.quota.limit = 2**30
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(data)
    with pytest.raises(DiskFullError):
        other.bundles.open_file(bomb)
    # Entries that all lie at the same place.
    data = bytearray(zipped.read_bytes())
    first = data.find(b"PK\x01\x02")
    begin = first
    while (begin := data.find(b"PK\x01\x02", begin + 1)) > 0:
        data[begin + 20 : begin + 24] = struct.pack("<I", len(data) // 3)
    bomb.write_bytes(data)
    with pytest.raises(NotABundleError, match="overlap"):
        other.bundles.open_file(bomb)


def test_signatures_of_any_size_are_not_held_in_memory(other: Session, zipped: Path) -> None:
    large = bytes(8 * 2**20)
    cid = add.add_stream(add.OnlyHash(), io.BytesIO(large), profiles.DEFAULT).cid
    names = [f"signatures/{n}.json" for n in range(6)]

    def sign(files: dict[str, bytes]) -> None:
        (told,) = (name for name in files if name.endswith("CID.txt"))
        folder = told.removesuffix("CID.txt")
        files[told] += "".join(f"{cid}  {name}\n" for name in names).encode()
        files.update({f"{folder}{name}": large for name in names})

    bomb = rewritten(zipped, sign)
    tracemalloc.start()
    try:
        with pytest.raises(VerificationError, match="do not add up"):
            other.bundles.open_file(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(large)
    finally:
        tracemalloc.stop()


def test_content_of_a_layout_that_files_do_not_tell_needs_a_car(
    session: Session, project: Project, tmp_path: Path
) -> None:
    odd = profiles.customise(profiles.DEFAULT, chunker="size-1000")
    old = session.add(b"x" * 5000, profile="unixfs-v0-2015")
    shared = session.bundles.share(
        project.notebook, run=project.reads("data/a.csv", contents=(str(old),))
    )
    session.bundles.save_zip(shared.root, tmp_path / "old.zip")
    strange = session.add(b"x" * 5000, profile=odd)
    shared = session.bundles.share(
        project.notebook, run=project.reads("data/a.csv", contents=(str(strange),))
    )
    with pytest.raises(BundleError, match="not come back as the same CID"):
        session.bundles.save_zip(shared.root, tmp_path / "strange.zip")
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["old.zip"]


def test_nothing_that_exists_is_overwritten(session: Session, zipped: Path) -> None:
    before = zipped.read_bytes()
    with pytest.raises(PathExistsError):
        session.bundles.save_zip("survey", zipped)
    assert zipped.read_bytes() == before
