"""``GET health``: what is known of the local repo's bytes. Asking checks nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.node.health import Health

_MOST = 100  # lines of what is damaged


class HealthHandler(IPFSHandler):
    """The repo's health, as of the last check."""

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with ``{"checked_at", "damaged", "recovery"}``."""
        self.finish(json.dumps(await in_thread(current)))


def current() -> dict[str, Any]:
    """Return what is known."""
    from jupyter_ipfs.node import health  # noqa: PLC0415  (the server starts without it)

    with open_session() as session:
        return told(health.known(session.repo))


def told(health: Health) -> dict[str, Any]:
    """Return a repo's health as openapi.yaml has it."""
    recovery = {"names": list(health.recovered)} if health.unconfirmed else None
    return {
        "checked_at": health.checked_at,
        "damaged": list(health.damaged[:_MOST]),
        "recovery": recovery,
    }
