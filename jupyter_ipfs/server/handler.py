"""What all our handlers share: who may ask, and how errors are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler

from jupyter_ipfs.errors import JupyterIPFSError
from jupyter_ipfs.server.errors import status_of, told

if TYPE_CHECKING:
    from types import TracebackType


class IPFSHandler(APIHandler):
    """A resource below ``jupyter-ipfs/``.

    Each verb is ``@authenticated`` and ``@authorized`` (for the resource ``ipfs``);
    tests/server/test_auth.py fails for one that is not.
    """

    auth_resource = "ipfs"

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401  (tornado's)
        """Tell our errors as ``{"code", "message", "hint"}``; others as Jupyter does."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if not isinstance(error, JupyterIPFSError):
            super().write_error(status_code, **kwargs)
            return
        self.set_status(status_of(error))
        self.finish(json.dumps(told(error)))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what kind of error it was, but neither names nor CIDs (``safety.md`` 11)."""
        if isinstance(value, JupyterIPFSError):
            self.log.warning("jupyter_ipfs: %s %s", self.request.method, type(value).__name__)
        else:
            super().log_exception(typ, value, tb)
