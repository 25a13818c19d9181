"""``log``: the versions of a name, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli import names

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The name."""
    parser.add_argument("name_", metavar="NAME", help="a name in the repo")


def run(cli: Invocation) -> int:
    """One line a version; ``--json``: the same fields as `names`."""
    versions = sorted(cli.session.log(cli.args.name_), key=lambda v: v.version, reverse=True)
    for version in versions:
        cli.emit(names.record(version), names.line(version))
    return 0
