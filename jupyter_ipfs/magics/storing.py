"""``put``, and the card that shows what was stored."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError, IPFSError
from jupyter_ipfs.magics import values
from jupyter_ipfs.magics.asking import with_consent
from jupyter_ipfs.magics.results import MAX_ITEMS, Card, Item
from jupyter_ipfs.words import copies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ipfs.magics.call import Call
    from jupyter_ipfs.magics.sessions import Sessions
    from jupyter_ipfs.node.scan import LocalPath
    from jupyter_ipfs.protocols import Progress, Stored

NOT_STORED = "not stored: only the CID was computed"
# Options that say how files become blocks; objects have one form only.
_FILE_OPTIONS = (
    "profile", "cid_version", "hash", "raw_leaves", "chunker", "max_file_links",
    "max_directory_links", "inline", "inline_limit", "mode", "mtime",
    "preserve_mode", "preserve_mtime", "hidden", "wrap_with_directory", "only_hash",
)  # fmt: skip


def put(call: Call) -> object:
    """Store what the words mean; return the card, or with ``-Q`` the CID's text."""
    args = call.args
    _check(call)
    found = [values.find(word, call.namespace) for word in args.sources]
    notes = [value.note for value in found if value.note]
    contents = [value.content for value in found]
    with call.meter() as meter:
        if all(isinstance(content, Path) for content in contents):
            paths: list[LocalPath] = [str(content) for content in contents]
            stored = with_consent(call.session, lambda: _store_paths(call, paths, meter))
        elif len(contents) > 1:
            raise ConfigError(
                "several objects have no one CID", "put them one by one, or as {'a': a, 'b': b}"
            )
        else:
            _refuse_file_options(call)
            stored = with_consent(call.session, lambda: _store_object(call, contents[0], meter))
    if args.quieter:
        return str(stored.root)
    first = contents[0]
    label = first.name if isinstance(first, Path) and not args.wrap_with_directory else None
    return card(
        call.sessions, stored, meter.last, notes=notes, label=label, only_hash=args.only_hash
    )


def card(
    sessions: Sessions,
    stored: Stored,
    counted: Progress | None,
    *,
    notes: Sequence[str] = (),
    label: str | None = None,
    only_hash: bool = False,
) -> Card:
    """Describe what was just stored.

    Args:
        sessions: The notebook's session.
        stored: What the commit said.
        counted: The last figures of the operation's progress.
        notes: What a person should know besides.
        label: What to call it where no name does.
        only_hash: Nothing was stored.
    """
    facts: dict[str, Any] = {"kind": "content", "where": NOT_STORED}
    if not only_hash:
        facts = _facts(sessions, stored)
    if counted is not None and counted.files:
        facts |= {"size": counted.size, "files": counted.files}
    return Card(
        cid=stored.root,
        name=stored.name,
        label=label,
        name_version=stored.version,
        unchanged=stored.unchanged,
        notes=tuple(notes),
        explained=sessions.explain(),
        **facts,
    )


def where(sessions: Sessions, stored: Stored) -> str:
    """Say where copies are, from evidence."""
    session = sessions.get()
    status = session.status()
    if status.backend != "embedded":
        return copies.elsewhere(status.label, public=status.public)
    return copies.here(
        [
            (copy.place, copy.created_at, copy.checked_at, Path(copy.place).exists())
            for copy in session.repo.copies(stored.root)
        ]
    )


def _facts(sessions: Sessions, stored: Stored) -> dict[str, Any]:
    from jupyter_ipfs.unixfs import reader  # noqa: PLC0415  (loading counts)

    session = sessions.get()
    stat = session.stat(stored.root)
    facts: dict[str, Any] = {"kind": stat.kind, "where": where(sessions, stored)}
    if stat.kind != "directory":
        return facts | {"size": stat.size, "files": 1}
    try:
        items = [
            Item(e.name, None if e.kind == "directory" else e.size, str(e.cid), e.kind)
            for e in islice(session.iter_ls(stored.root), MAX_ITEMS)
        ]
        number = len(items)
        if number == MAX_ITEMS:  # the others are counted, not looked at
            number = sum(1 for _ in reader.entries(session.blocks, session.resolve(stored.root)))
    except IPFSError:  # the card is about what is stored; it is no reason to fail
        return facts
    return facts | {"items": tuple(items), "left_out": number - len(items)}


def _store_paths(call: Call, paths: list[LocalPath], meter: Any) -> Stored:  # noqa: ANN401
    from jupyter_ipfs.node import flags  # noqa: PLC0415  (loading counts)
    from jupyter_ipfs.node.add import Options  # noqa: PLC0415

    args = call.args
    if len(paths) > 1 and not args.wrap_with_directory:
        hint = "put them one by one, or with -w into one directory"
        raise ConfigError("several files have no one CID", hint)
    options = Options(
        wrap=args.wrap_with_directory, hidden=args.hidden, attributes=flags.attributes(args)
    )
    return call.session.store(
        paths if len(paths) > 1 else paths[0],
        name=args.name,
        pin=args.pin,
        profile=flags.profile(args),
        only_hash=args.only_hash,
        progress=meter,
        options=options,
    )


def _store_object(call: Call, content: object, meter: Any) -> Stored:  # noqa: ANN401
    from jupyter_ipfs.ipld.cid import CID  # noqa: PLC0415  (loading counts)

    session, args = call.session, call.args
    root = content.cid if isinstance(content, Card) else content
    if isinstance(root, CID):  # stored before: keep it, and let the name stand for it
        if args.pin:
            session.pin(root, progress=meter)
        with session.backend.batch() as batch:
            return batch.commit(root, pin=args.pin, name=args.name)
    return session.store_object(content, name=args.name, pin=args.pin, progress=meter)


def _check(call: Call) -> None:
    args = call.args
    if args.only_hash and args.name is not None:
        args.parser.error("--only-hash stores nothing that --name could stand for")
    if args.mtime is None and args.mtime_nsecs:
        args.parser.error("--mtime-nsecs is the fraction of --mtime, which is missing")


def _refuse_file_options(call: Call) -> None:
    given = [name for name in _FILE_OPTIONS if getattr(call.args, name) not in (None, False)]
    if given:
        options = ", ".join("--" + name.replace("_", "-") for name in given)
        raise ConfigError(f"{options}: for files and directories, not for an object")
