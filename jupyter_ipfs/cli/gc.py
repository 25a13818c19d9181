"""``gc``: drop the blocks that nothing keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to ask."""
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def run(cli: Invocation) -> int:
    """Ask, then drop; ``--json``: blocks size."""
    question = "Drop every block that no pin or name keeps?"
    if not cli.agreed(question, yes=cli.args.yes):
        cli.note("Nothing was dropped.")
        return 1
    removed = cli.session.gc()
    text = f"removed {removed.blocks:,} blocks ({figures.size(removed.size)})"
    cli.emit({"blocks": removed.blocks, "size": removed.size}, text)
    return 0
