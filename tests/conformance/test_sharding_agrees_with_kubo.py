"""When a directory is sharded, and how: swept around every threshold, against Kubo 0.43.1."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.node.add import Attributes
from jupyter_ipfs.unixfs.profiles import UNIXFS_V0_2015, UNIXFS_V1_2025, customise
from tests.conformance.memory import our_add

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ipfs.unixfs.profiles import Profile
    from tests.conftest import Kubo

_THRESHOLD = 1500
_PROFILES = [UNIXFS_V1_2025, UNIXFS_V0_2015]


@pytest.fixture(scope="module", params=_PROFILES, ids=lambda row: row.name)
def peer(request: pytest.FixtureRequest, make_kubo: Callable[..., Kubo]) -> tuple[Profile, Kubo]:
    """A Kubo and a profile that shard directories of more than 1500 bytes."""
    profile: Profile = request.param
    kubo = make_kubo(profile.name)
    kubo.run("config", "Import.UnixFSHAMTDirectorySizeThreshold", f"{_THRESHOLD}B")
    return replace(profile, hamt_threshold=_THRESHOLD), kubo


def agree(
    peer: tuple[Profile, Kubo], tree: Path, *flags: str, attributes: Attributes | None = None
) -> None:
    profile, kubo = peer
    if "--preserve-mode" in flags:
        profile = customise(profile, preserves_metadata=True)
        flags = ("--raw-leaves=false", *flags)
    assert our_add(tree, profile=profile, attributes=attributes) == kubo.add(tree, *flags)


def test_every_size_around_the_threshold(peer: tuple[Profile, Kubo], tmp_path: Path) -> None:
    # The last name's length sweeps the estimate by single bytes across the threshold.
    for count in (15, 22, 25, 30):
        for last in range(1, 60):
            place = tmp_path / f"{count}-{last}"
            place.mkdir()
            for n in range(count):
                (place / f"{n:0>12}").write_bytes(b"x")
            (place / ("z" * last)).write_bytes(b"x")
    agree(peer, tmp_path)


def test_sizes_that_cross_a_varint_and_entries_of_every_kind(
    peer: tuple[Profile, Kubo], tmp_path: Path
) -> None:
    rng = random.Random(5)
    for case in range(60):
        place = tmp_path / f"{case}"
        place.mkdir()
        for n in range(rng.randrange(14, 34)):
            kind = rng.randrange(6)
            name = place / (f"{n}-" + "n" * rng.choice([0, 3, 90, 120, 124, 125, 126, 127, 128]))
            if kind == 0:
                name.mkdir()
                (name / "inside").write_bytes(rng.randbytes(rng.choice([1, 200, 20_000])))
            elif kind == 1:
                name.symlink_to("t" * rng.randrange(1, 200))
            else:
                name.write_bytes(bytes(rng.choice([0, 1, 127, 128, 16_383, 16_384, 300_000])))
    agree(peer, tmp_path)


def test_mode_and_mtime_count_towards_the_threshold(
    peer: tuple[Profile, Kubo], tmp_path: Path
) -> None:
    rng = random.Random(6)
    for last in range(1, 90):
        place = tmp_path / f"{last}"
        place.mkdir()
        for n in range(24):
            (place / f"{n:0>12}").write_bytes(b"x")
        (place / ("z" * last)).write_bytes(b"x")
        place.chmod(rng.choice([0o755, 0o700]))
    agree(
        peer, tmp_path, "--preserve-mode", "--preserve-mtime",
        attributes=Attributes(preserve_mode=True, preserve_mtime=True),
    )  # fmt: skip


@pytest.mark.parametrize("fanout", [8, 16, 64, 256, 512, 1024])
def test_every_fanout(fanout: int, peer: tuple[Profile, Kubo], tmp_path: Path) -> None:
    profile, kubo = peer
    for count in (40, 400):
        place = tmp_path / f"{count}"
        place.mkdir()
        for n in range(count):
            (place / f"entry number {n}").write_bytes(f"{n % 7}".encode())
    agree((replace(profile, hamt_fanout=fanout), kubo), tmp_path, f"--max-hamt-fanout={fanout}")


def test_a_few_links_at_most_shards_too(peer: tuple[Profile, Kubo], tmp_path: Path) -> None:
    profile, kubo = peer
    for count in range(1, 12):
        place = tmp_path / f"{count}"
        place.mkdir()
        for n in range(count):
            (place / f"{n}").write_bytes(b"x")
    for links in (1, 4, 10, 11, 12):
        limited = replace(profile, directory_max_links=links)
        agree((limited, kubo), tmp_path, f"--max-directory-links={links}")
