"""The routes, in one table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from jupyter_ipfs.server.blocks import BlockHandler
from jupyter_ipfs.server.bundles.planning import PlanHandler
from jupyter_ipfs.server.bundles.readiness import ReadinessHandler
from jupyter_ipfs.server.bundles.reports import ReportHandler, ReportsHandler
from jupyter_ipfs.server.bundles.resource import (
    BundleHandler,
    DifferenceHandler,
    ProvenanceHandler,
)
from jupyter_ipfs.server.config import ConfigHandler
from jupyter_ipfs.server.content import ContentHandler
from jupyter_ipfs.server.contents import CheckpointsHandler, ContentsHandler
from jupyter_ipfs.server.entries import EntriesHandler
from jupyter_ipfs.server.health import HealthHandler
from jupyter_ipfs.server.items import ItemHandler, ItemsHandler
from jupyter_ipfs.server.jobs.resource import JobHandler, JobsHandler
from jupyter_ipfs.server.kubo import KuboHandler
from jupyter_ipfs.server.mfs import MFSHandler
from jupyter_ipfs.server.names import NameHandler
from jupyter_ipfs.server.ocean.assets import AssetHandler, AssetsHandler, MineHandler
from jupyter_ipfs.server.ocean.publishing import CheckHandler, PendingHandler, PendingOneHandler
from jupyter_ipfs.server.ocean.status import OceanHandler
from jupyter_ipfs.server.openapi import OpenAPIHandler
from jupyter_ipfs.server.pins import PinHandler, PinsHandler
from jupyter_ipfs.server.preview import PreviewHandler
from jupyter_ipfs.server.sandbox import RPCHandler, SandboxHandler
from jupyter_ipfs.server.shares import ShareHandler, SharesHandler
from jupyter_ipfs.server.status import StatusHandler
from jupyter_ipfs.server.tutorial import TutorialHandler
from jupyter_ipfs.server.uploads.resource import (
    UploadCommitHandler,
    UploadHandler,
    UploadsHandler,
)
from jupyter_ipfs.server.wallet.requests import AnswerHandler, RequestsHandler, ShownHandler
from jupyter_ipfs.server.wallet.resource import ChallengeHandler, SessionHandler, WalletHandler
from jupyter_ipfs.server.watch import WatchHandler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerWebApplication

    from jupyter_ipfs.server.handler import IPFSHandler

# Paths as in openapi.yaml, below <base_url>/jupyter-ipfs: `{path}` may have slashes in it, any
# other parameter may not.
ROUTES: tuple[tuple[str, type[IPFSHandler]], ...] = (
    ("/blocks/{cid}", BlockHandler),
    ("/bundles/diff", DifferenceHandler),
    ("/bundles/plan", PlanHandler),
    ("/bundles/{root}", BundleHandler),
    ("/bundles/{root}/provenance", ProvenanceHandler),
    ("/bundles/{root}/readiness", ReadinessHandler),
    ("/bundles/{root}/reports", ReportsHandler),
    ("/config", ConfigHandler),
    ("/config/kubo", KuboHandler),
    ("/contents", ContentsHandler),
    ("/contents/{path}/checkpoints", CheckpointsHandler),
    ("/contents/{path}", ContentsHandler),
    ("/entries", EntriesHandler),
    ("/health", HealthHandler),
    ("/ipfs/{path}", ContentHandler),
    ("/items", ItemsHandler),
    ("/items/{cid}", ItemHandler),
    ("/mfs", MFSHandler),
    ("/names/{name}", NameHandler),
    ("/ocean", OceanHandler),
    ("/ocean/assets", AssetsHandler),
    ("/ocean/assets/{did}", AssetHandler),
    ("/ocean/check", CheckHandler),
    ("/ocean/mine", MineHandler),
    ("/ocean/pending", PendingHandler),
    ("/ocean/pending/{key}", PendingOneHandler),
    ("/openapi.yaml", OpenAPIHandler),
    ("/pins", PinsHandler),
    ("/pins/{path}", PinHandler),
    ("/preview", PreviewHandler),
    ("/jobs", JobsHandler),
    ("/jobs/{id}", JobHandler),
    ("/reports/{cid}", ReportHandler),
    ("/sandbox", SandboxHandler),
    ("/sandbox/rpc", RPCHandler),
    ("/shares", SharesHandler),
    ("/shares/{cid}", ShareHandler),
    ("/status", StatusHandler),
    ("/tutorial", TutorialHandler),
    ("/uploads", UploadsHandler),
    ("/uploads/{id}", UploadHandler),
    ("/uploads/{id}/commit", UploadCommitHandler),
    ("/wallet", WalletHandler),
    ("/wallet/challenge", ChallengeHandler),
    ("/wallet/requests", RequestsHandler),
    ("/wallet/requests/{id}/answer", AnswerHandler),
    ("/wallet/requests/{id}/shown", ShownHandler),
    ("/wallet/session", SessionHandler),
    ("/watch", WatchHandler),
)


def add_routes(web_app: ServerWebApplication) -> None:
    """Serve `ROUTES` below the server's base URL (a hub gives each user another)."""
    base_url = web_app.settings["base_url"]
    handlers = [
        (url_path_join(base_url, "jupyter-ipfs", _pattern(path)), handler)
        for path, handler in ROUTES
    ]
    web_app.add_handlers(".*$", handlers)  # type: ignore[no-untyped-call]  # Jupyter's


def _pattern(path: str) -> str:
    """Return the regular expression for a path of openapi.yaml."""
    return re.sub(r"\\{\w+\\}", r"([^/]+)", re.escape(path).replace(r"\{path\}", "(.+)"))
