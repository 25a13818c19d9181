"""The Jupyter server extension: routes below ``<base_url>/jupyter-ipfs/``.

Function style: `jupyter-config/` enables it on installation, so that nothing needs to be
typed. Described by ``openapi.yaml``, which the server also serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def load(server_app: ServerApp) -> None:
    """Add our routes; called by the Jupyter server when it starts."""
    from jupyter_ipfs.server import settings  # noqa: PLC0415  (tornado, when needed)
    from jupyter_ipfs.server.routes import add_routes  # noqa: PLC0415
    from jupyter_ipfs.server.running import add_running  # noqa: PLC0415

    server_app.web_app.settings[settings.SETTINGS] = settings.apply(server_app)
    add_running(server_app.web_app)
    add_routes(server_app.web_app)
    server_app.log.info("jupyter_ipfs: ready at %sjupyter-ipfs/", server_app.base_url)
