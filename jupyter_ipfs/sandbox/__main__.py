"""The sandbox's process: ``python -m jupyter_ipfs.sandbox --repo DIR``, until nobody needs it.

Started by `jupyter_ipfs.ocean.local_sandbox.ensure`. What it prints goes to the log in the repo.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import JupyterIPFSError, RepoBusyError
from jupyter_ipfs.ocean.local_sandbox import IS_RUNNING
from jupyter_ipfs.ocean.sandbox_runtime import HOST, Runtime
from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.sandbox.database import Database

IDLE_S = 30 * 60.0

_LOG = logging.getLogger("jupyter_ipfs.sandbox")
_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_LOOK_S = 5.0
FRAMES = 10_000
_STACK = 64 * 1024 * 1024  # some systems give threads half a megabyte
_PLACE = "place"  # port and token, the same from start to start


def main(argv: Sequence[str] | None = None) -> int:
    """Run the sandbox of a repo; return the exit status."""
    parser = argparse.ArgumentParser("python -m jupyter_ipfs.sandbox", allow_abbrev=False)
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--idle", type=float, default=IDLE_S, metavar="SECONDS")
    args = parser.parse_args(argv)
    os.umask(0o077)  # whatever is made, SQLite's logs as well, is its owner's alone
    logging.basicConfig(level=logging.WARNING, format=_FORMAT)
    # Of requests nothing: their addresses are secrets here.
    for name in ("httpx", "tornado.access", "tornado.general"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _LOG.setLevel(logging.INFO)
    from jupyter_ipfs.sandbox.database import Database  # noqa: PLC0415  (half a second)

    # py-evm, which is imported now, takes the limit away, and a body of 100,000 brackets would end
    # the process. All the gas of a block reaches contracts some 530 calls deep: 5,000 frames.
    sys.setrecursionlimit(FRAMES)
    threading.stack_size(_STACK)

    try:
        database = Database(args.repo / "sandbox" / "chain.sqlite")
    except RepoBusyError:
        return IS_RUNNING
    except JupyterIPFSError as error:
        _LOG.error("%s", error)
        return 1
    try:
        asyncio.run(_serve(args.repo, database, args.idle))
    except JupyterIPFSError as error:
        _LOG.error("%s", error)
        return 1
    finally:
        database.close()
    return 0


async def _serve(repo: Path, database: Database, idle_s: float) -> None:
    from jupyter_ipfs.sandbox import accounts, deploy  # noqa: PLC0415
    from jupyter_ipfs.sandbox.app import App  # noqa: PLC0415
    from jupyter_ipfs.sandbox.chain import PracticeChain  # noqa: PLC0415
    from jupyter_ipfs.sandbox.content import RepoContent  # noqa: PLC0415
    from jupyter_ipfs.sandbox.rpc import RPC  # noqa: PLC0415
    from jupyter_ipfs.sandbox.service.http.routes import routes  # noqa: PLC0415
    from jupyter_ipfs.sandbox.service.service import OceanService  # noqa: PLC0415

    stopping = asyncio.Event()
    _stop_on_signals(stopping)
    chain = PracticeChain(database, sandbox_accounts.address(repo, sandbox_accounts.FAUCET))
    accounts.fund_accounts(chain, repo)
    listening, token = _place(database)
    _keep_out_of_the_log(token)
    runtime = Runtime.here(listening.getsockname()[1], token, deploy.addresses())
    rpc, content = RPC(chain), RepoContent(repo)
    service = OceanService(rpc.call, deploy.addresses(), content, repo / "sandbox")
    node = routes(service, f"/{token}/node")
    app = App(runtime, rpc, node, lambda address: accounts.fund(chain, repo, address))
    rpc.mined = lambda: app.later(service.catch_up)
    server = app.listen_on(listening)
    runtime.write(repo)
    _LOG.info("ready: process %d, block %d", runtime.pid, chain.head.block_number)
    try:
        while not stopping.is_set() and app.idle_s < idle_s:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), min(_LOOK_S, idle_s))
    finally:
        await app.close(server)
        service.close()
        content.close()
        runtime.withdraw(repo)
        _LOG.info("ended at block %d", chain.head.block_number)


def _keep_out_of_the_log(token: str) -> None:
    """Hide the path, which a traceback's text may have, whoever writes it."""

    class Formatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return super().format(record).replace(token, "…")

    for handler in logging.getLogger().handlers:
        handler.setFormatter(Formatter(_FORMAT))


def _stop_on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows' loop has no handlers; there the process ends at once, which loses nothing.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)


def _place(database: Database) -> tuple[socket.socket, str]:
    """Bind the repo's port, or a free one, and return its token.

    Assets say where their Ocean Node is, so it had better stay there.
    """
    known = database.fact(_PLACE)
    port, _, token = (known or "0:").partition(":")
    try:
        listening = _bound(int(port))
    except OSError:
        listening = _bound(0)
    token = token or secrets.token_urlsafe(24)
    database.note(_PLACE, f"{listening.getsockname()[1]}:{token}")
    return listening, token


def _bound(port: int) -> socket.socket:
    listening = socket.create_server((HOST, port))
    listening.settimeout(0)
    return listening


if __name__ == "__main__":
    sys.exit(main())
