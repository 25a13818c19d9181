"""``open``: what a share is, before anything of it is written; then a copy, if that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.cli import bundles
from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and what to do with it."""
    parser.add_argument("path", metavar="PATH|FILE", help="a share, or its .car or .zip")
    parser.add_argument("--copy", metavar="FOLDER", help="write its files into a new folder there")
    parser.add_argument("--check", action="store_true", help="read all of it")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Say what it is; ``--json``: root payload title license signatures inputs cells held ….

    With ``--check`` another line: files intact missing damaged size; with ``--copy``: copy notebook
    skipped. Status 1 if anything is damaged or missing.
    """
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)
    from jupyter_ipfs.bundles.opening.opened_json import integrity_json, opened_json  # noqa: PLC0415
    from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (not for --help)

    path = bundles.taken_in(cli, cli.args.path)
    if report_store.is_report(cli.session, path):
        return _report(cli, path)
    opened = cli.session.bundles.open(path)
    if cli.json:
        cli.emit(opened_json(opened), None)
    else:
        cli.line(str(opened.root))
        bundles.show(cli, in_words.opened(opened, is_checked=cli.args.check))
    whole = True
    if cli.args.check:
        with cli.progress(wanted=cli.args.progress) as progress:
            found = cli.session.bundles.check(path, progress=progress)
        whole = not (found.missing or found.damaged)
        if cli.json:
            cli.emit(integrity_json(found), None)
        else:
            bundles.show(cli, in_words.integrity(found))
    if cli.args.copy is not None and whole:
        with cli.progress(wanted=cli.args.progress) as progress:
            copied = cli.session.bundles.copy(path, Path(cli.args.copy), progress=progress)
        lines = [f"copied to {escape(str(copied.local_path))}"]
        lines += [f"  left out: {escape(n)}: {escape(why)}" for n, why in copied.skipped.items()]
        lines.append(f"the notebook: {escape(str(copied.notebook))}")
        record = {"copy": str(copied.local_path), "notebook": str(copied.notebook)}
        cli.emit(record | {"skipped": dict(copied.skipped)}, "\n".join(lines))
    return 0 if whole else 1


def _report(cli: Invocation, path: str) -> int:
    """Say what came of running a share again, as a report that was handed over has it."""
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

    told = cli.session.bundles.report(path).as_json()
    if cli.json:
        cli.emit({"root": str(cli.session.resolve(path).cid)} | told, None)
    else:
        bundles.show(cli, in_words.report(told))
    return 0
