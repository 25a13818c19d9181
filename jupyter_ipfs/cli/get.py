"""``get``: content to disk, checked, and only ever whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kubo's flags."""
    parser.add_argument("path", metavar="PATH", help="what to copy")
    parser.add_argument(
        "-o", "--output", metavar="LOCAL", help="where to (default: the last part of PATH)"
    )
    parser.add_argument(
        "--outside-symlinks", action="store_true", help="write symlinks that point out of PATH"
    )
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Copy; ``--json``: path output files size."""
    path: str = cli.args.path
    output = Path(cli.args.output or path.rstrip("/").rsplit("/", 1)[-1])
    with cli.progress(wanted=cli.args.progress) as progress:
        written = cli.session.get(
            path, output, outside_symlinks=cli.args.outside_symlinks, progress=progress
        )
    place = str(written.local_path)
    record = {"path": path, "output": place, "files": written.files, "size": written.size}
    cli.emit(record, f"Saved to {escape(place)}")
    return 0
