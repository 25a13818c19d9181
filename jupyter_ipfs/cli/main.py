"""Dispatch: finds the command, turns errors into exit statuses.

Exit status 0 is success, 1 an error told in one line, 2 wrong usage, 130 Ctrl-C,
141 a closed pipe (``jupyter-ipfs cat … | head``).
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.cli.invocation import Command, Invocation

# Name, other names, and what it does. The module of a command is imported when it runs.
COMMANDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("add", ("put",), "store files, directories or standard input"),
    ("cat", (), "write files to standard output"),
    ("get", (), "copy a file or a directory to disk"),
    ("ls", (), "list directories"),
    ("stat", (), "tell type, size and CID of a path"),
    ("pin", (), "keep content"),
    ("unpin", (), "no longer keep content; gc may then drop it"),
    ("pins", (), "list what is kept"),
    ("names", (), "list the names and where they point"),
    ("log", (), "list the versions of a name"),
    ("verify", (), "check that content is complete, or that files on disk still match it"),
    ("import", (), "take in CAR files"),
    ("export", (), "write content into a CAR file"),
    ("push", (), "copy content to a shared folder or another node"),
    ("share", (), "make one CID of a notebook, its inputs, environment and outputs"),
    ("open", (), "tell what a shared notebook is, and copy it; runs nothing"),
    ("reproduce", (), "run a shared notebook again, in isolation, and compare each cell"),
    ("reports", (), "list who ran a shared notebook again, and what came of it"),
    ("diff", (), "tell what changed between two shared notebooks"),
    ("provenance", (), "tell which inputs, cells and outputs came of which"),
    ("files", (), "read and change the mutable files"),
    ("gateway", (), "serve content to others, read-only, until Ctrl-C"),
    ("sandbox", (), "practise publishing: a chain on this computer, with play money"),
    ("gc", (), "drop the blocks that nothing keeps"),
    ("forget", (), "remove content from this computer, now"),
    ("check", (), "read every block of the local repo"),
    ("repair", (), "fetch or let go of what is damaged"),
    ("id", (), "tell where content is kept, and how much"),
    ("config", (), "show or change the settings"),
)

_STOPPED = 130  # 128 + SIGINT, as shells count
_PIPE_CLOSED = 141  # 128 + SIGPIPE
MODULES = {"import": "import_", "open": "open_"}  # where the name is no module name in Python


class CommandParser(argparse.ArgumentParser):
    """A command's parser, which asks the command's module for its arguments when it is used."""

    command: Command | None = None
    module = ""

    def parse_known_args(  # type: ignore[override]  # (narrower than argparse's overloads)
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """See `argparse`."""
        if self.command is None:
            self.command = import_module(f"jupyter_ipfs.cli.{self.module}")
            self.command.add_arguments(self)
            self.set_defaults(command=self.command, parser=self)
        given = sys.argv[1:] if args is None else args
        return super().parse_known_args(self._plain_switches(given), namespace)

    def _plain_switches(self, args: Sequence[str]) -> list[str]:
        """Turn ``--pin=false``, as Kubo's switches are written, into ``--no-pin``."""
        result: list[str] = []
        for at, arg in enumerate(args):
            if arg == "--":
                return [*result, *args[at:]]
            option, _, value = arg.partition("=")
            action = self._option_string_actions.get(option)
            if action is None or action.nargs != 0 or value not in {"true", "false"}:
                result.append(arg)
            elif value == "true":
                result.append(option)
            else:
                result += [name for name in action.option_strings if name.startswith("--no-")]
        return result


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Wide enough for the commands' names to stand beside their descriptions."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


def build_parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser for the whole command line."""
    shared = shared_options()
    parser = argparse.ArgumentParser(
        prog,
        description="Store, read and share content that is addressed by its CID.",
        epilog=f"'{prog} COMMAND --help' tells more about a command.\n"
        "A PATH is a CID, /ipfs/CID, ipfs://CID or a name (fig-3, fig-3@2), each with /sub/path.",
        parents=[shared],
        allow_abbrev=False,
        formatter_class=_HelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", parser_class=CommandParser, dest="name"
    )
    for name, aliases, text in COMMANDS:
        parents: list[Any] = [shared]  # typeshed wants them to be commands
        command = commands.add_parser(
            name,
            aliases=aliases,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            parents=parents,
            allow_abbrev=False,
            formatter_class=_HelpFormatter,
        )
        command.module = MODULES.get(name, name)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = build_parser("jupyter-ipfs")
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has printed help or usage
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:  # so early that there is nothing to put right
        sys.stderr.write("Interrupted.\n")
        return _STOPPED
    if args.version:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            sys.stdout.write(version("jupyter_ipfs") + "\n")
        except PackageNotFoundError:
            sys.stdout.write("not installed (running from its sources)\n")
        return 0
    if args.name is None:
        parser.print_help(sys.stderr)
        return 2
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    from jupyter_ipfs.cli import invocation as invoking  # noqa: PLC0415  (not for --help)
    from jupyter_ipfs.errors import JupyterIPFSError  # noqa: PLC0415

    invocation = invoking.Invocation(args)
    try:
        with invocation:
            status = _run_command(args.command, invocation)
            sys.stdout.flush()
    except BrokenPipeError as error:
        # Only our own standard output; a service's broken connection is translated in net/.
        if error.filename is not None:
            invocation.error(error)
            return 1
        _discard_stdout()
        return _PIPE_CLOSED
    except (JupyterIPFSError, OSError) as error:
        invocation.error(error)
        return 1
    except KeyboardInterrupt:
        invocation.interrupted()
        return _STOPPED
    except SystemExit as stop:  # a command found the arguments contradictory: parser.error()
        return stop.code if isinstance(stop.code, int) else 2
    return status


def _run_command(command: Command, invocation: Invocation) -> int:
    """Run it, and once more if a person agrees to what it would publish."""
    from jupyter_ipfs.errors import ConsentRequiredError  # noqa: PLC0415  (not for --help)

    try:
        return command.run(invocation)
    except ConsentRequiredError:  # raised before anything was read or stored
        if not invocation.may_publish():
            raise
    return command.run(invocation)


def _discard_stdout() -> None:
    """Keep the interpreter from complaining about the closed pipe while it shuts down."""
    try:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
    except (OSError, ValueError):
        return


def shared_options() -> argparse.ArgumentParser:
    """Return a parser of the options that may stand before or after the command."""
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = shared.add_argument_group("everywhere")
    # No default: what was given before the command must survive the command's own parser.
    nothing = argparse.SUPPRESS
    group.add_argument("--repo", metavar="DIR", default=nothing, help="use the repo in DIR")
    group.add_argument("--backend", metavar="NAME", default=nothing, help="embedded or kubo")
    group.add_argument(
        "--json", action="store_true", default=nothing, help="print one JSON object a line"
    )
    return shared


if __name__ == "__main__":
    sys.exit(main())
