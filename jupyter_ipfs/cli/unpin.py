"""``unpin``: no longer keep content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The paths."""
    parser.add_argument("paths", metavar="PATH", nargs="+", help="what need not be kept")


def run(cli: Invocation) -> int:
    """One line a root that is no longer kept; ``--json``: path cid. Status 1 if none was."""
    status = 0
    for path in cli.args.paths:
        roots = cli.session.unpin(path)
        for root in roots:
            cli.emit({"path": path, "cid": str(root)}, f"unpinned {root}")
        if not roots:
            status = 1
            cli.error(ConfigError(f"{path!r} is not pinned", "see: jupyter-ipfs pins"))
    return status
