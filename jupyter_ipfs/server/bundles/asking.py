"""Requests about shares: who may make the server fetch what it does not hold."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.content import is_from_elsewhere
from jupyter_ipfs.server.handler import IPFSHandler


class BundleRequest(IPFSHandler):
    """Looks at a share, whose small files are fetched if they are not here.

    Any page on the web can make a browser ask with the user's login, and so make the server tell
    others of a CID: such requests are refused.
    """

    _track_activity = False  # the front end asks by itself

    async def prepare(self, **kwargs: Any) -> None:  # noqa: ANN401  (Jupyter's)
        """Refuse what a page of another origin asks for, once it is known who asks."""
        await super().prepare(**kwargs)
        if self._finished or self.token_authenticated:
            return
        if is_from_elsewhere(self.request.headers):
            raise HTTPError(HTTPStatus.FORBIDDEN, "another site asked for this")

    def content_path(self, name: str) -> str:
        """Return a content path from the query.

        Raises:
            RequestError: There is none.
        """
        text = self.get_query_argument(name, "", strip=False)
        if not text.strip():
            raise RequestError(f"there is no {name} in this request", f"add ?{name}=bafy…")
        return text
