"""Logins: what proves who somebody is, once, here and in time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_ipfs.errors import NotSignedInError, SignatureError
from jupyter_ipfs.wallet.sessions import CHALLENGE_S, SESSION_S, Sessions
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.wallet.keys import ALICE, BOB

HERE, URI, CHAIN = "localhost:8888", "http://localhost:8888/user/a/", 8996


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
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def asked(sessions: Sessions, user: str = "ann") -> SiweMessage:
    return sessions.challenge(user, HERE, URI, ALICE.address, CHAIN)


def test_a_signed_challenge_opens_a_session_of_that_user(sessions: Sessions, clock: Clock) -> None:
    text = asked(sessions).text()
    session = sessions.open("ann", text, ALICE.sign_message(text), "MetaMask")
    assert sessions.get("ann") == session
    assert (session.address, session.chain_id, session.kind) == (ALICE.address, CHAIN, "browser")
    assert session.expires_at == clock.now + SESSION_S
    assert sessions.get("bea") is None


def test_another_key_opens_nothing(sessions: Sessions) -> None:
    text = asked(sessions).text()
    with pytest.raises(SignatureError, match="not signed by"):
        sessions.open("ann", text, BOB.sign_message(text), "w")
    assert sessions.get("ann") is None


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "evil.example"},
        {"uri": "https://evil.example/"},
        {"chain_id": 1},
        {"statement": "I give you everything."},
        {"expiration_time": None},
        {"address": BOB.address},
        {"resources": ("https://evil.example/",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_message_that_was_altered_opens_nothing(
    sessions: Sessions, change: dict[str, object]
) -> None:
    text = replace(asked(sessions), **change).text()  # type: ignore[arg-type]
    signer = BOB if "address" in change else ALICE
    with pytest.raises(SignatureError, match="altered"):
        sessions.open("ann", text, signer.sign_message(text), "w")


def test_a_nonce_is_good_once(sessions: Sessions) -> None:
    text = asked(sessions).text()
    signature = ALICE.sign_message(text)
    sessions.open("ann", text, signature, "w")
    sessions.close("ann")
    with pytest.raises(SignatureError, match="no longer"):
        sessions.open("ann", text, signature, "w")


def test_a_failed_attempt_uses_the_nonce_up(sessions: Sessions) -> None:
    text = asked(sessions).text()
    with pytest.raises(SignatureError):
        sessions.open("ann", text, BOB.sign_message(text), "w")
    with pytest.raises(SignatureError, match="no longer"):
        sessions.open("ann", text, ALICE.sign_message(text), "w")


def test_another_users_challenge_opens_nothing_and_stays_theirs(sessions: Sessions) -> None:
    text = asked(sessions, "ann").text()
    signature = ALICE.sign_message(text)
    with pytest.raises(SignatureError, match="no longer"):
        sessions.open("bea", text, signature, "w")
    assert sessions.open("ann", text, signature, "w").user == "ann"


def test_a_message_that_nobody_asked_for_opens_nothing(sessions: Sessions, clock: Clock) -> None:
    made = SiweMessage.create(
        domain=HERE, address=ALICE.address, uri=URI, chain_id=CHAIN, nonce="12345678",
        now=clock.now, lifetime_s=60,
    )  # fmt: skip
    with pytest.raises(SignatureError, match="not, or no longer"):
        sessions.open("ann", made.text(), ALICE.sign_message(made.text()), "w")


def test_a_challenge_is_good_for_ten_minutes(sessions: Sessions, clock: Clock) -> None:
    text = asked(sessions).text()
    clock.now += CHALLENGE_S
    with pytest.raises(SignatureError, match="no longer"):
        sessions.open("ann", text, ALICE.sign_message(text), "w")


def test_a_clock_that_was_set_back_lets_nobody_in_too_early(clock: Clock) -> None:
    sessions = Sessions(clock)
    message = asked(sessions)
    clock.now -= 3600
    text = replace(message, not_before=message.issued_at).text()
    with pytest.raises(SignatureError, match="altered"):
        sessions.open("ann", text, ALICE.sign_message(text), "w")


def test_a_session_ends(sessions: Sessions, clock: Clock) -> None:
    text = asked(sessions).text()
    sessions.open("ann", text, ALICE.sign_message(text), "w")
    clock.now += SESSION_S - 1
    assert sessions.require("ann").address == ALICE.address
    clock.now += 1
    assert sessions.get("ann") is None
    with pytest.raises(NotSignedInError):
        sessions.require("ann")


def test_signing_out_ends_the_session_and_every_message_handed_out(sessions: Sessions) -> None:
    first, second = asked(sessions).text(), asked(sessions).text()
    sessions.open("ann", first, ALICE.sign_message(first), "w")
    assert sessions.close("ann")
    assert sessions.get("ann") is None
    with pytest.raises(SignatureError):
        sessions.open("ann", second, ALICE.sign_message(second), "w")
    assert not sessions.close("ann")


def test_only_so_many_messages_are_kept_for_a_user(sessions: Sessions) -> None:
    first = asked(sessions).text()
    other = asked(sessions, "bea").text()
    for _ in range(20):
        asked(sessions)
    with pytest.raises(SignatureError):
        sessions.open("ann", first, ALICE.sign_message(first), "w")
    assert sessions.open("bea", other, ALICE.sign_message(other), "w")


def test_a_contracts_wallet_is_asked_on_the_chain(sessions: Sessions) -> None:
    seen: list[tuple[str, bytes, bytes]] = []

    def is_valid_signature(address: str, digest: bytes, signature: bytes) -> bool:
        seen.append((address, digest, signature))
        return signature == b"long" * 50

    text = asked(sessions).text()
    signature = "0x" + (b"long" * 50).hex()
    session = sessions.open("ann", text, signature, "Safe", contract=is_valid_signature)
    assert session.address == ALICE.address == seen[0][0]
    text = asked(sessions).text()
    with pytest.raises(SignatureError, match="not signed by"):
        sessions.open("ann", text, "0x00", "Safe", contract=is_valid_signature)
    text = asked(sessions).text()
    with pytest.raises(SignatureError):
        sessions.open("ann", text, signature, "Safe")


def test_a_sessions_proof_is_not_in_its_repr(sessions: Sessions) -> None:
    text = asked(sessions).text()
    session = sessions.open("ann", text, ALICE.sign_message(text), "w")
    assert session.signature not in repr(session)
