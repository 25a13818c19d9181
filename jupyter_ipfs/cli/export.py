"""``export``: content into a CAR file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation

STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and where to."""
    parser.add_argument("path", metavar="PATH", help="what to write")
    parser.add_argument("file", metavar="FILE", help="a new file; '-' for standard output")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Write; ``--json``: path cid file blocks size (nothing for standard output)."""
    path, file = cli.args.path, cli.args.file
    if file == STDOUT and sys.stdout.isatty():
        cli.args.parser.error("a CAR is no text: name a file, or redirect standard output")
    target = sys.stdout.buffer if file == STDOUT else Path(file)
    with cli.progress(wanted=cli.args.progress) as progress:
        exported = cli.session.export_car(path, target, progress=progress)
    if file != STDOUT:
        record = {"path": path, "cid": str(exported.root), "file": file}
        text = f"exported {exported.root} to {escape(file)} ({figures.size(exported.size)})"
        cli.emit(record | {"blocks": exported.blocks, "size": exported.size}, text)
    return 0
