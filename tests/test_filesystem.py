"""``ipfs://`` for fsspec: what it gives, what it touches, and what it refuses."""

# ruff: noqa: ANN401, S301  (fsspec has no types; what is unpickled was pickled here)

from __future__ import annotations

import io
import json
import multiprocessing
import os
import pickle
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import fsspec.registry
import pytest

from jupyter_ipfs import filesystem
from jupyter_ipfs.errors import FetchError, JupyterIPFSError, ReadOnlyError, VerificationError
from jupyter_ipfs.filesystem import IPFSFileSystem
from jupyter_ipfs.ipld import dag_pb
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.node.add import Attributes, Options
from jupyter_ipfs.session import connect
from jupyter_ipfs.unixfs import nodes, profiles
from tests.conftest import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ipfs.session import Session
    from tests.conftest import Kubo

MIB = 1024 * 1024
BIG = random.Random(7).randbytes(3 * MIB + 5)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session on the repo that ``ipfs://`` uses by default in this test."""
    monkeypatch.setenv("JUPYTER_IPFS_REPO", str(tmp_path / "repo"))
    IPFSFileSystem.clear_instance_cache()
    filesystem._forget_sessions()
    with connect() as session:
        yield session
    IPFSFileSystem.clear_instance_cache()
    filesystem._forget_sessions()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A directory with a few files."""
    tree = tmp_path / "tree"
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "empty").mkdir()
    (tree / "a.txt").write_bytes(b"0123456789")
    (tree / "nothing").write_bytes(b"")
    (tree / "sub" / "big").write_bytes(BIG)
    (tree / "sub" / "deep" / "c.csv").write_bytes(b"x,y\n1,2\n3,4\n")
    (tree / "link").symlink_to("a.txt")
    return tree


@pytest.fixture
def root(session: Session, tree: Path) -> str:
    """The tree's CID."""
    return str(session.add(tree, name="survey"))


@pytest.fixture
def fs(session: Session) -> IPFSFileSystem:
    """The file system on that repo."""
    assert session
    return IPFSFileSystem()


class Counting:
    """Blocks that notes what is read through it."""

    def __init__(self, blocks: Any) -> None:
        self._blocks = blocks
        self.read: list[CID] = []

    def get(self, cid: CID) -> Block:
        self.read.append(cid)
        block: Block = self._blocks.get(cid)
        return block

    def get_many(self, cids: Any) -> Iterator[Block]:
        return map(self.get, cids)

    def has(self, cid: CID) -> bool:
        return bool(self._blocks.has(cid))


# — finding —


def test_the_protocol_is_ours_although_ipfsspec_declares_it_too() -> None:
    assert filesystem.registered() == "jupyter_ipfs.filesystem.IPFSFileSystem"
    assert fsspec.get_filesystem_class("ipfs") is IPFSFileSystem


def test_whoever_registered_another_one_is_told_apart_and_replaced() -> None:
    other = library("ipfsspec").AsyncIPFSFileSystem
    fsspec.register_implementation("ipfs", other, clobber=True)
    try:
        assert filesystem.registered().startswith("ipfsspec.")
    finally:
        filesystem.register()
    assert filesystem.registered() == "jupyter_ipfs.filesystem.IPFSFileSystem"


@pytest.mark.parametrize(
    "form", ["{}", "ipfs://{}", "/ipfs/{}", "ipfs://{}/", "ipfs:///ipfs/{}", "ipfs::{}"]
)
def test_every_way_to_write_a_path_names_the_same(form: str, fs: IPFSFileSystem, root: str) -> None:
    assert fs._strip_protocol(form.format(root)) == root
    assert fs.isdir(form.format(root))


def test_a_name_is_a_root_and_follows_its_versions(
    fs: IPFSFileSystem, root: str, session: Session
) -> None:
    assert fs.ukey("ipfs://survey") == root
    assert fs.cat("ipfs://survey/a.txt") == b"0123456789"
    later = session.add(b"another", name="survey")
    assert fs.ukey("survey") == str(later)
    assert fs.cat("survey@1/a.txt") == b"0123456789"


def test_info_tells_name_type_size_and_cid(
    fs: IPFSFileSystem, root: str, tree: Path, kubo: Kubo
) -> None:
    file = fs.info(f"ipfs://{root}/sub/big")
    assert file == {
        "name": f"{root}/sub/big",
        "type": "file",
        "size": len(BIG),
        "CID": kubo.add(tree / "sub" / "big"),
    }
    assert fs.info(root)["type"] == "directory"
    assert fs.info(f"{root}/link")["type"] == "link"
    assert fs.size(f"{root}/a.txt") == 10


def test_ls_lists_names_or_details(fs: IPFSFileSystem, root: str) -> None:
    names = sorted(fs.ls(f"ipfs://{root}", detail=False))
    assert names == sorted(f"{root}/{n}" for n in ("a.txt", "empty", "link", "nothing", "sub"))
    details = {entry["name"]: entry for entry in fs.ls(root)}
    assert details[f"{root}/a.txt"]["size"] == 10
    assert details[f"{root}/sub"]["type"] == "directory"
    assert all(fs.info(name) == entry for name, entry in details.items())
    assert fs.ls(f"{root}/a.txt") == [fs.info(f"{root}/a.txt")]
    assert fs.ls(f"{root}/empty") == []


def test_walk_find_glob_and_du_see_the_whole_tree(fs: IPFSFileSystem, root: str) -> None:
    walked = {path: (set(dirs), set(files)) for path, dirs, files in fs.walk(root)}
    assert walked[root] == ({"sub", "empty"}, {"a.txt", "nothing", "link"})
    assert walked[f"{root}/sub/deep"] == (set(), {"c.csv"})
    assert fs.glob(f"ipfs://{root}/**/*.csv") == [f"{root}/sub/deep/c.csv"]
    assert fs.glob(f"{root}/[an]*") == [f"{root}/a.txt", f"{root}/nothing"]
    found = fs.find(root)
    assert f"{root}/sub/big" in found
    assert f"{root}/sub" not in found
    assert fs.du(f"{root}/sub") == len(BIG) + 12


def test_what_is_not_there_is_told_by_the_builtin_that_fits(fs: IPFSFileSystem, root: str) -> None:
    for path in (f"{root}/nope", "ipfs://no-such-name/x", "ipfs://", f"{root}/../x"):
        assert not fs.exists(path)
        assert not fs.isfile(path)
        for method in (fs.info, fs.cat, fs.ls, fs.open):
            with pytest.raises(FileNotFoundError):
                method(path)
    with pytest.raises(NotADirectoryError):
        fs.info(f"{root}/a.txt/x")
    assert not fs.exists(f"{root}/a.txt/x")
    with pytest.raises(IsADirectoryError):
        fs.open(f"{root}/sub")
    with pytest.raises(IsADirectoryError):
        fs.cat_file(f"{root}/sub")


def test_whether_something_exists_is_not_guessed_when_it_cannot_be_found_out(
    fs: IPFSFileSystem, root: str
) -> None:
    assert root
    absent = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"  # "hello world"
    with pytest.raises(FetchError):
        fs.exists(absent)


# — reading —


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), (2, 5), (0, 0), (-3, None), (None, -3), (-5, -2), (8, 99), (50, 60), (-99, 3),
     (5, 2), (3, -20)],
)  # fmt: skip
def test_cat_file_takes_ranges_as_slices_do(
    start: int | None, end: int | None, fs: IPFSFileSystem, root: str
) -> None:
    assert fs.cat_file(f"{root}/a.txt", start, end) == b"0123456789"[start:end]


def test_cat_takes_one_path_or_many(fs: IPFSFileSystem, root: str) -> None:
    a, big = f"{root}/a.txt", f"{root}/sub/big"
    assert fs.cat(a) == b"0123456789"
    assert fs.cat([a, big]) == {a: b"0123456789", big: BIG}
    assert fs.cat(f"{root}/sub", recursive=True) == {
        big: BIG,
        f"{root}/sub/deep/c.csv": b"x,y\n1,2\n3,4\n",
    }
    missing = f"{root}/nope"
    assert fs.cat([a, missing], on_error="omit") == {a: b"0123456789"}
    assert isinstance(fs.cat([a, missing], on_error="return")[missing], FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fs.cat([a, missing])


def test_symlinks_are_followed_within_their_root_and_nowhere_else(
    fs: IPFSFileSystem, session: Session, tmp_path: Path
) -> None:
    tree = tmp_path / "links"
    (tree / "sub").mkdir(parents=True)
    (tree / "a ").write_bytes(b"data")
    for name, target in [
        ("link", "a "), ("sub/up", "../link"), ("circle", "circle"), ("far", "../../etc/passwd"),
        ("absolute", "/etc/passwd"), ("dangling", "nope"), ("folder", "sub"),
    ]:  # fmt: skip
        (tree / name).symlink_to(target)
    root = str(session.add(tree))
    assert fs.cat(f"{root}/sub/up") == b"data"
    with fs.open(f"{root}/link") as file:
        assert (file.size, file.read()) == (4, b"data")
    fs.get_file(f"{root}/sub/up", str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == b"data"
    assert not (tmp_path / "copy").is_symlink()
    for name in ("circle", "far", "absolute", "dangling"):
        with pytest.raises(FileNotFoundError):
            fs.cat(f"{root}/{name}")
    with pytest.raises(IsADirectoryError):
        fs.get_file(f"{root}/folder", str(tmp_path / "folder"))


def test_cat_ranges_gives_each_range_in_its_place(fs: IPFSFileSystem, root: str) -> None:
    paths = [f"{root}/sub/big", f"{root}/a.txt", f"{root}/nope", f"{root}/sub/big"]
    first, second, third, fourth = fs.cat_ranges(paths, [5, 0, 0, -4], [MIB + 9, 3, 1, None])
    assert (first, second, fourth) == (BIG[5 : MIB + 9], b"012", BIG[-4:])
    assert isinstance(third, FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fs.cat_ranges(paths, 0, 1, on_error="raise")


def test_an_open_file_reads_seeks_and_iterates_like_one_on_disk(
    fs: IPFSFileSystem, root: str, tree: Path
) -> None:
    chance = random.Random(1)
    with fs.open(f"ipfs://{root}/sub/big") as ours, (tree / "sub" / "big").open("rb") as theirs:
        assert ours.size == len(BIG)
        for _ in range(200):
            position = chance.randrange(len(BIG) + 10)
            size = chance.choice([0, 1, 10, 1000, 65_536, 70_000, MIB])
            assert ours.seek(position) == theirs.seek(position)
            assert ours.read(size) == theirs.read(size)
            assert ours.tell() == theirs.tell() or position + size > len(BIG)
        ours.seek(0)
        theirs.seek(0)
        assert list(ours) == list(theirs)
        assert ours.seek(-5, io.SEEK_END) == len(BIG) - 5
        assert ours.read() == BIG[-5:]
        assert ours.read() == b""
    with fs.open(f"{root}/sub/deep/c.csv", "r", encoding="utf-8") as text:
        assert text.read().splitlines() == ["x,y", "1,2", "3,4"]
    with fs.open(f"{root}/nothing") as empty:
        assert empty.read() == b""


def test_a_kibibyte_touches_the_path_to_it_and_one_leaf(
    fs: IPFSFileSystem, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(fs.session.blocks)
    monkeypatch.setattr(type(fs.session), "blocks", counting)
    with fs.open(f"{root}/sub/big") as file:
        file.seek(2 * MIB - 1024)
        assert file.read(1024) == BIG[2 * MIB - 1024 : 2 * MIB]
        file.seek(MIB + 3)
        assert file.read(1024) == BIG[MIB + 3 : MIB + 1027]
    # Both lie in the second leaf of a MiB, which is read once; the node was read at the open.
    assert len(counting.read) == 1
    counting.read.clear()
    assert fs.cat_file(f"{root}/sub/big", -4) == BIG[-4:]
    assert len(counting.read) == 1


def test_a_kibibyte_through_a_gateway_fetches_its_path_and_one_leaf(
    kubo_daemon: Kubo, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert session
    tree = tmp_path / "served"
    tree.mkdir()
    (tree / "big").write_bytes(BIG[::-1])
    (tree / "other").write_bytes(BIG[1:])
    root = kubo_daemon.add(tree)
    monkeypatch.setenv("JUPYTER_IPFS_GATEWAYS", kubo_daemon.gateway_url)
    fs = IPFSFileSystem(repo=tmp_path / "empty")
    assert fs.cat_file(f"{root}/big", 5, 1029) == BIG[::-1][5:1029]
    leaves = kubo_daemon.out("ls", "--resolve-type=false", "--size=false", f"{root}/big")
    held = [cid for cid in leaves.split() if fs.session.blocks.has(CID.parse(cid))]
    assert held == leaves.split()[:1]
    other = kubo_daemon.out("resolve", f"/ipfs/{root}/other").removeprefix("/ipfs/")
    assert not fs.session.blocks.has(CID.parse(other))


def test_small_reads_in_a_row_verify_each_leaf_once(
    fs: IPFSFileSystem, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(fs.session.blocks)
    monkeypatch.setattr(type(fs.session), "blocks", counting)
    with fs.open(f"{root}/sub/big") as file:
        while file.read(1000):
            pass
    assert len(counting.read) == len(set(counting.read)) == 4


@pytest.mark.parametrize("profile", ["unixfs-v1-2025", "unixfs-v0-2015", "tiny"])
def test_every_shape_of_file_is_read_right(
    profile: str, fs: IPFSFileSystem, session: Session
) -> None:
    chosen = (
        profiles.customise(profiles.DEFAULT, chunker="size-700", max_file_links=3, inline=True)
        if profile == "tiny"
        else profiles.by_name(profile)
    )
    data = BIG[:100_000]
    cid = session.add(data, profile=chosen)
    with fs.open(str(cid)) as file:
        for start in (0, 699, 700, 65_535, 65_536, 99_990):
            file.seek(start)
            assert file.read(1500) == data[start : start + 1500]


def test_a_directory_of_ten_thousand_is_listed_in_under_300_ms(
    fs: IPFSFileSystem, session: Session, tmp_path: Path
) -> None:
    tree = tmp_path / "many"
    tree.mkdir()
    for number in range(10_000):
        (tree / f"file-{number:05}.txt").write_bytes(b"%d" % number)
    path = str(session.add(tree))
    data = session.resolve(path).data
    assert data is not None
    assert data.type == nodes.HAMT_SHARD
    seconds = []
    for _ in range(5):
        fs.invalidate_cache()
        fs.dircache.clear()
        start = time.process_time()  # the machine may have other things to do
        entries = fs.ls(path)
        seconds.append(time.process_time() - start)
    assert len(entries) == 10_000
    assert sum(entry["size"] for entry in entries) == sum(len(b"%d" % n) for n in range(10_000))
    assert min(seconds) < 0.3
    assert fs.cat_file(f"{path}/file-01234.txt") == b"1234"


def test_a_flipped_byte_is_refused_however_it_is_read(
    fs: IPFSFileSystem, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(session.add(BIG[: 2 * MIB]))
    genuine = session.repo.get

    class Flipping:
        def get(self, cid: CID) -> Block:
            data = genuine(cid).data
            return Block.verified(cid, data if len(data) < MIB else b"!" + data[1:])

        def get_many(self, cids: Any) -> Iterator[Block]:
            return map(self.get, cids)

    monkeypatch.setattr(type(fs.session), "blocks", Flipping())
    for read in (
        lambda: fs.cat(path),
        lambda: fs.cat_file(path, 5, 10),
        lambda: fs.open(path).read(3),
        lambda: fs.cat_ranges([path], 0, 1, on_error="raise"),
        lambda: fs.get(path, "never"),
    ):
        with pytest.raises(VerificationError):
            read()
    assert not Path("never").exists()


# — copying —


def test_get_copies_a_file_or_a_tree(fs: IPFSFileSystem, root: str, tmp_path: Path) -> None:
    fs.get(f"ipfs://{root}/a.txt", str(tmp_path / "one.txt"))
    assert (tmp_path / "one.txt").read_bytes() == b"0123456789"
    fs.get_file(f"{root}/sub/big", str(tmp_path / "one.txt"))  # replaces, as fsspec's get does
    assert (tmp_path / "one.txt").read_bytes() == BIG
    fs.get(f"{root}/sub", str(tmp_path / "copy"), recursive=True)
    assert (tmp_path / "copy" / "deep" / "c.csv").read_bytes() == b"x,y\n1,2\n3,4\n"
    assert (tmp_path / "copy" / "big").read_bytes() == BIG
    buffer = io.BytesIO()
    fs.get_file(f"{root}/a.txt", buffer)
    assert buffer.getvalue() == b"0123456789"
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"tree", "repo", "one.txt", "copy"}


def test_get_reports_its_progress(fs: IPFSFileSystem, root: str, tmp_path: Path) -> None:
    callback = fsspec.callbacks.Callback()
    fs.get_file(f"{root}/sub/big", str(tmp_path / "big"), callback=callback)
    assert (callback.size, callback.value) == (len(BIG), len(BIG))


# — writing, which there is not —


@pytest.mark.parametrize(
    "write",
    [
        lambda fs, path: fs.open(path, "wb"),
        lambda fs, path: fs.open(path, "w"),
        lambda fs, path: fs.open(path, "ab"),
        lambda fs, path: fs.open(path, "xb"),
        lambda fs, path: fs.open(path, "r+b"),
        lambda fs, path: fs.pipe(path, b"x"),
        lambda fs, path: fs.pipe_file(path, b"x"),
        lambda fs, path: fs.put(__file__, path),
        lambda fs, path: fs.put_file(__file__, path),
        lambda fs, path: fs.mkdir(path),
        lambda fs, path: fs.makedirs(path),
        lambda fs, path: fs.rmdir(path),
        lambda fs, path: fs.rm(path),
        lambda fs, path: fs.rm_file(path),
        lambda fs, path: fs.mv(path, path + "2"),
        lambda fs, path: fs.cp(path, path + "2"),
        lambda fs, path: fs.touch(path),
        lambda fs, path: fs.write_bytes(path, b"x"),
        lambda fs, path: fs.write_text(path, "x"),
        lambda fs, path: fs.delete(path),
        lambda fs, path: fs.upload(__file__, path),
        lambda fs, path: fs.rename(path, path + "2"),
    ],
)
def test_writing_is_refused_and_the_alternative_named(
    write: Callable[[IPFSFileSystem, str], object], fs: IPFSFileSystem, root: str
) -> None:
    with pytest.raises(ReadOnlyError, match="read-only") as caught:
        write(fs, f"{root}/a.txt")
    assert isinstance(caught.value, io.UnsupportedOperation)
    assert "%ipfs put" in (caught.value.hint or "")


# — instances, processes —


def test_instances_are_cached_and_told_apart_by_their_repo(
    fs: IPFSFileSystem, root: str, tmp_path: Path
) -> None:
    assert IPFSFileSystem() is fs
    other = fsspec.filesystem("ipfs", repo=tmp_path / "other", backend="embedded")
    assert other is not fs
    assert other.fsid != fs.fsid
    assert other.session is not fs.session
    with pytest.raises(FetchError):
        other.info(root)


def test_checksum_and_ukey_are_the_content(fs: IPFSFileSystem, root: str) -> None:
    assert fs.ukey(root) == root
    assert fs.checksum("survey/a.txt") == fs.checksum(f"{root}/a.txt")
    assert fs.checksum(f"{root}/a.txt") != fs.checksum(f"{root}/sub/big")


def test_what_cannot_change_has_no_date_and_a_name_has_that_of_its_version(
    fs: IPFSFileSystem, root: str, session: Session, tree: Path
) -> None:
    assert fs.modified(f"{root}/a.txt").timestamp() == 0
    stored = session.log("survey")[0].created_at
    assert fs.modified("survey/a.txt").timestamp() == pytest.approx(stored, abs=1e-3)
    os.utime(tree / "a.txt", (1_700_000_000, 1_700_000_000))
    options = Options(attributes=Attributes(preserve_mtime=True))
    dated = session.add(tree / "a.txt", options=options)
    assert fs.modified(str(dated)).timestamp() == 1_700_000_000


@pytest.mark.parametrize("seconds", [2**62, -(2**62)])
def test_an_impossible_time_is_as_far_off_as_can_be(
    fs: IPFSFileSystem, session: Session, seconds: int
) -> None:
    message = nodes.Data(nodes.FILE, b"x", 1, metadata=nodes.Metadata(None, (seconds, 0)))
    block = Block.build(dag_pb.encode([], nodes.encode(message)), DAG_PB)
    with session.backend.batch() as batch:
        batch.put(block)
        batch.commit(block.cid)
    assert fs.modified(str(block.cid)).year == (9999 if seconds > 0 else 1)


def test_file_systems_and_open_files_can_be_pickled(fs: IPFSFileSystem, root: str) -> None:
    copy = pickle.loads(pickle.dumps(fs))
    assert copy.cat(f"{root}/a.txt") == b"0123456789"
    again = fsspec.AbstractFileSystem.from_json(fs.to_json())
    assert again.cat(f"{root}/a.txt") == b"0123456789"
    with fs.open(f"{root}/a.txt") as file:
        file.seek(4)
        with pickle.loads(pickle.dumps(file)) as same:
            assert same.read() == b"456789"


def test_errors_can_be_pickled(fs: IPFSFileSystem, root: str) -> None:
    with pytest.raises(JupyterIPFSError) as caught:
        fs.cat(f"{root}/nope")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy), copy.hint) == (
        type(caught.value), str(caught.value), caught.value.hint,
    )  # fmt: skip


def _read_in_child(fs: IPFSFileSystem, path: str) -> tuple[str, bytes]:
    return filesystem.registered(), fs.cat_file(path, -4)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_it_works_in_child_processes_however_they_are_started(
    method: str, fs: IPFSFileSystem, root: str
) -> None:
    path = f"{root}/sub/big"
    assert fs.cat_file(path, -4) == BIG[-4:]  # the parent's session is open
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        results = list(pool.map(_read_in_child, [fs] * 4, [path] * 4))
    assert results == [("jupyter_ipfs.filesystem.IPFSFileSystem", BIG[-4:])] * 4


def test_a_file_opened_before_a_fork_can_be_read_after_it(fs: IPFSFileSystem, root: str) -> None:
    with fs.open(f"{root}/sub/big") as file:
        file.read(10)
        receiving, sending = os.pipe()
        child = os.fork()
        if child == 0:
            file.seek(2 * MIB)
            os.write(sending, file.read(100))
            os._exit(0)
        os.close(sending)
        with os.fdopen(receiving, "rb") as pipe:
            assert pipe.read() == BIG[2 * MIB : 2 * MIB + 100]
        assert os.waitpid(child, 0)[1] == 0
        file.seek(2 * MIB)
        assert file.read(100) == BIG[2 * MIB : 2 * MIB + 100]


def test_the_entry_point_alone_is_enough_in_a_fresh_process(
    session: Session, root: str, tmp_path: Path
) -> None:
    assert session
    site = tmp_path / "site"
    metadata = site / "jupyter_ipfs-0.0.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyter_ipfs\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text(
        "[fsspec.specs]\nipfs = jupyter_ipfs.filesystem:IPFSFileSystem\n"
        "[jupyter_ipfs.backends]\nembedded = jupyter_ipfs.backends.embedded:EmbeddedBackend\n"
    )
    code = f"""if True:
        import fsspec, json, sys
        from fsspec.registry import known_implementations
        before = [m for m in sys.modules if m.startswith("jupyter_ipfs")]
        if "ipfsspec" in str(known_implementations["ipfs"]):
            import jupyter_ipfs.filesystem  # the other package's entry point was found last
        with fsspec.open("ipfs://{root}/a.txt") as file:
            print(json.dumps([before, file.read().decode()]))
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *filter(None, sys.path)])},
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], "0123456789"]
