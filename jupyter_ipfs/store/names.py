"""Names, their versions and pins: what is kept, and by what (design.md, decision 12)."""

from __future__ import annotations

import difflib
import re
import time
import unicodedata
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import ConfigError, NameNotFoundError
from jupyter_ipfs.ipld.cid import CID, looks_like_cid
from jupyter_ipfs.protocols import NameVersion, Pin

if TYPE_CHECKING:
    import sqlite3

MAX_NAME = 128
# What is left of a CID that was copied in part, or as cards shorten it.
_CUT_CID = re.compile("(Qm|baf[a-z])[A-Za-z0-9]{4,}(…[A-Za-z0-9]*)?")
KEPT_VERSIONS = 20
# Stands before what a recovery found; no name that a user gives can begin like that.
RECOVERED = "recovered/"

_COLUMNS = "name, version, root, created_at, pinned, shared"


def check(name: str) -> str:
    """Return ``name`` in its one form (NFC).

    Raises:
        ConfigError: It cannot be a name.
    """
    text = unicodedata.normalize("NFC", name)
    wrong = _wrong(text)
    if wrong is not None:
        hint = "a name is a short word of your own, such as fig-3"
        raise ConfigError(f"{text[:60]!a} cannot be a name: {wrong}", hint)
    return text


def _wrong(text: str) -> str | None:
    invisible = any(unicodedata.category(character)[0] == "C" for character in text)
    reasons = (
        (not text or text != text.strip(), "it is empty, or begins or ends with a space"),
        (len(text) > MAX_NAME, f"it is longer than {MAX_NAME} characters"),
        ("/" in text or "@" in text, "'/' and '@' have a meaning of their own in paths"),
        (text in {".", ".."}, "it means a directory"),
        (invisible, "it has invisible characters in it"),
        (looks_like_cid(text), "it looks like a CID"),
    )
    return next((reason for is_so, reason in reasons if is_so), None)


def put(connection: sqlite3.Connection, name: str, root: CID, *, pin: bool) -> tuple[int, bool]:
    """Let a name point at ``root``; return the version and whether it was so already."""
    latest = connection.execute(
        "SELECT version, root FROM names WHERE name = ? ORDER BY version DESC LIMIT 1", (name,)
    ).fetchone()
    if latest is not None and latest[1] == bytes(root):
        if pin:
            connection.execute(
                "UPDATE names SET pinned = 1 WHERE name = ? AND version = ?", (name, latest[0])
            )
        return latest[0], True
    version = 1 if latest is None else latest[0] + 1
    connection.execute(
        "INSERT INTO names VALUES (?, ?, ?, ?, ?, 0)",
        (name, version, bytes(root), time.time(), int(pin)),
    )
    connection.execute(
        "UPDATE names SET pinned = 0 WHERE name = ? AND version <= ? AND shared = 0",
        (name, version - KEPT_VERSIONS),
    )
    return version, False


def resolve(connection: sqlite3.Connection, text: str) -> NameVersion:
    """Return what ``fig-3`` (its newest version) or ``fig-3@2`` stands for.

    Raises:
        NameNotFoundError: Nothing; the hint has the names that come close.
    """
    name, at, number = unicodedata.normalize("NFC", text).partition("@")
    if at and not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004
        raise NameNotFoundError(f"{number[:40]!a} is no version", f"versions are numbers: {name}@1")
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM names WHERE name = ? AND (? OR version = ?) "  # noqa: S608
        "ORDER BY version DESC LIMIT 1",
        (name, not at, int(number or 0)),
    ).fetchone()
    if row is not None:
        return _version(row)
    known = names(connection)
    if name in known:
        newest = resolve(connection, name).version
        raise NameNotFoundError(
            f"{name!a} has no version {number}", f"its newest is {name}@{newest}"
        )
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = "did you mean " + ", ".join(map(repr, close)) + "?" if close else None
    if hint is None:
        hint = "`jupyter ipfs names` lists them" if known else "nothing has a name yet"
    if _CUT_CID.fullmatch(name) and not close:
        hint = "if it is a CID, it was cut off: cards shorten it, their Copy button does not"
    raise NameNotFoundError(f"there is no name {name[:60]!a}", hint)


def names(connection: sqlite3.Connection) -> list[str]:
    """Return the names, sorted; not those of a recovery."""
    rows = connection.execute("SELECT DISTINCT name FROM names ORDER BY name")
    return [row[0] for row in rows if not row[0].startswith(RECOVERED)]


def log(connection: sqlite3.Connection, name: str) -> list[NameVersion]:
    """Return a name's versions, newest first.

    Raises:
        NameNotFoundError: There is no such name.
    """
    exact = resolve(connection, name.partition("@")[0]).name
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM names WHERE name = ? ORDER BY version DESC",  # noqa: S608
        (exact,),
    )
    return [_version(row) for row in rows]


def rename(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Give a name, with its versions, another word.

    Raises:
        NameNotFoundError: There is no such name.
        ConfigError: The new one is taken.
    """
    old = resolve(connection, old.partition("@")[0]).name
    if connection.execute("SELECT 1 FROM names WHERE name = ?", (new,)).fetchone():
        raise ConfigError(f"there is a name {new!a} already", "choose another one")
    connection.execute("UPDATE names SET name = ? WHERE name = ?", (new, old))


def mark_shared(connection: sqlite3.Connection, text: str, *, pin: bool) -> None:
    """Keep a version for good: somebody else has its link. ``pin``: here, and not on a Kubo."""
    version = resolve(connection, text)
    connection.execute(
        "UPDATE names SET shared = 1, pinned = max(pinned, ?) WHERE name = ? AND version = ?",
        (pin, version.name, version.version),
    )


def pin(connection: sqlite3.Connection, root: CID) -> None:
    """Keep a root, with no name."""
    connection.execute("INSERT OR IGNORE INTO pins VALUES (?, ?)", (bytes(root), time.time()))


def unpin(connection: sqlite3.Connection, root: CID) -> bool:
    """Let go of a root, its names' versions included."""
    root_bytes = (bytes(root),)
    gone = connection.execute("DELETE FROM pins WHERE root = ?", root_bytes).rowcount
    gone += connection.execute(
        "UPDATE names SET pinned = 0 WHERE root = ? AND pinned = 1", root_bytes
    ).rowcount
    return gone > 0


def pins(connection: sqlite3.Connection) -> list[Pin]:
    """Return the kept roots, oldest first."""
    kept: dict[bytes, tuple[float, list[str]]] = {
        root: (created_at, [])
        for root, created_at in connection.execute("SELECT root, created_at FROM pins")
    }
    for name, version, root, created_at in connection.execute(
        "SELECT name, version, root, created_at FROM names WHERE pinned = 1"
    ):
        since, labels = kept.get(root, (created_at, []))
        labels.append(f"{name}@{version}")
        kept[root] = (min(since, created_at), labels)
    found = [Pin(CID.decode(root), since, tuple(labels)) for root, (since, labels) in kept.items()]
    return sorted(found, key=lambda pin: pin.created_at)


def _version(row: tuple[str, int, bytes, float, int, int]) -> NameVersion:
    name, version, root, created_at, pinned, shared = row
    return NameVersion(name, version, CID.decode(root), created_at, bool(pinned), bool(shared))
