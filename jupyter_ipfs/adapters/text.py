"""``str`` ↔ ``text.txt``: UTF-8, every character and line end as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

name = "text"

_FILE = "text.txt"
_READABLE = (".txt", ".md", ".log")


def matches(obj: object) -> bool:
    """Take ``str`` itself."""
    return type(obj) is str


def dump(obj: object) -> dict[str, bytes]:
    """Return ``text.txt``."""
    try:
        return {_FILE: str(obj).encode()}
    except UnicodeEncodeError as error:
        message = f"character {error.start} is half of a surrogate pair; UTF-8 cannot hold it"
        hint = 'put text.encode("utf-8", "surrogatepass") to store bytes'
        raise UnsupportedTypeError(message, hint) from None


def recognises(names: Collection[str]) -> bool:
    """Read one file with a text's extension."""
    return len(names) == 1 and next(iter(names)).lower().endswith(_READABLE)


def load(
    files: Mapping[str, Callable[[], BinaryIO]],
    *,
    trusted: Sequence[str] = (),  # noqa: ARG001  (the protocol's)
) -> str:
    """Return the text."""
    ((label, opener),) = files.items()
    with opener() as file:
        content = file.read()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        hint = "session.cat(…) returns its bytes"
        raise AdapterError(f"{label} is not UTF-8 (byte {error.start})", hint) from None
