"""``reports``: who ran a share again, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli import bundles

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of what."""
    parser.add_argument("path", metavar="ROOT", help="a share, or a report as it was handed over")


def run(cli: Invocation) -> int:
    """Those that this repo holds; ``--json``: report at machine counts claimed by_author own."""
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

    entries = cli.session.bundles.reports(bundles.taken_in(cli, cli.args.path))
    for entry in entries:
        told = entry.as_json()
        if cli.json:
            cli.emit(told, None)
        else:
            bundles.show(cli, in_words.report_entry(told))
    if not entries:
        cli.note("No report of it is held here: jupyter ipfs reproduce makes one.")
    return 0
