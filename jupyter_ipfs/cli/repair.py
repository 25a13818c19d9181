"""``repair``: set the local repo right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.check import report
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do without being asked."""
    parser.add_argument(
        "-y", "--yes", action="store_true", help="keep what was recovered, without asking"
    )
    parser.add_argument(
        "--drop-recovered", action="store_true", help="let go of what was recovered instead"
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="make a new database from the packs first; no other process may use the repo",
    )
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Repair and tell what is left.

    ``--json``: quarantined adopted fetched checked_at damaged recovered.

    Status 1 if something is still damaged, or recovered roots still wait.
    """
    from jupyter_ipfs.backends.repair import repair  # noqa: PLC0415  (not for --help)
    from jupyter_ipfs.node import health  # noqa: PLC0415

    if cli.args.rebuild:
        _rebuild(cli)
    with cli.progress(wanted=cli.args.progress) as progress:
        mended = repair(cli.session.repo, cli.session.config, progress)
    if mended.health.unconfirmed and _decided(cli, mended.health.recovered):
        cli.session.repo.confirm_recovery(keep=not cli.args.drop_recovered)
    found = health.known(cli.session.repo)
    counts: dict[str, object] = {
        "quarantined": mended.quarantined,
        "adopted": mended.adopted,
        "fetched": mended.fetched,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    if told:
        cli.note(f"blocks: {', '.join(told)}")
    report(cli, found, counts)
    return 1 if found.damaged or found.unconfirmed else 0


def _decided(cli: Invocation, names: tuple[str, ...]) -> bool:
    if cli.args.yes or cli.args.drop_recovered:
        return True
    cli.note("\n".join(f"  {escape(name)}" for name in names))
    return cli.agreed("Keep these recovered roots?", yes=False)


def _rebuild(cli: Invocation) -> None:
    from jupyter_ipfs import config  # noqa: PLC0415  (no session: its database may be damaged)
    from jupyter_ipfs.store.repo import Repo  # noqa: PLC0415

    place = config.load(repo=getattr(cli.args, "repo", None)).repo
    question = f"Make a new database for {escape(str(place))}? No other process may use the repo."
    if cli.agreed(question, yes=cli.args.yes):
        Repo.rebuild(place).close()
