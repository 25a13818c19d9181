"""``bundles/<path>/readiness``: whether a share can be run again here, and what that means."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.bundles.asking import BundleRequest
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_bundle_thread


class ReadinessHandler(BundleRequest):
    """What there is on this computer to run a share with."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Answer with isolation, Python and lock; nothing is installed or run."""
        self.finish(json.dumps(await in_bundle_thread(lambda: readiness(path))))


def readiness(path: str) -> dict[str, Any]:
    """Return what there is."""
    with open_session() as session:
        return session.bundles.readiness(path).as_json()
