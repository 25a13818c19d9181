"""``share``: a notebook as one CID, with what it read, how it ran and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.cli import bundles
from jupyter_ipfs.cli.arguments import switch
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.bundles.sharing.plan import Plan
    from jupyter_ipfs.cli.invocation import Invocation

_FORMS = (".car", ".zip")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, and how it is handed over."""
    parser.add_argument("notebook", metavar="NOTEBOOK", help="a notebook, as it is saved")
    parser.add_argument("--execute", action="store_true", help="run a copy of it first")
    parser.add_argument("--title", help="what to call it")
    parser.add_argument(
        "--author", dest="authors", action="append", default=[], help="again for more"
    )
    parser.add_argument("--license", metavar="SPDX", help="such as CC-BY-4.0")
    parser.add_argument("--description", default="", metavar="TEXT", help="what it is")
    parser.add_argument(
        "--include", action="append", default=[], metavar="PATH", help="share this input, too"
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="PATH", help="leave this input out"
    )
    parser.add_argument("--name", dest="name_", metavar="NAME", help="default: the notebook's")
    parser.add_argument("--sign", action="store_true", help="vouch for it with a wallet")
    parser.add_argument("--keystore", metavar="FILE", help="the wallet, as an encrypted keystore")
    parser.add_argument(
        "--allow-secrets", action="store_true", help="share what looks like keys or passwords"
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="tell what would be shared, share nothing"
    )
    parser.add_argument("--save", metavar="FILE", help="hand it over as FILE.car or FILE.zip")
    parser.add_argument(
        "--send", dest="target", metavar="TARGET", default="", help="… to a folder or a Kubo"
    )
    parser.add_argument("-Q", "--quieter", action="store_true", help="print the root alone")
    switch(parser, "-p", "--progress", text="show progress (the default on a terminal)")


def run(cli: Invocation) -> int:
    """Say what is shared and what is wrong with it; share it; the root comes last.

    ``--json``: first the plan (title inputs findings environment size …), then root payload name
    version unchanged size saved sent.
    """
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

    args = cli.args
    save = None if args.save is None else Path(args.save)
    if save is not None and save.suffix.lower() not in _FORMS:
        args.parser.error("--save takes a name that ends in .car or .zip")
    if args.execute and args.dry_run:
        args.parser.error("--dry-run runs nothing, so it does not go with --execute")
    if args.sign or args.keystore:
        bundles.sign_in(cli, args.keystore)
    fields = {
        "include": tuple(args.include),
        "exclude": tuple(args.exclude),
        "license": args.license,
        "title": args.title,
        "authors": tuple(args.authors),
        "description": args.description,
    }
    what: Any = Path(args.notebook)
    if args.execute:
        fields |= {"execute": True}
    else:
        what = cli.session.bundles.plan(what, **fields)
        fields = {}
        _tell(cli, what)
        if args.dry_run:
            return 0
    with cli.progress(wanted=args.progress) as progress, in_words.secrets_by_option():
        shared = cli.session.bundles.share(
            what,
            **fields,
            name=args.name_,
            sign=bool(args.sign or args.keystore),
            secrets=args.allow_secrets,
            progress=progress,
        )
    if args.execute:
        _tell(cli, shared.plan)
    record = {
        "root": str(shared.root),
        "payload": str(shared.payload),
        "name": shared.name,
        "version": shared.version,
        "unchanged": shared.unchanged,
        "size": shared.size,
    }
    lines = [] if args.quieter else [_named(shared.name, shared.version, shared.unchanged)]
    if save is not None:
        record["saved"] = _save(cli, str(shared.root), save)
        lines += [] if args.quieter else [f"saved as {escape(args.save)}"]
    if args.target:
        with cli.progress(wanted=args.progress) as progress:
            place = cli.session.push(str(shared.root), args.target, progress=progress)
        record["sent"] = place
        lines += [] if args.quieter else [f"sent to {escape(place)}"]
    cli.emit(record, "\n".join([*lines, str(shared.root)]))
    return 0


def _tell(cli: Invocation, plan: Plan) -> None:
    """Say what is shared, with what is wrong with it."""
    from jupyter_ipfs.bundles import in_words  # noqa: PLC0415  (not for --help)

    if cli.json:
        cli.emit(plan.as_json(), None)
    elif not cli.args.quieter:
        bundles.show(cli, in_words.plan(plan))
        bundles.show(cli, in_words.findings(plan.findings))


def _save(cli: Invocation, root: str, file: Path) -> str:
    with cli.progress(wanted=cli.args.progress) as progress:
        if file.suffix.lower() == ".car":
            cli.session.export_car(root, file, progress=progress)
        else:
            cli.session.bundles.save_zip(root, file, progress=progress)
    return str(file)


def _named(name: str | None, version: int | None, unchanged: bool) -> str:  # noqa: FBT001
    if name is None:
        return "shared"
    return f"shared as {escape(name)}, version {version}{' (unchanged)' if unchanged else ''}"
