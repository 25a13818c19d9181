"""Who is signed in at this server: held in its memory, bound to the Jupyter user.

Nothing of it is on the disk, where every kernel could write it: after a restart one signs in again.
"""

from __future__ import annotations

import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import NotSignedInError, SignatureError
from jupyter_ipfs.wallet import siwe
from jupyter_ipfs.wallet.siwe import SiweMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.wallet.recover import ContractCheck

CHALLENGE_S = 600.0
SESSION_S = 24 * 3600.0
STATEMENT = "Sign in to Jupyter. This costs nothing and moves no money."

_ALPHABET = string.ascii_letters + string.digits
_NONCE_LENGTH = 22  # 131 bits
_MOST_CHALLENGES = 20  # of one user, at once
_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class WalletSession:
    """One login.

    Attributes:
        user: The Jupyter user.
        address: Who signed, with checksum.
        chain_id: The chain that it is for.
        wallet_name: As the wallet calls itself.
        kind: ``browser`` or ``sandbox``.
        message: What was signed.
        signature: The proof.
        signed_in_at: Seconds since the epoch.
        expires_at: Likewise.
    """

    user: str
    address: str
    chain_id: int
    wallet_name: str
    kind: str
    message: str = field(repr=False)
    signature: str = field(repr=False)
    signed_in_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class _Challenge:
    """A message that was handed out, and until when it is good."""

    user: str
    message: SiweMessage
    expires_at: float


class Sessions:
    """The logins of one server, one for each Jupyter user. Thread-safe.

    Args:
        clock: Seconds since the epoch.
        lifetime_s: For how long a login lasts.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, *, lifetime_s: float = SESSION_S
    ) -> None:
        self._clock = clock
        self._lifetime_s = lifetime_s
        self._lock = threading.Lock()
        self._challenges: dict[str, _Challenge] = {}
        self._sessions: dict[str, WalletSession] = {}

    def challenge(
        self,
        user: str,
        domain: str,
        uri: str,
        address: str,
        chain_id: int,
    ) -> SiweMessage:
        """Make the message that is to be signed; its nonce is good once, for ten minutes.

        Args:
            user: The Jupyter user; nobody else can use it.
            domain: The host (and port) that the browser shows.
            uri: What the login is for: the server's address.
            address: Who is to sign.
            chain_id: The chain that the login is for.

        Raises:
            SignatureError: A field cannot stand in such a message.
        """
        now = self._clock()
        nonce = "".join(secrets.choice(_ALPHABET) for _ in range(_NONCE_LENGTH))
        message = SiweMessage.create(
            domain=domain,
            address=address,
            uri=uri,
            chain_id=chain_id,
            nonce=nonce,
            now=now,
            lifetime_s=CHALLENGE_S,
            statement=STATEMENT,
        )
        with self._lock:
            self._forget_old(now)
            own = [key for key, each in self._challenges.items() if each.user == user]
            for key in own[: len(own) - _MOST_CHALLENGES + 1]:
                del self._challenges[key]
            self._challenges[nonce] = _Challenge(user, message, now + CHALLENGE_S)
        return message

    def open(
        self,
        user: str,
        message_text: str,
        signature: str,
        wallet_name: str,
        *,
        kind: str = "browser",
        contract: ContractCheck | None = None,
    ) -> WalletSession:
        """Check a signed message and let its signer in, in the place of who was in before.

        The nonce is used up by the attempt, also by one that fails.

        Args:
            user: The Jupyter user, who must be the one that the message was made for.
            message_text: What was signed: the challenge, byte for byte.
            signature: ``0x…``.
            wallet_name: As the wallet calls itself.
            kind: ``browser`` or ``sandbox``.
            contract: As for `siwe.verify`.

        Raises:
            SignatureError: It proves nothing.
        """
        now = self._clock()
        message = SiweMessage.parse(message_text)
        with self._lock:
            self._forget_old(now)
            asked = self._challenges.get(message.nonce)
            if asked is not None and asked.user == user:
                del self._challenges[message.nonce]
        if asked is None or asked.user != user:
            hint = "it can be used once, for ten minutes, by who asked for it: sign in again"
            raise SignatureError("this sign-in message is not, or no longer, good", hint)
        if asked.message != message:
            raise SignatureError("the message was altered after it was handed out")
        expected = asked.message
        siwe.verify(
            message,
            signature,
            domain=expected.domain,
            uri=expected.uri,
            chain_id=expected.chain_id,
            nonce=expected.nonce,
            now=now,
            contract=contract,
        )
        session = WalletSession(
            user=user,
            address=message.address,
            chain_id=message.chain_id,
            wallet_name=wallet_name[:_MAX_NAME],
            kind=kind,
            message=message_text,
            signature=signature,
            signed_in_at=now,
            expires_at=now + self._lifetime_s,
        )
        with self._lock:
            self._sessions[user] = session
        return session

    def get(self, user: str) -> WalletSession | None:
        """Return a user's login, or ``None`` if there is none any more."""
        with self._lock:
            session = self._sessions.get(user)
            if session is not None and self._clock() >= session.expires_at:
                del self._sessions[user]
                session = None
            return session

    def require(self, user: str) -> WalletSession:
        """Return a user's login.

        Raises:
            NotSignedInError: There is none.
        """
        session = self.get(user)
        if session is None:
            raise NotSignedInError("nobody is signed in", "sign in with a wallet first")
        return session

    def close(self, user: str) -> bool:
        """Sign a user out; messages that were handed out are worth nothing any more."""
        with self._lock:
            own = [nonce for nonce, each in self._challenges.items() if each.user == user]
            for nonce in own:
                del self._challenges[nonce]
            return self._sessions.pop(user, None) is not None

    def _forget_old(self, now: float) -> None:
        over = [nonce for nonce, each in self._challenges.items() if now >= each.expires_at]
        for nonce in over:
            del self._challenges[nonce]
