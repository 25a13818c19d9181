"""Crafted DAGs (facts/ipfs.md, 10): each a clear error, quickly, and nothing is written."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from time import process_time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CodecError, IPFSError, JupyterIPFSError, LimitError
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import DAG_PB
from jupyter_ipfs.node import cat, get, ls, verify
from jupyter_ipfs.node.gateway.messages import Request
from jupyter_ipfs.node.gateway.respond import respond
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.unixfs import hamt, nodes, reader
from jupyter_ipfs.words import figures
from tests.unixfs.dags import Dag
from tests.vectors import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ipfs.ipld.cid import CID


@contextmanager
def quickly() -> Iterator[None]:
    """Fail where something took long; of this process's own time, so a busy machine does not."""
    before = process_time()
    yield
    assert process_time() - before < 10


def written(dag: Dag, root: CID, place: Path) -> Path:
    """Get a DAG into ``place/out``."""
    with quickly():
        get.get(dag, reader.get(dag, root), place / "out", name="content")
    return place / "out"


def refused(dag: Dag, root: CID, place: Path, match: str = ".") -> None:
    """Check that nothing of a DAG is written, and that the error is one of ours."""
    with pytest.raises(JupyterIPFSError, match=match) as caught:
        written(dag, root, place)
    assert caught.value.message.isprintable()
    assert list(place.iterdir()) == []


def content(dag: Dag, root: CID, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(reader.read(dag, reader.get(dag, root), start, end))


# — names —

BAD_NAMES = [b"..", b".", b"", b"/", b"/abs", b"a/b", b"../evil", b"a\0b", b"n" * 300]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("is_nested", [False, True])
def test_names_that_mean_something_to_a_file_system_are_refused(
    name: bytes,
    is_nested: bool,  # noqa: FBT001  (a parameter of the test)
    tmp_path: Path,
) -> None:
    dag = Dag()
    root = dag.directory((b"fine", dag.raw(b"x")), (name, dag.raw(b"evil")))
    if is_nested:
        root = dag.directory((b"a", dag.raw(b"x")), (b"sub", root))
    refused(dag, root, tmp_path)
    assert name in [os.fsencode(entry.name) for entry in ls.ls(dag, reader.get(dag, root))] or (
        is_nested
    )


def test_a_sharded_directory_is_no_way_around_that(tmp_path: Path) -> None:
    dag = Dag()
    for name in (b"..", b"/abs", b"a/b"):
        slot = hamt.name_hash(name) >> 56
        field = (1 << slot).to_bytes(32, "big").lstrip(b"\0")
        refused(dag, dag.shard(field, (f"{slot:02X}".encode() + name, dag.raw(b"x"))), tmp_path)


def test_a_repeated_name_is_refused_and_reported_and_the_first_counts(tmp_path: Path) -> None:
    dag = Dag()
    first, second = dag.raw(b"1"), dag.raw(b"2")
    root = dag.directory((b"a", first), (b"a", second))
    refused(dag, root, tmp_path, match="more than one entry")
    node = reader.get(dag, root)
    assert reader.lookup(dag, node, b"a") == first
    assert [entry.cid for entry in ls.ls(dag, node)] == [first]
    assert ls.stat(node).duplicates == ("a",)


@pytest.mark.parametrize(
    "name", [b"new\nline", b"CON", b"\xff\xfe", b"\x1b[31m", "\u202egpj".encode()]
)
def test_odd_names_are_written_as_they_are(name: bytes, tmp_path: Path) -> None:
    dag = Dag()
    out = written(dag, dag.directory((name, dag.raw(b"x"))), tmp_path)
    assert os.listdir(os.fsencode(out)) == [name]  # noqa: PTH208  (bytes)


# — symlinks —


def test_a_symlink_and_a_directory_of_one_name_write_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = tmp_path / "place"
    place.mkdir()
    dag = Dag()
    inside = dag.directory((b"f", dag.raw(b"evil")))
    link = dag.symlink(os.fsencode(outside))
    for entries in ([(b"d", link), (b"d", inside)], [(b"d", inside), (b"d", link)]):
        refused(dag, dag.directory(*entries), place)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "target", [b"/etc/passwd", b"..", b"../x", b"sub/../../x", b"./../..", b"//x", b"sub/../.."]
)
def test_a_symlink_out_of_the_content_is_refused_unless_asked_for(
    target: bytes, tmp_path: Path
) -> None:
    dag = Dag()
    root = dag.directory((b"sub", dag.directory()), (b"link", dag.symlink(target)))
    refused(dag, root, tmp_path, match="symlink")
    out = tmp_path / "out"
    get.get(dag, reader.get(dag, root), out, name="x", outside_symlinks=True)
    assert os.readlink(os.fsencode(out / "link")) == target  # noqa: PTH115


def test_a_symlink_that_leaves_by_way_of_another_is_refused(tmp_path: Path) -> None:
    dag = Dag()
    up = dag.symlink(b"../../..")  # from p/q/r this is the root itself
    deep = dag.directory(
        (b"p", dag.directory((b"q", dag.directory((b"r", dag.directory((b"l", up)))))))
    )
    written(dag, deep, tmp_path)
    p = reader.lookup(dag, reader.get(dag, deep), b"p")
    assert p is not None
    (tmp_path / "place").mkdir()
    root = dag.directory((b"p", p), (b"m", dag.symlink(b"p/q/r/l/..")))
    refused(dag, root, tmp_path / "place")


def test_a_nul_in_a_symlink_is_refused(tmp_path: Path) -> None:
    dag = Dag()
    root = dag.directory((b"link", dag.symlink(b"a\0b")))
    refused(dag, root, tmp_path, match="NUL")
    with pytest.raises(JupyterIPFSError, match="NUL"):
        get.get(dag, reader.get(dag, root), tmp_path / "out", name="x", outside_symlinks=True)


def test_symlinks_in_a_circle_are_only_symlinks(tmp_path: Path) -> None:
    dag = Dag()
    root = dag.directory((b"a", dag.symlink(b"b")), (b"b", dag.symlink(b"a")))
    out = written(dag, root, tmp_path)
    assert (out / "a").is_symlink()


# — sizes —


def test_sizes_that_lie_are_refused(tmp_path: Path) -> None:
    dag = Dag()
    x, y = dag.raw(b"x"), dag.raw(b"y")
    for root in (
        dag.file([x, y], [5, 5], 10),
        dag.file([x, y], [1, 1], 2**62),
        dag.file([x, y], [1, 1], 3),
        dag.file([x, y], [1], 1),
        dag.file([x, y], [], 2),
        dag.file([x], [1, 1], 2),
        dag.file([x, y], [0, 2], 2),
        dag.file([dag.file([x, y], [1, 1], 2)], [3], 3),
        dag.node(nodes.encode(nodes.Data(nodes.FILE, b"x", 2**62))),
    ):
        with pytest.raises(CodecError), quickly():
            content(dag, root)
        refused(dag, root, tmp_path)


def test_empty_parts_that_unfold_for_ever_are_read_once() -> None:
    dag = Dag()
    x, empty = dag.raw(b"x"), dag.file([], [], 0)
    liar = dag.file([x], [0], 0)
    for _ in range(60):
        empty, liar = dag.file([empty] * 2, [0, 0], 0), dag.file([liar] * 2, [0, 0], 0)
    with quickly():
        assert content(dag, dag.file([x, empty, x], [1, 0, 1], 2)) == b"xx"
        with pytest.raises(CodecError):
            content(dag, dag.file([x, liar, x], [1, 0, 1], 2))


def test_a_file_that_claims_2_to_the_62_bytes_is_not_allocated(tmp_path: Path) -> None:
    dag = Dag()
    root = dag.file([dag.raw(b"x")], [2**62], 2**62)
    refused(dag, root, tmp_path)
    with pytest.raises(CodecError):
        content(dag, root, 0, 10)
    with pytest.raises(CodecError):
        cat.open_file(dag, reader.get(dag, root)).read(10)


def bomb(dag: Dag) -> CID:
    """10⁸ times 1 MiB in a few small nodes."""
    size, cid = 2**20, dag.raw(bytes(2**20))
    for _ in range(4):
        cid, size = dag.file([cid] * 100, [size] * 100, size * 100), size * 100
    return cid


def test_a_file_bomb_is_listed_and_read_in_part_and_not_written(tmp_path: Path) -> None:
    dag = Dag()
    root = bomb(dag)
    node = reader.get(dag, root)
    assert node.size == 10**8 * 2**20
    with quickly():
        assert content(dag, root, node.size // 2, node.size // 2 + 10) == bytes(10)
        assert len(list(walk(dag, root))) == 5
        assert ls.stat(node).size == node.size
    refused(dag, root, tmp_path, match="free")


def test_a_directory_bomb_is_listed_and_walked_and_not_written(tmp_path: Path) -> None:
    dag = Dag()
    cid = dag.raw(b"x")
    for _ in range(10):
        cid = dag.directory(*((f"{n:02}".encode(), cid) for n in range(100)))
    with quickly():
        assert len(list(walk(dag, cid))) == 11
        assert len(list(ls.ls(dag, reader.get(dag, cid)))) == 100
    refused(dag, cid, tmp_path)


def test_bombs_are_verified_in_the_time_of_their_blocks() -> None:
    dag = Dag()
    cid = dag.directory((b"bomb", bomb(dag)), (b"a", dag.raw(b"x")))
    for _ in range(10):
        cid = dag.directory(*((f"{n:02}".encode(), cid) for n in range(100)))
    with quickly():
        result = verify.verify(dag, reader.get(dag, cid))
    assert result.is_intact
    assert result.files == result.intact == 2


def test_a_directory_that_claims_too_little_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SimpleNamespace(free=100 * 2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: disk)
    dag = Dag()
    big = dag.raw(bytes(2**20))
    # The directory of `dag.directory`, with every size said to be 0.
    cid = dag.node(b"\x08\x01", [(b"%d" % n, big, 0) for n in range(100)])
    refused(dag, cid, tmp_path, match="claim")


# — depth —


def test_20000_nested_directories_are_refused(tmp_path: Path) -> None:
    dag = Dag()
    cid = dag.raw(b"x")
    for _ in range(20_000):
        cid = dag.directory((b"d", cid))
    refused(dag, cid, tmp_path, match="nested")
    with quickly():
        assert len(list(walk(dag, cid))) == 20_001
        assert reader.resolve(dag, cid, [b"d"] * 20_000).size == 1


def test_long_names_all_the_way_down_are_refused(tmp_path: Path) -> None:
    dag = Dag()
    cid = dag.raw(b"x")
    for _ in range(200):  # within the depth limit, past what a path may be long
        cid = dag.directory((b"n" * 200, cid))
    refused(dag, cid, tmp_path)


def test_a_chain_that_is_named_for_every_byte_is_refused() -> None:
    dag = Dag()
    cid = dag.raw(b"x")
    for _ in range(2000):
        cid = dag.file([cid], [1], 1)
    root = dag.file([cid] * 100, [1] * 100, 100)
    with quickly(), pytest.raises(LimitError):
        content(dag, root)


def test_a_chain_of_5000_file_nodes_is_read() -> None:
    dag = Dag()
    cid = dag.raw(b"x")
    for _ in range(5_000):
        cid = dag.file([cid], [1], 1)
    with quickly():
        assert content(dag, cid) == b"x"


# — sharded directories —


def test_lying_shards_are_refused(tmp_path: Path) -> None:
    dag = Dag()
    x = dag.raw(b"x")
    slot = hamt.name_hash(b"a") >> 56
    name = f"{slot:02X}".encode() + b"a"
    field = (1 << slot).to_bytes(32, "big").lstrip(b"\0")
    good = dag.shard(field, (name, x))
    assert [link.name for link in reader.entries(dag, reader.get(dag, good))] == [b"a"]
    deep = dag.shard(field, (name, x))
    for _ in range(12):
        deep = dag.shard(field, (name[:2], deep))
    for root in (
        dag.shard(b"\xff" * 32, (name, x)),
        dag.shard(b"", (name, x)),
        dag.shard(b"\0" * 33, (name, x)),
        dag.shard(field, (name, x), fanout=2**30),
        dag.shard(field, (name, x), fanout=3),
        dag.shard(field, (name, x), fanout=0),
        dag.shard(field, (name, x), fanout=2048),
        dag.shard(field, (name, x), hash_type=0x12),
        dag.shard(field, (name[:1], x)),
        dag.shard(field, (b"", x)),
        dag.shard(field, (b"zza", x)),
        dag.shard(b"\x01", (b"-1a", x)),
        dag.shard(field, (name, x), (name + b"b", x)),
        dag.shard(field, (name[:2] + b"not in this slot", x)),
        dag.shard(field, (name[:2], x)),  # a shard that is a raw leaf
        dag.shard(field, (name[:2], dag.directory())),
        dag.shard(field, (name[:2], dag.shard(b""))),
        dag.shard(field, (name[:2], dag.shard(field, (name, x), fanout=16))),
        deep,
    ):
        with pytest.raises(IPFSError), quickly():
            list(reader.entries(dag, reader.get(dag, root)))
        refused(dag, root, tmp_path)


# — what is no UnixFS at all —

INVALID = {
    fixture["name"]: bytes.fromhex(fixture["hex"])
    for fixture in document("dag_pb.json")["valid"]
    if "4namedlinks" not in fixture["name"] and "7unnamedlinks" not in fixture["name"]
}


@pytest.mark.parametrize("block", INVALID.values(), ids=INVALID.keys())
def test_invalid_test_cases_of_the_unixfs_spec_are_refused(block: bytes, tmp_path: Path) -> None:
    # specs/src/unixfs.md, "Invalid Test Cases"; the 16th is an identity CID, see test_cid.py.
    dag = Dag([Block.build(block, DAG_PB)])
    cid = Block.build(block, DAG_PB).cid
    with pytest.raises(CodecError):
        list(ls.ls(dag, reader.get(dag, cid)))
    refused(dag, cid, tmp_path)


@pytest.mark.parametrize("data", [b"\x08\x09", b"garbage", b"", b"\x08", b"\x08\x03", b"\x10\x00"])
def test_unknown_types_and_garbage_are_refused_everywhere(data: bytes, tmp_path: Path) -> None:
    dag = Dag()
    root = dag.node(data)
    for use in (content, lambda dag, root: list(ls.ls(dag, reader.get(dag, root)))):
        with pytest.raises(CodecError):
            use(dag, root)
    refused(dag, root, tmp_path)


@pytest.mark.parametrize("seconds", [2**62, -(2**62), 2**40])
def test_impossible_times_do_no_harm(seconds: int, tmp_path: Path) -> None:
    dag = Dag()
    metadata = nodes.Metadata(None, (seconds, 999_999_999))
    root = dag.node(nodes.encode(nodes.Data(nodes.FILE, b"x", 1, metadata=metadata)))
    assert figures.moment(seconds)
    assert written(dag, root, tmp_path).read_bytes() == b"x"
    for query in ("", "format=tar"):
        response = respond(Request("GET", f"/ipfs/{root}", query, {}), dag)
        assert response.status == 200
        assert b"x" in b"".join(response.body)


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o755), (0o002, 0o775), (0o077, 0o700)])
def test_content_does_not_decide_what_others_may_do(umask: int, mode: int, tmp_path: Path) -> None:
    dag = Dag()
    metadata = nodes.Metadata(0o777)
    file = dag.node(nodes.encode(nodes.Data(nodes.FILE, b"x", 1, metadata=metadata)))
    data = nodes.encode(nodes.Data(nodes.DIRECTORY, metadata=metadata))
    root = dag.node(data, [(b"file", file, 1)])
    before = os.umask(umask)
    try:
        place = written(dag, root, tmp_path)
    finally:
        os.umask(before)
    for made in (place, place / "file"):
        assert stat.S_IMODE(made.stat().st_mode) == mode


def test_the_setuid_bit_is_not_written(tmp_path: Path) -> None:
    dag = Dag()
    metadata = nodes.Metadata(0o106755)
    root = dag.node(nodes.encode(nodes.Data(nodes.FILE, b"x", 1, metadata=metadata)))
    assert written(dag, root, tmp_path).stat().st_mode & 0o7777 == 0o755


@given(st.binary(max_size=80))
def test_any_bytes_are_a_unixfs_message_or_a_codec_error(data: bytes) -> None:
    try:
        message = nodes.decode(data)
    except CodecError:
        return
    assert nodes.decode(nodes.encode(message)).type == message.type


messages = st.builds(
    nodes.Data,
    st.sampled_from([nodes.RAW, nodes.DIRECTORY, nodes.FILE, nodes.SYMLINK, nodes.HAMT_SHARD]),
    st.none() | st.binary(max_size=40),
    st.none() | st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, 2**64 - 1), max_size=5).map(tuple),
    st.none() | st.just(0x22),
    st.none() | st.sampled_from([8, 16, 256, 1024]),
    st.builds(
        nodes.Metadata,
        st.none() | st.integers(1, 2**32 - 1),
        st.none() | st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 999_999_999)),
    ),
)


@given(messages)
def test_unixfs_messages_round_trip(message: nodes.Data) -> None:
    assert nodes.decode(nodes.encode(message)) == message


@given(
    messages,
    st.lists(
        st.tuples(st.binary(max_size=6), st.integers(0, 3), st.integers(0, 2**63 - 1)), max_size=5
    ),
)
def test_any_node_is_read_or_refused_by_one_of_our_errors(
    message: nodes.Data, links: list[tuple[bytes, int, int]]
) -> None:
    dag = Dag()
    children = [dag.raw(b"x"), dag.directory(), dag.symlink(b"x"), dag.file([], [], 0)]
    root = dag.node(nodes.encode(message), [(name, children[n], tsize) for name, n, tsize in links])
    for use in (
        lambda: list(ls.ls(dag, reader.get(dag, root))),
        lambda: ls.stat(reader.get(dag, root)),
        lambda: content(dag, root),
        lambda: reader.resolve(dag, root, [b"a", b"b"]),
        lambda: verify.verify(dag, reader.get(dag, root)),
    ):
        try:
            use()
        except JupyterIPFSError:
            continue
