"""``pins pin unpin gc forget export import push config``: what stays, and what goes where."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics import storing
from jupyter_ipfs.magics.arguments import CONFIG_KEYS
from jupyter_ipfs.magics.asking import with_consent
from jupyter_ipfs.magics.results import Report, Table
from jupyter_ipfs.protocols import Stored
from jupyter_ipfs.words import figures, foreign

if TYPE_CHECKING:
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.magics.call import Call
    from jupyter_ipfs.node.archive import Exported
    from jupyter_ipfs.node.forget import Forgotten
    from jupyter_ipfs.protocols import Pin, Removed

_LISTS = {"announce", "gateways", "sources"}


def pins(call: Call) -> Table[Pin]:
    """Return what is kept, oldest first."""
    return Table(
        call.session.pins(),
        ("CID", "Kept since", "Names"),
        lambda pin: (str(pin.root), figures.moment(pin.created_at), ", ".join(pin.names)),
        cids=[0],
        empty="Nothing is kept yet: %ipfs put …",
    )


def pin(call: Call) -> Report[list[CID]]:
    """Keep content, fetching what is missing."""
    session = call.session
    with call.meter() as meter:
        roots = [
            with_consent(session, partial(session.pin, call.path(path), progress=meter))
            for path in call.args.paths
        ]
    return Report("\n".join(f"kept: {root}" for root in roots), roots)


def unpin(call: Call) -> Report[list[CID]]:
    """Let go, and say how to undo it."""
    roots: list[CID] = []
    lines: list[str] = []
    for path in call.args.paths:
        gone = call.session.unpin(call.path(path))
        if not gone:
            message = f"{foreign.one_line(path)!r} is not kept"
            raise ConfigError(message, "what is kept: %ipfs pins")
        roots += gone
        lines += [f"no longer kept: {root}" for root in gone]
    again = " ".join(map(str, roots))
    lines.append(f"The bytes stay until %ipfs gc. To undo it: %ipfs pin {again}")
    return Report("\n".join(lines), roots)


def gc(call: Call) -> Report[Removed | None]:
    """Remove what nothing keeps, after asking."""
    if not call.agree("Remove every block that no pin and no name keeps?"):
        return Report("Nothing was removed.", None, ok=False)
    removed = call.session.gc()
    return Report(f"removed: {_amount(removed)}", removed)


def forget(call: Call) -> Report[Forgotten]:
    """Remove content from this computer, after showing what goes and what needs it."""
    from jupyter_ipfs.node.forget import preview  # noqa: PLC0415  (rarely needed)

    session = call.session
    where = session.path(call.path(call.args.path))
    if where.segments:
        call.args.parser.error(f"a part of {where.root} cannot be forgotten, only all of it")
    if not call.args.yes:
        plan = preview(session.repo, where.root)
        print("\n".join(_plan(plan)))  # noqa: T201  (to read before the question)
        if not call.agree("Remove it from this computer, now and for good?"):
            return Report("Nothing was removed.", plan, ok=False)
    gone = session.forget(where.root)
    lines = [f"forgotten: {gone.root}", f"removed: {_amount(gone.removed)}"]
    return Report("\n".join([*lines, *_beyond(gone)]), gone)


def _plan(plan: Forgotten) -> list[str]:
    lines = [str(plan.root), f"  goes: {_amount(plan.removed)}"]
    if plan.kept_by:
        lines.append(f"  kept by {foreign.one_line(', '.join(plan.kept_by))}, which lets go")
    if plan.shared_with:
        others = foreign.one_line(", ".join(plan.shared_with))
        lines.append(f"  stays: {_amount(plan.shared)}, needed by {others}")
    return [*lines, *_beyond(plan)]


def _beyond(forgotten: Forgotten) -> list[str]:
    return [
        f"  cannot be recalled: the copy in {foreign.one_line(copy.place)}"
        f" ({figures.moment(copy.created_at)})"
        for copy in forgotten.copies
    ]


def _amount(removed: Removed) -> str:
    return f"{figures.counted(removed.blocks, 'block')}, {figures.size(removed.size)}"


def export(call: Call) -> Report[Exported]:
    """Write a CAR file."""
    args = call.args
    file = Path(args.file).expanduser()
    with call.meter() as meter:
        done = call.session.export_car(
            call.path(args.path), file, overwrite=args.overwrite, progress=meter
        )
    blocks = figures.counted(done.blocks, "block")
    text = f"{done.root}\nin {file}: {blocks}, {figures.size(done.size)}"
    return Report(f"{text}\nWhoever has this file: %ipfs import {file.name}", done)


def import_(call: Call) -> object:
    """Take in a CAR; one complete root gives its card."""
    args, session = call.args, call.session
    file = Path(args.file).expanduser()
    with call.meter() as meter:
        done = with_consent(
            session,
            lambda: session.import_car(file, name=args.name, pin=args.pin, progress=meter),
        )
    if len(done.roots) == 1 and not done.incomplete:
        root = done.roots[0]
        version = call.session.log(args.name)[0].version if args.name else None
        stored = Stored(root, done.blocks, done.size, args.name, version)
        return storing.card(call.sessions, stored, None)
    lines = [f"{figures.counted(done.blocks, 'block')}, all intact"]
    lines += [f"{root}: complete" for root in done.roots]
    lines += [
        f"{root}: {figures.counted(missing, 'block')} missing, so it is not kept"
        for root, missing in done.incomplete.items()
    ]
    return Report("\n".join(lines), done, ok=not done.incomplete)


def push(call: Call) -> Report[str]:
    """Hand content over to a folder or a Kubo."""
    args, session, path = call.args, call.session, call.path(call.args.path)
    with call.meter() as meter:
        place = with_consent(
            session, lambda: session.push(path, args.target, progress=meter), args.target
        )
    return Report(f"handed over: {place}", place)


def config(call: Call) -> Report[Any]:
    """Show the settings, or change one."""
    from jupyter_ipfs import config as settings  # noqa: PLC0415  (loading counts)

    args, session = call.args, call.session
    if args.values:
        settings.save(session.config.repo, **_change(call))
    current = session.config
    keys = [args.key] if args.key else list(CONFIG_KEYS)
    values = {
        # The path of an RPC's address is often a key, and outputs are saved.
        key: current.rpc_shown if key == "rpc_url" else getattr(current, key)
        for key in keys
    }
    lines = [f"{key} = {_text(value)}{current.decided_by(key)}" for key, value in values.items()]
    return Report("\n".join(lines), values)


def _change(call: Call) -> dict[str, Any]:
    key, values = call.args.key, [str(value) for value in call.args.values]
    if key in _LISTS:
        return {key: [value for value in values if value]}
    if key == "quota":  # 10 GiB, without quotes
        return {key: " ".join(values)}
    if len(values) > 1:
        call.args.parser.error(f"{key} takes one value")
    if key != "public_gateways":
        return {key: values[0]}
    if values[0] not in {"true", "false"}:
        call.args.parser.error(f"{key} is true or false")
    return {key: values[0] == "true"}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value) or "(none)"
    return "(none)" if value is None else str(value)
