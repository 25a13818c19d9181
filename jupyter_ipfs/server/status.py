"""``GET status``: how the node is and where the bytes are."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import BackendStatus


class StatusHandler(IPFSHandler):
    """The state of the backend that is configured now."""

    # The front end asks once a minute; that must not keep an idle server from being culled.
    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with a `BackendStatus` as JSON."""
        status = await in_thread(_backend_status)
        self.finish(json.dumps(asdict(status)))


def _backend_status() -> BackendStatus:
    """Ask in a session of its own, so that changed settings count at once."""
    from jupyter_ipfs.session import connect  # noqa: PLC0415  (the server starts without it)

    with closing(connect()) as session:
        return session.backend.status()
