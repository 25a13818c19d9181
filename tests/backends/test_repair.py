"""Checking and repairing the local repo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs import config
from jupyter_ipfs.backends.repair import repair
from jupyter_ipfs.ipld import car
from jupyter_ipfs.node import health
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.testing.blocks import tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.protocols import Progress


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


def kept(repo: Repo, blocks: list[Block], name: str) -> None:
    with repo.batch() as batch:
        for block in blocks:
            batch.put(block)
        batch.commit(blocks[0].cid, name=name)


def damage(repo: Repo, block: Block) -> None:
    """Change one byte of a block where it lies on the disk."""
    for file in (repo.path / "packs").glob("*.car"):
        data = file.read_bytes()
        at = data.find(block.data)
        if at >= 0:
            changed = bytes([data[at] ^ 1])
            file.write_bytes(data[:at] + changed + data[at + 1 :])
            return
    raise AssertionError("the block is in no pack")


def lab(place: Path, blocks: list[Block]) -> Path:
    place.mkdir()
    data = car.encode_header([blocks[0].cid]) + b"".join(map(car.encode_section, blocks))
    (place / "x.car").write_bytes(data)
    return place


def test_nothing_is_claimed_before_the_first_check(repo: Repo) -> None:
    assert health.known(repo) == health.Health(None, (), unconfirmed=False, recovered=())


def test_a_check_names_what_is_broken_and_remembers_it(repo: Repo) -> None:
    blocks = tree(6)
    kept(repo, blocks, "fig-3")
    kept(repo, tree(3, seed="whole"), "whole")
    assert health.check(repo).damaged == ()
    damage(repo, blocks[-1])
    told: list[Progress] = []
    found = health.check(repo, told.append)
    assert found.checked_at is not None
    assert found.damaged[0] == "fig-3@1 lacks 1 block"
    assert len(found.damaged) == 2
    assert health.known(repo) == found
    assert told[-1].phase == "done"
    assert {progress.phase for progress in told} == {"checking", "done"}


def test_a_repair_fetches_what_a_source_has_and_leaves_pins_as_they_are(
    repo: Repo, tmp_path: Path
) -> None:
    blocks = tree(6)
    kept(repo, blocks, "fig-3")
    before = repo.pins()
    damage(repo, blocks[-1])
    place = lab(tmp_path / "lab", blocks)
    settings = config.Config(repo=repo.path, backend="kubo", sources=(str(place),))
    mended = repair(repo, settings)
    assert mended.fetched == 1
    assert mended.health.damaged == ()
    assert repo.get(blocks[-1].cid).data == blocks[-1].data
    assert repo.pins() == before
    assert health.broken_pins(repo) == []


def test_what_nobody_has_is_still_told_after_a_repair(repo: Repo) -> None:
    blocks = tree(6)
    kept(repo, blocks, "fig-3")
    damage(repo, blocks[0])
    mended = repair(repo, config.Config(repo=repo.path))
    assert mended.fetched == 0
    assert mended.health.damaged[0].startswith("fig-3@1 lacks 1 block")


def test_a_lost_pack_is_counted_and_fetched_again(repo: Repo, tmp_path: Path) -> None:
    blocks = tree(6)
    kept(repo, blocks, "fig-3")
    repo.close()
    for file in (repo.path / "packs").iterdir():
        file.unlink()
    place = lab(tmp_path / "lab", blocks)
    with Repo.open(repo.path) as again:
        mended = repair(again, config.Config(repo=repo.path, sources=(str(place),)))
    assert mended.quarantined == len(blocks)
    assert mended.fetched == len(blocks)
    assert mended.health.damaged == ()
