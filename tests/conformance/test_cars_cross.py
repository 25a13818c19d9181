"""CARs cross over, packs included; and Kubo's own fixtures are read as Kubo reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import IPFSError
from jupyter_ipfs.node import get
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.session import Session
from jupyter_ipfs.unixfs import reader
from tests.conformance.memory import Memory, write_random_tree, write_varied_tree
from tests.conformance.trees import contents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Kubo

# Relative to ipfs/ in Go's module cache; each was made and is tested by Kubo or boxo.
FIXTURES = [
    "boxo@v0.43.0/gateway/testdata/dir-special-chars.car",
    "boxo@v0.43.0/gateway/testdata/dir-with-tricky-filenames.car",
    "boxo@v0.43.0/gateway/testdata/directory-with-multilayer-hamt-and-multiblock-files.car",
    "boxo@v0.43.0/gateway/testdata/fixtures.car",
    "boxo@v0.43.0/gateway/testdata/headers-test.car",
    "boxo@v0.43.0/gateway/testdata/unixfs-dir-with-mode-mtime.car",
    "kubo@v0.43.1/test/cli/fixtures/TestDagStat.car",
    "kubo@v0.43.1/test/cli/fixtures/TestDagStatCARv2.car",
    "kubo@v0.43.1/test/cli/fixtures/TestGatewayHAMTDirectory.car",
    "kubo@v0.43.1/test/cli/fixtures/TestGatewayMultiRange.car",
]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(repo=tmp_path / "our-repo") as opened:
        yield opened


@pytest.mark.parametrize("seed", [None, 200, 201, 202])
def test_kubo_imports_what_we_export(
    seed: int | None, session: Session, kubo: Kubo, tmp_path: Path
) -> None:
    place = tmp_path / "tree"
    tree = write_varied_tree(place) if seed is None else write_random_tree(place, seed)
    root = str(session.add(tree))
    session.export_car(root, tmp_path / "ours.car")
    kubo.import_car(tmp_path / "ours.car")
    assert kubo.add(tree) == root
    kubo.run("get", "-o", tmp_path / "out", root)
    assert contents(tmp_path / "out") == contents(tree, hidden=False)


@pytest.mark.parametrize("seed", [None, 300, 301])
def test_we_import_what_kubo_exports(
    seed: int | None, session: Session, kubo: Kubo, tmp_path: Path
) -> None:
    place = tmp_path / "tree"
    tree = write_varied_tree(place) if seed is None else write_random_tree(place, seed)
    root = kubo.add(tree, "--trickle", "--chunker=size-5000")
    imported = session.import_car(kubo.export_car(root, tmp_path / "theirs.car"))
    assert list(map(str, imported.roots)) == [root]
    assert not imported.incomplete
    session.get(root, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tree, hidden=False)


def test_kubo_imports_our_packs(session: Session, kubo: Kubo, tmp_path: Path) -> None:
    tree = write_varied_tree(tmp_path / "tree")
    root = str(session.add(tree))
    packs = sorted((tmp_path / "our-repo").rglob("*.car"))
    assert packs
    for pack in packs:
        kubo.import_car(pack)
    kubo.run("get", "-o", tmp_path / "out", root)
    assert contents(tmp_path / "out") == contents(tree, hidden=False)


def test_our_export_is_kubos_to_the_byte(session: Session, kubo: Kubo, tmp_path: Path) -> None:
    tree = write_varied_tree(tmp_path / "tree")
    root = str(session.add(tree))
    assert kubo.add(tree) == root
    session.export_car(root, tmp_path / "ours.car")
    theirs = kubo.export_car(root, tmp_path / "theirs.car")
    assert (tmp_path / "ours.car").read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("name", FIXTURES)
def test_kubos_fixtures_are_read_as_kubo_reads_them(
    name: str, go_modules: Path, kubo: Kubo, tmp_path: Path
) -> None:
    file = go_modules / name
    memory, roots = Memory.from_car(file)
    kubo.import_car(file)
    for cid in roots:
        node = reader.get(memory, cid)
        blocks = {str(block.cid) for block in walk(memory, cid)}
        refs = kubo.out("refs", "-r", "--unique", str(cid)).split()
        assert blocks == {str(cid), *refs}
        if node.kind == reader.OTHER:
            assert json.loads(kubo.out("dag", "get", str(cid)))
            continue
        theirs = kubo.run("get", "-o", tmp_path / "theirs", str(cid), check=False)
        if theirs.returncode:  # a directory with an entry that is no UnixFS
            with pytest.raises(IPFSError):
                get.get(memory, node, tmp_path / "ours", name="fixture")
            continue
        get.get(memory, node, tmp_path / "ours", name="fixture")
        if node.kind == reader.DIRECTORY:
            assert contents(tmp_path / "ours") == contents(tmp_path / "theirs")
        else:
            assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
