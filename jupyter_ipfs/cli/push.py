"""``push``: content to a shared folder or to another node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and where to."""
    parser.add_argument("path", metavar="PATH", help="what to copy, whole")
    parser.add_argument("target", metavar="TARGET", help="a folder, or the address of a Kubo")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Copy; ``--json``: path target place."""
    path, target = cli.args.path, cli.args.target
    with cli.progress(wanted=cli.args.progress) as progress:
        place = cli.session.push(path, target, progress=progress)
    cli.emit({"path": path, "target": target, "place": place}, f"pushed to {escape(place)}")
    return 0
