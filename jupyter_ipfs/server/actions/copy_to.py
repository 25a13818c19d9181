"""``copy-to``: the same content at the other backend as well; nothing is moved or hidden."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.actions import consent
from jupyter_ipfs.server.actions.place import place_of
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Backend, ProgressCallback
    from jupyter_ipfs.server.actions import Arguments
    from jupyter_ipfs.server.workspace import Workspace
    from jupyter_ipfs.session import Session

_BACKENDS = ("embedded", "kubo")


def prepare(arguments: Arguments, workspace: Workspace) -> Arguments:  # noqa: ARG001  (the table's)
    """Check where it goes to."""
    backend = text(arguments, "backend")
    if backend not in _BACKENDS:
        raise RequestError(f"nothing can be copied to {backend[:40]!a}", "embedded or kubo")
    return {
        "path": text(arguments, "path"),
        "backend": backend,
        "agree": consent.given(arguments),
    }


def run(session: Session, arguments: Arguments, progress: ProgressCallback) -> dict[str, Any]:
    """Copy it, and keep it there."""
    from jupyter_ipfs.backends.embedded import EmbeddedBackend  # noqa: PLC0415  (when needed)

    with _kubo(session) as kubo:
        path = arguments["path"]
        if arguments["backend"] == "kubo":
            url = session.config.kubo_url
            consent.record(session, arguments, url)
            session.push(path, url, progress=progress)
            return {"root": str(session.resolve(path).cid), "place": place_of(kubo)}
        root = _here(session, kubo, path, progress)
        return {"root": str(root), "place": place_of(EmbeddedBackend(session.repo))}


def _here(session: Session, kubo: Backend, path: str, progress: ProgressCallback) -> CID:
    from jupyter_ipfs.node.keep import keep  # noqa: PLC0415  (the server starts without it)
    from jupyter_ipfs.node.meter import Meter  # noqa: PLC0415
    from jupyter_ipfs.node.walk import walk  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    where = session.path(path)
    root = reader.resolve(kubo, where.root, where.segments).cid
    meter = Meter(progress, "storing")
    with session.repo.batch() as batch:
        for block in walk(kubo, root):
            meter.advance(len(block.data), existing=not batch.put(block))
        batch.commit(root, pin=False)
    keep(session.repo, root)  # what was in the cache only becomes durable too
    meter.done()
    return root


@contextmanager
def _kubo(session: Session) -> Iterator[Backend]:
    """Give the configured Kubo, whichever backend is in use."""
    from jupyter_ipfs.session import connect  # noqa: PLC0415

    if session.config.backend == "kubo":
        yield session.backend
        return
    with connect("kubo", session.repo.path) as other:
        yield other.backend
