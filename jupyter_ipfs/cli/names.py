"""``names``: every name and where it points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.protocols import NameVersion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(cli: Invocation) -> int:
    """One line a name; ``--json``: see `record`."""
    for version in cli.session.names():
        cli.emit(record(version), f"{version.root} {escape(version.name)}@{version.version}")
    return 0


def record(version: NameVersion) -> dict[str, object]:
    """Return for ``--json``: name version cid created_at pinned shared."""
    return {
        "name": version.name,
        "version": version.version,
        "cid": str(version.root),
        "created_at": version.created_at,
        "pinned": version.pinned,
        "shared": version.shared,
    }


def line(version: NameVersion) -> str:
    """Return a version of a name for people."""
    marks = [mark for mark, on in (("pinned", version.pinned), ("shared", version.shared)) if on]
    label = f"{escape(version.name)}@{version.version}"
    return f"{version.root} {label} {figures.moment(version.created_at)} {' '.join(marks)}".rstrip()
