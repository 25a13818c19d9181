"""The rows: what is measured, for each contender that can do it."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.measure import Figure, printed, repeat, run, script
from benchmarks.row import Row
from benchmarks.serving import serve
from benchmarks.setting import MIB, Setting, kubo_gateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def put_large(setting: Setting) -> list[Row]:
    """Store the large file, durably, into an empty repo."""
    return [_put(setting, f"put a file of {setting.file_mib} MiB, durable", setting.large)]


def put_small(setting: Setting) -> list[Row]:
    """Store many small files, durably, and then the same again."""
    first = Row(f"put {setting.files:,} files of 1 KiB, durable", kubo=Figure())
    again = Row("… the same tree a second time", kubo=Figure())
    _put(setting, "", setting.small, first, again)
    return [first, again]


def _put(
    setting: Setting, title: str, source: Path, row: Row | None = None, again: Row | None = None
) -> Row:
    row = row or Row(title, kubo=Figure())

    def timed(figures: list[Figure], command: list[str | Path], env: dict[str, str]) -> None:
        for figure in figures:
            done = run(command, env)
            figure.take(done.seconds, done.peak)

    def ours() -> None:
        repo = setting.fresh("ours")
        figures = [row.ours, again.ours] if again else [row.ours]
        timed(figures, [*setting.ours, "add", "-Q", "-r", source], setting.our_env(repo))
        shutil.rmtree(repo)

    def kubo() -> None:
        repo = setting.fresh_kubo()
        figures = [f for f in (row.kubo, again.kubo if again else None) if f is not None]
        timed(figures, [setting.kubo, "add", "-Q", "-r", source], setting.kubo_env(repo))
        shutil.rmtree(repo)

    repeat(setting.repetitions, ours, kubo)
    return row


def hash_only(setting: Setting) -> list[Row]:
    """Compute the large file's CID and store nothing; also without the start-up."""
    whole = Row(f"hash only, {setting.file_mib} MiB", kubo=Figure())
    nothing = Row("… an empty file: start-up", kubo=Figure())
    empty = setting.place / "empty"
    repo, kubo_repo = setting.fresh("ours"), setting.fresh_kubo()
    for row, source in ((whole, setting.large), (nothing, empty)):

        def ours(row: Row = row, source: Path = source) -> None:
            done = run([*setting.ours, "add", "-Q", "-n", source], setting.our_env(repo))
            row.ours.take(done.seconds, done.peak)

        def kubo(row: Row = row, source: Path = source) -> None:
            done = run([setting.kubo, "add", "-Q", "-n", source], setting.kubo_env(kubo_repo))
            assert row.kubo is not None
            row.kubo.take(done.seconds, done.peak)

        repeat(setting.repetitions, ours, kubo)
    chunk = bytes(MIB)
    begin = time.perf_counter()
    for _ in range(256):
        hashlib.sha256(chunk).digest()
    limit = 256 / (time.perf_counter() - begin)
    for figure, start in ((whole.ours, nothing.ours), (whole.kubo, nothing.kubo)):
        if figure is not None and start is not None and figure.median and start.median:
            rate = setting.file_mib / (figure.median - start.median)
            figure.note = f"{rate:,.0f} MiB/s without start-up"
    whole.ours.note += f"; sha256 in one thread {limit:,.0f} MiB/s"
    return [whole, nothing]


_RANGE = """
import json, sys, time
from jupyter_ipfs import connect
session = connect()
backend, touched = session.backend, []
for name in ("get", "get_many"):
    def spy(asked, plain=getattr(backend, name), many=name == "get_many"):
        asked = list(asked) if many else asked
        touched.extend(asked if many else [asked])
        return plain(asked)
    setattr(backend, name, spy)
begin = time.perf_counter()
data = session.cat(sys.argv[1], int(sys.argv[2]), 1024)
print(json.dumps({"seconds": time.perf_counter() - begin, "touched": len(set(touched)),
                  "size": len(data)}))
"""


def read(setting: Setting) -> list[Row]:
    """Read the large file from the local repo, verified, and then 1 KiB out of it."""
    whole = Row(f"read {setting.file_mib} MiB from the local repo, verified", kubo=Figure())
    alike = Row("… with Kubo verifying too (HashOnRead)", kubo=Figure())
    part = Row("1 KiB out of it, whole process", kubo=Figure())
    work = Row("… the work alone, in a running process")
    repo, kubo_repo = setting.fresh("ours"), setting.fresh_kubo()
    our_env, kubo_env = setting.our_env(repo), setting.kubo_env(kubo_repo)
    root = printed([*setting.ours, "add", "-Q", setting.large], our_env).out.strip()
    theirs = printed([setting.kubo, "add", "-Q", setting.large], kubo_env).out.strip()
    if root != theirs:
        raise RuntimeError(f"{root} is not Kubo's {theirs}")
    offset = str(setting.file_mib * MIB // 2 + 12_345)
    commands: list[tuple[Figure | None, list[str | Path], dict[str, str]]] = [
        (whole.ours, [*setting.ours, "cat", root], our_env),
        (whole.kubo, [setting.kubo, "cat", root], kubo_env),
        (part.ours, [*setting.ours, "cat", "--offset", offset, "--length", "1024", root], our_env),
        (part.kubo, [setting.kubo, "cat", "-o", offset, "-l", "1024", root], kubo_env),
    ]
    for _ in range(setting.repetitions):
        for figure, command, env in commands:
            done = run(command, env)
            assert figure is not None
            figure.take(done.seconds, done.peak)
        said, done = script(_RANGE, our_env, root, offset)
        work.ours.take(said["seconds"], done.peak)
        work.ours.note = f"{said['touched']} blocks touched"
    # Kubo believes its own disk unless it is told not to.
    printed([setting.kubo, "config", "--bool", "Datastore.HashOnRead", "true"], kubo_env)
    alike.ours = whole.ours
    assert alike.kubo is not None
    for _ in range(setting.repetitions):
        done = run([setting.kubo, "cat", root], kubo_env)
        alike.kubo.take(done.seconds, done.peak)
    return [whole, alike, part, work]


_GATEWAY = """
import json, sys, time, fsspec
if sys.argv[1] == "ours":
    import jupyter_ipfs.filesystem
    jupyter_ipfs.filesystem.register()
else:
    import ipfsspec
    fsspec.register_implementation("ipfs", ipfsspec.AsyncIPFSFileSystem, clobber=True)
begin = time.perf_counter()
files = fsspec.filesystem("ipfs", skip_instance_cache=True)
start = int(sys.argv[3])
data = files.cat_file(sys.argv[2], start=start, end=start + 1024)
print(json.dumps({"seconds": time.perf_counter() - begin, "size": len(data)}))
"""


def gateway(setting: Setting) -> list[Row]:
    """Read 1 KiB of the large file through a gateway, with nothing held locally."""
    row = Row(f"1 KiB of {setting.file_mib} MiB through a gateway", ipfsspec=Figure())
    assert row.ipfsspec is not None
    repo = setting.fresh_kubo()
    root = printed([setting.kubo, "add", "-Q", setting.large], setting.kubo_env(repo)).out.strip()
    offset = str(setting.file_mib * MIB // 2 + 12_345)
    with kubo_gateway(setting, repo) as counter:
        for _ in range(setting.repetitions):
            for figure, who in ((row.ours, "ours"), (row.ipfsspec, "ipfsspec")):
                env = setting.our_env(
                    setting.fresh("ours"),
                    JUPYTER_IPFS_GATEWAYS=counter.url,
                    IPFS_GATEWAY=counter.url,
                )
                before = counter.received
                said, done = script(_GATEWAY, env, who, root, offset)
                figure.take(said["seconds"], done.peak)
                figure.note = f"{(counter.received - before) / MIB:,.2f} MiB transferred"
    return [row]


_LS = """
import json, sys, time, fsspec
if sys.argv[1] == "ours":
    import jupyter_ipfs.filesystem
    jupyter_ipfs.filesystem.register()
else:
    import ipfsspec
    fsspec.register_implementation("ipfs", ipfsspec.AsyncIPFSFileSystem, clobber=True)
begin = time.perf_counter()
files = fsspec.filesystem("ipfs", skip_instance_cache=True)
try:
    count, error = len(files.ls(sys.argv[2], detail=True)), ""
except Exception as problem:
    count, error = 0, type(problem).__name__
print(json.dumps({"seconds": time.perf_counter() - begin, "count": count, "error": error}))
"""


def ls(setting: Setting) -> list[Row]:
    """List a sharded directory of 10,000 raw leaves through fsspec (Kubo: whole process)."""
    row = Row("ls of a sharded directory of 10,000", kubo=Figure(), ipfsspec=Figure())
    assert row.kubo is not None
    assert row.ipfsspec is not None
    repo, kubo_repo = setting.fresh("ours"), setting.fresh_kubo()
    env, kubo_env = setting.our_env(repo), setting.kubo_env(kubo_repo)
    root = printed([*setting.ours, "add", "-Q", "-r", setting.wide], env).out.strip()
    printed([setting.kubo, "add", "-Q", "-r", setting.wide], kubo_env)
    for _ in range(setting.repetitions):
        said, done = script(_LS, env, "ours", root)
        row.ours.take(said["seconds"], done.peak)
        row.ours.note = f"{said['count']:,} entries"
        done = run([setting.kubo, "ls", root], kubo_env)
        row.kubo.take(done.seconds, done.peak)
    row.kubo.note = "whole process"
    with kubo_gateway(setting, kubo_repo) as counter:
        said, done = script(_LS, {**env, "IPFS_GATEWAY": counter.url}, "ipfsspec", root)
        if said["error"]:
            row.ipfsspec.note = f"raises {said['error']}"
        else:
            row.ipfsspec.take(said["seconds"], done.peak)
    return [row]


def memory(setting: Setting) -> list[Row]:
    """Hash a file of 1 GiB: what counts is the memory."""
    row = Row("hash only, 1 GiB", kubo=Figure())
    assert row.kubo is not None
    file = setting.place / "gibibyte.bin"
    with file.open("wb") as out:
        for _ in range(1024):
            out.write(bytes(MIB))
    done = run([*setting.ours, "add", "-Q", "-n", file], setting.our_env(setting.fresh("ours")))
    row.ours.take(done.seconds, done.peak)
    kubo_env = setting.kubo_env(setting.fresh_kubo())
    done = run([setting.kubo, "add", "-Q", "-n", file], kubo_env)
    row.kubo.take(done.seconds, done.peak)
    return [row]


_LOAD_EXT = """
import json, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
begin = time.perf_counter()
shell.run_line_magic("load_ext", "jupyter_ipfs")
print(json.dumps({"seconds": time.perf_counter() - begin}))
"""
_IMPORT = """
import json, time
begin = time.perf_counter()
import jupyter_ipfs
print(json.dumps({"seconds": time.perf_counter() - begin}))
"""


def start_up(setting: Setting) -> list[Row]:
    """Import the package; load the extension into a running IPython."""
    rows = []
    for title, source in (("import jupyter_ipfs", _IMPORT), ("%load_ext jupyter_ipfs", _LOAD_EXT)):
        row = Row(title)
        for _ in range(setting.repetitions):
            said, done = script(source, setting.our_env(setting.fresh("ours")))
            row.ours.take(said["seconds"], done.peak)
        rows.append(row)
    return rows


ROWS: dict[str, Callable[[Setting], list[Row]]] = {
    "put": put_large,
    "hash": hash_only,
    "small": put_small,
    "read": read,
    "gateway": gateway,
    "serve": serve,
    "ls": ls,
    "memory": memory,
    "start": start_up,
}


def python() -> str:
    """Name the interpreter, for the table's caption."""
    return f"Python {sys.version.split()[0]}"
