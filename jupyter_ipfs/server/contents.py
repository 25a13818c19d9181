"""``contents``: what is held as Jupyter's file browser and documents read it, the drive ``ipfs:``.

Read-only, shaped like Jupyter's contents API; `jupyter_ipfs.server.drive` has its models.
"""

from __future__ import annotations

import json
from typing import NoReturn
from urllib.parse import unquote_to_bytes

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_ipfs.errors import PathNotFoundError, ReadOnlyError, RequestError
from jupyter_ipfs.server.drive import model
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.threads import in_look_thread

_FORMATS = (None, "text", "base64", "json")
_TYPES = (None, "file", "notebook", "directory")
_READ_ONLY = "content cannot change under its CID"
_COPY = "open a copy in the workspace and change that"


class ContentsHandler(IPFSHandler):
    """One directory, notebook or file of the drive; its root lists names and pins."""

    @authenticated
    @authorized
    async def get(self, path: str = "") -> None:  # noqa: ARG002  (read undecoded, see `_segments`)
        """Answer with a contents model."""
        segments = _segments(self.request.path, "contents")
        wanted = self.get_query_argument("content", "1") != "0"
        kind = self.get_query_argument("type", None)
        form = self.get_query_argument("format", None)
        if kind not in _TYPES or form not in _FORMATS:
            raise RequestError(
                "no such type or format", "file, notebook or directory; text, base64"
            )
        self.finish(
            json.dumps(
                await in_look_thread(lambda: model(segments, content=wanted, kind=kind, form=form))
            )
        )

    @authenticated
    @authorized
    def put(self, path: str = "") -> None:
        """Refuse to save."""
        self._refuse(path)

    @authenticated
    @authorized
    def post(self, path: str = "") -> None:
        """Refuse to create."""
        self._refuse(path)

    @authenticated
    @authorized
    def patch(self, path: str = "") -> None:
        """Refuse to rename."""
        self._refuse(path)

    @authenticated
    @authorized
    def delete(self, path: str = "") -> None:
        """Refuse to delete."""
        self._refuse(path)

    def _refuse(self, path: str) -> NoReturn:  # noqa: ARG002  (the verbs')
        self.set_header("Allow", "GET")
        raise ReadOnlyError(_READ_ONLY, _COPY)


class CheckpointsHandler(IPFSHandler):
    """What Jupyter asks for with every document; there is nothing to go back to."""

    _track_activity = False

    @authenticated
    @authorized
    def get(self, path: str) -> None:  # noqa: ARG002  (whatever it is)
        """Answer with none."""
        self.finish(json.dumps([]))


def _segments(path: str, resource: str) -> list[bytes]:
    """Take the raw path apart before it is decoded: a name may have an encoded slash in it.

    Raises:
        PathNotFoundError: A part of it could not be an entry's name.
    """
    below = path.partition(f"/jupyter-ipfs/{resource}")[2]
    segments = [unquote_to_bytes(part) for part in below.split("/") if part]
    for segment in segments:
        if segment in {b".", b".."} or b"/" in segment or b"\0" in segment:
            raise PathNotFoundError("this is no path of the drive", "leave out . and ..")
    return segments
