"""What the actions about one asset have in common: reading their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.errors import RequestError
from jupyter_ipfs.server.arguments import text

if TYPE_CHECKING:
    from jupyter_ipfs.server.actions import Arguments


def optional(arguments: Arguments, name: str) -> str | None:
    """Return a text, ``None`` where there is none.

    Raises:
        RequestError: It is something else.
    """
    return None if arguments.get(name) is None else text(arguments, name)


def texts(arguments: Arguments, name: str) -> list[str] | None:
    """Return a list of texts, ``None`` where there is none.

    Raises:
        RequestError: It is something else.
    """
    value = arguments.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise RequestError(f"{name} has to be a list of texts")
    return value


def number(arguments: Arguments, name: str) -> int | None:
    """Return a whole number that is not negative, ``None`` where there is none.

    Raises:
        RequestError: It is something else.
    """
    value = arguments.get(name)
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise RequestError(f"{name} has to be a whole number")
    return value
