"""Content that nobody honest makes, stored in a real repo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.unixfs import nodes

if TYPE_CHECKING:
    from jupyter_ipfs.session import Session

NAMES = [
    b"new\nline",
    "\u202egpj.exe".encode(),
    b"<script>alert(1)</script>".replace(b"/", b"\xe2\x88\x95"),
    b"a:b%2F..%2Fc d",
    b" spaces ",
    b"\xff\xfe",
    b"a/b",
    b"..",
    b"\x1b[31mred",
]


def store(session: Session, block: Block) -> CID:
    """Store one block and keep it."""
    with session.repo.batch() as batch:
        batch.put(block)
        batch.commit(block.cid)
    return block.cid


def directory(session: Session, *entries: tuple[bytes, CID]) -> CID:
    """Store a directory whose names nobody has checked."""
    links = [dag_pb.PBLink(cid, name, 1) for name, cid in entries]
    data = dag_pb.encode(links, nodes.encode(nodes.Data(nodes.DIRECTORY)))
    return store(session, Block.build(data, DAG_PB))


def symlink(session: Session, target: bytes) -> CID:
    """Store a symlink that points anywhere."""
    data = dag_pb.encode([], nodes.encode(nodes.Data(nodes.SYMLINK, target)))
    return store(session, Block.build(data, DAG_PB))


def claiming(session: Session, size: int) -> CID:
    """Store a file that claims to be so large, with a part that is nowhere."""
    part = CID.of(b"nowhere to be found")
    data = nodes.Data(nodes.FILE, None, size, (size,))
    return store(
        session,
        Block.build(dag_pb.encode([dag_pb.PBLink(part, b"", size)], nodes.encode(data)), DAG_PB),
    )


def identity(content: bytes) -> CID:
    """Return a CID that is its own content."""
    return CID(1, 0x55, b"\x00" + bytes([len(content)]) + content)
