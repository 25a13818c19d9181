"""``load ls cat get stat verify names log id``: what there is, and getting it back."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import NameNotFoundError, UntrustedTypesError
from jupyter_ipfs.magics.results import Content, Report, Table
from jupyter_ipfs.words import figures, foreign

if TYPE_CHECKING:
    from jupyter_ipfs.magics.call import Call
    from jupyter_ipfs.node.ls import Entry, Stat
    from jupyter_ipfs.node.verify import Verification
    from jupyter_ipfs.protocols import BackendStatus, NameVersion

# A notebook is no place for a listing of a million lines.
_MAX_ENTRIES = 10_000
_SHOWN_PATHS = 10


def load(call: Call) -> object:
    """Return the object that was stored."""
    path = call.args.path
    trusted = [name for given in call.args.trust for name in given.split(",") if name]
    try:
        return call.session.load(call.path(path), trusted=trusted)
    except UntrustedTypesError as error:
        if error.hint:
            error.hint = error.hint.replace("%ipfs load NAME", f"%ipfs load {path}")
        raise


def ls(call: Call) -> object:
    """Return a directory's entries, or all names."""
    if call.args.path is None:
        return names(call)
    entries = list(islice(call.session.iter_ls(call.path(call.args.path)), _MAX_ENTRIES + 1))
    more = len(entries) > _MAX_ENTRIES
    if more:
        print(f"only the first {_MAX_ENTRIES:,} entries")  # noqa: T201  (beside the value)
    return Table(
        entries[:_MAX_ENTRIES],
        ("Name", "Size", "CID"),
        _entry,
        cids=[2],
        empty="The directory is empty.",
    )


def cat(call: Call) -> Content:
    """Return a file's bytes."""
    args = call.args
    return Content(call.session.cat(call.path(args.path), args.offset, args.length))


def get(call: Call) -> Report[Path]:
    """Write to the disk."""
    args = call.args
    if args.target and args.output:
        args.parser.error("give the place once: LOCAL or --output")
    path = call.path(args.path)
    # Without a target it is called what the user called it: `%ipfs get wine` writes ./wine.
    name = str(path) if "/" not in str(path) else call.session.path(path).name
    target = Path(args.target or args.output or name).expanduser()
    with call.meter() as meter:
        written = call.session.get(
            path, target, outside_symlinks=args.outside_symlinks, progress=meter
        )
    files = figures.counted(written.files, "file")
    place = written.local_path
    return Report(f"{files}, {figures.size(written.size)} written to {place}, all intact", place)


def stat(call: Call) -> Report[Stat]:
    """Describe a path."""
    found = call.session.stat(call.path(call.args.path))
    lines = [str(found.cid), f"{found.kind}, {figures.size(found.size)}"]
    if found.kind == "directory":
        lines[1] = "directory"
    lines.append(
        f"{figures.size(found.dag_size)} in all blocks, {figures.counted(found.links, 'link')}"
    )
    if found.mode is not None:
        lines.append(f"mode {found.mode:04o}")
    if found.mtime is not None:
        lines.append(f"modified {figures.moment(found.mtime[0])}")
    if found.target is not None:
        lines.append(f"points to {foreign.one_line(found.target)}")
    if found.duplicates:
        repeated = ", ".join(map(foreign.one_line, found.duplicates))
        lines.append(f"has these names more than once, only the first counts: {repeated}")
    return Report("\n".join(lines), found)


def verify(call: Call) -> Report[Verification]:
    """Check, and say how much of it is intact."""
    local = call.args.local_path
    local = None if local is None else str(Path(local).expanduser())
    with call.meter() as meter:
        found = call.session.verify(call.path(call.args.path), local, progress=meter)
    lines = [str(found)]
    for what in ("damaged", "changed", "missing", "extra", "not_fetched"):
        paths = getattr(found, what)
        lines += [
            f"  {what.replace('_', ' ')}: {foreign.one_line(p)}" for p in paths[:_SHOWN_PATHS]
        ]
        if len(paths) > _SHOWN_PATHS:
            lines.append(f"  … and {len(paths) - _SHOWN_PATHS:,} more")
    return Report("\n".join(lines), found, ok=found.is_intact)


def names(call: Call) -> Table[NameVersion]:
    """Return the newest version of every name."""
    return Table(
        call.session.names(),
        ("Name", "Version", "Stored", "CID"),
        lambda v: (v.name, str(v.version), figures.moment(v.created_at), str(v.root)),
        cids=[3],
        empty="There are no names yet: %ipfs put … --name NAME",
    )


def log(call: Call) -> Table[NameVersion]:
    """Return a name's versions, newest first."""
    try:
        versions = call.session.log(call.args.name)
    except NameNotFoundError as error:
        if error.hint is None:
            error.hint = "all names: %ipfs names"
        raise
    return Table(
        versions,
        ("Version", "Stored", "Kept", "CID"),
        lambda v: (
            f"{v.name}@{v.version}",
            figures.moment(v.created_at),
            "shared" if v.shared else "yes" if v.pinned else "no",
            str(v.root),
        ),
        cids=[3],
        empty="The name has no versions.",
    )


def identify(call: Call) -> Report[BackendStatus]:
    """Tell where content is kept, and how much there is."""
    session = call.session
    status = session.status()
    lines = [
        f"Backend: {status.backend}, {status.label}",
        f"State: {'ready' if status.healthy else 'not ready'} ({status.detail})",
    ]
    if status.blocks is not None:
        size = "" if status.size is None else f", {figures.size(status.size)} on disk"
        lines.append(f"Holds: {figures.counted(status.blocks, 'block')}{size}")
    reach = "yes, what is stored becomes public" if status.public else "no"
    lines += [
        f"Announced to the public network: {reach}",
        f"Names and settings: {session.config.repo}",
    ]
    return Report("\n".join(lines), status, ok=status.healthy)


def _entry(entry: Entry) -> tuple[str, str, str]:
    if entry.kind == "directory":
        return entry.name + "/", "—", str(entry.cid)
    return entry.name, figures.size(entry.size), str(entry.cid)
