"""Handing content over: export, push, import."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import (
    CodecError,
    ConfigError,
    JupyterIPFSError,
    PathExistsError,
    VerificationError,
)
from jupyter_ipfs.ipld import car, dag_cbor, multihash
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_CBOR
from jupyter_ipfs.node import gc
from jupyter_ipfs.session import Session
from jupyter_ipfs.store.batch import RepoBatch
from jupyter_ipfs.store.repo import Repo

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import Stored


def exported(session: Session, path: object) -> bytes:
    stream = io.BytesIO()
    session.export_car(str(path), stream)
    return stream.getvalue()


def test_a_colleague_gets_the_same_bytes_from_a_file(
    session: Session, tree: Path, tmp_path: Path
) -> None:
    root = session.add(tree, name="survey")
    session.export_car("survey", tmp_path / "survey.car")
    with Session(repo=tmp_path / "colleague") as colleague:
        imported = colleague.import_car(tmp_path / "survey.car", name="from-anna")
        assert imported.roots == (root,)
        assert colleague.verify("from-anna", tree).is_intact
        assert [pin.root for pin in colleague.pins()] == [root]


def test_a_pushed_folder_holds_a_car_under_its_cid(
    session: Session, tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "lab").mkdir()
    root = session.add(tree)
    place = session.push(root, tmp_path / "lab")
    assert place == str(tmp_path / "lab" / f"{root}.car")
    with (tmp_path / "lab" / f"{root}.car").open("rb") as stream:
        assert car.Reader(stream).roots == (root,)
    assert session.push(root, tmp_path / "lab") == place


def test_a_push_to_a_folder_that_does_not_exist_says_so(session: Session, tmp_path: Path) -> None:
    root = session.add(b"x")
    with pytest.raises(ConfigError, match="no folder"):
        session.push(root, tmp_path / "nowhere")


def test_an_export_overwrites_nothing(session: Session, tmp_path: Path) -> None:
    (tmp_path / "x.car").write_text("precious")
    with pytest.raises(PathExistsError, match="exists"):
        session.export_car(session.add(b"x"), tmp_path / "x.car")
    assert (tmp_path / "x.car").read_text() == "precious"


def test_a_failed_export_leaves_no_file(session: Session, tmp_path: Path) -> None:
    missing = Block.build(b"never stored")
    with pytest.raises(JupyterIPFSError):
        session.export_car(missing.cid, tmp_path / "x.car")
    assert not list(tmp_path.glob("*.car*"))
    assert not list(tmp_path.glob(".*partial"))


@pytest.mark.parametrize("position", [0.2, 0.5, 0.9])
def test_a_flipped_byte_in_a_car_is_refused_and_nothing_is_kept(
    session: Session, tree: Path, tmp_path: Path, position: float
) -> None:
    data = bytearray(exported(session, session.add(tree)))
    data[int(len(data) * position)] ^= 1
    with Session(repo=tmp_path / "colleague") as colleague:
        with pytest.raises((VerificationError, CodecError)):
            colleague.import_car(io.BytesIO(bytes(data)))
        assert colleague.status().blocks == 0
        assert colleague.pins() == []


@pytest.mark.parametrize("length", [0, 1, 10, 58, 60, 100, -1])
def test_a_truncated_car_is_refused_and_nothing_is_kept(
    session: Session, tree: Path, tmp_path: Path, length: int
) -> None:
    data = exported(session, session.add(tree))[:length]
    with Session(repo=tmp_path / "colleague") as colleague:
        with pytest.raises(CodecError):
            colleague.import_car(io.BytesIO(data))
        assert colleague.status().blocks == 0


def test_a_car_that_holds_only_a_part_is_told_and_not_pinned(session: Session, tree: Path) -> None:
    root = session.add(tree, only_hash=True)
    with Session(repo=session.config.repo.parent / "other") as other:
        other.add(tree)
        top = other.blocks.get(root)
    data = car.encode_header([root]) + car.encode_section(top)
    imported = session.import_car(io.BytesIO(data))
    assert imported.roots == ()
    assert imported.incomplete == {root: 3}
    assert session.pins() == []


def test_a_part_is_enough_when_the_rest_is_held(session: Session, tree: Path) -> None:
    session.add(tree / "sub")
    session.add(tree / "empty")
    session.add(tree / "a.txt")
    with Session(repo=session.config.repo.parent / "other") as other:
        root = other.add(tree)
        top = other.blocks.get(root)
    data = car.encode_header([root]) + car.encode_section(top)
    assert session.import_car(io.BytesIO(data)).roots == (root,)


def test_what_an_identity_cid_links_to_has_to_be_there(session: Session) -> None:
    away = Block.build(dag_cbor.encode([]), codec=DAG_CBOR).cid
    inline = CID.of(dag_cbor.encode([away]), DAG_CBOR, function=multihash.IDENTITY)
    root = Block.build(dag_cbor.encode([inline]), codec=DAG_CBOR)
    data = car.encode_header([root.cid]) + car.encode_section(root)
    assert session.import_car(io.BytesIO(data)).incomplete == {root.cid: 1}
    assert session.pins() == []
    session.gc()


def test_what_was_only_in_the_cache_is_durable_after_an_import(session: Session) -> None:
    leaf = Block.build(b"fetched once")
    root = Block.build(dag_cbor.encode([leaf.cid]), codec=DAG_CBOR)
    with Repo.open(session.config.repo) as repo:
        repo.cache_put(leaf)
    data = car.encode_header([root.cid]) + car.encode_section(root)
    assert session.import_car(io.BytesIO(data)).roots == (root.cid,)
    with Repo.open(session.config.repo) as repo, repo.batch() as batch:
        assert batch.claim(leaf.cid)


def test_a_gc_between_an_imports_look_and_its_commit_takes_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaf = Block.build(b"held, and kept by nothing")
    root = Block.build(dag_cbor.encode([leaf.cid]), codec=DAG_CBOR)
    with Repo.open(session.config.repo) as repo, repo.batch() as batch:
        batch.put(leaf)
        batch.commit(leaf.cid, pin=False)
    commit = RepoBatch.commit

    def after_gc(batch: RepoBatch, root: CID, *, pin: bool, name: str | None) -> Stored:
        with Repo.open(session.config.repo) as other:
            assert gc.collect(other, grace_s=0).blocks
        return commit(batch, root, pin=pin, name=name)

    monkeypatch.setattr(RepoBatch, "commit", after_gc)
    data = car.encode_header([root.cid]) + car.encode_section(root)
    assert session.import_car(io.BytesIO(data)).roots == (root.cid,)
    assert session.blocks.get(leaf.cid).data == leaf.data


def test_a_root_under_another_codec_does_not_count_as_there(session: Session) -> None:
    child = Block.build(b"child")
    parent = Block.build(b"\x12\x26\x0a\x24" + bytes(child.cid), codec=0x70)
    disguised = Block.build(parent.data)  # the same bytes as a raw block
    data = car.encode_header([parent.cid]) + car.encode_section(disguised)
    assert session.import_car(io.BytesIO(data)).incomplete == {parent.cid: 1}


def test_a_car_without_roots_is_refused(session: Session) -> None:
    with pytest.raises(CodecError, match="root"):
        session.import_car(io.BytesIO(car.encode_header([])))
