"""``gateway``: serve chosen roots, read-only, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading
from typing import TYPE_CHECKING

from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.web.closure import Served
    from jupyter_ipfs.web.gateway import Gateway

_LOOPBACK = "127.0.0.1"
_MAX_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and for whom."""
    parser.add_argument("roots", metavar="ROOT", nargs="+", help="what to serve, and all below it")
    parser.add_argument(
        "--host",
        default=_LOOPBACK,
        help="the address to listen on; anything but the default lets other computers read",
    )
    parser.add_argument("--port", type=_port, default=0, help="the default, 0, takes a free one")
    parser.add_argument(
        "--public-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a further name under which this computer is reached; can be repeated",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before it becomes public")


def run(cli: Invocation) -> int:
    """Serve; ``--json``: url public roots (each: root path blocks missing), when it is ready."""
    from jupyter_ipfs.node.gateway.resolution import resolve  # noqa: PLC0415  (start-up counts)
    from jupyter_ipfs.web.gateway import Gateway  # noqa: PLC0415
    from jupyter_ipfs.web.hosts import is_loopback  # noqa: PLC0415

    args, session = cli.args, cli.session
    paths = {path: session.path(path) for path in args.roots}
    roots = {p: resolve(session.repo, w.root, w.segments).cid for p, w in paths.items()}
    if not is_loopback(args.host):
        question = (
            f"Whoever reaches {escape(args.host)} can read {_listed(args.roots)} "
            "and everything below it, without a login. Serve?"
        )
        if not cli.agreed(question, yes=args.yes):
            return 1
    names = tuple(args.public_host)
    with Gateway(session.repo, host=args.host, port=args.port, names=names) as gateway:
        served = {path: gateway.closure.add(root) for path, root in roots.items()}
        _tell(cli, gateway, served)
        sys.stdout.flush()  # whoever waits for the address is no terminal
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            cli.note("no longer serving")
    return 0


def _tell(cli: Invocation, gateway: Gateway, served: dict[str, Served]) -> None:
    records = [
        {"root": str(each.root), "path": path, "blocks": each.blocks, "missing": each.missing}
        for path, each in served.items()
    ]
    reach = "other computers can read it" if gateway.is_public else "only this computer reaches it"
    lines = [f"serving at {gateway.url} ({reach}):"]
    for path, each in served.items():
        lacking = f", {each.missing:,} of them not here" if each.missing else ""
        name = "" if path == str(each.root) else f"  {escape(path)}"
        lines.append(f"  {each.root}{name}  {each.blocks:,} blocks{lacking}")
    root = next(iter(served.values())).root
    lines.append(f"to read it: JUPYTER_IPFS_GATEWAYS={gateway.url} jupyter ipfs get {root}")
    record = {"url": gateway.url, "public": gateway.is_public, "roots": records}
    cli.emit(record, "\n".join(lines))
    cli.note("Ctrl-C ends it.")


def _listed(paths: list[str]) -> str:
    shown = [escape(path) for path in paths[:3]]
    if len(paths) > len(shown):
        shown.append(f"{len(paths) - len(shown)} more")
    return ", ".join(shown)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= _MAX_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to {_MAX_PORT}")
    return int(text)
