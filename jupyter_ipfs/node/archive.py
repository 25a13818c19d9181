"""``export``, ``import`` and ``push``: DAGs as CAR files."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs.errors import (
    CodecError,
    ConfigError,
    DiskFullError,
    JupyterIPFSError,
    PathExistsError,
)
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.node.walk import BRANCHING, links, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.scan import LocalPath
    from jupyter_ipfs.protocols import Backend, Batch, Blocks, ProgressCallback


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: blocks and bytes of the file."""

    root: CID
    blocks: int
    size: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took in.

    Attributes:
        roots: The roots that the CAR names and that are complete; these were pinned.
        incomplete: The roots that it names but does not hold whole, with the number of
            blocks that are missing. Their blocks are kept for now, unpinned.
        blocks: Blocks read and verified.
        size: Bytes of those blocks.
    """

    roots: tuple[CID, ...]
    incomplete: dict[CID, int]
    blocks: int
    size: int


def export_car(
    blocks: Blocks,
    root: CID,
    stream: BinaryIO,
    *,
    progress: ProgressCallback | None = None,
) -> Exported:
    """Write the whole DAG under ``root`` as a CARv1, each block once, parents first.

    Raises:
        BlockNotFoundError: A block of it is not to be had.
    """
    meter = Meter(progress, "writing")
    header = car.encode_header([root])
    stream.write(header)
    count, size = 0, len(header)
    for block in walk(blocks, root):
        head = car.encode_section_header(bytes(block.cid), len(block.data))
        stream.write(head)
        stream.write(block.data)
        count += 1
        size += len(head) + len(block.data)
        meter.advance(len(block.data))
    meter.done()
    return Exported(root, count, size)


def export_file(
    blocks: Blocks,
    root: CID,
    file: Path,
    *,
    overwrite: bool = False,
    progress: ProgressCallback | None = None,
) -> Exported:
    """Write a CAR file that appears under its name only when it is whole and durable.

    Raises:
        PathExistsError: Something stands there already.
        DiskFullError: There is no space left for it.
        ConfigError: The file cannot be written there.
    """
    if file.exists() and not overwrite:
        raise PathExistsError(f"{str(file)!r} exists", "name another file; nothing is overwritten")
    temporary = file.with_name(f".{file.name[:100]}.{secrets.token_hex(6)}.partial")
    try:
        with temporary.open("xb", buffering=1024 * 1024) as stream:
            exported = export_car(blocks, root, stream, progress=progress)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except FileNotFoundError:
        raise ConfigError(f"there is no directory {str(file.parent)!r}", "make it first") from None
    except PermissionError:
        raise ConfigError(f"{str(file.parent)!r} cannot be written to") from None
    except JupyterIPFSError:  # some of ours are OSErrors too
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(
                f"the CAR was not written: {reason}", "choose another disk"
            ) from None
        raise ConfigError(f"the CAR was not written: {reason}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return exported


@contextmanager
def opened(file: LocalPath | BinaryIO) -> Iterator[BinaryIO]:
    """Give the stream of a CAR; one that was opened here is closed again.

    Raises:
        ConfigError: The file cannot be read.
    """
    if not isinstance(file, (str, os.PathLike)):
        yield file
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  (closed below)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot read {os.fspath(file)!r}: {reason}") from None
    with stream:
        yield stream


def import_car(
    stream: BinaryIO,
    backend: Backend,
    *,
    name: str | None = None,
    pin: bool = True,
    progress: ProgressCallback | None = None,
) -> Imported:
    """Take in a CAR's blocks; nothing of it is visible before the whole file has passed.

    What the header calls roots are claims: a root is pinned (and named) only when every
    block under it is in the file or already held.

    Raises:
        CodecError: It is no CAR, is cut off, or names no root.
        VerificationError: A block's bytes are not those of its CID.
    """
    meter = Meter(progress, "storing")
    archive = car.Reader(stream)
    if not archive.roots:
        raise CodecError("the CAR names no root, so there would be nothing to keep it by")
    if name is not None and len(set(archive.roots)) > 1:
        raise ConfigError("the CAR has several roots, and one name", "leave out --name")
    children: dict[CID, tuple[CID, ...]] = {}
    leaves: set[bytes] = set()
    count = size = 0
    with backend.batch() as batch:
        for block in archive.blocks():
            meter.advance(len(block.data), existing=not batch.put(block))
            if block.cid.codec in BRANCHING:
                children[block.cid] = links(block)
            else:
                leaves.add(block.cid.multihash)
            count += 1
            size += len(block.data)
        roots = tuple(dict.fromkeys(archive.roots))
        missing = {root: _missing(root, children, leaves, batch, backend) for root in roots}
        complete = tuple(root for root in roots if not missing[root])
        if complete:
            batch.commit(complete[0], pin=pin, name=name)
        else:
            batch.commit(roots[0], pin=False)
    if pin:
        for root in complete[1:]:
            backend.pin(root)
    meter.done()
    lacking = {root: number for root, number in missing.items() if number}
    return Imported(complete, lacking, count, size)


def _missing(
    root: CID,
    children: dict[CID, tuple[CID, ...]],
    leaves: set[bytes],
    batch: Batch,
    held: Blocks,
) -> int:
    """Count the blocks under ``root`` that are neither in the archive nor held.

    What is held is put as well: it may be in the cache only, or a gc may be dropping it.
    """
    seen, stack, missing = {root}, [root], 0
    while stack:
        cid = stack.pop()
        below: Iterable[CID]
        if cid in children:
            below = children[cid]
        elif cid.codec not in BRANCHING and cid.multihash in leaves:
            below = ()
        elif cid.is_identity:
            below = links(Block.from_identity(cid))
        elif held.has(cid):
            block = held.get(cid)
            batch.put(block)
            below = links(block)
        else:
            missing += 1
            continue
        fresh = [link for link in below if link not in seen]
        seen.update(fresh)
        stack.extend(fresh)
    return missing
