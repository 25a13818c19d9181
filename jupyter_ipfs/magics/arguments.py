"""The arguments of ``%ipfs``: one argparse parser that neither exits nor prints errors."""

from __future__ import annotations

import argparse
import difflib
import functools
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics import sharing_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

# What `%ipfs` can do, in the order of its help. `add` is Kubo's word for `put`.
COMMANDS = {
    "put": "store a variable, an expression, a file or a directory; as %%ipfs put: a whole cell",
    "load": "give back the object that was stored; runs no code from content",
    "ls": "list a directory, or all names",
    "cat": "give a file's bytes",
    "get": "write a file or a directory to the disk",
    "stat": "tell what a path is, and how large",
    "verify": "read everything and check it against its CID, and against a local copy",
    "names": "list the names and what they stand for",
    "log": "list the versions of a name",
    "pins": "list what is kept",
    "pin": "keep content, fetching what is missing",
    "unpin": "let go; gc then removes it",
    "export": "write content into a CAR file, to hand it over",
    "import": "take in a CAR file",
    "push": "hand content over to a folder or a Kubo",
    "record": "note what cells read, for sharing (on by default); on, off or status",
    "share": "make one CID of a notebook, its inputs, environment and outputs",
    "open": "tell what a shared notebook is, and copy it; runs nothing",
    "reproduce": "run a shared notebook again, in isolation, and compare each cell",
    "reports": "list who ran a shared notebook again, and what came of it",
    "diff": "tell what changed between two shared notebooks",
    "provenance": "tell which inputs, cells and outputs came of which",
    "gc": "remove what nothing keeps",
    "forget": "remove content from this computer, now",
    "id": "tell where content is kept, and how much there is",
    "config": "show or change a setting",
}
ALIASES = {"add": "put"}

# Kept by %ipfs config; a token is not among them: lines land in the history.
CONFIG_KEYS = {
    "backend": "embedded or kubo",
    "quota": "what the local repo may take: 10 GiB",
    "kubo_url": "the address of a Kubo's RPC",
    "announce": "Kubos on which storing may publish to the world",
    "gateways": "trustless gateways to ask for content that is not here",
    "sources": "folders of CARs and CAR files to look in, first",
    "chain": "sandbox (practice: only on this computer, play money) or a real chain: polygon",
    "rpc_url": "where that chain's JSON-RPC is; this line is kept in the history, so without a key",
    "ocean_node": "the Ocean Node that lists and serves assets",
    "public_gateways": "true: also ask the public gateways; that reveals the CIDs asked for",
}

Declare: TypeAlias = "Mapping[str, Callable[[argparse.ArgumentParser], None]]"


class HelpShown(Exception):  # noqa: N818  (no error)
    """Help was printed; there is nothing else to do."""


class Parser(argparse.ArgumentParser):
    """Raises our error instead of ending the process."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:  # noqa: ARG002
        """End the command, not the kernel."""
        raise HelpShown

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it is written."""
        usage = " ".join(self.format_usage().removeprefix("usage: ").split())
        raise ConfigError(message, f"{usage}   (all about it: {self.prog} --help)")


def add_commands(
    main: Parser, about: Mapping[str, str], declare: Declare, aliases: Mapping[str, str]
) -> None:
    """Give a magic's parser its commands, each with what it takes."""
    subparsers = main.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command, words in about.items():
        sub = subparsers.add_parser(
            command,
            aliases=[aliases[command]] if command in aliases else [],
            help=words.replace("%", "%%"),
            description=words[0].upper() + words[1:] + ".",
            allow_abbrev=False,
        )
        sub.set_defaults(command=command, parser=sub)
        declare[command](sub)


def one_command(magic: str, command: str, declare: Declare) -> Parser | None:
    """Return the parser of one command of a magic, or ``None`` if there is no such command."""
    if command not in declare:
        return None
    sub = Parser(prog=f"{magic} {command}", allow_abbrev=False)
    declare[command](sub)
    return sub


def refuse_unknown(words: Sequence[str], known: Collection[str]) -> None:
    """Refuse a line whose first word is neither an option nor a command.

    Raises:
        ConfigError: It is so; the hint has what may have been meant.
    """
    if words and not words[0].startswith("-") and words[0] not in known:
        near = difflib.get_close_matches(words[0], known, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(known)}"
        raise ConfigError(f"there is no command {words[0]!r}", hint)


@functools.cache
def parser() -> Parser:
    """Return the parser of a line after ``%ipfs``."""
    main = Parser(
        prog="%ipfs",
        description="Your work, addressed by its content.",
        epilog="PATH is a name (fig-3, fig-3@2), a CID, /ipfs/… or ipfs://…, each with /sub/path.",
        allow_abbrev=False,
    )
    aliases = {command: alias for alias, command in ALIASES.items()}
    add_commands(main, COMMANDS, _DECLARE, aliases)
    return main


def command_parser(command: str) -> argparse.ArgumentParser | None:
    """Return one command's parser, or ``None`` if there is no such command."""
    return one_command("%ipfs", command, _DECLARE)


@functools.cache
def cell_parser() -> Parser:
    """Return the parser of a line after ``%%ipfs put``."""
    cell = Parser(
        prog="%%ipfs put",
        description="Run the cell as usual, then store its outputs, its last value and its source.",
        allow_abbrev=False,
    )
    _keeping(cell)
    cell.add_argument(
        "--on-error",
        choices=("raise", "keep"),
        default="raise",
        help="when the cell fails: store nothing (raise, the default), or what there is (keep)",
    )
    return cell


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read a line's words.

    Raises:
        ConfigError: They make no sense; the hint has the usage.
        HelpShown: Help was asked for and printed.
    """
    refuse_unknown(words, [*COMMANDS, *ALIASES])
    return parser().parse_args(list(words))


def parse_cell(words: Sequence[str]) -> argparse.Namespace:
    """Read the words of ``%%ipfs``; like `parse`."""
    if not words or words[0] in {"-h", "--help"}:
        cell_parser().print_help()
        raise HelpShown
    if ALIASES.get(words[0], words[0]) != "put":
        hint = f"as a line it is: %ipfs {words[0]} …"
        raise ConfigError(f"%%ipfs stores a cell and knows put only, not {words[0]!r}", hint)
    return cell_parser().parse_args(list(words[1:]))


def _keeping(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--name", metavar="NAME", help="let NAME stand for it; it keeps its versions")
    sub.add_argument(
        "--pin", action=argparse.BooleanOptionalAction, default=True, help="keep it (the default)"
    )


def _path(sub: argparse.ArgumentParser, about: str, nargs: str | None = None) -> None:
    sub.add_argument("path", metavar="PATH", nargs=nargs, help=about)


def _put(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "sources", metavar="SOURCE", nargs="+", help='df, df.head(), data/, "a file with blanks"'
    )
    _keeping(sub)
    sub.add_argument("-n", "--only-hash", action="store_true", help="store nothing, tell the CID")
    sub.add_argument("-r", "--recursive", action="store_true", help="(directories always are)")
    sub.add_argument("-w", "--wrap-with-directory", action="store_true", help="in a directory")
    sub.add_argument("-H", "--hidden", action="store_true", help="hidden files, too")
    sub.add_argument("-Q", "--quieter", action="store_true", help="give the CID alone")
    group = sub.add_argument_group("what the CID of a file or directory depends on, as in Kubo")
    group.add_argument("--profile", metavar="NAME", help="unixfs-v1-2025 or unixfs-v0-2015")
    group.add_argument("--cid-version", type=int, choices=(0, 1), help="0 or 1")
    group.add_argument("--hash", metavar="NAME", help="sha2-256, sha2-512 or blake3")
    group.add_argument(
        "--raw-leaves", action=argparse.BooleanOptionalAction, help="leaves are raw blocks"
    )
    group.add_argument("-s", "--chunker", metavar="size-N", help="bytes per leaf")
    group.add_argument("--max-file-links", type=_count, metavar="N", help="links per node")
    group.add_argument("--max-directory-links", type=_count, metavar="N", help="shard above N")
    group.add_argument("--inline", action="store_true", help="small blocks into their CIDs")
    group.add_argument("--inline-limit", type=_count, metavar="N", help="small is N bytes")
    group.add_argument("--preserve-mode", action="store_true", help="keep permissions")
    group.add_argument("--preserve-mtime", action="store_true", help="keep modification times")
    group.add_argument("--mode", type=_octal, metavar="OCTAL", help="set permissions")
    group.add_argument("--mtime", type=int, metavar="S", help="set modification time")
    group.add_argument("--mtime-nsecs", type=_count, default=0, metavar="NS", help="its fraction")


def _load(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to load")
    sub.add_argument(
        "--trust",
        metavar="TYPE,…",
        action="append",
        default=[],
        help="types that a stored model may use",
    )


def _ls(sub: argparse.ArgumentParser) -> None:
    _path(sub, "a directory; nothing: all names", "?")


def _cat(sub: argparse.ArgumentParser) -> None:
    _path(sub, "a file")
    sub.add_argument("-o", "--offset", type=_count, default=0, metavar="N", help="begin there")
    sub.add_argument("-l", "--length", type=_count, metavar="N", help="so many bytes")


def _get(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to write")
    sub.add_argument("target", metavar="LOCAL", nargs="?", help="where; by default here")
    sub.add_argument("-o", "--output", metavar="LOCAL", help="the same")
    sub.add_argument(
        "--outside-symlinks", action="store_true", help="write symlinks that point out of PATH"
    )


def _verify(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to check")
    sub.add_argument("local_path", metavar="LOCAL", nargs="?", help="a copy to compare with")


def _log(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("name", metavar="NAME", help="whose versions")


def _paths(about: str) -> Callable[[argparse.ArgumentParser], None]:
    def declare(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("paths", metavar="PATH", nargs="+", help=about)

    return declare


def _export(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to hand over")
    sub.add_argument("file", metavar="FILE.car", help="where to")
    sub.add_argument("--overwrite", action="store_true", help="replace the file")


def _import(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE.car", help="what to take in")
    _keeping(sub)


def _push(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to hand over")
    sub.add_argument("target", metavar="TARGET", help="a folder, or the address of a Kubo's RPC")


def _yes(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _forget(sub: argparse.ArgumentParser) -> None:
    _path(sub, "what to remove")
    _yes(sub)


def _config(sub: argparse.ArgumentParser) -> None:
    known = "; ".join(f"{key}: {about}" for key, about in CONFIG_KEYS.items())
    sub.add_argument("key", metavar="KEY", nargs="?", choices=list(CONFIG_KEYS), help=known)
    sub.add_argument("values", metavar="VALUE", nargs="*", help="set it; '' empties a list")


def _record(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("switch", nargs="?", choices=("on", "off", "status"), default="status")


def _nothing(sub: argparse.ArgumentParser) -> None:
    """No arguments."""


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 0")
    return int(text)


def _octal(text: str) -> int:
    try:
        mode = int(text, 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= 0o7777:  # noqa: PLR2004  (the bits that POSIX has)
        raise argparse.ArgumentTypeError(f"{text!r} is not a mode such as 0644")
    return mode


_DECLARE: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "put": _put,
    "load": _load,
    "ls": _ls,
    "cat": _cat,
    "get": _get,
    "stat": lambda sub: _path(sub, "what to describe"),
    "verify": _verify,
    "names": _nothing,
    "log": _log,
    "pins": _nothing,
    "pin": _paths("what to keep"),
    "unpin": _paths("what need not be kept"),
    "export": _export,
    "import": _import,
    "push": _push,
    "record": _record,
    "share": sharing_arguments.share,
    "open": sharing_arguments.open_,
    "reproduce": sharing_arguments.reproduce,
    "reports": sharing_arguments.reports,
    "diff": sharing_arguments.diff,
    "provenance": sharing_arguments.provenance,
    "gc": _yes,
    "forget": _forget,
    "id": _nothing,
    "config": _config,
}
