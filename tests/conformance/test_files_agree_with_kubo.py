"""The same changes made by ``ipfs files …`` in a real Kubo and by ours: the same root after each.

Contents reach Kubo as blocks and are named by ``files/cp``, since ``files/write`` lays a content
out in another way than ``ipfs add`` (see the last tests).
"""

from __future__ import annotations

import io
import itertools
import random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from jupyter_ipfs.backends.embedded import EmbeddedBackend
from jupyter_ipfs.backends.kubo import KuboBackend
from jupyter_ipfs.backends.kubo_rpc import RPC, RPCError
from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node import add as adding
from jupyter_ipfs.node.mfs.paths import FilePath
from jupyter_ipfs.store.repo import Repo
from jupyter_ipfs.unixfs import profiles
from tests.conftest import running_daemon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ipfs.protocols import MFS
    from tests.conftest import Kubo

_NAMES = ["a", "b", "d", "e\nf", "\u202egnp", "ü"]


class Theirs:
    """Kubo's own commands."""

    def __init__(self, kubo: Kubo) -> None:
        self.rpc = RPC(kubo.api_url)

    def __call__(self, verb: str, *paths: str, **options: object) -> None:
        """Carry out one command of ``files/``."""
        query = [f"arg={quote(path)}" for path in paths]
        query += [f"{name}={str(value).lower()}" for name, value in options.items()]
        self.rpc.call(f"files/{verb}?" + "&".join(query))

    def root(self) -> str:
        """Return the root's text."""
        return self.rpc.call("files/stat", {"arg": "/"}).text("Hash")

    def put(self, data: bytes) -> str:
        """Store a raw block."""
        (reply,) = self.rpc.lines("block/put", {"cid-codec": "raw"}, file=io.BytesIO(data))
        return reply.text("Key")


@pytest.fixture
def peer(make_kubo: Callable[..., Kubo]) -> Iterator[Kubo]:
    """A daemon whose files nobody has used."""
    with running_daemon(make_kubo("unixfs-v1-2025")) as daemon:
        yield daemon


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repo]:
    with Repo.open(tmp_path / "repo") as repo:
        yield repo


def refuses(change: Callable[[], object]) -> bool:
    """Make a change; tell whether it was refused."""
    try:
        change()
    except JupyterIPFSError:
        return True
    return False


def is_refused_here_only(verb: str, source: str, target: str) -> bool:
    """Tell of what Kubo does and we do not, see `jupyter_ipfs.node.mfs.operations`."""
    one, other = FilePath.parse(source), FilePath.parse(target)
    if verb == "cp":
        return one.holds(other) and one != other
    # Between directories of one name Kubo copies. It looks at the names of the directories only.
    return one.holds(other) or one.parent.name in {other.parent.name, other.name}


@pytest.mark.parametrize("seed", [1, 2])
def test_any_changes_give_the_same_root_after_each(peer: Kubo, repo: Repo, seed: int) -> None:
    rng, theirs, ours = random.Random(seed), Theirs(peer), EmbeddedBackend(repo).mfs()
    assert theirs.root() == str(ours.root())
    done = refused = 0

    def path() -> str:
        return "/" + "/".join(rng.choices(_NAMES, k=rng.randint(1, 3)))

    for _ in range(250):
        verb = rng.choice(["write", "write", "mkdir", "mkdir", "cp", "mv", "mv", "rm"])
        flag, first, second = rng.random() < 0.5, path(), path()
        if verb in {"cp", "mv"} and is_refused_here_only(verb, first, second):
            continue
        data = rng.randbytes(5)
        pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "write": (
                lambda d=data, a=first, f=flag: ours.write(a, d, parents=f),  # type: ignore[misc]
                lambda d=data, a=first, f=flag: theirs(  # type: ignore[misc]
                    "cp", f"/ipfs/{theirs.put(d)}", a, parents=f, force=True
                ),
            ),
            "mkdir": (
                lambda a=first, f=flag: ours.mkdir(a, parents=f),  # type: ignore[misc]
                lambda a=first, f=flag: theirs("mkdir", a, parents=f),  # type: ignore[misc]
            ),
            "cp": (
                lambda a=first, b=second, f=flag: ours.cp(a, b, force=f),  # type: ignore[misc]
                lambda a=first, b=second, f=flag: theirs("cp", a, b, force=f),  # type: ignore[misc]
            ),
            "mv": (
                lambda a=first, b=second: ours.mv(a, b),  # type: ignore[misc]
                lambda a=first, b=second: theirs("mv", a, b),  # type: ignore[misc]
            ),
            "rm": (
                lambda a=first, f=flag: ours.rm(a, recursive=f),  # type: ignore[misc]
                lambda a=first, f=flag: theirs("rm", a, recursive=f),  # type: ignore[misc]
            ),
        }
        mine, its = pairs[verb]
        was_refused = refuses(its)
        assert refuses(mine) == was_refused, (verb, first, second, flag)
        assert str(ours.root()) == theirs.root(), (verb, first, second, flag)
        refused += was_refused
        done += not was_refused
    assert done > 40
    assert refused > 40


def test_a_directory_is_sharded_and_made_whole_at_the_same_entry(
    peer: Kubo, repo: Repo, tmp_path: Path
) -> None:
    theirs, ours = Theirs(peer), EmbeddedBackend(repo).mfs()
    many = [f"{number:040}" for number in range(3118)]  # 84 bytes each, of 262144
    with repo.batch() as batch:
        ref = adding.add_files(batch, dict.fromkeys(many, b"x"), profiles.DEFAULT)
        batch.commit(ref.cid)
    place = tmp_path / "big"
    place.mkdir()
    for name in many:
        (place / name).write_bytes(b"x")
    assert peer.add(place) == str(ref.cid)
    theirs("cp", f"/ipfs/{ref.cid}", "/up/big", parents=True)
    ours.cp(f"/ipfs/{ref.cid}", "/up/big", parents=True)
    sharded = []
    one = theirs.put(b"x")
    wide = theirs.put(b"x" * 300)  # its size takes a byte more in its entry
    filler = f"/up/big/{'z' * 96}"  # 141 bytes: 3 are left then
    steps: list[tuple[str, str]] = [
        ("put", f"/up/big/{3118:040}"),
        ("put", filler),
        ("put", f"/up/big/{3119:040}"),
        ("rm", f"/up/big/{3119:040}"),
        *(("wide", f"/up/big/{number:040}") for number in range(6)),
        *(("put", f"/up/big/{number:040}") for number in range(6)),
        ("rm", filler),
    ]
    for verb, path in steps:
        if verb == "rm":
            theirs("rm", path)
            ours.rm(path)
        else:
            cid, data = (one, b"x") if verb == "put" else (wide, b"x" * 300)
            theirs("cp", f"/ipfs/{cid}", path, force=True)
            ours.write(path, data)
        assert str(ours.root()) == theirs.root(), (verb, path)
        sharded.append(len(repo.get(ours.stat("/up/big").cid).data) < 100_000)
    switched = [a != b for a, b in itertools.pairwise(sharded)]
    # Too many by one entry, and by one byte; each time back again.
    assert [at + 1 for at, changed in enumerate(switched) if changed] == [2, 3, 7, 12]


def test_our_files_on_a_kubo_have_the_roots_of_our_own(peer: Kubo, repo: Repo) -> None:
    """Batches too, of which Kubo sees only what has changed in the end."""
    ours, there = EmbeddedBackend(repo).mfs(), KuboBackend(repo, peer.api_url)
    files: tuple[MFS, MFS] = (ours, there.mfs())
    rng = random.Random(3)
    for _ in range(6):
        seed = rng.random()
        for each in files:
            turn = random.Random(seed)
            with each.batch() as batch:
                for _ in range(60):
                    first, second = (
                        "/" + "/".join(turn.choices(_NAMES, k=turn.randint(1, 3))) for _ in "12"
                    )
                    verb = turn.choice(["write", "part", "mkdir", "cp", "mv", "rm"])
                    data = turn.randbytes(turn.choice([0, 4, 3000]))
                    changes: dict[str, Callable[[], object]] = {
                        "write": lambda: batch.write(first, data, parents=True),  # noqa: B023
                        "part": lambda: batch.write(first, data, offset=2, truncate=False),  # noqa: B023
                        "mkdir": lambda: batch.mkdir(first, parents=True),  # noqa: B023
                        "cp": lambda: batch.cp(first, second),  # noqa: B023
                        "mv": lambda: batch.mv(first, second),  # noqa: B023
                        "rm": lambda: batch.rm(first, recursive=True),  # noqa: B023
                    }
                    refuses(changes[verb])
        assert ours.root() == files[1].root()
    assert Theirs(peer).root() == str(ours.root())
    there.close()


def test_a_kubo_of_another_profile_has_the_same_root_but_for_its_version(
    make_kubo: Callable[..., Kubo], repo: Repo
) -> None:
    """Its root directory is CIDv0 whatever is asked for; what is in it is ours."""
    with running_daemon(make_kubo()) as peer:
        ours, there = EmbeddedBackend(repo).mfs(), KuboBackend(repo, peer.api_url)
        for files in (ours, there.mfs()):
            files.write("/a/b/c", b"c", parents=True)
            files.mkdir("/a/d")
            files.write("/e", b"e" * 3_000_000)
            files.mv("/e", "/a/b")
        assert there.mfs().root() == ours.root()
        assert CID.parse(Theirs(peer).root()) == ours.root().to_v0()
        assert there.mfs().stat("/a").cid == ours.stat("/a").cid
        there.close()


def test_what_only_the_local_repo_has_is_sent_to_kubo(peer: Kubo, repo: Repo) -> None:
    with repo.batch() as batch:
        ref = adding.add_files(batch, {"a/b": b"only here"}, profiles.DEFAULT)
        batch.commit(ref.cid)
    there = KuboBackend(repo, peer.api_url)
    there.mfs().cp(f"/ipfs/{ref.cid}/a", "/copy")
    assert peer.run("files", "read", "/copy/b").stdout == b"only here"
    there.close()


def test_what_others_change_on_a_kubo_meanwhile_stays(peer: Kubo, repo: Repo) -> None:
    there = KuboBackend(repo, peer.api_url)
    files = there.mfs()
    files.mkdir("/d")
    with files.batch() as batch:
        batch.write("/d/ours", b"1")
        batch.rm("/d", recursive=True)
        batch.mkdir("/d")
        batch.write("/d/again", b"2")
        batch.write("/e/f", b"3", parents=True)
        Theirs(peer)("mkdir", "/theirs")
    assert [entry.name for entry in files.ls()] == ["d", "e", "theirs"]
    assert peer.run("files", "read", "/d/again").stdout == b"2"
    there.close()


def test_where_kubo_loses_something_we_refuse_or_do_what_was_meant(peer: Kubo, repo: Repo) -> None:
    theirs, ours = Theirs(peer), EmbeddedBackend(repo).mfs()
    one = theirs.put(b"1")
    for side in ("/x/d", "/y/d", "/self"):
        theirs("mkdir", side, parents=True)
        ours.mkdir(side, parents=True)
    theirs("cp", f"/ipfs/{one}", "/x/d/f")
    ours.write("/x/d/f", b"1")
    # Moved between directories of one name, it is in both of Kubo's.
    theirs("mv", "/x/d/f", "/y/d/f")
    ours.mv("/x/d/f", "/y/d/f")
    assert peer.run("files", "read", "/x/d/f").stdout == b"1"
    assert refuses(lambda: ours.read("/x/d/f"))
    # Moved into itself, it is gone, with an error.
    assert refuses(lambda: theirs("mv", "/self", "/self/below"))
    assert refuses(lambda: theirs("stat", "/self"))
    assert refuses(lambda: ours.mv("/self", "/self/below"))
    assert ours.stat("/self").kind == "directory"


def test_a_kubo_that_estimates_otherwise_shards_at_another_size(
    make_kubo: Callable[..., Kubo], repo: Repo
) -> None:
    """What it changes itself: with its default profile, directories near the threshold."""
    entries = {f"{number:040}": b"x" for number in range(3120)}
    with running_daemon(make_kubo()) as peer:
        ours, there = EmbeddedBackend(repo).mfs(), KuboBackend(repo, peer.api_url)
        for files in (ours, there.mfs()):
            with files.batch() as batch:
                for name, data in entries.items():
                    batch.write(f"/d/{name}", data, parents=True)
        assert there.mfs().root() == ours.root()
        for files in (ours, there.mfs()):
            files.write("/d/one more, which is one too many for ours", b"x")
        assert there.mfs().stat("/d").cid != ours.stat("/d").cid
        assert there.mfs().ls("/d") == ours.ls("/d")
        there.close()


def test_what_files_write_makes_is_read_and_is_another_layout(peer: Kubo, repo: Repo) -> None:
    """Why contents are imported here and named there: the CID is not that of ``ipfs add``."""
    theirs, there = Theirs(peer), KuboBackend(repo, peer.api_url)
    data = random.Random(5).randbytes(3_000_000)
    peer.run("files", "write", "--create", "/theirs", stdin=data)
    there.mfs().write("/ours", data)
    assert there.mfs().read("/theirs") == data
    assert peer.run("files", "read", "/ours").stdout == data
    assert there.mfs().stat("/theirs").cid != there.mfs().stat("/ours").cid
    there.mfs().write("/theirs", b"!", offset=5, truncate=False)
    wanted = data[:5] + b"!" + data[6:]
    assert peer.run("files", "read", "/theirs").stdout == wanted
    assert str(there.mfs().stat("/theirs").cid) == peer.add(wanted)
    assert not refuses(lambda: theirs("rm", "/theirs"))
    there.close()


def test_an_offset_past_the_end_gives_the_same_bytes(peer: Kubo, repo: Repo) -> None:
    ours = EmbeddedBackend(repo).mfs()
    ours.write("/f", b"abc")
    ours.write("/f", b"xyz", offset=7, truncate=False)
    peer.run("files", "write", "-e", "/f", stdin=b"abc")
    peer.run("files", "write", "-o", "7", "/f", stdin=b"xyz")
    assert peer.run("files", "read", "/f").stdout == ours.read("/f")


@pytest.mark.parametrize(
    "text",
    ["//a///b/", "/a/./b/../c", "/../x", "/%2e%2e", "/a\\b", "/.hidden", "/...", "/ ", "/a/b/"],
)
def test_paths_mean_the_same(peer: Kubo, repo: Repo, text: str) -> None:
    theirs, ours = Theirs(peer), EmbeddedBackend(repo).mfs()
    theirs("mkdir", text, parents=True)
    ours.mkdir(text, parents=True)
    assert str(ours.root()) == theirs.root()


def test_what_kubo_calls_no_path_is_none(peer: Kubo, repo: Repo) -> None:
    theirs, ours = Theirs(peer), EmbeddedBackend(repo).mfs()
    for text in ("", "a", "a/b", "./a"):
        with pytest.raises(RPCError):
            theirs("mkdir", text)
        assert refuses(lambda text=text: ours.mkdir(text))  # type: ignore[misc]
