"""The import flags of ``ipfs add``, as the shell and the magics both parse them."""

from __future__ import annotations

from typing import Protocol

from jupyter_ipfs.node.add import Attributes
from jupyter_ipfs.unixfs import profiles


class Flags(Protocol):
    """What a parsed line holds; ``None`` is a flag that was not given. Names are Kubo's."""

    profile: str | None
    cid_version: int | None
    raw_leaves: bool | None
    chunker: str | None
    hash: str | None
    inline: bool
    inline_limit: int | None
    max_file_links: int | None
    max_directory_links: int | None
    preserve_mode: bool
    preserve_mtime: bool
    mode: int | None
    mtime: int | None
    mtime_nsecs: int | None


def attributes(flags: Flags) -> Attributes:
    """Return the modes and times that the flags ask for."""
    mtime = None if flags.mtime is None else (flags.mtime, flags.mtime_nsecs or 0)
    return Attributes(flags.preserve_mode, flags.preserve_mtime, flags.mode, mtime)


def profile(flags: Flags) -> profiles.Profile:
    """Return the import profile that the flags ask for.

    Raises:
        ConfigError: A value is out of range, or two flags contradict each other.
    """
    return profiles.customise(
        profiles.by_name(flags.profile or profiles.DEFAULT.name),
        cid_version=flags.cid_version,
        raw_leaves=flags.raw_leaves,
        chunker=flags.chunker,
        hash_name=flags.hash,
        inline=flags.inline,
        inline_limit=flags.inline_limit,
        max_file_links=flags.max_file_links,
        max_directory_links=flags.max_directory_links,
        preserves_metadata=bool(attributes(flags)),
    )
