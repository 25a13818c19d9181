"""``share open reproduce reports diff provenance``: a notebook as one CID, from a cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.bundles import in_words
from jupyter_ipfs.bundles.replay import preconditions
from jupyter_ipfs.magics import at_hand, storing
from jupyter_ipfs.magics.asking import with_consent
from jupyter_ipfs.magics.bundle_results import Reproduced, Told
from jupyter_ipfs.magics.results import Card, Table
from jupyter_ipfs.protocols import Stored
from jupyter_ipfs.words import foreign

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.compare.verdict import CellVerdict
    from jupyter_ipfs.bundles.opening.opening import Opened
    from jupyter_ipfs.bundles.reports.report import Report
    from jupyter_ipfs.bundles.sharing.plan import Plan
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.magics.call import Call

_FILES = (".car", ".zip")
_NOTHING = Told("Nothing was done: this notebook is being reproduced", "", (), None)


def share(call: Call) -> Card | Told[Plan] | Told[None]:
    """Share a notebook: the one at hand, or another one; as it is saved."""
    if _is_reproduced():
        return _NOTHING
    args, bundles = call.args, call.session.bundles
    own = args.notebook is None
    call.recording.flush()
    notebook = at_hand.notebook(call) if own else Path(args.notebook).expanduser()
    notes = at_hand.unsaved(call, notebook) if own and not args.execute else []
    save = None if args.save is None else Path(args.save).expanduser()
    if save is not None and save.suffix.lower() not in _FILES:
        args.parser.error("--save takes a name that ends in .car or .zip")
    if args.execute and args.dry_run:
        args.parser.error("--dry-run runs nothing, so it does not go with --execute")
    fields: dict[str, Any] = {
        "kernel": call.recording.kernel if own else None,
        "include": tuple(args.include),
        "exclude": tuple(args.exclude),
        "license": args.license,
        "title": args.title,
        "authors": tuple(args.authors),
        "description": args.description,
        "name": args.name,
    }
    if own and not args.execute:
        call.recording.flush()  # what the cells before this one have read
        fields["kernel"] = call.recording.kernel
    if args.dry_run:
        plan = bundles.plan(notebook, **fields)
        return Told("This would be shared", "", [*_plan(plan), *notes], plan)
    with call.meter() as meter, in_words.secrets_by_option():
        shared = with_consent(
            call.session,
            lambda: bundles.share(
                notebook,
                **fields,
                execute=args.execute,
                sign=args.sign,
                secrets=args.allow_secrets,
                progress=meter,
            ),
        )
    notes += _handed_over(call, shared.root, save)
    stored = Stored(shared.root, 0, shared.size, shared.name, shared.version, shared.unchanged)
    card = storing.card(call.sessions, stored, None)
    told = map(foreign.one_line, [*_plan(shared.plan), *notes])
    # What a share is made of says nothing to a person; what was read stands in the notes.
    return replace(card, items=(), left_out=0, notes=(*card.notes, *told))


def open_(call: Call) -> Told[Opened] | Told[Report]:
    """Say what a share is; nothing of it is run, and nothing written unless that is asked for."""
    from jupyter_ipfs.bundles.reports import report_store  # noqa: PLC0415  (when needed)

    args, bundles = call.args, call.session.bundles
    path = _taken_in(call, args.path)
    if report_store.is_report(call.session, path):
        report = bundles.report(path)
        root = str(call.session.resolve(path).cid)
        return Told("A report", root, list(in_words.report(report.as_json())), report)
    opened = bundles.open(path)
    lines, ok = list(in_words.opened(opened, is_checked=args.check)), True
    with call.meter() as meter:
        if args.check:
            found = bundles.check(path, progress=meter)
            ok = not (found.missing or found.damaged)
            lines += in_words.integrity(found)
        if args.copy is not None and ok:
            copied = bundles.copy(path, Path(args.copy).expanduser(), progress=meter)
            lines.append(f"Copied to {copied.local_path}")
            lines += [f"  left out: {name}: {why}" for name, why in copied.skipped.items()]
            lines.append(f"The notebook: {copied.notebook}")
    return Told("A shared notebook", str(opened.root), lines, opened, ok)


def reproduce(call: Call) -> Reproduced | Told[None]:
    """Run a share again, after asking; say for each cell how it compares."""
    from jupyter_ipfs.bundles.replay.allowed import Allowed  # noqa: PLC0415  (when needed)

    if _is_reproduced():
        return _NOTHING
    args, bundles = call.args, call.session.bundles
    path = _taken_in(call, args.path)
    allowed = Allowed(
        network=args.network,
        isolation=not args.no_isolation,
        left_out=tuple(args.leave_out),
        own_environment=args.own_environment,
    )
    readiness = bundles.readiness(path)
    preconditions.check(readiness, allowed)
    for line in in_words.before_running(bundles.open(path), readiness, allowed):
        print(foreign.one_line(line), flush=True)  # noqa: T201  (to read before the question)
    if not call.agree("Run it?"):
        return Told("Nothing was run", "", (), None, ok=False)
    verdicts: dict[str, str] = {}
    with call.meter() as meter:

        def ended(cell: CellVerdict) -> None:
            verdicts[cell.id] = cell.verdict
            meter.so_far = in_words.counts(Counter(verdicts.values()), 0)

        report = bundles.reproduce(path, allow=allowed, progress=meter, on_cell=ended)
    root = str(bundles.keep_report(report))
    if args.sign:
        root = str(bundles.sign(root, "reviewer"))
    if args.report is not None:
        with Path(args.report).expanduser().open("xb") as file:
            file.write(bundles.report_page(root))
    return Reproduced(root, report.as_json())


def reports(call: Call) -> Table[dict[str, Any]]:
    """Return who ran a share again, and what came of it."""
    entries = call.session.bundles.reports(_taken_in(call, call.args.path))
    return Table(
        [entry.as_json() for entry in entries],
        ("Report", "At", "By", "Verdicts"),
        lambda each: (
            each["report"],
            each["at"],
            in_words.reporter(each),
            in_words.counts(each["counts"], each["claimed"]),
        ),
        cids=[0],
        empty="No report of it is held here: %ipfs reproduce makes one.",
    )


def diff(call: Call) -> Told[dict[str, Any]]:
    """Return what changed between two shares."""
    a, b = _taken_in(call, call.args.a), _taken_in(call, call.args.b)
    found: dict[str, Any] = call.session.bundles.diff(a, b).as_json()
    return Told("What changed", "", list(in_words.difference(found)), found)


def provenance(call: Call) -> Told[dict[str, Any]]:
    """Return which inputs, cells and outputs came of which."""
    told = call.session.bundles.provenance(_taken_in(call, call.args.path)).as_json()
    if call.args.svg is not None:
        with Path(call.args.svg).expanduser().open("x", encoding="utf-8") as file:
            file.write(told["svg"])
    return Told("Where it comes from", "", told["text"].splitlines(), told, picture=told["svg"])


def _is_reproduced() -> bool:
    """Tell whether this kernel runs a shared notebook again: its lines about shares do nothing."""
    from jupyter_ipfs import config  # noqa: PLC0415  (loading counts)

    return config.is_reproduced()


def _plan(plan: Plan) -> list[str]:
    return [*in_words.plan(plan), *in_words.findings(plan.findings)]


def _handed_over(call: Call, root: CID, save: Path | None) -> list[str]:
    """Save and send a share, if that was asked for; say where it is now."""
    notes, target = [], call.args.target
    with call.meter() as meter:
        if save is not None and save.suffix.lower() == ".car":
            call.session.export_car(root, save, progress=meter)
        elif save is not None:
            call.session.bundles.save_zip(root, save, progress=meter)
        if save is not None:
            notes.append(f"Saved as {save}")
        if target is not None:
            place = with_consent(
                call.session, lambda: call.session.push(root, target, progress=meter), target
            )
            notes.append(f"Sent to {place}")
    return notes


def _taken_in(call: Call, text: str) -> str:
    """Return the path of a share; a file that it was handed over as is taken in first."""
    file = Path(text).expanduser()
    if file.suffix.lower() in _FILES and file.is_file():
        with call.meter() as meter:
            root: CID = call.session.bundles.open_file(file, progress=meter)
        return str(root)
    held = call.namespace.get(text) if text.isidentifier() else None
    if isinstance(held, Told) and held.cid:
        return held.cid
    return str(call.path(text))
