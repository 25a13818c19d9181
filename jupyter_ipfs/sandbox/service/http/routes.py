"""Which path is whose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from jupyter_ipfs.sandbox.service.http import about, aquarius, ordering, secrets
from jupyter_ipfs.sandbox.service.http.handler import RequestLimit, ServiceHandler

if TYPE_CHECKING:
    from jupyter_ipfs.sandbox.service.service import OceanService

Rule: TypeAlias = tuple[str, type[ServiceHandler], dict[str, Any]]

_SERVICES, _AQUARIUS = "/api/services", "/api/aquarius"
_ROUTES: tuple[tuple[str, type[ServiceHandler]], ...] = (
    ("/?", about.RootHandler),
    ("/directCommand", about.CommandHandler),
    (f"{_SERVICES}/nonce", about.NonceHandler),
    (f"{_SERVICES}/computeEnvironments", about.EnvironmentsHandler),
    (f"{_SERVICES}/encrypt", secrets.EncryptHandler),
    (f"{_SERVICES}/decrypt", secrets.DecryptHandler),
    (f"{_SERVICES}/auth/token", secrets.TokenHandler),
    (f"{_SERVICES}/auth/token/invalidate", secrets.InvalidateHandler),
    (f"{_SERVICES}/fileInfo", ordering.FileInfoHandler),
    (f"{_SERVICES}/initialize", ordering.InitializeHandler),
    (f"{_SERVICES}/download", ordering.DownloadHandler),
    (f"{_AQUARIUS}/assets/ddo/validate", aquarius.ValidateHandler),
    (f"{_AQUARIUS}/assets/metadata/query", aquarius.QueryHandler),
    (f"{_AQUARIUS}/assets/(?:ddo|metadata)/([^/]+)(?:/(?:true|false))?", aquarius.DDOHandler),
    (f"{_AQUARIUS}/state/ddo", aquarius.StateHandler),
)


def routes(service: OceanService, prefix: str) -> list[Rule]:
    """Return the service's routes for tornado's ``Application``, below ``prefix``."""
    shared = {"service": service, "limit": RequestLimit()}
    return [(re.escape(prefix) + path, handler, shared) for path, handler in _ROUTES]
