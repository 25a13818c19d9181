"""``ls``: the entries of directories, as Kubo prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Kubo's flags."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="what to list")
    parser.add_argument("-v", "--headers", action="store_true", help="print a line of headers")
    parser.add_argument("-H", "--human", action="store_true", help="sizes as 1.2 MB")
    parser.add_argument("-S", "--sort-size", action="store_true", help="largest first")
    switch(parser, "--size", text="tell sizes (the default)", default=True)


def run(cli: Invocation) -> int:
    """One line an entry: CID, size, name; ``--json``: path name cid kind size."""
    several = len(cli.args.paths) > 1
    for number, path in enumerate(cli.args.paths):
        entries = list(cli.session.ls(path))
        if cli.args.sort_size:
            entries.sort(key=lambda entry: -(entry.size or 0))
        rows = [("Hash", "Size", "Name")] if cli.args.headers else []
        rows += [
            (str(e.cid), _size(cli, e.kind, e.size), escape(e.name) + "/" * (e.kind == "directory"))
            for e in entries
        ]
        if cli.json:
            for entry in entries:
                record = {"path": path, "name": entry.name, "cid": str(entry.cid)}
                cli.emit(record | {"kind": entry.kind, "size": entry.size}, None)
            continue
        if several:
            cli.line(("\n" if number else "") + f"{escape(path)}:")
        # The columns line up, as in Kubo's table writer.
        wide = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
        for cid, size, name in rows:
            middle = f"{size:<{wide[1]}} " if cli.args.size else ""
            cli.line(f"{cid:<{wide[0]}} {middle}{name}")
    return 0


def _size(cli: Invocation, kind: str, size: int | None) -> str:
    if size is None or kind == "directory":
        return "-"
    return figures.size(size) if cli.args.human else str(size)
