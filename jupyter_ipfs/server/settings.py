"""What an administrator sets in the Jupyter server's configuration, for it and its kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from traitlets import Bool, Int, List, Unicode, Union
from traitlets.config import Configurable

from jupyter_ipfs.errors import ConfigError

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

SETTINGS = "jupyter_ipfs"  # where the traits are in the server's settings
# Traits that are settings as `jupyter_ipfs.config` has them. They are not checked here but
# where everything else is, so that the words are the same.
_SETTINGS = (
    "repo",
    "backend",
    "kubo_url",
    "gateways",
    "sources",
    "announce",
    "public_gateways",
    "quota",
    "chain",
    "rpc_url",
    "ocean_node",
)


class JupyterIPFS(Configurable):
    """Settings of the node for everybody who uses this server."""

    repo = Unicode(
        None, allow_none=True, config=True, help="The directory of the local repo; ~ is the user's."
    )
    backend = Unicode(
        None, allow_none=True, config=True, help="Where content is kept: embedded, kubo, …"
    )
    kubo_url = Unicode(None, allow_none=True, config=True, help="Where Kubo's RPC is.")
    gateways = List(
        Unicode(), None, allow_none=True, config=True, help="Trustless gateways, in order."
    )
    sources = List(
        Unicode(),
        None,
        allow_none=True,
        config=True,
        help="Folders of CARs (a shared one, say), CAR files and addresses of CARs, in order.",
    )
    announce = List(
        Unicode(),
        None,
        allow_none=True,
        config=True,
        help="Kubo nodes for which it was agreed that what is put there becomes public.",
    )
    public_gateways = Bool(
        None, allow_none=True, config=True, help="Whether public gateways may be asked."
    )
    quota = Union(
        [Int(), Unicode()],
        default_value=None,
        allow_none=True,
        config=True,
        help="What the repo may take, in bytes or as '10 GiB'. A guard and no boundary.",
    )
    chain = Unicode(
        None, allow_none=True, config=True, help="The chain that assets are on: sandbox, polygon, …"
    )
    rpc_url = Unicode(None, allow_none=True, config=True, help="Where that chain's JSON-RPC is.")
    ocean_node = Unicode(
        None, allow_none=True, config=True, help="The Ocean Node that lists and serves assets."
    )
    locked = List(
        Unicode(),
        config=True,
        help="Names of the settings above that users do not change, e.g. ['backend', 'quota'].",
    )
    reproduce = Bool(
        default_value=True,
        config=True,
        help="Whether shared notebooks may be run again by this server, kept apart from the rest.",
    )
    public_host = Unicode(
        "",
        config=True,
        help="The address that 'Serve from here' may listen on for other computers, e.g. "
        "'0.0.0.0'. Empty: this computer only.",
    )

    def settings(self) -> dict[str, Any]:
        """Return those that are set."""
        values = {name: getattr(self, name) for name in _SETTINGS}
        return {name: value for name, value in values.items() if value is not None}


def apply(server_app: ServerApp) -> JupyterIPFS:
    """Read the traits and hand them to everything that this server starts.

    What is wrong is told in the log now, and by every session of the server and its kernels.
    """
    from jupyter_ipfs import config  # noqa: PLC0415  (a server that starts without us)

    traits = JupyterIPFS(parent=server_app)
    try:
        config.hand_down(traits.settings(), traits.locked)
    except ConfigError as error:
        server_app.log.error(  # noqa: TRY400  (a mistake in a setting needs no traceback)
            "jupyter_ipfs: %s; %s", error.message, error.hint
        )
    return traits
