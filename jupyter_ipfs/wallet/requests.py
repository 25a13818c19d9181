"""The mailbox: what is to be signed, passed from who asks to the page where the wallet is.

A kernel cannot hear a page while a cell runs, so both read and write one small database in the
repo. It is no authority: every process of the user can write it. So rows are read strictly,
the server builds what is signed from an intent's fields alone, and who asked checks what comes
back (``safety.md`` 13, ``docs/decisions/0011-the-signing-mailbox.md``).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    ConflictError,
    GoneError,
    NobodyWatchingError,
    RejectedError,
    RequestError,
    SigningError,
    SigningTimeoutError,
)
from jupyter_ipfs.wallet import intent_json
from jupyter_ipfs.wallet.intents import SignIn
from jupyter_ipfs.wallet.recover import is_address
from jupyter_ipfs.wallet.request_store import RequestStore

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jupyter_ipfs.wallet.intents import Intent

LONGEST_S = 300.0  # what is not answered by then is asked for anew
WATCHING_S = 15.0  # the server's heartbeat is every 5 s
POLL_S = 0.05
NOBODY = "no JupyterLab page is open that could show what is to be signed"
INSTEAD = (
    "open JupyterLab with this extension on the same repo and try again; or %wallet open key.json "
    "(an encrypted keystore), or %wallet practice (play money, only on this computer)"
)

_KEPT_S = 3600.0  # how long what is over can still be looked at
_MOST = 100  # requests that are read at once; more than that is somebody's mistake
_MAX_WORDS = 500  # characters of texts that the asker chooses
_MAX_RESULT = 32 * 1024
_ID = re.compile(r"[0-9a-f]{32}")
_OPEN = ("pending", "shown")
_COLUMNS = (
    "id, state, intent, digest, address, kernel, notebook, process, note, created_at, expires_at"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, by its own words.

    Attributes:
        kernel: The kernel's id in its Jupyter server, or ``None``.
        notebook: The notebook's path there, or ``None``.
        process: The process.
    """

    kernel: str | None = None
    notebook: str | None = None
    process: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as its row has it: a claim, in all but its form.

    Attributes:
        id: 128 random bits, in hexadecimal.
        state: ``pending``, ``shown``, ``answered``, ``consumed``, ``rejected``, ``withdrawn`` or
            ``expired``.
        intent: What is to be signed.
        digest: SHA-256 of all that must not change on the way.
        address: Who is to sign; ``None`` while a sign-in has no account.
        origin: Who asks.
        note: What the asker says it is for, or ``None``.
        created_at: Seconds since the epoch.
        expires_at: Likewise; not more than five minutes later.
    """

    id: str
    state: str
    intent: Intent
    digest: str
    address: str | None
    origin: Origin
    note: str | None
    created_at: float
    expires_at: float

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in _OPEN


class Mailbox:
    """The requests of one repo. Thread-safe; opened by each process for itself.

    Args:
        repo: The repo's directory; the database lies in ``wallet/`` there.
        clock: Seconds since the epoch.
        asked: Told the id of each request before anybody can see it.
    """

    def __init__(
        self,
        repo: Path,
        *,
        clock: Callable[[], float] = time.time,
        asked: Callable[[str], None] | None = None,
    ) -> None:
        self._store = RequestStore(repo)
        self._clock = clock
        self._tell = asked
        self._asked: dict[str, str] = {}

    # — who asks —

    def ask(
        self,
        intent: Intent,
        *,
        address: str | None = None,
        origin: Origin | None = None,
        note: str | None = None,
        timeout_s: float = LONGEST_S,
    ) -> str:
        """Put a request in; return its id.

        Args:
            intent: What is to be signed.
            address: Who is to sign; ``None`` for a sign-in, where the person chooses.
            origin: Who asks.
            note: What for, in words; shown as the asker's claim.
            timeout_s: Until when it can be answered, at most five minutes.

        Raises:
            RequestError: It could not be signed by anybody.
        """
        origin = origin or Origin(process=os.getpid())
        text = intent_json.dumps(intent)
        intent_json.loads(text)
        if not _is_addressed(intent, address, "pending"):
            raise RequestError("a request needs the address that is to sign, with its checksum")
        now = self._clock()
        request_id = secrets.token_hex(16)
        expires_at = now + min(max(timeout_s, 0.0), LONGEST_S)
        digest = _digest(request_id, text, _fixed(intent, address), expires_at)
        row = (
            request_id, "pending", text, digest, address, _short(origin.kernel),
            _short(origin.notebook), origin.process, _short(note), now, expires_at,
        )  # fmt: skip
        marks = ", ".join("?" * len(row))
        if self._tell is not None:
            self._tell(request_id)
        with self._store.changing() as connection:
            connection.execute("DELETE FROM requests WHERE expires_at < ?", (now - _KEPT_S,))
            connection.execute(f"INSERT INTO requests ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608
        self._asked[request_id] = digest
        return request_id

    def wait(self, request_id: str, *, poll_s: float = POLL_S) -> str:
        """Wait for the answer to what this process asked, and take it; Ctrl-C withdraws it.

        Raises:
            RejectedError: The owner of the wallet said no.
            NobodyWatchingError: No page is open that could show it; told at once.
            SigningTimeoutError: Nobody answered in time.
            SigningError: Another process has changed or taken the request.
        """
        try:
            return self._wait(request_id, poll_s)
        except BaseException:
            self.withdraw(request_id)
            raise
        finally:
            self._asked.pop(request_id, None)

    def _wait(self, request_id: str, poll_s: float) -> str:
        seen = -1
        request = self._own(request_id)
        while True:
            changes = self._store.changes()
            if changes != seen:
                seen = changes
                request = self._own(request_id)
            if request.state == "answered":
                return self.consume(request_id)
            if request.state == "rejected":
                reason = self._reason(request_id)
                said = f": {reason}" if reason else ""
                raise RejectedError(f"the signature was declined{said}", "nothing was done")
            if not request.is_open:
                raise SigningError(f"the request was {request.state}", "nothing was done")
            if self._clock() >= request.expires_at:
                self._move(request_id, _OPEN, "expired")
                raise SigningTimeoutError("nobody answered in time", "nothing was done; try again")
            if not self.watching():
                raise NobodyWatchingError(NOBODY, INSTEAD)
            time.sleep(poll_s)

    def _own(self, request_id: str) -> Request:
        """Return what this process asked, if it is still that."""
        request = self.find(request_id)
        if request is None or request.digest != self._asked.get(request_id):
            raise SigningError("the request was changed by another process; nothing was done")
        return request

    def consume(self, request_id: str) -> str:
        """Take the answer to what this process asked, once.

        Raises:
            SigningError: There is none, or somebody has taken it.
        """
        with self._store.changing() as connection:
            row = connection.execute(
                "SELECT result FROM requests WHERE id = ? AND state = 'answered' AND digest = ?",
                (request_id, self._asked.get(request_id)),
            ).fetchone()
            if row is None or not isinstance(row[0], str):
                raise SigningError("the answer has been taken by another process")
            connection.execute(
                "UPDATE requests SET state = 'consumed', result = NULL WHERE id = ?", (request_id,)
            )
        return row[0]

    def withdraw(self, request_id: str) -> bool:
        """Take a request back; ``False`` if it was over already."""
        return self._move(request_id, (*_OPEN, "answered"), "withdrawn")

    # — the server —

    def pending(self) -> list[Request]:
        """Return what waits for an answer, oldest first; forged rows are left out."""
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM requests WHERE state IN ('pending', 'shown') "  # noqa: S608
            "AND expires_at > ? ORDER BY created_at LIMIT ?",
            (self._clock(), _MOST),
        )
        return [request for request in map(self._read, rows) if request and request.is_open]

    def find(self, request_id: str) -> Request | None:
        """Return one request, or ``None``: there is none, or it is forged."""
        if not _ID.fullmatch(request_id):
            return None
        sql = f"SELECT {_COLUMNS} FROM requests WHERE id = ?"  # noqa: S608
        return next(filter(None, map(self._read, self._store.rows(sql, (request_id,)))), None)

    def show(self, request_id: str, address: str | None = None) -> Request:
        """Note that a person is about to sign; once.

        Args:
            request_id: Which.
            address: For a sign-in, the account that was chosen.

        Raises:
            GoneError: There is no such request, or it is over.
            ConflictError: It is shown already.
            RequestError: That account cannot sign it.
        """
        found = self._current(request_id)
        if isinstance(found.intent, SignIn):
            if address is None or not is_address(address):
                raise RequestError("choose the account that is to sign in")
        elif address is not None and address != found.address:
            hint = f"choose {found.address} in the wallet"
            raise RequestError(f"this is for another account than {address}", hint)
        signer = address if isinstance(found.intent, SignIn) else found.address
        with self._store.changing() as connection:
            done = connection.execute(
                "UPDATE requests SET state = 'shown', address = ? "
                "WHERE id = ? AND state = 'pending' AND digest = ?",
                (signer, request_id, found.digest),
            )
            if done.rowcount != 1:
                raise ConflictError("this request is shown already", "in another tab, perhaps")
        return self._current(request_id)

    def answer(self, request_id: str, result: str) -> None:
        """Give the answer, once: a signature, a transaction's hash, or `signed_in`'s text.

        Raises:
            GoneError: There is no such request, it is over, or it was not shown.
            RequestError: It cannot be an answer.
        """
        if not 0 < len(result) <= _MAX_RESULT:
            raise RequestError("this is no answer to a request")
        found = self._current(request_id)
        with self._store.changing() as connection:
            done = connection.execute(
                "UPDATE requests SET state = 'answered', result = ? "
                "WHERE id = ? AND state = 'shown' AND digest = ? AND expires_at > ?",
                (result, request_id, found.digest, self._clock()),
            )
            if done.rowcount != 1:
                raise GoneError("this request is not waiting for an answer")

    def reject(self, request_id: str, reason: str | None = None) -> None:
        """Say no, once.

        Raises:
            GoneError: There is no such request, or it is over.
        """
        if not self._move(request_id, _OPEN, "rejected", reason=_short(reason)):
            raise GoneError("this request is not waiting for an answer")

    def heartbeat(self, server: str, pages: int) -> None:
        """Note that so many pages of a server are open; every five seconds, and 0 at the end."""
        now = self._clock()
        with self._store.writing() as connection:
            connection.execute("DELETE FROM watching WHERE at < ?", (now - _KEPT_S,))
            if pages > 0:
                connection.execute(
                    "INSERT OR REPLACE INTO watching VALUES (?, ?, ?)", (server, pages, now)
                )
            else:
                connection.execute("DELETE FROM watching WHERE server = ?", (server,))

    def watching(self) -> bool:
        """Tell whether a page is open that would show a request."""
        now = self._clock()
        sql = "SELECT COUNT(*) FROM watching WHERE pages > 0 AND at BETWEEN ? AND ?"
        return self._store.rows(sql, (now - WATCHING_S, now + WATCHING_S))[0][0] != 0

    def changes(self) -> int:
        """Return a number that changes with every request that is put in or moves on."""
        return self._store.changes()

    def close(self) -> None:
        """Let go of the database; idempotent."""
        self._store.close()

    # — rows —

    def _current(self, request_id: str) -> Request:
        found = self.find(request_id)
        if found is None or not found.is_open or self._clock() >= found.expires_at:
            raise GoneError("there is no such request, or it is over")
        return found

    def _move(
        self, request_id: str, before: Sequence[str], after: str, *, reason: str | None = None
    ) -> bool:
        marks = ", ".join("?" * len(before))
        with self._store.changing() as connection:
            done: sqlite3.Cursor = connection.execute(
                "UPDATE requests SET state = ?, reason = ?, result = NULL "  # noqa: S608
                f"WHERE id = ? AND state IN ({marks})",
                (after, reason, request_id, *before),
            )
            return done.rowcount == 1

    def _reason(self, request_id: str) -> str | None:
        rows = self._store.rows("SELECT reason FROM requests WHERE id = ?", (request_id,))
        return _short(rows[0][0]) if rows else None

    def _read(self, row: Sequence[object]) -> Request | None:
        """Read a row; ``None`` if `ask` cannot have written it."""
        try:
            request = _typed(row)
        except (RequestError, ValueError):
            return None
        lifetime = request.expires_at - request.created_at
        early = request.created_at > self._clock() + WATCHING_S
        if early or not 0 <= lifetime <= LONGEST_S or not _ID.fullmatch(request.id):
            return None
        if not _is_addressed(request.intent, request.address, request.state):
            return None
        return request


def signed_in(message: str, signature: str) -> str:
    """Return the answer to a sign-in: who asked checks both."""
    return json.dumps({"message": message, "signature": signature})


def read_signed_in(result: str) -> tuple[str, str]:
    """Return message and signature of `signed_in`.

    Raises:
        SigningError: It is none.
    """
    try:
        given = intent_json.strict_json(result)
    except ValueError:
        given = None
    fields = given if isinstance(given, dict) else {}
    message, signature = fields.get("message"), fields.get("signature")
    if not isinstance(message, str) or not isinstance(signature, str):
        raise SigningError("the answer is no sign-in")
    return message, signature


def _typed(row: Sequence[object]) -> Request:
    """Return a row as what it says it is.

    Raises:
        ValueError: It is not.
    """
    (
        request_id, state, intent, digest, address, kernel, notebook, process, note,
        created_at, expires_at,
    ) = row  # fmt: skip
    found = Request(
        id=_text(request_id),
        state=_text(state),
        intent=intent_json.loads(_text(intent)),
        digest=_text(digest),
        address=None if address is None else _text(address),
        origin=Origin(_short(kernel), _short(notebook), process if type(process) is int else 0),
        note=_short(note),
        created_at=_seconds(created_at),
        expires_at=_seconds(expires_at),
    )
    signer = _fixed(found.intent, found.address)
    if found.digest != _digest(found.id, _text(intent), signer, found.expires_at):
        raise ValueError("its digest is of something else")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004  (a row is wrong, not a program)
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, float):
        raise ValueError("no time")  # noqa: TRY004  (the same)
    return value


def _is_addressed(intent: Intent, address: str | None, state: str) -> bool:
    """Tell whether it has the address that it needs: a sign-in from when it is shown."""
    if address is None:
        return isinstance(intent, SignIn)
    return is_address(address) and not (isinstance(intent, SignIn) and state == "pending")


def _fixed(intent: Intent, address: str | None) -> str | None:
    """Return the address as far as who asked has set it."""
    return None if isinstance(intent, SignIn) else address


def _digest(request_id: str, intent: str, address: str | None, expires_at: float) -> str:
    parts = json.dumps([request_id, intent, address, expires_at])
    return hashlib.sha256(parts.encode()).hexdigest()


def _short(value: object) -> str | None:
    return value[:_MAX_WORDS] if isinstance(value, str) else None
