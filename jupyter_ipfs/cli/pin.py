"""``pin``: keep content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The paths."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="what to keep, whole")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Fetch what is missing and pin; ``--json``: ``cid``, ``path``."""
    for path in cli.args.paths:
        with cli.progress(wanted=cli.args.progress) as progress:
            cid = cli.session.pin(path, progress=progress)
        cli.emit({"path": path, "cid": str(cid)}, f"pinned {cid} recursively")
    return 0
