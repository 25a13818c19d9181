"""``/uploads``: an upload is one stream of bytes, sent in slices and resumed where it broke."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated, stream_request_body

from jupyter_ipfs.errors import ConflictError, GoneError, JupyterIPFSError, LimitError, RequestError
from jupyter_ipfs.server import actions, arguments
from jupyter_ipfs.server.handler import IPFSHandler
from jupyter_ipfs.server.jobs import resource as jobs
from jupyter_ipfs.server.streamed import StreamedHandler
from jupyter_ipfs.server.threads import in_thread, in_upload_thread
from jupyter_ipfs.server.workspace import Workspace

if TYPE_CHECKING:
    from jupyter_ipfs.server.uploads.staging import Staged
    from jupyter_ipfs.server.uploads.writing import Writing

_LONGEST_LISTING = 64 * 1024 * 1024  # bytes of JSON
_PIECE = 4 * 1024 * 1024  # bytes that go to the disk in one step, while the next ones arrive
_REFUSED = 64 * 1024 * 1024  # a refused body of up to so many bytes is read to its end
_STALLED_S = 60.0


class UploadsHandler(IPFSHandler):
    """New uploads."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Answer with a new upload, or with the one that an equal list began."""
        if len(self.request.body) > _LONGEST_LISTING:
            raise LimitError("the list of files is too long", "upload the folders one by one")
        snapshot = await in_thread(lambda: _create(arguments.body(self)))
        self.finish(json.dumps(snapshot))


@stream_request_body
class UploadHandler(StreamedHandler):
    """One upload."""

    _writing: Writing | None = None
    _refused: JupyterIPFSError | None = None
    _write: asyncio.Future[None] | None = None

    async def admit(self) -> None:
        """Before any byte is taken: does it go on here, and does it fit?"""
        # Asking how far it has come is no activity; sending is.
        self._track_activity = self.request.method != "GET"
        if self.request.method != "PUT":
            return
        length = self._length()
        self._pieces: list[bytes] = []
        self._pending = 0
        try:
            offset = arguments.number(self, "offset", 0, 1 << 60)
            upload_id = str(self.path_args[0])
            begin = _writing().begin
            self._writing = await in_upload_thread(lambda: begin(upload_id, offset, length))
        except JupyterIPFSError as error:
            # A client that is allowed to send hears why it may not once its body has gone
            # past: an answer in the middle of sending is lost by browsers.
            if length > _REFUSED:
                raise
            self._refused = error
        self.limit_body(length)
        self._watch_for_stalling()

    async def data_received(self, chunk: bytes) -> None:
        """Write in large pieces; the client waits while the disk does not keep up."""
        self._has_moved = True
        if self._writing is None:
            return
        self._pieces.append(chunk)
        self._pending += len(chunk)
        if self._pending >= _PIECE:
            await self._written()
            pieces, self._pieces, self._pending = self._pieces, [], 0
            self._write = asyncio.ensure_future(self._flush(pieces))

    def on_connection_close(self) -> None:
        """Keep what has arrived when the client breaks off."""
        super().on_connection_close()
        self._let_go()

    @authenticated
    @authorized
    async def get(self, upload_id: str) -> None:
        """Answer with how far it has come."""
        self.finish(json.dumps(await in_thread(lambda: _snapshot(upload_id))))

    @authenticated
    @authorized
    async def put(self, upload_id: str) -> None:
        """Answer with how much has been received now; the bytes were taken before."""
        if self._refused is None:
            received = await self._finish_writing()
            self.finish(json.dumps({"received": received}))
            return
        if not isinstance(self._refused, ConflictError):
            raise self._refused
        self.set_status(HTTPStatus.CONFLICT)
        snapshot = await in_thread(lambda: _snapshot(upload_id))
        told = {
            "code": type(self._refused).__name__,
            "message": self._refused.message,
            "hint": self._refused.hint,
            "received": snapshot["received"],
        }
        self.finish(json.dumps(told))

    @authenticated
    @authorized
    async def delete(self, upload_id: str) -> None:
        """Give the upload up."""
        await in_upload_thread(lambda: _remove(upload_id))
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()

    def _length(self) -> int:
        text = self.request.headers.get("Content-Length", "")
        if not text.isdecimal():
            raise RequestError("a slice of an upload says how long it is (Content-Length)")
        return int(text)

    async def _written(self) -> None:
        """Wait for the piece that is being written."""
        if self._write is not None:
            await self._write

    async def _flush(self, pieces: list[bytes]) -> None:
        writing = self._writing
        if writing is None or not pieces:
            return
        try:
            await in_upload_thread(lambda: writing.write(pieces))
        except JupyterIPFSError as error:
            self._refused = error
            await in_upload_thread(writing.finish)
            self._writing = None

    async def _finish_writing(self, *, is_broken: bool = False) -> int:
        await self._written()
        pieces, self._pieces = self._pieces, []
        await self._flush(pieces)
        writing, self._writing = self._writing, None
        if writing is None:
            if self._refused is not None:
                raise self._refused
            return 0
        return await in_upload_thread(lambda: writing.finish(is_broken=is_broken))

    def _let_go(self) -> None:
        """Let others write, now that nothing more comes."""
        if self._writing is not None:
            finishing = self._finish_writing(is_broken=True)
            task = asyncio.get_running_loop().create_task(finishing)
            _running.add(task)
            task.add_done_callback(_running.discard)

    def _watch_for_stalling(self) -> None:
        """Hang up on a client that sends nothing more, so that it can go on elsewhere."""
        self._has_moved = False
        asyncio.get_running_loop().call_later(_STALLED_S, self._look)

    def _look(self) -> None:
        if self._finished or self._writing is None:
            return
        if self._has_moved:
            self._watch_for_stalling()
            return
        stream = getattr(self.request.connection, "stream", None)
        if stream is not None:
            stream.close()
        self._let_go()


class UploadCommitHandler(IPFSHandler):
    """What was uploaded becomes one root."""

    @authenticated
    @authorized
    async def post(self, upload_id: str) -> None:
        """Answer with the job that stores it; with the same one if the answer was lost."""
        given = {**arguments.body(self), "id": upload_id}
        before = self.settings[jobs.JOBS].newest("upload", upload_id)
        if before is not None and not before.is_over:
            jobs.answer(self, before)
            return
        workspace = Workspace.of(self.contents_manager)
        try:
            task = await in_thread(lambda: actions.prepare("upload", given, workspace))
        except GoneError:
            if before is None or not before.is_done:
                raise
            jobs.answer(self, before)
            return
        jobs.start(self, task)


_running: set[asyncio.Task[int]] = set()  # asyncio itself does not hold on to its tasks


def _writing() -> type[Writing]:
    from jupyter_ipfs.server.uploads.writing import Writing  # noqa: PLC0415  (when needed)

    return Writing


def _create(body: dict[str, object]) -> dict[str, object]:
    from jupyter_ipfs.server.sessions import open_session  # noqa: PLC0415
    from jupyter_ipfs.server.uploads.listing import Listing  # noqa: PLC0415
    from jupyter_ipfs.server.uploads.staging import Staged, sweep  # noqa: PLC0415

    listing = Listing.parse(body.get("files"), body.get("wrap", False))
    with open_session() as session:
        sweep(session.repo.path)
        staged = Staged.create(session.repo.path, listing)
        try:
            with session.repo.quota.reserve(staged.size - staged.received):
                return staged.snapshot()
        except JupyterIPFSError:
            if not staged.received:
                _drop(staged)
            raise


def _drop(staged: Staged) -> None:
    from jupyter_ipfs.server.uploads import ahead  # noqa: PLC0415

    with staged.held():
        ahead.drop(staged.place)
        staged.remove()


def _snapshot(upload_id: str) -> dict[str, object]:
    return _find(upload_id).snapshot()


def _remove(upload_id: str) -> None:
    _drop(_find(upload_id))


def _find(upload_id: str) -> Staged:
    from jupyter_ipfs.server.sessions import open_session  # noqa: PLC0415
    from jupyter_ipfs.server.uploads.staging import Staged  # noqa: PLC0415

    with open_session() as session:
        return Staged.find(session.repo.path, upload_id)
