"""``check``: read every block of the local repo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.node.health import Health


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Progress."""
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Tell what is damaged, one line each; ``--json``: checked_at damaged recovered.

    Status 1 if something is damaged or waits to be looked at.
    """
    from jupyter_ipfs.node import health  # noqa: PLC0415  (not for --help)

    with cli.progress(wanted=cli.args.progress) as progress:
        found = health.check(cli.session.repo, progress)
    report(cli, found, {})
    if found.damaged or found.unconfirmed:
        cli.note("'jupyter ipfs repair' fetches what a source has, and asks about the rest.")
        return 1
    return 0


def report(cli: Invocation, found: Health, extra: dict[str, object]) -> None:
    """Print a repo's health."""
    record = {
        **extra,
        "checked_at": found.checked_at,
        "damaged": list(found.damaged),
        "recovered": list(found.recovered),
    }
    lines = [escape(line) for line in found.damaged]
    lines += [f"{escape(name)} was recovered; gc waits until you agree" for name in found.recovered]
    cli.emit(record, "\n".join(lines) or "every block is intact")
