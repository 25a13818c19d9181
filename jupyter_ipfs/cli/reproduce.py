"""``reproduce``: run a share again, apart from what is yours, and compare cell by cell."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.cli import bundles
from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.errors import PathExistsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and what is allowed: each of it is said on its own."""
    parser.add_argument("path", metavar="CID|FILE", help="a share, or its .car or .zip")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask; allows nothing else")
    parser.add_argument(
        "--network", action="store_true", help="let the code reach the network, and you through it"
    )
    parser.add_argument(
        "--no-isolation", action="store_true", help="run it so that it can read your files"
    )
    parser.add_argument(
        "--leave-out", action="append", default=[], metavar="NAME",
        help="go on without this entry of the lock, which will not be installed",
    )  # fmt: skip
    parser.add_argument(
        "--own-environment", action="store_true", help="run it in the environment of this command"
    )
    parser.add_argument("--report", metavar="FILE.html", help="write the report to a new file")
    parser.add_argument("--sign", action="store_true", help="vouch for the report with a wallet")
    parser.add_argument("--keystore", metavar="FILE", help="the wallet, as an encrypted keystore")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """One line a cell: same, tolerance, differs, failed or skipped; the report's CID comes last.

    On a terminal a cell's line comes as the cell ends, and again if a later one changes it.
    ``--json``: id index verdict reason claimed outputs for each cell, then report counts claimed
    explanations machine. Status 0 only if no cell differs or failed.
    """
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)
    from jupyter_ipfs.bundles.compare.verdict import DIFFERS, FAILED  # noqa: PLC0415
    from jupyter_ipfs.bundles.replay import preconditions  # noqa: PLC0415  (not for --help)
    from jupyter_ipfs.bundles.replay.allowed import Allowed  # noqa: PLC0415

    args = cli.args
    page = None if args.report is None else Path(args.report)
    if page is not None and (page.exists() or page.is_symlink()):
        raise PathExistsError(f"{page} exists already", "name another file")
    path = bundles.taken_in(cli, args.path)
    allowed = Allowed(
        network=args.network,
        isolation=not args.no_isolation,
        left_out=tuple(args.leave_out),
        own_environment=args.own_environment,
    )
    readiness = cli.session.bundles.readiness(path)
    preconditions.check(readiness, allowed)
    for line in in_words.before_running(cli.session.bundles.open(path), readiness, allowed):
        cli.note(escape(line))
    if not cli.agreed("Run it?", yes=args.yes):
        cli.note("Nothing was run.")
        return 1
    if args.sign or args.keystore:
        bundles.sign_in(cli, args.keystore)
    cells = _Cells(cli)
    with cli.progress(wanted=args.progress) as progress:
        report = cli.session.bundles.reproduce(
            path, allow=allowed, progress=progress, on_cell=cells.ended
        )
    root = str(cli.session.bundles.keep_report(report))
    if args.sign or args.keystore:
        root = str(cli.session.bundles.sign(root, "reviewer"))
    if page is not None:
        with page.open("xb") as file:
            file.write(cli.session.bundles.report_page(root))
    told = report.as_json()
    for cell in told["cells"]:
        cells.tell(cell)
    if not cli.json:
        bundles.show(cli, [in_words.counts(told["counts"], told["claimed"])])
        bundles.show(cli, told["explanations"])
    record = {name: told[name] for name in ("counts", "claimed", "explanations", "machine")}
    cli.emit({"report": root} | record, f"report: {root}")
    return 1 if told["counts"].get(DIFFERS) or told["counts"].get(FAILED) else 0


class _Cells:
    """The lines of cells: as they come where a person watches, else all of them in the end."""

    def __init__(self, cli: Invocation) -> None:
        self._cli = cli
        self._watched = not cli.json and sys.stdout.isatty()
        self._told: dict[str, list[str]] = {}

    def ended(self, verdict: CellVerdict) -> None:
        """Tell a cell while others still run, which can change what it displays."""
        if self._watched:
            self.tell(asdict(verdict))

    def tell(self, cell: Mapping[str, Any]) -> None:
        """Tell a cell, unless just that was told."""
        from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

        lines = list(in_words.cell(cell))
        if self._cli.json:
            self._cli.emit(cell, None)
        elif self._told.get(cell["id"]) != lines:
            bundles.show(self._cli, lines)
            self._told[cell["id"]] = lines
