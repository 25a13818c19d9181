"""``pins``: what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kubo's flag."""
    parser.add_argument("-q", "--quiet", action="store_true", help="only CIDs")


def run(cli: Invocation) -> int:
    """One line a pin, the oldest first; ``--json``: cid created_at names."""
    for pin in cli.session.pins():
        names = [escape(name) for name in pin.names]
        text = str(pin.root) if cli.args.quiet else " ".join([str(pin.root), "recursive", *names])
        record = {"cid": str(pin.root), "created_at": pin.created_at, "names": list(pin.names)}
        cli.emit(record, text)
    return 0
