"""``files``: the mutable files, with the verbs and options of ``ipfs files``."""

from __future__ import annotations

import base64
import io
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ipfs.cli import stat as telling
from jupyter_ipfs.cli.arguments import byte_count
from jupyter_ipfs.cli.main import shared_options
from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.cli.main import CommandParser

_COPY = 1024 * 1024


def add_arguments(parser: CommandParser) -> None:
    """The verbs, each with Kubo's flags."""
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)
    parents: list[Any] = [shared_options()]  # typeshed wants them to be commands

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made: CommandParser = verbs.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            parents=parents,
            allow_abbrev=False,
        )
        made.command = parser.command
        return made

    read = verb("read", "write a file to standard output")
    read.add_argument("path", metavar="PATH")
    read.add_argument("-o", "--offset", type=byte_count, default=0, help="skip the first bytes")
    read.add_argument("-n", "--count", type=byte_count, help="stop after so many bytes")
    write = verb("write", "write a file, or a part of it")
    write.add_argument("path", metavar="PATH")
    write.add_argument("data", metavar="FILE", nargs="?", help="by default standard input")
    write.add_argument("-o", "--offset", type=byte_count, default=0, help="where to begin")
    write.add_argument("-e", "--create", action="store_true", help="make it if it is not there")
    write.add_argument("-t", "--truncate", action="store_true", help="let go of what was in it")
    write.add_argument("-n", "--count", type=byte_count, help="write at most so many bytes")
    _parents(write)
    mkdir = verb("mkdir", "make a directory")
    mkdir.add_argument("path", metavar="PATH")
    _parents(mkdir)
    cp = verb("cp", "let a path stand for a file, a directory or /ipfs/CID")
    cp.add_argument("source", metavar="SOURCE", help="a path, or /ipfs/CID")
    cp.add_argument("target", metavar="TARGET")
    cp.add_argument("-f", "--force", action="store_true", help="replace a file that is there")
    _parents(cp)
    mv = verb("mv", "move a file or a directory")
    mv.add_argument("source", metavar="SOURCE")
    mv.add_argument("target", metavar="TARGET")
    ls = verb("ls", "list a directory")
    ls.add_argument("path", metavar="PATH", nargs="?", default="/")
    ls.add_argument("-l", "--long", action="store_true", help="tell CIDs and sizes too")
    stat = verb("stat", "tell type, size and CID of a path")
    stat.add_argument("path", metavar="PATH")
    stat.add_argument("--hash", action="store_true", help="only the CID")
    stat.add_argument("--size", action="store_true", help="only the size of all its blocks")
    rm = verb("rm", "take away files or directories")
    rm.add_argument("paths", metavar="PATH", nargs="+")
    rm.add_argument("-r", "--recursive", action="store_true", help="directories too")
    rm.add_argument("-f", "--force", action="store_true", help="whatever it is, if it is there")
    flush = verb("flush", "see to it that everything is on disk, and tell the CID")
    flush.add_argument("path", metavar="PATH", nargs="?", default="/")


def run(cli: Invocation) -> int:
    """Do what the verb says.

    ``--json``: ``read`` gives path offset size data; ``ls`` path name cid kind size; ``stat``
    path cid kind size dag_size links mode mtime target duplicates; ``flush`` path cid;
    the others, for each thing that is changed, path root, and ``cp`` and ``mv`` target too.
    """
    return _VERBS[cli.args.verb](cli)


def _read(cli: Invocation) -> int:
    offset = cli.args.offset
    for data in cli.session.mfs.stream(cli.args.path, offset, cli.args.count):
        if cli.json:
            text = base64.b64encode(data).decode()
            cli.emit(
                {"path": cli.args.path, "offset": offset, "size": len(data), "data": text}, None
            )
        else:
            sys.stdout.buffer.write(data)
        offset += len(data)
    return 0


def _write(cli: Invocation) -> int:
    with ExitStack() as stack:
        stream: BinaryIO = sys.stdin.buffer
        if cli.args.data is not None:
            try:
                stream = stack.enter_context(open(cli.args.data, "rb"))  # noqa: PTH123  (as typed)
            except OSError as error:
                reason = error.strerror or str(error)
                raise ConfigError(f"cannot read {cli.args.data!r}: {reason}") from None
        if cli.args.count is not None:
            stream = io.BufferedReader(_Limited(stream, cli.args.count), _COPY)
        cli.session.mfs.write(
            cli.args.path,
            stream,
            offset=cli.args.offset,
            create=cli.args.create,
            parents=cli.args.parents,
            truncate=cli.args.truncate,
        )
    return _changed(cli, {"path": cli.args.path})


def _mkdir(cli: Invocation) -> int:
    cli.session.mfs.mkdir(cli.args.path, parents=cli.args.parents)
    return _changed(cli, {"path": cli.args.path})


def _cp(cli: Invocation) -> int:
    args = cli.args
    cli.session.mfs.cp(args.source, args.target, parents=args.parents, force=args.force)
    return _changed(cli, {"path": args.source, "target": args.target})


def _mv(cli: Invocation) -> int:
    cli.session.mfs.mv(cli.args.source, cli.args.target)
    return _changed(cli, {"path": cli.args.source, "target": cli.args.target})


def _rm(cli: Invocation) -> int:
    with cli.session.mfs.batch() as batch:
        for path in cli.args.paths:
            batch.rm(path, recursive=cli.args.recursive, force=cli.args.force)
    for path in cli.args.paths:
        _changed(cli, {"path": path})
    return 0


def _ls(cli: Invocation) -> int:
    for entry in cli.session.mfs.ls(cli.args.path):
        name = escape(entry.name)
        if cli.args.long:
            mark = "/" if entry.kind == "directory" else ""
            name = f"{name}{mark}\t{entry.cid}\t{entry.size or 0}"
        record = {"path": cli.args.path, "name": entry.name, "cid": str(entry.cid)}
        cli.emit(record | {"kind": entry.kind, "size": entry.size}, name)
    return 0


def _stat(cli: Invocation) -> int:
    if cli.args.hash and cli.args.size:
        cli.args.parser.error("--hash and --size exclude each other")
    stat = cli.session.mfs.stat(cli.args.path)
    text = "\n".join(telling.lines(stat))
    if cli.args.hash:
        text = str(stat.cid)
    elif cli.args.size:
        text = str(stat.dag_size)
    cli.emit({"path": cli.args.path} | telling.record(stat), text)
    return 0


def _flush(cli: Invocation) -> int:
    cid = cli.session.mfs.flush(cli.args.path)
    cli.emit({"path": cli.args.path, "cid": str(cid)}, str(cid))
    return 0


def _changed(cli: Invocation, record: dict[str, str]) -> int:
    if cli.json:
        cli.emit(record | {"root": str(cli.session.mfs.root())}, None)
    return 0


def _parents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-p", "--parents", action="store_true", help="make the directories above")


class _Limited(io.RawIOBase):
    """The beginning of a stream."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's private Buffer
        view = memoryview(buffer).cast("B")
        data = self._stream.read(min(self._left, len(view)))
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)


_VERBS: dict[str, Callable[[Invocation], int]] = {
    "read": _read,
    "write": _write,
    "mkdir": _mkdir,
    "cp": _cp,
    "mv": _mv,
    "ls": _ls,
    "stat": _stat,
    "rm": _rm,
    "flush": _flush,
}
