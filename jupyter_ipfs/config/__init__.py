"""The settings: the only reader of the environment and of ``config.toml``.

An argument outranks the environment, which outranks the Jupyter server's configuration
(``c.JupyterIPFS…``, handed to its kernels and terminals as ``JUPYTER_IPFS_SERVER``), which
outranks the file, which outranks the default. What the server has locked, neither the file
nor the user's variables change. The file lies in the repo, so that the Jupyter server, every
kernel and the command line read the same one::

    backend = "kubo"
    quota = "10 GiB"                            # or a number of bytes

    [kubo]
    url = "http://127.0.0.1:5001"
    token = "bearer:…"                          # or basic:user:password
    announce = ["http://127.0.0.1:5001"]        # agreed: what is put there becomes public

    [sources]
    gateways = ["http://10.0.0.7:8080"]         # trustless gateways, in order
    places = ["/shared/lab", "~/survey.car", "https://lab.example/survey.car"]
    public_gateways = false                     # agreed: public gateways may learn what is read

    [ocean]
    chain = "polygon"                           # or "sandbox": practice on this computer alone
    rpc_url = "https://rpc.example"             # that chain's JSON-RPC
    node = "https://ocean.example"              # the Ocean Node that lists and serves assets
"""

from __future__ import annotations

from jupyter_ipfs.config.document import check
from jupyter_ipfs.config.environment import (
    VARIABLES,
    hand_down,
    is_reproduced,
    keystore_password,
    notebook_path,
)
from jupyter_ipfs.config.file import FILE_NAME
from jupyter_ipfs.config.loading import DEFAULT_KUBO_URL, SANDBOX, Config, default_repo, load
from jupyter_ipfs.config.saving import agree_to_announce, agree_to_public_gateways, locked, save
from jupyter_ipfs.config.values import BACKEND_GROUP, kubo_url, web_address

__all__ = [
    "BACKEND_GROUP",
    "DEFAULT_KUBO_URL",
    "FILE_NAME",
    "SANDBOX",
    "VARIABLES",
    "Config",
    "agree_to_announce",
    "agree_to_public_gateways",
    "check",
    "default_repo",
    "hand_down",
    "is_reproduced",
    "keystore_password",
    "kubo_url",
    "load",
    "locked",
    "notebook_path",
    "save",
    "web_address",
]
