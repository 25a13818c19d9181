"""``names/<name>``: a name's versions, and giving it another word."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import ConfigError, RequestError
from jupyter_ipfs.server import arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_thread

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import NameVersion


class NameHandler(IPFSHandler):
    """One name of the local repo."""

    @authenticated
    @authorized
    async def get(self, name: str) -> None:
        """Answer with ``{"versions": […]}``, the newest first."""
        self._track_activity = False  # the front end asks by itself
        self.finish(json.dumps(await in_thread(lambda: versions(name))))

    @authenticated
    @authorized
    async def patch(self, name: str) -> None:
        """Give it the word of ``{"name": …}``; its versions move along."""
        new = arguments.text(arguments.body(self), "name")
        await in_thread(lambda: rename(name, new))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


def versions(name: str) -> dict[str, Any]:
    """Return a name's versions."""
    with open_session() as session:
        return {"versions": [version_json(each) for each in session.log(name)]}


def rename(old: str, new: str) -> None:
    """Give a name another word.

    Raises:
        RequestError: It is taken or cannot be a name.
    """
    with open_session() as session:
        try:
            session.repo.rename(old, new)
        except ConfigError as error:
            raise RequestError(error.message, error.hint) from None


def version_json(version: NameVersion) -> dict[str, Any]:
    """Return one version as it is told to the browser."""
    return {
        "version": version.version,
        "root": str(version.root),
        "created_at": version.created_at,
        "pinned": version.pinned,
        "shared": version.shared,
    }
