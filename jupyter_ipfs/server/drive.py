"""Contents models of what is held: directories, notebooks and files as Jupyter reads them.

Nothing in them is trusted and nothing has a type that a browser would run (safety.md 7 and 8);
what is not held is not fetched for a look.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import LimitError, PathNotFoundError, RequestError
from jupyter_ipfs.server import media
from jupyter_ipfs.server.sessions import look, open_session

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.dag_pb import PBLink
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.session import Session
    from jupyter_ipfs.unixfs.reader import Node

MAX_ENTRIES = 10_000  # more are cut, and the last entry says so
MAX_TEXT = 32 * 1024 * 1024
MAX_NOTEBOOK = 32 * 1024 * 1024
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


def model(
    segments: list[bytes],
    *,
    content: bool,
    kind: str | None = None,
    form: str | None = None,
) -> dict[str, Any]:
    """Return the contents model of a path.

    Args:
        segments: A name or CID and the entry names below it, as raw bytes; none for the root.
        content: Whether its content is wanted.
        kind: ``"file"``, ``"notebook"``, ``"directory"`` or ``None`` for whatever it is.
        form: ``"text"``, ``"base64"``, ``"json"`` or ``None``.

    Raises:
        PathNotFoundError, NameNotFoundError, BlockNotFoundError: It is not there.
        LimitError: Its content is too large for a document.
        RequestError: It is not what was asked for.
    """
    from jupyter_ipfs.node.paths import ContentPath  # noqa: PLC0415  (the server starts without)
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    with open_session() as session:
        if not segments:
            return _root(session, content=content)
        where = session.path(_head(segments[0]))
        where = ContentPath(where.root, (*where.segments, *segments[1:]))
        held, node = look(session, where)
        shown = _Shown(segments, _since(session, where.root))
        if node.kind == reader.DIRECTORY:
            if kind not in {None, "directory"}:
                raise RequestError("this is a directory", "open it in the file browser")
            return _directory(held, node, shown, content=content)
        if kind == "directory":
            raise RequestError("this is a file", "open it as one")
        return _file(held, node, shown, content=content, kind=kind, form=form)


class _Shown:
    """How a path is told: its parts joined, and its last one."""

    def __init__(self, segments: list[bytes], since: str) -> None:
        parts = [segment.decode("utf-8", "replace") for segment in segments]
        self.path, self.name, self.since = "/".join(parts), parts[-1], since


def _head(segment: bytes) -> str:
    text = segment.decode("utf-8", "replace")
    if "://" in text:
        raise PathNotFoundError("the drive has names and CIDs", "a link is opened in the panel")
    return text


def _base(shown: _Shown, kind: str) -> dict[str, Any]:
    return {
        "name": shown.name,
        "path": shown.path,
        "type": kind,
        "writable": False,
        "created": shown.since,
        "last_modified": shown.since,
        "mimetype": None,
        "format": None,
        "content": None,
        "size": None,
        "hash": None,
        "hash_algorithm": None,
    }


def _root(session: Session, *, content: bool) -> dict[str, Any]:
    from jupyter_ipfs.node.held import Held  # noqa: PLC0415
    from jupyter_ipfs.server.facts import facts_of  # noqa: PLC0415
    from jupyter_ipfs.store import listing  # noqa: PLC0415

    told = _base(_Shown([b""], _time(0)), "directory")
    if not content:
        return told
    held = Held(session.repo, session.backend)
    found, total = session.repo.database.read(
        lambda connection: listing.page(connection, "all", limit=MAX_ENTRIES)
    )
    entries = []
    for holding in found:
        label = holding.labels[0] if holding.labels else None
        name = str(holding.root)
        if label is not None:
            is_newest = label.version == label.versions
            name = label.name if is_newest else f"{label.name}@{label.version}"
        facts = facts_of(held, holding.root, name)
        kind = facts.kind if facts.kind in {"directory", "notebook"} else "file"
        entry = _base(_Shown([name.encode()], _time(holding.created_at)), kind)
        entries.append({**entry, "size": facts.size})
    return {**told, "format": "json", "content": _cut(entries, total, told)}


def _directory(held: Blocks, node: Node, shown: _Shown, *, content: bool) -> dict[str, Any]:
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    told = _base(shown, "directory")
    if not content:
        return told
    links = list(itertools.islice(reader.entries(held, node), MAX_ENTRIES + 1))
    entries = [_entry(held, link, shown) for link in links[:MAX_ENTRIES]]
    total = len(links)
    if total > MAX_ENTRIES and node.pb is not None:
        total = max(total, len(node.pb.links))  # of a sharded directory nobody has counted them
    return {**told, "format": "json", "content": _cut(entries, total, told)}


def _cut(entries: list[dict[str, Any]], total: int, parent: dict[str, Any]) -> list[dict[str, Any]]:
    """Say in a last entry that there are more; names sort behind with its first character."""
    if total <= len(entries):
        return entries
    name = f"… more than {len(entries):,} entries: open it in the IPFS panel"
    path = "/".join(part for part in (parent["path"], name) if part)
    return [*entries, {**parent, "name": name, "path": path, "type": "file"}]


def _entry(held: Blocks, link: PBLink, parent: _Shown) -> dict[str, Any]:
    from jupyter_ipfs.server.facts import of_link  # noqa: PLC0415
    from jupyter_ipfs.server.shown import is_plain, shown  # noqa: PLC0415

    name, facts = os.fsdecode(link.name or b""), of_link(held, link)
    # What is not held, damaged or malformed is a file too; opening it says so.
    kind = facts.kind if facts.kind in {"directory", "notebook"} else "file"
    entry = _base(_Shown([name.encode("utf-8", "surrogateescape")], parent.since), kind)
    # A name that no URL brings back is reached by its CID instead.
    path = f"{parent.path}/{name}" if is_plain(name) else str(link.cid)
    return {**entry, "name": shown(name) or str(link.cid), "path": path, "size": facts.size}


def _file(
    held: Blocks,
    node: Node,
    shown: _Shown,
    *,
    content: bool,
    kind: str | None,
    form: str | None,
) -> dict[str, Any]:
    from jupyter_ipfs.node import sniff  # noqa: PLC0415
    from jupyter_ipfs.server.facts import NOTEBOOK, kind_within  # noqa: PLC0415
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415

    is_notebook = node.kind == reader.FILE and kind_within(held, node, shown.name) == NOTEBOOK
    if kind == "notebook" and not is_notebook:
        raise RequestError("this is no notebook", "open it as a file")
    as_notebook = is_notebook and kind != "file"
    told = {**_base(shown, "notebook" if as_notebook else "file"), "size": node.size}
    if not as_notebook:
        told["mimetype"] = media.of_name(sniff.extension(shown.name))
    if not content:
        return told
    if as_notebook:
        return {**told, "format": "json", "content": _notebook(_read(held, node, MAX_NOTEBOOK))}
    if node.kind == reader.SYMLINK:
        target = node.target.decode("utf-8", "replace")
        return {**told, "mimetype": "text/plain", "format": "text", "content": target}
    data = _read(held, node, MAX_TEXT)
    text = sniff.text(data, whole=True) if form != "base64" else None
    if text is not None:
        mime = media.of_text(sniff.extension(shown.name))  # no image, whatever its name says
        return {**told, "mimetype": mime, "format": "text", "content": text}
    if form == "text":
        raise RequestError("this is no UTF-8 text", "download it, or look at its preview")
    mime = sniff.image_type(data) or "application/octet-stream"
    encoded = base64.b64encode(data).decode()
    return {**told, "mimetype": mime, "format": "base64", "content": encoded}


def _notebook(data: bytes) -> dict[str, Any]:
    """Return a notebook of the current format with no cell trusted.

    Raises:
        RequestError: It is no notebook, whatever it is called.
        LimitError: It has too many values.
    """
    import nbformat  # noqa: PLC0415  (the server has it)
    from nbformat.v4.rwbase import rejoin_lines  # noqa: PLC0415

    from jupyter_ipfs.net import json_depth  # noqa: PLC0415
    from jupyter_ipfs.node.open_copy import has_too_many_values, untrusted  # noqa: PLC0415

    if has_too_many_values(data):
        raise LimitError("this notebook has too many values to be opened", "download it instead")
    try:
        notebook = nbformat.from_dict(json_depth.parse_notebook(data))  # type: ignore[no-untyped-call]
        if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
            raise TypeError  # noqa: TRY301
        # On the disk texts are lists of lines; JupyterLab shows those with commas between.
        converted = rejoin_lines(nbformat.convert(notebook, 4))  # type: ignore[no-untyped-call]
        # After the conversion: it may make cells and metadata of its own.
        told: dict[str, Any] = untrusted(json.loads(json.dumps(converted)))
        if not isinstance(told.get("cells"), list):
            raise TypeError  # noqa: TRY301
    except Exception as error:  # noqa: BLE001  (nbformat raises anything on hostile notebooks)
        raise RequestError(
            f"this notebook cannot be read: {type(error).__name__}", "open it as a text file"
        ) from None
    return told


def _read(held: Blocks, node: Node, most: int) -> bytes:
    from jupyter_ipfs.node import cat  # noqa: PLC0415

    if node.size > most:
        raise LimitError(
            f"{node.size:,} bytes are too many for a document",
            "open a copy in the workspace, or read the part that is needed: session.open(path)",
        )
    return b"".join(cat.stream(held, node, 0, most))


def _since(session: Session, root: Any) -> str:  # noqa: ANN401  (a CID, which is imported late)
    from jupyter_ipfs.store import listing  # noqa: PLC0415

    found = session.repo.database.read(lambda connection: listing.one(connection, root))
    return _time(found.created_at)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)
