"""``POST config/kubo``: whether a Kubo answers at an address, before it is chosen."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import ConfigError, RequestError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.status import PATIENCE_S
from jupyter_ipfs.server.threads import in_thread
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import BackendStatus


class KuboHandler(IPFSHandler):
    """A Kubo that is not in use yet."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Ask the Kubo at ``kubo_url`` how it is; nothing is written."""
        values = arguments.body(self)
        self.finish(json.dumps(await in_thread(lambda: ask(values))))


def ask(values: dict[str, object]) -> dict[str, Any]:
    """Return the `BackendStatus` of a Kubo, unwell if none answers.

    A token goes to its own Kubo alone: the one that is set is sent only to the address it is
    set for.

    Raises:
        RequestError: No such address or token can be used.
        SettingLockedError: The administrator has decided which Kubo it is.
    """
    from jupyter_ipfs import config  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.backends.kubo import KuboBackend  # noqa: PLC0415
    from jupyter_ipfs.config import values as checks  # noqa: PLC0415
    from jupyter_ipfs.protocols import BackendStatus  # noqa: PLC0415

    given = values.get("kubo_token")
    try:
        url = checks.kubo_url(arguments.text(values, "kubo_url"), "kubo_url")
        token = None if given is None else checks.token(given, "kubo_token")
    except ConfigError as error:
        raise RequestError(error.message, error.hint) from None
    loaded = config.load()
    if url != loaded.kubo_url and "kubo_url" in loaded.locked:
        raise config.locked("kubo_url")
    if token is None and url == loaded.kubo_url:
        token = loaded.kubo_token

    def look() -> BackendStatus:
        with open_session() as session:  # it may outlive the request's
            kubo = KuboBackend(session.repo, url, token=token)
            try:
                return kubo.status()
            finally:
                kubo.close()

    label = f"Kubo at {url}"
    try:
        found = within(PATIENCE_S, f"look at {label} with {token}", look)
    except TimeoutError:
        detail = f"nothing has answered at {url} for {PATIENCE_S:.0f} s"
        found = BackendStatus("kubo", label, healthy=False, detail=detail)
    return asdict(found)
