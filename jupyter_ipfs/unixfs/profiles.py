"""Import profiles: the parameters that decide which CID the same bytes get (IPIP-499)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.ipld import multihash

MAX_CHUNK = 2 * 1024 * 1024 - 256  # Kubo's bound; leaves room for the node around a chunk
MAX_INLINE = multihash.MAX_IDENTITY
MAX_LINKS = 8192  # more would not fit into a block of 2 MiB


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that the CIDs of an import depend on. Sizes are bytes.

    Attributes:
        name: As Kubo calls it, or ``custom``.
        cid_version: 0 or 1.
        raw_leaves: Whether leaves are raw blocks or dag-pb nodes.
        hash_function: A code of `multihash.CODES`.
        chunk_size: Content bytes per leaf.
        file_max_links: Links per file node.
        directory_max_links: Entries at which a directory is sharded; 0 for no such bound.
        hamt_fanout: Width of a sharded directory's nodes.
        hamt_threshold: A directory whose estimated size is above this is sharded.
        hamt_estimate: ``"links"`` (name and CID lengths) or ``"block"`` (the whole block).
        inline_limit: Blocks of at most this size become identity CIDs; ``None`` for never.
    """

    name: str
    cid_version: int
    raw_leaves: bool
    chunk_size: int
    file_max_links: int
    hamt_estimate: str
    hash_function: int = multihash.SHA2_256
    directory_max_links: int = 0
    hamt_fanout: int = 256
    hamt_threshold: int = 256 * 1024
    inline_limit: int | None = None


UNIXFS_V1_2025 = Profile("unixfs-v1-2025", 1, True, 1024 * 1024, 1024, "block")  # noqa: FBT003
UNIXFS_V0_2015 = Profile("unixfs-v0-2015", 0, False, 256 * 1024, 174, "links")  # noqa: FBT003

PROFILES = {profile.name: profile for profile in (UNIXFS_V1_2025, UNIXFS_V0_2015)}
PROFILES["legacy-cid-v0"] = UNIXFS_V0_2015  # Kubo's alias
DEFAULT = UNIXFS_V1_2025


def by_name(name: str) -> Profile:
    """Return the profile called ``name``.

    Raises:
        ConfigError: There is none.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(PROFILES)
        raise ConfigError(f"unknown import profile {name!r}", f"choose one of: {known}") from None


def customise(
    profile: Profile,
    *,
    cid_version: int | None = None,
    raw_leaves: bool | None = None,
    chunker: str | None = None,
    hash_name: str | None = None,
    inline: bool = False,
    inline_limit: int | None = None,
    max_file_links: int | None = None,
    max_directory_links: int | None = None,
    preserves_metadata: bool = False,
) -> Profile:
    """Apply the flags of ``ipfs add`` to a profile, with Kubo's implications between them.

    Another hash than sha2-256 implies CIDv1; CIDv1 implies raw leaves unless they are set;
    mode or mtime turns raw leaves off, and contradicts ``raw_leaves=True``.

    Raises:
        ConfigError: A value is out of range, or two flags contradict each other.
    """
    function = profile.hash_function if hash_name is None else _hash_function(hash_name)
    version = profile.cid_version if cid_version is None else cid_version
    if version not in {0, 1}:
        raise ConfigError(f"CID version {version} does not exist", "use 0 or 1")
    if function != multihash.SHA2_256 and version == 0:
        if cid_version == 0:
            raise ConfigError("CIDv0 is always sha2-256", "leave out --cid-version=0")
        version = 1
    leaves = profile.raw_leaves or version == 1
    if raw_leaves is not None:
        leaves = raw_leaves
    if preserves_metadata:
        if raw_leaves:
            raise ConfigError("raw leaves cannot carry mode or mtime", "leave out --raw-leaves")
        leaves = False
    if inline_limit is not None and not 0 <= inline_limit <= MAX_INLINE:
        raise ConfigError(f"inline limit {inline_limit} is not between 0 and {MAX_INLINE}")
    changed = replace(
        profile,
        cid_version=version,
        raw_leaves=leaves,
        hash_function=function,
        chunk_size=profile.chunk_size if chunker is None else parse_chunker(chunker),
        inline_limit=(32 if inline_limit is None else inline_limit) if inline else None,
        file_max_links=_links(max_file_links, profile.file_max_links, 2),
        directory_max_links=_links(max_directory_links, profile.directory_max_links, 0),
    )
    return profile if changed == profile else replace(changed, name="custom")


def parse_chunker(text: str) -> int:
    """Return the chunk size in bytes of ``size-N`` or ``default``.

    Raises:
        ConfigError: It is another chunker, or out of range.
    """
    hint = f"use size-N with N between 1 and {MAX_CHUNK}, such as size-262144"
    if text == "default":
        return UNIXFS_V0_2015.chunk_size
    kind, _, number = text.partition("-")
    if kind != "size" or not number.isascii() or not number.isdigit():
        raise ConfigError(f"chunker {text!r} is not supported", hint)
    size = int(number)
    if not 1 <= size <= MAX_CHUNK:
        raise ConfigError(f"chunk size {size} is out of range", hint)
    return size


def _hash_function(name: str) -> int:
    if name not in multihash.CODES or name == "identity":
        known = ", ".join(known for known in multihash.CODES if known != "identity")
        raise ConfigError(f"hash function {name!r} is not supported", f"choose one of: {known}")
    return multihash.CODES[name]


def _links(value: int | None, default: int, least: int) -> int:
    if value is None:
        return default
    if not least <= value <= MAX_LINKS:
        raise ConfigError(f"a maximum of {value} links is not between {least} and {MAX_LINKS}")
    return value
