"""``sandbox``: the practice chain of this repo: start it, end it, give play money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape
from jupyter_ipfs.words.practice import PRACTICE

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.ocean.local_sandbox import SandboxInfo

_ACTIONS = ("start", "stop", "status", "fund")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with it."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=_ACTIONS,
        default="start",
        help="start it (the default), stop it, tell whether it runs, or give an address play money",
    )
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="who gets money from fund")


def run(cli: Invocation) -> int:
    """Do it; ``--json``: running and, of what runs, rpc_url node_url chain_id pid accounts."""
    from jupyter_ipfs.ocean import local_sandbox  # noqa: PLC0415  (start-up counts)

    args, repo = cli.args, cli.session.config.repo
    if (args.address is not None) != (args.action == "fund"):
        args.parser.error("an ADDRESS belongs to fund, and fund needs one")
    if args.action == "stop":
        ended = local_sandbox.stop(repo)
        words = "stopped; nothing is lost" if ended else "it was not running"
        cli.emit({"running": False, "stopped": ended}, f"{PRACTICE}: {words}")
        return 0
    if args.action == "fund":
        given = local_sandbox.fund(repo, args.address)
        text = f"{PRACTICE}: {escape(args.address)} was given {given}"
        cli.emit({"address": args.address, "given": given}, text)
        return 0
    found = local_sandbox.status(repo)
    if found is None and args.action == "status":
        cli.emit({"running": False}, f"{PRACTICE}: not running")
        cli.note("To start it: jupyter ipfs sandbox")
        return 0
    _tell(cli, found or local_sandbox.ensure(repo))
    return 0


def _tell(cli: Invocation, info: SandboxInfo) -> None:
    from jupyter_ipfs.wallet import sandbox_accounts  # noqa: PLC0415

    accounts = sandbox_accounts.accounts(cli.session.config.repo)
    record = {
        "running": True,
        "rpc_url": info.rpc_url,
        "node_url": info.node_url,
        "chain_id": info.chain.chain_id,
        "pid": info.pid,
        "accounts": [{"label": each.label, "address": each.address} for each in accounts],
    }
    lines = [
        f"{PRACTICE}: running",
        f"  JSON-RPC    {info.rpc_url}  (chain {info.chain.chain_id})",
        f"  Ocean Node  {info.node_url}",
        *(f"  {each.label:<10}  {each.address}" for each in accounts),
    ]
    cli.emit(record, "\n".join(lines))
    cli.note("It stops by itself when it is not used, and loses nothing. The addresses are secret.")
