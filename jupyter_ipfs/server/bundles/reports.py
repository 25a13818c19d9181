"""``bundles/<path>/reports`` and ``reports/<cid>``: who ran it again, and what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.server.bundles.asking import BundleRequest
from jupyter_ipfs.server.sessions import open_session
from jupyter_ipfs.server.threads import in_bundle_thread
from jupyter_ipfs.server.wallet.wallets import WALLETS

if TYPE_CHECKING:
    from jupyter_ipfs.server.wallet.wallets import Wallets


class ReportsHandler(BundleRequest):
    """The reports that this repo holds of one share."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Answer with them; the author's own apart."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        self.finish(json.dumps(await in_bundle_thread(lambda: listed(path, user, wallets))))


class ReportHandler(BundleRequest):
    """One report."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Answer with the verdict on each cell."""
        self.finish(json.dumps(await in_bundle_thread(lambda: report(path))))


def listed(path: str, user: str, wallets: Wallets) -> dict[str, Any]:
    """Return the reports of a share."""
    account = wallets.get(user)
    own = () if account is None else (account.address,)
    with open_session() as session:
        return {"reports": [each.as_json(own) for each in session.bundles.reports(path)]}


def report(path: str) -> dict[str, Any]:
    """Return a report.

    Raises:
        NotABundleError: It is something else.
    """
    with open_session() as session:
        return session.bundles.report(path).as_json()
