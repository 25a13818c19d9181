"""Directories: one block while they are small, sharded by Kubo's exact rule when they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.unixfs import hamt, nodes
from jupyter_ipfs.unixfs.importer import Ref, build

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.unixfs.profiles import Profile


def directory(
    entries: Sequence[tuple[bytes, Ref]],
    profile: Profile,
    metadata: nodes.Metadata = nodes.NO_METADATA,
) -> Generator[Block, None, Ref]:
    """Make a directory of entries with unique names; yield its blocks and return the root."""
    data = nodes.encode(nodes.Data(nodes.DIRECTORY, metadata=metadata))
    links = [dag_pb.PBLink(ref.cid, name, ref.dag_size) for name, ref in entries]
    block_data: bytes | None = None
    if profile.hamt_estimate == "block":
        block_data = dag_pb.encode(links, data)
        estimate = len(block_data)
    else:
        estimate = sum(len(name) + len(bytes(ref.cid)) for name, ref in entries)
    too_many = 0 < profile.directory_max_links < len(links)
    if estimate > profile.hamt_threshold or too_many:
        return (yield from hamt.shard(entries, profile, metadata))
    if block_data is None:
        block_data = dag_pb.encode(links, data)
    block = build(block_data, DAG_PB, profile)
    yield block
    total = len(block_data) + sum(ref.dag_size for _, ref in entries)
    return Ref(block.cid, 0, total)
