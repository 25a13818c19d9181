"""``id``: where content is kept, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(cli: Invocation) -> int:
    """A few lines; ``--json``: backend label healthy detail blocks size public repo.

    Status 1 if the backend does not answer.
    """
    status = cli.session.status()
    repo = str(cli.session.config.repo)
    lines = [
        f"Backend: {status.backend}",
        f"Where: {escape(status.label)}",
        f"State: {'ready' if status.healthy else 'not ready'} ({escape(status.detail)})",
    ]
    if status.blocks is not None:
        lines.append(f"Blocks: {status.blocks:,}")
    if status.size is not None:
        lines.append(f"Size: {figures.size(status.size)}")
    reach = "yes: what is added becomes public" if status.public else "no"
    lines += [f"Announced to the public network: {reach}", f"Names and settings: {escape(repo)}"]
    record = {
        "backend": status.backend,
        "label": status.label,
        "healthy": status.healthy,
        "detail": status.detail,
        "blocks": status.blocks,
        "size": status.size,
        "public": status.public,
        "repo": repo,
    }
    cli.emit(record, "\n".join(lines))
    return 0 if status.healthy else 1
