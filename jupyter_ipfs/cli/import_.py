"""``import``: CAR files into the repo; all of a file or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation

STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="a CAR; '-' for standard input")
    parser.add_argument("--name", dest="name_", metavar="NAME", help="let NAME point at the root")
    switch(parser, "--pin-roots", text="keep the roots (the default)", default=True)
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """One line a root; ``--json``: file cid complete missing. Status 1 if a root is not whole."""
    if cli.args.name_ is not None and len(cli.args.files) > 1:
        cli.args.parser.error("--name takes one FILE")
    whole = True
    for file in cli.args.files:
        source = sys.stdin.buffer if file == STDIN else Path(file)
        with cli.progress(wanted=cli.args.progress) as progress:
            imported = cli.session.import_car(
                source, name=cli.args.name_, pin=cli.args.pin_roots, progress=progress
            )
        for root in imported.roots:
            text = f"Pinned root\t{root}\tsuccess" if cli.args.pin_roots else str(root)
            cli.emit({"file": file, "cid": str(root), "complete": True, "missing": 0}, text)
        for root, missing in imported.incomplete.items():
            whole = False
            text = f"Incomplete root\t{root}\t{missing} blocks are not in the file; not pinned"
            cli.emit({"file": file, "cid": str(root), "complete": False, "missing": missing}, text)
    return 0 if whole else 1
