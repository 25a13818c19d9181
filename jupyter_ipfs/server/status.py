"""``GET status``: how the node is and where the bytes are."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_thread
from jupyter_ipfs.server.waiting import within

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import BackendStatus
    from jupyter_ipfs.session import Session

PATIENCE_S = 4.0  # how long a backend may take to say how it is


class StatusHandler(IPFSHandler):
    """The state of the backend that is configured now, and of the local repo."""

    # The front end asks once a minute; that must not keep an idle server from being culled.
    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with a `BackendStatus` as JSON, and more about this computer."""
        self.finish(json.dumps(await in_thread(status)))


def status() -> dict[str, Any]:
    """Ask in a session of its own, so that changed settings count at once."""
    with open_session() as session:
        here = _embedded(session)
        is_here = session.config.backend == here.backend
        used = session.repo.quota.usage()
        limit = session.config.quota
        return {
            **asdict(session.backend.status() if is_here else _soon(session)),
            "version": _version(),
            "repo": str(session.repo.path),
            "local": None if is_here else asdict(here),
            "disk": {
                "used": used.total,
                "cache": used.cache,
                "staged": used.staged,
                "quota": limit,
                "free": session.repo.quota.free(),
            },
        }


def _embedded(session: Session) -> BackendStatus:
    from jupyter_ipfs.backends.embedded import EmbeddedBackend  # noqa: PLC0415  (starts without)

    return EmbeddedBackend(session.repo).status()


def _soon(session: Session) -> BackendStatus:
    """Return how another backend is; one that takes too long is unwell."""
    from jupyter_ipfs.protocols import BackendStatus  # noqa: PLC0415

    def ask() -> BackendStatus:
        with open_session() as own:  # it may outlive the request's
            found = own.backend.status()
            return replace(found, backend=own.config.backend)

    config = session.config
    label = f"Kubo at {config.kubo_url}" if config.backend == "kubo" else config.backend
    try:
        return within(PATIENCE_S, f"status of {label}", ask)
    except TimeoutError:
        detail = f"{label} has not answered for {PATIENCE_S:.0f} s"
        return BackendStatus(config.backend, label, healthy=False, detail=detail)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  (15 ms)

    try:
        return version("jupyter_ipfs")
    except PackageNotFoundError:
        return "not installed"
