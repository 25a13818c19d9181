"""The mailbox: asked, shown, answered, taken; each once, in five minutes, and nothing forged."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import (
    ConflictError,
    GoneError,
    NobodyWatchingError,
    RejectedError,
    RequestError,
    SigningError,
    SigningTimeoutError,
)
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.wallet import intent_json
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch
from jupyter_ipfs.wallet.requests import LONGEST_S, WATCHING_S, Mailbox, Origin
from tests.wallet.keys import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ipfs.wallet.intents import Intent
    from jupyter_ipfs.wallet.requests import Request

DOWNLOAD = OceanRequest("http://127.0.0.1:8001", 7, "download")
CALL = ContractCall(
    8996, "ERC20Template", BOB.address, "approve", (ALICE.address, 10**18, True, b"\x00\xff", ())
)
VOUCH = Vouch(str(CID.of(b"a directory", DAG_PB)), "author", 8996, "Survey")
INTENTS = [SignIn(8996), DOWNLOAD, CALL, VOUCH]


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kernel(tmp_path: Path, clock: Clock) -> Iterator[Mailbox]:
    """The mailbox as who asks has it; somebody is watching."""
    mailbox = Mailbox(tmp_path, clock=clock)
    mailbox.heartbeat("test", 1)
    yield mailbox
    mailbox.close()


@pytest.fixture
def server(tmp_path: Path, clock: Clock, kernel: Mailbox) -> Iterator[Mailbox]:  # noqa: ARG001
    """The same as the server has it, by a connection of its own."""
    mailbox = Mailbox(tmp_path, clock=clock)
    yield mailbox
    mailbox.close()


@pytest.fixture
def database(tmp_path: Path, kernel: Mailbox) -> Iterator[sqlite3.Connection]:
    """The database as any process of the user can write it."""
    kernel.watching()
    connection = sqlite3.connect(tmp_path / "wallet" / "requests.sqlite", isolation_level=None)
    yield connection
    connection.close()


def asked(mailbox: Mailbox, intent: Intent = DOWNLOAD) -> str:
    address = None if isinstance(intent, SignIn) else ALICE.address
    return mailbox.ask(intent, address=address)


def meanwhile(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


@pytest.mark.parametrize("intent", INTENTS, ids=intent_json.kind_of)
def test_an_answer_comes_back_to_who_asked(
    kernel: Mailbox, server: Mailbox, intent: Intent
) -> None:
    request_id = asked(kernel, intent)
    (request,) = server.pending()
    assert (request.id, request.state, request.intent) == (request_id, "pending", intent)
    assert request.origin == Origin(process=os.getpid())
    assert server.show(request_id, ALICE.address).state == "shown"
    server.answer(request_id, "0x1234")
    assert kernel.wait(request_id) == "0x1234"
    assert server.pending() == []


def test_who_waits_goes_on_when_the_answer_is_there(kernel: Mailbox, server: Mailbox) -> None:
    request_id = asked(kernel)
    answers: list[str] = []
    thread = meanwhile(lambda: answers.append(kernel.wait(request_id, poll_s=0.001)))
    server.show(request_id)
    server.answer(request_id, "0x12")
    thread.join(10)
    assert answers == ["0x12"]


def test_an_id_has_128_bits_and_the_files_are_private(kernel: Mailbox, tmp_path: Path) -> None:
    assert len({asked(kernel) for _ in range(5)}) == 5
    assert [len(bytes.fromhex(request.id)) for request in kernel.pending()] == [16] * 5
    assert stat.S_IMODE((tmp_path / "wallet").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "wallet" / "requests.sqlite").stat().st_mode) == 0o600


def test_a_request_is_shown_once(kernel: Mailbox, server: Mailbox) -> None:
    request_id = asked(kernel)
    server.show(request_id)
    with pytest.raises(ConflictError):
        server.show(request_id)


def test_a_request_is_answered_once(kernel: Mailbox, server: Mailbox) -> None:
    request_id = asked(kernel)
    with pytest.raises(GoneError):
        server.answer(request_id, "0x12")  # nobody was shown it
    server.show(request_id)
    server.answer(request_id, "0x12")
    with pytest.raises(GoneError):
        server.answer(request_id, "0x34")
    with pytest.raises(GoneError):
        server.reject(request_id)
    assert kernel.wait(request_id) == "0x12"
    with pytest.raises(GoneError):
        server.answer(request_id, "0x34")


def test_an_answer_is_taken_once_and_does_not_stay(
    kernel: Mailbox, server: Mailbox, database: sqlite3.Connection
) -> None:
    request_id = asked(kernel)
    server.show(request_id)
    server.answer(request_id, "0x12")
    with pytest.raises(SigningError):
        server.consume(request_id)  # it did not ask
    assert kernel.wait(request_id) == "0x12"
    assert database.execute("SELECT state, result FROM requests").fetchall() == [("consumed", None)]
    with pytest.raises(SigningError):
        kernel.consume(request_id)


def test_of_two_answers_at_once_one_counts(kernel: Mailbox, tmp_path: Path, clock: Clock) -> None:
    request_id = asked(kernel)
    kernel.show(request_id)
    mailboxes = [Mailbox(tmp_path, clock=clock) for _ in range(4)]
    start = threading.Barrier(4)
    outcomes: list[str | None] = []

    def answer(number: int) -> None:
        start.wait()
        try:
            mailboxes[number].answer(request_id, f"0x0{number}")
        except GoneError:
            outcomes.append(None)
        else:
            outcomes.append(f"0x0{number}")

    for thread in [meanwhile(lambda number=number: answer(number)) for number in range(4)]:  # type: ignore[misc]
        thread.join(10)
    (counted,) = [outcome for outcome in outcomes if outcome]
    assert kernel.wait(request_id) == counted
    for mailbox in mailboxes:
        mailbox.close()


def test_a_no_is_told_with_its_reason(kernel: Mailbox, server: Mailbox) -> None:
    request_id = asked(kernel)
    server.show(request_id)
    server.reject(request_id, "not today")
    with pytest.raises(RejectedError, match="not today"):
        kernel.wait(request_id)


def test_nobody_watching_is_told_at_once(kernel: Mailbox, server: Mailbox, clock: Clock) -> None:
    clock.now += WATCHING_S + 1
    request_id = asked(kernel)
    with pytest.raises(NobodyWatchingError) as raised:
        kernel.wait(request_id)
    assert "%wallet open" in str(raised.value.hint)
    assert "%wallet practice" in str(raised.value.hint)
    assert server.pending() == []  # and it is not shown later, when nobody waits


def test_a_page_that_is_closed_watches_no_more(kernel: Mailbox) -> None:
    assert kernel.watching()
    kernel.heartbeat("another", 2)
    kernel.heartbeat("test", 0)
    assert kernel.watching()
    kernel.heartbeat("another", 0)
    assert not kernel.watching()


def test_a_heartbeat_from_the_future_is_none(
    kernel: Mailbox, database: sqlite3.Connection, clock: Clock
) -> None:
    database.execute("UPDATE watching SET at = ?", (clock.now + 1e9,))
    assert not kernel.watching()


def test_a_request_lives_for_five_minutes_at_most(
    kernel: Mailbox, server: Mailbox, clock: Clock
) -> None:
    request_id = kernel.ask(DOWNLOAD, address=ALICE.address, timeout_s=1e9)
    assert server.pending()[0].expires_at == clock.now + LONGEST_S
    server.show(request_id)
    clock.now += LONGEST_S
    kernel.heartbeat("test", 1)
    assert server.pending() == []
    with pytest.raises(GoneError):
        server.answer(request_id, "0x12")
    with pytest.raises(SigningTimeoutError):
        kernel.wait(request_id)
    found = server.find(request_id)
    assert found is not None
    assert found.state == "expired"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_takes_the_request_back(
    kernel: Mailbox,
    server: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    request_id = asked(kernel)

    def interrupted(_: float) -> None:
        raise error

    monkeypatch.setattr("jupyter_ipfs.wallet.requests.time.sleep", interrupted)
    with pytest.raises(error):
        kernel.wait(request_id)
    assert server.pending() == []
    with pytest.raises(GoneError):
        server.show(request_id)


def test_a_sign_in_has_no_account_until_somebody_chooses_one(
    kernel: Mailbox, server: Mailbox
) -> None:
    request_id = asked(kernel, SignIn(1))
    for address in (None, "", BOB.address.lower(), "0x"):
        with pytest.raises(RequestError):
            server.show(request_id, address)
    assert server.show(request_id, BOB.address).address == BOB.address


def test_another_account_cannot_sign(kernel: Mailbox, server: Mailbox) -> None:
    request_id = asked(kernel)
    with pytest.raises(RequestError, match="another account"):
        server.show(request_id, BOB.address)


def test_what_cannot_be_signed_is_not_asked(kernel: Mailbox) -> None:
    refused: list[tuple[Intent, str | None]] = [
        (DOWNLOAD, None),
        (DOWNLOAD, ALICE.address.lower()),
        (SignIn(1), ALICE.address),
        (SignIn(-1), None),
        (VOUCH, None),
        (Vouch(VOUCH.payload, "owner", 8996), ALICE.address),
        (Vouch(VOUCH.payload[:-1], "author", 8996), ALICE.address),
        (Vouch("ipfs://" + VOUCH.payload, "author", 8996), ALICE.address),
        (Vouch(VOUCH.payload, "author", 0), ALICE.address),
        (ContractCall(1, "c", "0x12", "f"), ALICE.address),
        (ContractCall(1, "c", BOB.address, "f", (2**256,)), ALICE.address),
    ]
    for intent, address in refused:
        with pytest.raises(RequestError):
            kernel.ask(intent, address=address)
    assert kernel.pending() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("intent", json.dumps({"kind": "raw", "data": "0x00"})),
        ("intent", json.dumps({"kind": "sign-in", "chain_id": 1})),
        ("intent", '{"kind":"ocean-request","node_url":"http://evil","nonce":7,"command":"x"}'),
        ("intent", json.dumps({"kind": "vouch", **asdict(VOUCH), "text": "anything"})),
        ("intent", json.dumps({"kind": "vouch", **asdict(VOUCH), "role": "owner"})),
        ("intent", json.dumps({"kind": "vouch", **asdict(VOUCH), "chain_id": True})),
        ("intent", "[" * 100_000),
        ("intent", b"\xff"),
        ("digest", "0" * 64),
        ("address", BOB.address),
        ("address", "0x12"),
        ("address", None),
        ("expires_at", 1e18),
        ("expires_at", "soon"),
        ("created_at", 0.0),
        ("created_at", 1e18),
        ("id", "../../etc"),
        ("note", b"\x00"),
    ],
)
def test_a_forged_row_is_dropped(
    kernel: Mailbox, server: Mailbox, database: sqlite3.Connection, column: str, value: object
) -> None:
    request_id = asked(kernel)
    database.execute(f"UPDATE requests SET {column} = ?", (value,))  # noqa: S608
    if column == "note":
        assert server.pending()[0].note is None
        return
    assert server.pending() == []
    with pytest.raises(GoneError):
        server.show(request_id)


def test_who_asked_notices_that_the_request_was_exchanged(
    kernel: Mailbox, server: Mailbox, database: sqlite3.Connection
) -> None:
    mine = asked(kernel)
    other = server.ask(OceanRequest("http://evil.example", 7, "download"), address=ALICE.address)
    database.execute("DELETE FROM requests WHERE id = ?", (mine,))
    database.execute("UPDATE requests SET id = ? WHERE id = ?", (mine, other))
    with pytest.raises(SigningError, match="changed by another process"):
        kernel.wait(mine)


def test_words_of_the_asker_are_cut_and_kept_as_text(kernel: Mailbox, server: Mailbox) -> None:
    note = "<script>alert(1)</script>\u202e" + "x" * 10_000
    origin = Origin("k" * 9999, "a/b.ipynb", 7)
    kernel.ask(DOWNLOAD, address=ALICE.address, note=note, origin=origin)
    (request,) = server.pending()
    assert request.note == note[:500]
    assert request.origin == Origin("k" * 500, "a/b.ipynb", 7)


def test_changes_are_counted_and_heartbeats_are_not(kernel: Mailbox, server: Mailbox) -> None:
    counts = [server.changes()]
    request_id = asked(kernel)
    counts.append(server.changes())
    server.show(request_id)
    counts.append(server.changes())
    server.heartbeat("test", 3)
    assert server.changes() == counts[-1]
    server.reject(request_id)
    counts.append(server.changes())
    assert counts == sorted(set(counts))


def test_the_server_is_told_of_its_own_request_before_anybody_sees_it(
    tmp_path: Path, clock: Clock
) -> None:
    seen: list[tuple[str, list[Request]]] = []
    mailbox = Mailbox(tmp_path, clock=clock, asked=lambda one: seen.append((one, other.pending())))
    other = Mailbox(tmp_path, clock=clock)
    request_id = asked(mailbox)
    assert seen == [(request_id, [])]
    mailbox.close()
    other.close()


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_broken_mailbox_is_made_anew(tmp_path: Path, clock: Clock, content: bytes) -> None:
    (tmp_path / "wallet").mkdir()
    (tmp_path / "wallet" / "requests.sqlite").write_bytes(content)
    mailbox = Mailbox(tmp_path, clock=clock)
    asked(mailbox)
    assert len(mailbox.pending()) == 1
    mailbox.close()


def test_what_is_long_over_is_swept_away(
    kernel: Mailbox, database: sqlite3.Connection, clock: Clock
) -> None:
    asked(kernel)
    clock.now += 4000
    asked(kernel)
    assert database.execute("SELECT COUNT(*) FROM requests").fetchone() == (1,)


def test_a_request_crosses_processes(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.heartbeat("test", 1)
    script = f"""
from pathlib import Path
from jupyter_ipfs.wallet.intents import OceanRequest
from jupyter_ipfs.wallet.requests import Mailbox
mailbox = Mailbox(Path({str(tmp_path)!r}))
intent = OceanRequest("http://127.0.0.1:8001", 7, "download")
request = mailbox.ask(intent, address={ALICE.address!r})
print(request, flush=True)
print(mailbox.wait(request))
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=os.getcwd(),  # noqa: PTH109
    )
    assert child.stdout is not None
    request_id = child.stdout.readline().strip()
    (request,) = mailbox.pending()
    assert (request.id, request.origin.process) == (request_id, child.pid)
    mailbox.show(request_id)
    mailbox.answer(request_id, "0x12")
    assert child.communicate(timeout=60)[0].strip() == "0x12"
    assert child.returncode == 0
    mailbox.close()


ARGUMENTS = st.recursive(
    st.text() | st.booleans() | st.binary() | st.integers(-(2**255), 2**256 - 1),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


@given(st.lists(ARGUMENTS, max_size=4).map(tuple), st.integers(0, 2**256 - 1))
def test_an_intent_is_the_same_after_its_journey(arguments: tuple[object, ...], value: int) -> None:
    call = ContractCall(1, "c", BOB.address, "f", arguments, value)  # type: ignore[arg-type]
    found = intent_json.loads(intent_json.dumps(call))
    assert found == call
    assert intent_json.dumps(found) == intent_json.dumps(call)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["kind", "chain_id", "to", "nonce", "bytes"]), inner),
))  # fmt: skip
def test_any_json_is_an_intent_or_our_error(value: object) -> None:
    try:
        intent_json.loads(json.dumps(value))
    except RequestError:
        return
    assert isinstance(value, dict)
