"""From a staged stream to blocks: each file is a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.add import Seekable, Sink
    from jupyter_ipfs.protocols import ProgressCallback
    from jupyter_ipfs.server.uploads.listing import Listing


def import_staged(
    sink: Sink, listing: Listing, stream: Seekable, progress: ProgressCallback
) -> CID:
    """Put the files' blocks into ``sink``, reading the stream once and in order of the tree."""
    from jupyter_ipfs.node import add  # noqa: PLC0415  (when needed)
    from jupyter_ipfs.unixfs import profiles  # noqa: PLC0415

    slices: dict[str, add.Slice] = {}
    offset = 0
    for path, file in zip(listing.stored_paths(), listing.files, strict=True):
        slices[path] = add.Slice(stream, offset, file.size)
        offset += file.size
    profile = profiles.DEFAULT
    if listing.is_one_file:
        (only,) = slices.values()
        return add.add_slice(sink, only, profile, progress=progress).cid
    return add.add_files(sink, slices, profile, size_total=listing.size, progress=progress).cid
