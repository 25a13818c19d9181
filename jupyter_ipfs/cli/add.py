"""``add`` (``put``): files, directories and standard input into the repo, with Kubo's flags."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import byte_count, switch
from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.errors import ConfigError, NotAFileError
from jupyter_ipfs.node import flags
from jupyter_ipfs.node.add import Options
from jupyter_ipfs.unixfs import profiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.node.add import Added
    from jupyter_ipfs.protocols import Stored

STDIN = "-"

_MAX_MODE = 0o7777
_NANOSECONDS = 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kubo's flags, and ``--name``."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="a file or a directory; '-' or nothing for standard input",
    )
    keep = parser.add_argument_group("what is kept")
    keep.add_argument("--name", dest="name_", metavar="NAME", help="let NAME point at the root")
    switch(keep, "--pin", text="keep it from gc (the default)", default=True)
    keep.add_argument("-n", "--only-hash", action="store_true", help="store nothing, tell the CID")
    say = parser.add_argument_group("what is printed")
    say.add_argument("-q", "--quiet", action="store_true", help="only CIDs")
    say.add_argument("-Q", "--quieter", action="store_true", help="only the last root's CID")
    say.add_argument("--silent", action="store_true", help="nothing")
    switch(say, "-p", "--progress", text="show progress (the default on a terminal)")
    tree = parser.add_argument_group("directories")
    tree.add_argument("-r", "--recursive", action="store_true", help="add directories")
    tree.add_argument(
        "-w", "--wrap-with-directory", action="store_true", help="put it all into one directory"
    )
    tree.add_argument("-H", "--hidden", action="store_true", help="include hidden files")
    tree.add_argument("--stdin-name", metavar="NAME", help="the name of standard input's file")
    _add_import_arguments(parser.add_argument_group("what the CID depends on"))


def _add_import_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--profile",
        default=profiles.DEFAULT.name,
        choices=list(profiles.PROFILES),
        metavar="NAME",
        help=f"{' or '.join(sorted({p.name for p in profiles.PROFILES.values()}, reverse=True))}",
    )
    group.add_argument("--cid-version", type=int, choices=(0, 1), help="0 or 1")
    group.add_argument("--hash", metavar="NAME", help="sha2-256, sha2-512 or blake3")
    switch(group, "--raw-leaves", text="leaves are raw blocks")
    group.add_argument("-s", "--chunker", metavar="size-N", help="bytes per leaf")
    group.add_argument("--max-file-links", type=byte_count, metavar="N", help="links per node")
    group.add_argument(
        "--max-directory-links", type=byte_count, metavar="N", help="shard above N entries"
    )
    group.add_argument("--inline", action="store_true", help="put small blocks into their CIDs")
    group.add_argument("--inline-limit", type=byte_count, metavar="N", help="small is N bytes: 32")
    group.add_argument("--preserve-mode", action="store_true", help="keep permissions")
    group.add_argument("--preserve-mtime", action="store_true", help="keep modification times")
    group.add_argument("--mode", type=_octal, metavar="OCTAL", help="set permissions")
    group.add_argument("--mtime", type=int, metavar="S", help="set modification time")
    group.add_argument("--mtime-nsecs", type=_nanoseconds, metavar="NS", help="and its fraction")


def _octal(text: str) -> int:
    try:
        mode = int(text, 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= _MAX_MODE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a mode such as 0644")
    return mode


def _nanoseconds(text: str) -> int:
    value = byte_count(text)
    if value >= _NANOSECONDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not below {_NANOSECONDS}")
    return value


def run(cli: Invocation) -> int:
    """Store, then print ``added CID PATH`` for every file and directory, as Kubo does.

    ``--json``: path cid size dag_size for each; for a root also root name version unchanged.
    """
    args = cli.args
    _check(args)
    profile = _profile(args)
    _check_directories(args.paths, recursive=args.recursive)
    paths = _normal(args.paths or [STDIN])
    if not args.paths and sys.stdin.isatty():
        cli.note("Reading from standard input; end it with Ctrl-D.")
    adding = _Adding(cli, profile)
    if args.wrap_with_directory:
        with _as_files(cli, paths, profile) as files:
            adding.add(files)
    else:
        for path in paths:
            if path == STDIN:
                adding.add(sys.stdin.buffer)
            else:
                adding.add(path)
    adding.finish()
    return 0


class _Adding:
    """What one command adds. Lines are printed when what they name is stored for good."""

    def __init__(self, cli: Invocation, profile: profiles.Profile) -> None:
        self._cli = cli
        self._profile = profile
        self._lines: list[Added] = []
        self._last: Stored | None = None

    def add(self, source: str | list[str | os.PathLike[str]] | BinaryIO) -> None:
        args = self._cli.args
        self._lines.clear()
        with self._cli.progress(wanted=args.progress) as progress:
            stored = self._cli.session.store(
                source,
                name=args.name_,
                pin=args.pin,
                profile=self._profile,
                only_hash=args.only_hash,
                progress=progress,
                options=self._options(),
            )
        self._last = stored
        if not isinstance(source, str | list):
            self._tell(args.stdin_name or str(stored.root), str(stored.root), stored)
        for at, added in enumerate(sorted(self._lines, key=_kubos_order), 1):
            is_root = at == len(self._lines)
            self._tell(added.path, str(added.ref.cid), stored if is_root else None, added)

    def finish(self) -> None:
        """Print the last root alone, if that was asked for, and what a name now stands for."""
        stored, args = self._last, self._cli.args
        if stored is None:
            return
        if args.quieter and not args.silent and not self._cli.json:
            self._cli.line(str(stored.root))
        if stored.name is not None:
            state = "unchanged" if stored.unchanged else f"version {stored.version}"
            self._cli.note(f"{escape(stored.name)} is {stored.root} ({state})")

    def _options(self) -> Options:
        args = self._cli.args
        wanted = self._cli.json or not (args.quieter or args.silent)
        return Options(
            wrap=args.wrap_with_directory,
            hidden=args.hidden,
            attributes=flags.attributes(args),
            on_added=self._lines.append if wanted else None,
        )

    def _tell(
        self, path: str, cid: str, root: Stored | None = None, added: Added | None = None
    ) -> None:
        args = self._cli.args
        record: dict[str, object] = {"path": path, "cid": cid}
        if added is not None:
            record |= {"size": added.ref.size, "dag_size": added.ref.dag_size}
        if root is not None:
            record |= {"root": True, "name": root.name, "version": root.version}
            record["unchanged"] = root.unchanged
        text = cid if args.quiet else f"added {cid} {escape(path)}"
        self._cli.emit(record, None if args.quieter or args.silent else text)


def _kubos_order(added: Added) -> tuple[bool, list[tuple[bool, bytes]]]:
    """Sort files before directories, and a directory behind what is in it: as Kubo prints."""
    segments = os.fsencode(added.path).split(b"/") if added.path else []
    key = [(False, segment) for segment in segments]
    return added.is_directory, [*key, (True, b"")] if added.is_directory else key


def _check(args: argparse.Namespace) -> None:
    """Find the flags that contradict each other: wrong usage."""
    if args.only_hash and args.name_ is not None:
        args.parser.error("--only-hash stores nothing that --name could point at")
    several = len(args.paths) > 1 and not args.wrap_with_directory
    if several and args.name_ is not None:
        args.parser.error("--name takes one PATH; put several into one directory by -w")
    if args.mtime is None and args.mtime_nsecs:
        args.parser.error("--mtime-nsecs is the fraction of --mtime, which is missing")
    if args.paths.count(STDIN) > 1:
        args.parser.error("standard input can be read once")


def _normal(paths: Sequence[str]) -> list[str]:
    """Make paths absolute, so that ``.`` and ``d/`` have names, in the order of those as in Kubo.

    Raises:
        ConfigError: Two have the same name.
    """
    normal = [path if path == STDIN else os.path.abspath(path) for path in paths]  # noqa: PTH100  (a symlink stays one)
    normal.sort(key=lambda path: os.fsencode(Path(path).name))
    for one, other in itertools.pairwise(normal):
        if Path(one).name == Path(other).name and one != STDIN:
            raise ConfigError(
                f"{one!r} and {other!r} have the same name", "add them one by one, or rename one"
            )
    return normal


def _check_directories(paths: Sequence[str], *, recursive: bool) -> None:
    """Refuse a directory before anything is stored."""
    for path in paths:
        if path != STDIN and not recursive and Path(path).is_dir() and not Path(path).is_symlink():
            raise NotAFileError(
                f"{path!r} is a directory", "use the '-r' flag to specify directories"
            )


def _profile(args: argparse.Namespace) -> profiles.Profile:
    try:
        return flags.profile(args)
    except ConfigError as error:
        args.parser.error(f"{error}; {error.hint}" if error.hint else str(error))
        raise AssertionError from error  # parser.error() does not return


@contextlib.contextmanager
def _as_files(
    cli: Invocation, paths: list[str], profile: profiles.Profile
) -> Iterator[list[str | os.PathLike[str]]]:
    """Give standard input, which has to have a name in the wrapping directory, a file."""
    if STDIN not in paths:
        yield [*paths]
        return
    with tempfile.TemporaryDirectory(prefix="jupyter-ipfs-") as folder:
        file = Path(folder, "stdin")
        with file.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out, 1024 * 1024)
        # As in Kubo: what has no name is named by its CID.
        name = cli.args.stdin_name or str(cli.session.add(file, profile=profile, only_hash=True))
        named = file.rename(file.with_name(name))
        yield [named if path == STDIN else path for path in paths]
