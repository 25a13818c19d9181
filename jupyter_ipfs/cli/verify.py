"""``verify``: is content complete and intact, and does a local copy still match it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation

_PROBLEMS = ("not_fetched", "damaged", "missing", "changed", "extra")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and what with."""
    parser.add_argument("path", metavar="PATH", help="what to check")
    parser.add_argument("local", metavar="LOCAL", nargs="?", help="a file or directory on disk")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """One line a problem, then how much is intact; status 1 if anything is not.

    ``--json``: path intact files intact_files size not_fetched damaged missing changed extra.
    """
    with cli.progress(wanted=cli.args.progress) as progress:
        result = cli.session.verify(cli.args.path, cli.args.local, progress=progress)
    record: dict[str, object] = {
        "path": cli.args.path,
        "intact": result.is_intact,
        "files": result.files,
        "intact_files": result.intact,
        "size": result.size,
    }
    problems = {label: getattr(result, label) for label in _PROBLEMS}
    lines = [
        f"{label.replace('_', ' ')}: {escape(name)}"
        for label, names in problems.items()
        for name in names
    ]
    cli.emit(record | problems, "\n".join([*lines, str(result)]))
    return 0 if result.is_intact else 1
