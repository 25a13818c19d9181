"""``provenance``: which inputs, cells and outputs came of which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli import bundles

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of what."""
    parser.add_argument("path", metavar="CID", help="a share, or something in one")
    parser.add_argument("--svg", metavar="FILE", help="write the picture to a new file")


def run(cli: Invocation) -> int:
    """Say where it comes from; ``--json``: nodes edges."""
    graph = cli.session.bundles.provenance(bundles.taken_in(cli, cli.args.path))
    told = graph.as_json()
    if cli.args.svg is not None:
        with Path(cli.args.svg).open("x", encoding="utf-8") as file:
            file.write(told["svg"])
    if cli.json:
        cli.emit({"nodes": told["nodes"], "edges": told["edges"]}, None)
    else:
        bundles.show(cli, told["text"].splitlines())
    return 0
