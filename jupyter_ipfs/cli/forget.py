"""``forget``: content away from this computer, now, and what that cannot reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words import figures

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.node.forget import Forgotten


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and whether to ask."""
    parser.add_argument("path", metavar="ROOT", help="a CID or a name, without /sub/path")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def run(cli: Invocation) -> int:
    """Show what goes, what stays and which copies are out of reach; ask; remove.

    ``--json``: cid kept_by blocks size shared_with shared_blocks copies (place, at).
    """
    from jupyter_ipfs.node.forget import preview  # noqa: PLC0415  (not for --help)

    where = cli.session.path(cli.args.path)
    if where.segments:
        cli.args.parser.error(f"a part of {where.root} cannot be forgotten, only all of it")
    if not cli.args.yes:
        cli.note("\n".join(_lines(preview(cli.session.repo, where.root))))
        if not cli.agreed("Forget it?", yes=False):
            cli.note("Nothing was removed.")
            return 1
    forgotten = cli.session.forget(where.root)
    removed = forgotten.removed
    text = f"forgot {where.root}: {removed.blocks:,} blocks ({figures.size(removed.size)})"
    cli.emit(_record(forgotten), "\n".join([text, *_beyond(forgotten)]))
    return 0


def _record(forgotten: Forgotten) -> dict[str, object]:
    return {
        "cid": str(forgotten.root),
        "kept_by": list(forgotten.kept_by),
        "blocks": forgotten.removed.blocks,
        "size": forgotten.removed.size,
        "shared_with": list(forgotten.shared_with),
        "shared_blocks": forgotten.shared.blocks,
        "copies": [{"place": copy.place, "at": copy.created_at} for copy in forgotten.copies],
    }


def _lines(forgotten: Forgotten) -> list[str]:
    removed, shared = forgotten.removed, forgotten.shared
    lines = [f"{forgotten.root} is to be forgotten: what only it needs is gone then."]
    if forgotten.kept_by:
        lines.append(f"  kept by {escape(', '.join(forgotten.kept_by))}, which will be let go")
    lines.append(f"  goes: {removed.blocks:,} blocks ({figures.size(removed.size)})")
    if forgotten.shared_with:
        others = escape(", ".join(forgotten.shared_with))
        size = figures.size(shared.size)
        lines.append(f"  stays: {shared.blocks:,} blocks ({size}) that are needed by {others}")
    return [*lines, *_beyond(forgotten)]


def _beyond(forgotten: Forgotten) -> list[str]:
    return [
        f"  out of reach: a copy in {escape(copy.place)} ({figures.moment(copy.created_at)})"
        for copy in forgotten.copies
    ]
