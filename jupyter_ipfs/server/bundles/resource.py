"""``bundles/<path>``: what a share says of itself, before anything of it is written or run."""

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


class BundleHandler(BundleRequest):
    """A share."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Answer with what it says of itself; its large files are not needed for that."""
        user, wallets = self.current_user.username, self.settings[WALLETS]
        self.finish(json.dumps(await in_bundle_thread(lambda: told(path, user, wallets))))


class ProvenanceHandler(BundleRequest):
    """Where something of a share comes from."""

    @authenticated
    @authorized
    async def get(self, path: str) -> None:
        """Answer with inputs, cells and outputs as a text, a picture and a graph."""
        self.finish(json.dumps(await in_bundle_thread(lambda: provenance(path))))


class DifferenceHandler(BundleRequest):
    """What changed between two shares."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the cells, inputs and packages that are not the same."""
        a, b = self.content_path("a"), self.content_path("b")
        self.finish(json.dumps(await in_bundle_thread(lambda: difference(a, b))))


def told(path: str, user: str, wallets: Wallets) -> dict[str, Any]:
    """Return a share.

    Raises:
        NotABundleError: It is something else.
    """
    from jupyter_ipfs.bundles.opening.opened_json import opened_json, report_json  # noqa: PLC0415
    from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)

    account = wallets.get(user)
    with open_session() as session:
        if report_store.is_report(session, path):
            return report_json(session.resolve(path).cid, session.bundles.report(path))
        opened = session.bundles.open(path)
        own = () if account is None else (account.address,)
        return opened_json(opened, own) | {"reports": len(session.bundles.reports(path))}


def provenance(path: str) -> dict[str, Any]:
    """Return where something comes from, as a graph."""
    with open_session() as session:
        return session.bundles.provenance(path).as_json()


def difference(a: str, b: str) -> dict[str, Any]:
    """Return what is not the same in two shares."""
    with open_session() as session:
        return session.bundles.diff(a, b).as_json()
