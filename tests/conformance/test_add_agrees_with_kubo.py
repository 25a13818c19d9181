"""We add, Kubo 0.43.1 agrees: every flag of ``ipfs add`` that we take, on one of everything.

Kubo's side is never ``--only-hash``: that ignores the directory options for the root
(facts/ipfs.md, oracle trap).
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.node.add import Attributes
from jupyter_ipfs.unixfs.profiles import PROFILES, UNIXFS_V0_2015, UNIXFS_V1_2025, customise
from tests.conformance.memory import our_add, write_random_tree, write_varied_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.unixfs.profiles import Profile
    from tests.conftest import Kubo

FLAGS: dict[str, dict[str, Any]] = {
    "": {},
    "--cid-version=0": {"cid_version": 0},
    "--cid-version=1": {"cid_version": 1},
    "--raw-leaves": {"raw_leaves": True},
    "--raw-leaves=false": {"raw_leaves": False},
    "--cid-version=1 --raw-leaves=false": {"cid_version": 1, "raw_leaves": False},
    "--cid-version=0 --raw-leaves": {"cid_version": 0, "raw_leaves": True},
    "--cid-version=0 --raw-leaves=false": {"cid_version": 0, "raw_leaves": False},
    "--hash=sha2-512": {"hash_name": "sha2-512"},
    "--hash=blake3": {"hash_name": "blake3"},
    "--hash=blake3 --raw-leaves=false": {"hash_name": "blake3", "raw_leaves": False},
    "--chunker=size-1000": {"chunker": "size-1000"},
    "--chunker=default": {"chunker": "default"},
    "--chunker=size-2096896": {"chunker": "size-2096896"},
    "--chunker=size-1000 --max-file-links=2": {"chunker": "size-1000", "max_file_links": 2},
    "--chunker=size-500 --max-file-links=7 --raw-leaves=false": {
        "chunker": "size-500",
        "max_file_links": 7,
        "raw_leaves": False,
    },
    "--inline": {"inline": True},
    "--inline --inline-limit=0": {"inline": True, "inline_limit": 0},
    "--inline --inline-limit=1": {"inline": True, "inline_limit": 1},
    "--inline --inline-limit=128": {"inline": True, "inline_limit": 128},
    "--inline --inline-limit=128 --cid-version=0": {
        "inline": True,
        "inline_limit": 128,
        "cid_version": 0,
    },
    "--inline --raw-leaves=false": {"inline": True, "raw_leaves": False},
    "--max-directory-links=3": {"max_directory_links": 3},
    "--max-directory-links=10": {"max_directory_links": 10},
    "--max-directory-links=11": {"max_directory_links": 11},
    "--max-directory-links=1 --inline": {"max_directory_links": 1, "inline": True},
}
METADATA: dict[str, dict[str, Any]] = {
    "--preserve-mode": {"preserve_mode": True},
    "--preserve-mtime": {"preserve_mtime": True},
    "--preserve-mode --preserve-mtime": {"preserve_mode": True, "preserve_mtime": True},
    "--mode=0644": {"mode": 0o644},
    "--mode=04755": {"mode": 0o4755},
    "--mtime=1": {"mtime": (1, 0)},
    "--mtime=-1": {"mtime": (-1, 0)},
    "--mtime=-62135596801": {"mtime": (-62135596801, 0)},
    "--mtime=1700000000 --mtime-nsecs=5": {"mtime": (1700000000, 5)},
    "--mtime=1700000000 --mtime-nsecs=999999999 --mode=0600": {
        "mtime": (1700000000, 999999999),
        "mode": 0o600,
    },
    "--mtime=0": {"mtime": (0, 0)},
    "--preserve-mode --preserve-mtime --max-directory-links=2": {
        "preserve_mode": True,
        "preserve_mtime": True,
    },
    "--preserve-mtime --inline --inline-limit=100": {"preserve_mtime": True},
}


@pytest.fixture(scope="module")
def kubos(make_kubo: Callable[..., Kubo]) -> dict[str, Kubo]:
    """A Kubo for each profile; unconfigured, it follows ``unixfs-v0-2015``.

    Applying that profile by name gives the same CIDs, but pins CID version and raw leaves in
    the configuration, so that the flags would no longer imply each other.
    """
    return {UNIXFS_V1_2025.name: make_kubo(UNIXFS_V1_2025.name), UNIXFS_V0_2015.name: make_kubo()}


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_varied_tree(tmp_path_factory.mktemp("varied") / "tree")
    rng = random.Random(3)
    for place, directories, files in os.walk(root):
        for name in [*directories, *files]:
            path = os.path.join(place, name)  # noqa: PTH118
            if not os.path.islink(path):  # noqa: PTH114
                os.chmod(path, rng.choice([0o600, 0o755, 0o4755, 0o700, 0o1777]))  # noqa: PTH101
            nanoseconds = rng.choice([0, 1, 123_456_789, 500_000_000])
            when = rng.choice([-5, 1, 1_700_000_000]) * 10**9 + nanoseconds
            os.utime(path, ns=(when, when), follow_symlinks=False)
    return root


@pytest.mark.parametrize("profile", [UNIXFS_V1_2025, UNIXFS_V0_2015], ids=lambda row: row.name)
@pytest.mark.parametrize(("flags", "changes"), FLAGS.items(), ids=FLAGS.keys())
def test_import_flags(
    flags: str, changes: dict[str, Any], profile: Profile, kubos: dict[str, Kubo], varied: Path
) -> None:
    ours = our_add(varied, profile=customise(profile, **changes))
    assert ours == kubos[profile.name].add(varied, *flags.split())


@pytest.mark.parametrize("profile", [UNIXFS_V1_2025, UNIXFS_V0_2015], ids=lambda row: row.name)
@pytest.mark.parametrize(("flags", "wanted"), METADATA.items(), ids=METADATA.keys())
def test_mode_and_mtime(
    flags: str, wanted: dict[str, Any], profile: Profile, kubos: dict[str, Kubo], varied: Path
) -> None:
    ours = our_add(
        varied,
        profile=customise(
            profile,
            preserves_metadata=True,
            max_directory_links=2 if "--max-directory-links" in flags else None,
            inline="--inline" in flags,
            inline_limit=100 if "--inline" in flags else None,
        ),
        attributes=Attributes(**wanted),
    )
    # A configured profile counts as an explicit --raw-leaves, which Kubo then refuses.
    assert ours == kubos[profile.name].add(varied, "--raw-leaves=false", *flags.split())


@pytest.mark.parametrize("flags", ["-H", "-w", "-H -w"])
def test_hidden_files_and_wrapping(flags: str, kubos: dict[str, Kubo], varied: Path) -> None:
    ours = our_add(varied, hidden="-H" in flags, wrap="-w" in flags)
    assert ours == kubos[UNIXFS_V1_2025.name].add(varied, *flags.split())


@pytest.mark.parametrize("name", ["short", "empty", "link", "sub/chunks"])
@pytest.mark.parametrize("flags", ["", "-w"])
def test_single_files(name: str, flags: str, kubos: dict[str, Kubo], varied: Path) -> None:
    for kubo_name, kubo in kubos.items():
        ours = our_add(varied / name, profile=PROFILES[kubo_name], wrap="-w" in flags)
        assert ours == kubo.add(varied / name, *flags.split())


@pytest.mark.parametrize("profile", [UNIXFS_V1_2025, UNIXFS_V0_2015], ids=lambda row: row.name)
@pytest.mark.parametrize("seed", range(6))
def test_random_trees(seed: int, profile: Profile, kubos: dict[str, Kubo], tmp_path: Path) -> None:
    tree = write_random_tree(tmp_path / "tree", seed)
    assert our_add(tree, profile=profile) == kubos[profile.name].add(tree)


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize(("chunk", "links"), [(1, 2), (10, 3), (7, 4), (1, 174)])
def test_files_of_every_shape(
    chunk: int,
    links: int,
    raw: bool,  # noqa: FBT001  (a parameter of the test)
    kubos: dict[str, Kubo],
    tmp_path: Path,
) -> None:
    sizes = sorted({*range(40), *(links**power * chunk + more
                                  for power in range(1, 6) if links**power < 700
                                  for more in (-1, 0, 1, chunk))})  # fmt: skip
    rng = random.Random(chunk)
    files = []
    for size in sizes:
        file = tmp_path / f"{size:06}"
        file.write_bytes(rng.randbytes(size))
        files.append(file)
    flags = [f"--chunker=size-{chunk}", f"--max-file-links={links}", f"--raw-leaves={raw}".lower()]
    theirs = kubos[UNIXFS_V1_2025.name].out("add", "-q", *flags, "--", *files).split()
    profile = customise(
        UNIXFS_V1_2025, chunker=f"size-{chunk}", max_file_links=links, raw_leaves=raw
    )
    assert [our_add(file, profile=profile) for file in files] == theirs
