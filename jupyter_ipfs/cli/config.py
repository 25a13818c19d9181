"""``config``: the settings that server, kernels and command line share."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Any

from jupyter_ipfs import config as settings
from jupyter_ipfs.cli.terminal import escape

if TYPE_CHECKING:
    import argparse

    from jupyter_ipfs.cli.invocation import Invocation
    from jupyter_ipfs.config import Config

# As in config.toml, and what `settings.save` and `Config` call it.
_TEXTS = {"backend": "backend", "quota": "quota", "kubo.url": "kubo_url"}
_OCEAN = {"ocean.chain": "chain", "ocean.rpc_url": "rpc_url", "ocean.node": "ocean_node"}
_LISTS = {
    "kubo.announce": "announce",
    "sources.gateways": "gateways",
    "sources.places": "sources",
}
_SWITCHES = {"sources.public_gateways": "public_gateways"}
_TOKEN = "kubo.token"  # noqa: S105  (a setting's name)
_KEYS = [*_TEXTS, _TOKEN, *_LISTS, *_SWITCHES, *_OCEAN]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Show all, show one, or set one."""
    parser.add_argument("key", metavar="KEY", nargs="?", choices=_KEYS, help=", ".join(_KEYS))
    parser.add_argument(
        "values",
        metavar="VALUE",
        nargs="*",
        help="set KEY; a list takes several, and '' empties it. kubo.token is asked for",
    )


def run(cli: Invocation) -> int:
    """Print ``KEY = VALUE`` lines, or write one setting; ``--json``: one object with all of them.

    The token is never printed, only whether there is one.
    """
    args = cli.args
    config = settings.load(getattr(args, "backend", None), getattr(args, "repo", None))
    if args.values or args.key == _TOKEN:
        settings.save(config.repo, **_change(args))
        return 0
    shown = _shown(config)
    if args.key is not None:
        value = shown[args.key]
        text = "\n".join(value) if isinstance(value, list) else _text(value)
        cli.emit({args.key: value}, escape(text) if isinstance(value, str) else text)
        return 0
    names = {**_TEXTS, **_LISTS, **_SWITCHES, **_OCEAN, _TOKEN: "kubo_token", "file": "repo"}
    lines = [
        f"{key} = {escape(_text(value))}{config.decided_by(names[key])}"
        for key, value in shown.items()
    ]
    cli.emit(shown, "\n".join(lines))
    return 0


def _shown(config: Config) -> dict[str, object]:
    values: dict[str, object] = {"file": str(config.file)}
    for key, name in {**_TEXTS, **_LISTS, **_SWITCHES, **_OCEAN}.items():
        value = getattr(config, name)
        values[key] = list(value) if isinstance(value, tuple) else value
    values["ocean.rpc_url"] = config.rpc_shown  # its path is often a key
    values[_TOKEN] = config.kubo_token is not None
    return values


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def _change(args: argparse.Namespace) -> dict[str, Any]:
    key, values = args.key, args.values
    if key == _TOKEN:
        if values:
            args.parser.error("a token on the command line ends up in the history: leave it out")
        # From a pipe for scripts, else asked for without an echo.
        return {"kubo_token": _secret()}
    if key in _LISTS:
        return {_LISTS[key]: [value for value in values if value]}
    if key == "quota":  # 10 GiB, without quotes
        return {"quota": " ".join(values)}
    if len(values) > 1:
        args.parser.error(f"{key} takes one value")
    if key in {**_TEXTS, **_OCEAN}:
        return {{**_TEXTS, **_OCEAN}[key]: values[0]}
    if values[0] not in {"true", "false"}:
        args.parser.error(f"{key} is true or false")
    return {_SWITCHES[key]: values[0] == "true"}


def _secret() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Token (bearer:… or basic:user:password): ").strip()
    return sys.stdin.readline().strip()
