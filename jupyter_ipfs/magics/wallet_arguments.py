"""The arguments of ``%wallet``, in the way of those of ``%ipfs``."""

from __future__ import annotations

import argparse
import functools
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.magics.arguments import Parser, add_commands, one_command, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = {
    "status": "tell who is signed in, and for which chain",
    "login": "sign in with a wallet in the browser; waits until you have",
    "open": "sign with an encrypted keystore; asks for its password",
    "practice": "sign with a practice account: play money, only on this computer",
    "logout": "sign out; an opened key is forgotten",
}
LABELS = ("author", "buyer")  # as `wallet.sandbox_accounts` has them (a test compares)
_MAX_TIMEOUT_S = 300


@functools.cache
def parser() -> Parser:
    """Return the parser of a line after ``%wallet``."""
    main = Parser(
        prog="%wallet",
        description="Who you are, proven by a signature, and who signs.",
        epilog="A private key is never shown and never leaves its place; a password is asked for, "
        "never written in the line.",
        allow_abbrev=False,
    )
    add_commands(main, COMMANDS, _DECLARE, {})
    return main


def command_parser(command: str) -> argparse.ArgumentParser | None:
    """Return one command's parser, or ``None`` if there is no such command."""
    return one_command("%wallet", command, _DECLARE)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read a line's words; none are ``status``.

    Raises:
        ConfigError: They make no sense; the hint has the usage.
        HelpShown: Help was asked for and printed.
    """
    words = list(words) or ["status"]
    refuse_unknown(words, COMMANDS)
    _refuse_password(words)
    return parser().parse_args([str(word) for word in words])


def _refuse_password(words: Sequence[str]) -> None:
    """Refuse what stands behind the keystore's name, without repeating it."""
    options = [word for word in words[1:] if word.startswith("-") and word not in {"-h", "--help"}]
    if words[0] == "open" and (len(words) > 2 or options):  # noqa: PLR2004  (open, and a file)
        hint = "%wallet open key.json asks for it: a line stays in the notebook and its history"
        raise ConfigError("nothing stands behind the keystore's name, least its password", hint)


def _login(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--timeout", dest="timeout_s", type=_timeout, default=120, metavar="S",
        help=f"how many seconds to wait for you: 120, at most {_MAX_TIMEOUT_S}",
    )  # fmt: skip


def _open(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="KEYFILE", help="Web3 Secret Storage, version 3 (JSON)")


def _practice(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--as", dest="label", choices=LABELS, default="author", help="author (the default) or buyer"
    )


def _nothing(sub: argparse.ArgumentParser) -> None:
    """No arguments."""


def _timeout(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MAX_TIMEOUT_S):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to {_MAX_TIMEOUT_S}")
    return int(text)


_DECLARE: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "status": _nothing,
    "login": _login,
    "open": _open,
    "practice": _practice,
    "logout": _nothing,
}
