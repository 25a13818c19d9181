"""A directory that was changed entry by entry is the one that would be made of what it holds."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import CodecError, NotADirectoryPathError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.unixfs import nodes, profiles, reader
from jupyter_ipfs.unixfs.directories import directory
from jupyter_ipfs.unixfs.importer import Ref
from jupyter_ipfs.unixfs.mutation import MutableDirectory
from tests.conformance.memory import Memory
from tests.unixfs.dags import Dag

if TYPE_CHECKING:
    from collections.abc import Generator

SMALL = replace(profiles.DEFAULT, hamt_threshold=4000, hamt_fanout=8)


def made(memory: Memory, blocks: Generator[Block, None, Ref]) -> Ref:
    """Keep the blocks; return the root."""
    while True:
        try:
            memory.put(next(blocks))
        except StopIteration as stop:
            ref: Ref = stop.value
            return ref


@pytest.mark.parametrize("estimate", ["block", "links"])
@pytest.mark.parametrize("fanout", [8, 16, 256])
@pytest.mark.parametrize("is_reread", [False, True])
def test_whatever_is_changed_the_result_is_the_import_of_what_is_there(
    estimate: str, fanout: int, *, is_reread: bool
) -> None:
    profile = replace(SMALL, hamt_estimate=estimate, hamt_fanout=fanout)
    memory, rng = Memory(), random.Random(fanout)
    changed = MutableDirectory(memory, profile)
    held: dict[bytes, Ref] = {}
    conversions = []
    for turn in range(1200):
        name = b"%d" % rng.randrange(250)
        if rng.random() < (0.9 if turn // 200 % 2 == 0 else 0.1):
            block = Block.build(rng.randbytes(4))
            held[name] = Ref(block.cid, 4, rng.choice([4, 200, 70_000]))
            changed.put(name, held[name])
        else:
            assert changed.remove(name) == (held.pop(name, None) is not None)
        conversions.append(changed.is_sharded)
        if turn % 20 == 0:
            ref = made(memory, changed.encode())
            assert ref == made(memory, directory(list(held.items()), profile))
            assert sorted(link.name or b"" for link in changed.entries()) == sorted(held)
            assert made(memory, changed.encode()) == ref
            if is_reread:
                changed = MutableDirectory.read(memory, reader.get(memory, ref.cid), profile)
    switched = sum(a != b for a, b in itertools.pairwise(conversions))
    assert switched >= 3, "both ways, more than once"


def test_only_the_shards_on_the_way_to_an_entry_are_read() -> None:
    memory = Memory()
    profile = replace(profiles.DEFAULT, hamt_threshold=1000)
    leaf = Block.build(b"x")
    entries = [(b"%d" % number, Ref(leaf.cid, 1, 1)) for number in range(20_000)]
    root = made(memory, directory(entries, profile))
    node = reader.get(memory, root.cid)
    memory.touched.clear()
    changed = MutableDirectory.read(memory, node, profile)
    changed.put(b"new", Ref(leaf.cid, 1, 1))
    again = made(memory, changed.encode())
    assert len(memory.touched) < 4
    assert again == made(memory, directory([*entries, (b"new", Ref(leaf.cid, 1, 1))], profile))


def test_a_directory_keeps_its_version_its_mode_and_its_time() -> None:
    memory = Memory()
    metadata = nodes.Metadata(0o755, (1_700_000_000, 42))
    leaf = Ref(Block.build(b"x").cid, 1, 1)
    for profile in (profiles.UNIXFS_V0_2015, profiles.UNIXFS_V1_2025, SMALL):
        few, many = ([(b"%d" % n, leaf) for n in range(count)] for count in (3, 90))
        root = made(memory, directory(few, profile, metadata))
        changed = MutableDirectory.read(memory, reader.get(memory, root.cid), SMALL)
        for name, ref in many:
            changed.put(name, ref)
        expected = replace(SMALL, cid_version=profile.cid_version)
        assert changed.is_sharded
        assert made(memory, changed.encode()) == made(memory, directory(many, expected, metadata))
        for name, _ in many[3:]:
            changed.remove(name)
        assert made(memory, changed.encode()) == made(memory, directory(few, expected, metadata))


def test_what_is_no_directory_is_not_changed() -> None:
    memory = Memory()
    block = Block.build(b"x")
    memory.put(block)
    with pytest.raises(NotADirectoryPathError):
        MutableDirectory.read(memory, reader.get(memory, block.cid), SMALL)


def test_a_crafted_shard_neither_unfolds_without_end_nor_is_believed() -> None:
    dag = Dag()
    leaf = dag.raw(b"x")
    every = bytes([0xFF])
    at = dag.shard(every, *((b"%dfile" % slot, leaf) for slot in range(8)), fanout=8)
    for _ in range(20):
        at = dag.shard(every, *((b"%d" % slot, at) for slot in range(8)), fanout=8)
    changed = MutableDirectory.read(dag, reader.get(dag, at), SMALL)
    with pytest.raises(CodecError):
        list(changed.entries())
    with pytest.raises(CodecError):
        changed.put(b"name", Ref(leaf, 1, 1))
    with pytest.raises(CodecError):
        changed.remove(b"file")
