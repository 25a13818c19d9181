"""What all our handlers share: who may ask, and how errors are told."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

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
        """Tell our errors as ``{"code", "message", "hint"}``; others as Jupyter tells them.

        Jupyter's own method would log what it tells, and so a part of the URL.
        """
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, JupyterIPFSError):
            self.set_status(status_of(error))
            self.finish(json.dumps(told(error)))
        elif isinstance(error, HTTPError):
            message = error.log_message or HTTPStatus(status_code).phrase
            self.finish(json.dumps({"message": message, "reason": error.reason}))
        else:
            self.finish(json.dumps({"message": "Unhandled error", "reason": None}))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what kind of error it was, but neither names nor CIDs (``safety.md`` 11)."""
        kind = typ.__name__ if typ else "?"
        if isinstance(value, JupyterIPFSError):
            self.log.warning("jupyter_ipfs: %s %s", self.request.method, kind)
        elif not isinstance(value, HTTPError):  # of those the access log tells the status
            self.log.error("jupyter_ipfs: %s failed with %s", self.request.method, kind)
            trace = (typ, value, tb) if typ and value else None
            self.log.debug("jupyter_ipfs: the traceback", exc_info=trace)

    def _log(self) -> None:
        """Log the request as Jupyter does, with the resource's name instead of the URL."""
        # The request is over: nothing but the log reads these any more.
        self.request.uri = _resource(self.request.path)
        self.request.headers.pop("Referer", None)
        super()._log()


def _resource(path: str) -> str:
    """Return what of a URL's path is the same for all content: ``…/jupyter-ipfs/items/…``."""
    before, prefix, rest = path.partition("/jupyter-ipfs/")
    resource, slash, _ = rest.partition("/")
    return before + prefix + resource + (slash and "/…")
