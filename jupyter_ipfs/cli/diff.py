"""``diff``: what changed between two shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli import bundles

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which two."""
    parser.add_argument("a", metavar="A", help="the share before, such as survey@1")
    parser.add_argument("b", metavar="B", help="the share after")


def run(cli: Invocation) -> int:
    """Cells, inputs and packages; ``--json``: cells inputs environment fetched."""
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

    a, b = bundles.taken_in(cli, cli.args.a), bundles.taken_in(cli, cli.args.b)
    found = cli.session.bundles.diff(a, b).as_json()
    if cli.json:
        cli.emit(found, None)
    else:
        bundles.show(cli, in_words.difference(found))
    return 0
