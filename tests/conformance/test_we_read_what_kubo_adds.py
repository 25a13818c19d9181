"""Kubo 0.43.1 adds, in every way it has; we read the same bytes back."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import get
from jupyter_ipfs.node.cat import open_file
from jupyter_ipfs.unixfs import reader
from tests.conformance.memory import Memory, write_random_tree, write_varied_tree
from tests.conformance.trees import contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Kubo

WAYS = [
    "",
    "--cid-version=0 --raw-leaves=false",
    "--trickle",
    "--trickle --raw-leaves=false --cid-version=0",
    "--trickle --chunker=size-100 --max-file-links=3",
    "--trickle --chunker=size-100 --max-file-links=3 --raw-leaves=false",
    "--chunker=size-100 --max-file-links=2",
    "--chunker=rabin-512-1024-2048",
    "--chunker=buzhash",
    "--raw-leaves=false",
    "--hash=sha2-512",
    "--hash=blake3",
    "--inline --inline-limit=128",
    "--inline --inline-limit=128 --raw-leaves=false",
    "--max-directory-links=2",
    "--max-directory-links=2 --max-hamt-fanout=8",
    "--max-directory-links=2 --max-hamt-fanout=1024 --inline",
    "--preserve-mode --preserve-mtime --raw-leaves=false",
    "--mode=0640 --mtime=1700000000 --mtime-nsecs=7 --raw-leaves=false",
    "--mtime=-7 --raw-leaves=false --trickle",
]


@pytest.fixture(scope="module")
def peer(make_kubo: Callable[..., Kubo]) -> Kubo:
    return make_kubo("unixfs-v1-2025")


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_varied_tree(tmp_path_factory.mktemp("varied") / "tree")


def fetched(kubo: Kubo, root: str, tmp_path: Path) -> tuple[Memory, reader.Node]:
    """Bring a DAG over as a CAR; return its blocks and its root."""
    if CID.parse(root).is_identity:
        memory = Memory()
    else:
        memory, roots = Memory.from_car(kubo.export_car(root, tmp_path / f"{root[-20:]}.car"))
        assert list(map(str, roots)) == [root]
    return memory, reader.get(memory, CID.parse(root))


@pytest.mark.parametrize("way", WAYS)
def test_a_tree_with_one_of_everything(way: str, peer: Kubo, varied: Path, tmp_path: Path) -> None:
    memory, root = fetched(peer, peer.add(varied, "-H", *way.split()), tmp_path)
    get.get(memory, root, tmp_path / "out", name="tree")
    preserved = "--preserve" in way
    assert contents(tmp_path / "out", metadata=preserved) == contents(varied, metadata=preserved)


def test_fixed_mode_and_time_are_written(peer: Kubo, tmp_path: Path) -> None:
    flags = ("--raw-leaves=false", "--mode=0640", "--mtime=-7", "--mtime-nsecs=999999999")
    memory, root = fetched(peer, peer.add(b"content", *flags), tmp_path)
    status = get.get(memory, root, tmp_path / "out", name="file").local_path.stat()
    assert status.st_mode & 0o777 == 0o640
    assert status.st_mtime_ns == -7 * 10**9 + 999_999_999


@pytest.mark.parametrize("seed", range(100, 106))
def test_random_trees(seed: int, peer: Kubo, tmp_path: Path) -> None:
    tree = write_random_tree(tmp_path / "tree", seed)
    way = random.Random(seed).choice(WAYS)
    memory, root = fetched(peer, peer.add(tree, *way.split()), tmp_path)
    get.get(memory, root, tmp_path / "out", name="tree")
    assert contents(tmp_path / "out") == contents(tree, hidden=False)


@pytest.mark.parametrize(
    "way",
    [
        "--chunker=size-1000 --max-file-links=5",
        "--chunker=size-1000 --max-file-links=5 --trickle",
        "--chunker=size-1000 --max-file-links=5 --trickle --raw-leaves=false",
        "--chunker=rabin-256-512-1024 --max-file-links=10",
        "--chunker=size-100 --inline --inline-limit=128",
    ],
)
def test_any_range_is_the_range_and_touches_only_its_path(
    way: str, peer: Kubo, tmp_path: Path
) -> None:
    rng = random.Random(way)
    data = rng.randbytes(100_123)
    memory, node = fetched(peer, peer.add(data, *way.split()), tmp_path)
    assert node.size == len(data)
    for _ in range(100):
        start = rng.randrange(-1, len(data) + 2) % (len(data) + 5)
        length = rng.choice([0, 1, 2, 99, 100, 1000, 1001, rng.randrange(len(data))])
        memory.touched.clear()
        assert b"".join(reader.read(memory, node, start, start + length)) == data[start:][:length]
        if length <= 1:
            assert len(memory.touched) <= 12  # depth of the tree, not its width
    assert b"".join(reader.read(memory, node)) == data
    with open_file(memory, node) as file:
        for _ in range(100):
            start = file.seek(rng.randrange(len(data)))
            length = rng.randrange(3000)
            assert file.read(length) == data[start : start + length]


@pytest.mark.parametrize("fanout", [8, 256])
def test_names_are_found_through_a_sharded_directory(
    fanout: int, peer: Kubo, tmp_path: Path
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for n in range(2000):
        (tree / f"entry {n}").write_bytes(f"{n}".encode())
    root = peer.add(tree, "--max-directory-links=100", f"--max-hamt-fanout={fanout}")
    memory, node = fetched(peer, root, tmp_path)
    for n in range(0, 2000, 37):
        memory.touched.clear()
        cid = reader.lookup(memory, node, f"entry {n}".encode())
        assert cid == CID.of(f"{n}".encode())
        assert len(memory.touched) <= 8
    assert reader.lookup(memory, node, b"entry 2000") is None
    names = {link.name for link in reader.entries(memory, node)}
    assert names == {f"entry {n}".encode() for n in range(2000)}
