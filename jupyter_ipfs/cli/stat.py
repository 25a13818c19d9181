"""``stat``: what a path is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.node.ls import Stat


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The paths."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="what to look at")


def run(cli: Invocation) -> int:
    """A paragraph a path, as ``ipfs files stat`` prints it.

    ``--json``: path cid kind size dag_size links mode mtime target duplicates.
    """
    for number, path in enumerate(cli.args.paths):
        stat = cli.session.stat(path)
        if number and not cli.json:
            cli.line("")
        cli.emit({"path": path} | record(stat), "\n".join(lines(stat)))
    return 0


def record(stat: Stat) -> dict[str, object]:
    """Return for ``--json`` what is told."""
    return {
        "cid": str(stat.cid),
        "kind": stat.kind,
        "size": stat.size,
        "dag_size": stat.dag_size,
        "links": stat.links,
        "mode": stat.mode,
        "mtime": stat.mtime,
        "target": stat.target,
        "duplicates": list(stat.duplicates),
    }


def lines(stat: Stat) -> list[str]:
    """Return for people what is told."""
    told = [
        str(stat.cid),
        f"Size: {stat.size}",
        f"CumulativeSize: {stat.dag_size}",
        f"ChildBlocks: {stat.links}",
        f"Type: {stat.kind}",
    ]
    if stat.mode is not None:
        told.append(f"Mode: {stat.mode:04o}")
    if stat.mtime is not None:
        told.append(f"Mtime: {figures.moment(stat.mtime[0])}")
    if stat.target is not None:
        told.append(f"Target: {escape(stat.target)}")
    told += [f"Duplicate name: {escape(name)}" for name in stat.duplicates]
    return told
