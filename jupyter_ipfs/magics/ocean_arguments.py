"""The arguments of ``%ocean``, in the way of those of ``%ipfs``."""

from __future__ import annotations

import argparse
import functools
from typing import TYPE_CHECKING

from jupyter_ipfs.magics.arguments import (
    HelpShown,
    Parser,
    add_commands,
    one_command,
    refuse_unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = {
    "publish": "publish content as an asset, at a price or free; again: goes on, or is done",
    "check": "tell what publishing would cost and what is missing; sends nothing",
    "search": "find assets",
    "show": "show an asset, compared with what is on the chain",
    "history": "tell what happened to an asset, by the chain's own logs",
    "buy": "order an asset, free or paid; an order that still holds is used again",
    "download": "download an asset, and check its bytes against what was published",
    "edit": "change an asset's description or price",
    "state": "set an asset's state: active, revoked …",
    "transfer": "give an asset to another address",
    "collect": "take out of the exchange what an asset has earned",
    "mine": "what you have published, bought and earned",
    "pending": "list publications that broke off",
    "forget": "forget a publication that broke off",
    "status": "tell which chain and Ocean Node are used, and what is missing",
}
KINDS = ("dataset", "model", "algorithm", "notebook")
SORTS = ("relevance", "newest", "price", "orders")
STATES = (
    "active", "end-of-life", "deprecated", "revoked", "ordering-disabled", "unlisted",
)  # fmt: skip
_UNITS = {"h": 3600, "d": 86_400, "w": 604_800, "m": 2_630_000, "y": 31_556_952}


@functools.cache
def parser() -> Parser:
    """Return the parser of a line after ``%ocean``."""
    main = Parser(
        prog="%ocean",
        description="Assets: published, found, bought and checked.",
        epilog="DID is did:op:…, or a variable with an asset. As long as the chain is the sandbox "
        "all of it is practice: only on this computer, play money.",
        allow_abbrev=False,
    )
    add_commands(main, COMMANDS, _DECLARE, {})
    return main


def command_parser(command: str) -> argparse.ArgumentParser | None:
    """Return one command's parser, or ``None`` if there is no such command."""
    return one_command("%ocean", command, _DECLARE)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read a line's words.

    Raises:
        ConfigError: They make no sense; the hint has the usage.
        HelpShown: Help was asked for and printed.
    """
    if not words:
        parser().print_help()
        raise HelpShown
    refuse_unknown(words, COMMANDS)
    return parser().parse_args([str(word) for word in words])


def _did(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("did", metavar="DID", help="did:op:…, or a variable with an asset")


def _draft(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("path", metavar="PATH", help="a CID, a name, a path below one")
    sub.add_argument("--title", required=True, help="for people")
    sub.add_argument("--description", default="", metavar="TEXT", help="what it is")
    sub.add_argument("--author", default="", metavar="NAME", help="who made it")
    sub.add_argument("--license", default="", metavar="SPDX", help="such as CC-BY-4.0")
    sub.add_argument("--tag", dest="tags", action="append", default=[], help="again for more")
    sub.add_argument("--kind", choices=KINDS, default="dataset", help="what it is (dataset)")
    costs = sub.add_mutually_exclusive_group(required=True)
    costs.add_argument("--price", metavar="AMOUNT", help="what an order costs, such as 5 or 0.25")
    costs.add_argument("--free", action="store_true", help="it costs nothing")
    _timeout(sub)
    sub.add_argument("--template", type=int, choices=(1, 2, 4), default=1, help="of the datatoken")
    sub.add_argument(
        "--allow", action="append", default=[], metavar="ADDRESS", help="only they may order"
    )
    sub.add_argument("--sample", metavar="URL", help="where a sample is")
    sub.add_argument("--url", metavar="URL", help="where the Ocean Node can fetch the same bytes")
    sub.add_argument(
        "--agree-public-cid", action="store_true", help="sell it although others know its CID"
    )
    sub.add_argument("--key", help="tells publications of the same content apart")


def _timeout(sub: argparse.ArgumentParser) -> None:
    default = None if sub.prog.endswith("edit") else 0
    sub.add_argument(
        "--timeout", dest="timeout_s", type=seconds, default=default, metavar="TIME",
        help="how long an order lasts: 3600, 12h, 30d, 1y; 0: for ever",
    )  # fmt: skip


def _search(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("text", metavar="WORD", nargs="*", help="in title, description, author, tags")
    sub.add_argument("--kind", choices=KINDS, help="of this kind only")
    costs = sub.add_mutually_exclusive_group()
    costs.add_argument("--free", dest="price", action="store_const", const="free", help="free ones")
    costs.add_argument(
        "--paid", dest="price", action="store_const", const="paid", help="the others"
    )
    sub.add_argument("--tag", help="with this tag")
    sub.add_argument("--author", help="by this author")
    sub.add_argument("--sort", choices=SORTS, default="relevance", help="relevance by default")
    sub.add_argument("--offset", type=_count, default=0, metavar="N", help="leave out the first N")
    sub.add_argument("--limit", type=_count, default=50, metavar="N", help="at most N (50)")


def _buy(sub: argparse.ArgumentParser) -> None:
    _did(sub)
    sub.add_argument("--at-most", metavar="AMOUNT", help="pay no more than that")


def _download(sub: argparse.ArgumentParser) -> None:
    _did(sub)
    sub.add_argument("target", metavar="LOCAL", nargs="?", help="where to; by default here")
    sub.add_argument("--buy", action="store_true", default=None, help="buy it if need be")


def _edit(sub: argparse.ArgumentParser) -> None:
    _did(sub)
    for name in ("title", "description", "author", "license", "price", "sample"):
        sub.add_argument(f"--{name}", metavar="NEW", help=f"a new {name}")
    sub.add_argument("--tag", dest="tags", action="append", help="new tags; again for more")
    _timeout(sub)


def _state(sub: argparse.ArgumentParser) -> None:
    _did(sub)
    sub.add_argument("state", metavar="STATE", choices=STATES, help=", ".join(STATES))


def _transfer(sub: argparse.ArgumentParser) -> None:
    _did(sub)
    sub.add_argument("to", metavar="ADDRESS", help="whose it is afterwards")
    sub.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _forget(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("key", metavar="KEY", help="as %%ocean pending lists it")


def _nothing(sub: argparse.ArgumentParser) -> None:
    """No arguments."""


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  (of an int)
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 0")
    return int(text)


def seconds(text: str) -> int:
    """Return a time span as seconds: ``3600``, ``12h``, ``30d``, ``1y``."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "")
    return _count(number) * _UNITS.get(unit, 1)


_DECLARE: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "publish": _draft,
    "check": _draft,
    "search": _search,
    "show": _did,
    "history": _did,
    "buy": _buy,
    "download": _download,
    "edit": _edit,
    "state": _state,
    "transfer": _transfer,
    "collect": _did,
    "mine": _nothing,
    "pending": _nothing,
    "forget": _forget,
    "status": _nothing,
}
