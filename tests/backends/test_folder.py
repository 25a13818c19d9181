"""Folders of CARs and CAR files as sources: come and go, hostile ones named and skipped."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.backends import folder, sources
from jupyter_ipfs.backends.folder import CarFile, Folder
from jupyter_ipfs.errors import BlockNotFoundError, VerificationError
from jupyter_ipfs.ipld import car, varint
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net.car_address import CarAddress
from jupyter_ipfs.testing.blocks import leaves, tree

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.ipld.block import Block
    from tests.conftest import Kubo


def archive(blocks: list[Block]) -> bytes:
    return car.encode_header([blocks[0].cid]) + b"".join(map(car.encode_section, blocks))


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_LOOK_AGAIN_S", 0.0)


def test_a_block_is_found_in_any_car_of_a_folder(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.car").write_bytes(archive(tree(3, seed=str(number))))
    source = Folder(tmp_path)
    for number in range(3):
        for block in tree(3, seed=str(number)):
            assert source.get(block.cid).data == block.data
            assert source.get(block.cid.to_v1()).data == block.data
    with pytest.raises(BlockNotFoundError, match="none of its 3 CAR files"):
        source.get(leaves(1, seed="absent")[0].cid)


def test_files_that_come_change_and_go_are_noticed(tmp_path: Path) -> None:
    source = Folder(tmp_path / "share")
    first, second = tree(2, seed="first"), tree(2, seed="second")
    with pytest.raises(BlockNotFoundError, match="not there at the moment"):
        source.get(first[0].cid)
    (tmp_path / "share").mkdir()
    file = tmp_path / "share" / "x.car"
    file.write_bytes(archive(first))
    assert source.get(first[0].cid).data == first[0].data
    file.write_bytes(archive([*second, *leaves(1)]))
    assert source.get(second[-1].cid).data == second[-1].data
    with pytest.raises(BlockNotFoundError):
        source.get(first[0].cid)
    file.unlink()
    with pytest.raises(BlockNotFoundError, match="none of its 0"):
        source.get(second[0].cid)


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


HOSTILE = {
    "empty": b"",
    "text": b"this is no archive",
    "header of 2^63": varint.encode(2**63 - 1),
    "cut": archive(tree(2))[:-5],
    "zero section": archive(leaves(1, seed="zero")) + b"\0",
    "section of 2^40": archive(leaves(1, seed="large")) + varint.encode(2**40),
    "no CID": archive(leaves(1, seed="none")) + b"\x03abc",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_car_is_named_and_skipped(tmp_path: Path, kind: str) -> None:
    good = tree(2, seed="good")
    (tmp_path / "a-bad.car").write_bytes(HOSTILE[kind])
    (tmp_path / "good.car").write_bytes(archive(good))
    source = Folder(tmp_path)
    assert source.get(good[-1].cid).data == good[-1].data
    assert list(source.skipped) == ["a-bad.car"]
    with pytest.raises(BlockNotFoundError, match=r"'a-bad\.car' is skipped: "):
        source.get(leaves(1, seed="absent")[0].cid)


def test_a_car_with_other_bytes_is_skipped_and_its_neighbour_believed(tmp_path: Path) -> None:
    block = leaves(1)[0]
    (tmp_path / "a.car").write_bytes(flipped(archive([block])))
    source = Folder(tmp_path)
    with pytest.raises(BlockNotFoundError, match="other bytes"):
        source.get(block.cid)
    (tmp_path / "b.car").write_bytes(archive([block]))
    assert source.get(block.cid).data == block.data
    assert list(source.skipped) == ["a.car"]


def test_a_fifo_called_car_does_not_stop_the_search(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.car")
    (tmp_path / "loop.car").symlink_to("loop.car")
    block = leaves(1)[0]
    (tmp_path / "b.car").write_bytes(archive([block]))
    begun = time.monotonic()
    assert Folder(tmp_path).get(block.cid).data == block.data
    assert time.monotonic() - begun < 2


def test_one_car_file_is_a_source_that_may_come_later(tmp_path: Path) -> None:
    blocks = tree(2)
    source = CarFile(tmp_path / "survey.car")
    with pytest.raises(BlockNotFoundError, match="not there at the moment"):
        source.get(blocks[0].cid)
    (tmp_path / "survey.car").write_bytes(archive(blocks))
    assert source.get(blocks[-1].cid).data == blocks[-1].data
    with pytest.raises(BlockNotFoundError, match="not in this file"):
        source.get(leaves(1, seed="absent")[0].cid)


def test_a_car_file_that_lies_is_caught(tmp_path: Path) -> None:
    block = leaves(1)[0]
    (tmp_path / "x.car").write_bytes(flipped(archive([block])))
    with pytest.raises(VerificationError):
        CarFile(tmp_path / "x.car").get(block.cid)


def test_kubos_cars_are_read(tmp_path: Path, kubo: Kubo) -> None:
    content = bytes(range(251)) * 12_000
    root = kubo.add(content)
    kubo.export_car(root, tmp_path / "kubo.car")
    source = Folder(tmp_path)
    for cid in [root, *kubo.out("refs", "-r", "-u", root).split()]:
        assert source.get(CID.parse(cid)).data == kubo.block(cid)


def test_the_settings_name_sources_by_what_they_look_like(tmp_path: Path) -> None:
    (tmp_path / "x.car").mkdir()
    (tmp_path / "archive").write_bytes(b"")
    assert isinstance(sources.place(str(tmp_path)), Folder)
    assert isinstance(sources.place(str(tmp_path / "x.car")), Folder)
    assert isinstance(sources.place(str(tmp_path / "archive")), CarFile)
    assert isinstance(sources.place(str(tmp_path / "later.car")), CarFile)
    assert isinstance(sources.place(str(tmp_path / "later")), Folder)
    assert isinstance(sources.place("https://lab.example/x.car"), CarAddress)


WHOLE = archive(tree(3))


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_flipped_byte_anywhere_never_gives_other_bytes(
    tmp_path_factory: pytest.TempPathFactory, at: int, change: int
) -> None:
    file = tmp_path_factory.mktemp("flip") / "x.car"
    file.write_bytes(WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :])
    source = CarFile(file)
    for block in tree(3):
        try:
            assert source.get(block.cid).data == block.data
        except (BlockNotFoundError, VerificationError):
            continue
