"""The wallets that are signed in to this server, and what they were shown: memory only."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.errors import SignatureError
from jupyter_ipfs.server.wallet import accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ipfs.server.wallet.place import Place
    from jupyter_ipfs.wallet.intents import Intent
    from jupyter_ipfs.wallet.sessions import Sessions, WalletSession
    from jupyter_ipfs.wallet.siwe import SiweMessage

WALLETS = "jupyter_ipfs_wallets"  # where they are in the server's settings
_MOST_ISSUED = 20  # messages to sign in of one user, as `Sessions` has it
_MOST_SEEN = 10_000  # requests that are remembered; as many in ten minutes are nobody's
_KEPT_S = 600.0  # a message to sign in, and a request, are over by then


@dataclass(frozen=True, slots=True)
class Showing:
    """A request as a wallet was given it: what is answered is compared with this.

    Attributes:
        user: To whom.
        request_id: The request's.
        address: Who is to sign.
        chain_id: On which chain.
        intent: What it is about.
        method: The wallet's method (EIP-1193).
        params: Its parameters.
        text: The message, of a sign-in and where one vouches.
        shown_at: When, by the clock of `time.monotonic`.
    """

    user: str
    request_id: str
    address: str
    chain_id: int
    intent: Intent
    method: str
    params: list[Any]
    text: str | None = None
    shown_at: float = field(default_factory=time.monotonic)


class Wallets:
    """All that this server remembers of wallets. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: Sessions | None = None
        self._users: set[str] = set()
        self._issued: dict[tuple[str, str], tuple[SiweMessage, float]] = {}
        self._shown: dict[tuple[str, str], Showing] = {}
        self._owners: dict[str, tuple[str, float]] = {}
        self._seen: dict[str, tuple[str, float]] = {}
        self._sent: set[tuple[str, str]] = set()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when somebody signs in or out, from the thread in which it happens."""
        self._listeners.append(listener)

    # — sessions —

    def challenge(
        self,
        user: str,
        place: Place,
        address: str,
        chain_id: int,
    ) -> SiweMessage:
        """Return a message that signs in once, at this place, in the next minutes."""
        message = self._kept().challenge(user, place.domain, place.uri, address, chain_id)
        with self._lock:
            self._drop_old()
            own = [key for key in self._issued if key[0] == user]
            for key in own[: len(own) - _MOST_ISSUED + 1]:
                del self._issued[key]
            self._issued[user, message.text()] = (message, time.monotonic())
        return message

    def open(
        self, user: str, place: Place, text: str, signature: str, wallet_name: str
    ) -> WalletSession:
        """Begin a session with a signed message.

        Raises:
            SignatureError: It is not the message that this user was given, on this page, or is
                not signed by the address that it names.
        """
        message = self._issued_to(user, text)
        if message is None or (message.domain, message.uri) != (place.domain, place.uri):
            raise SignatureError(
                "this is not the message that was to be signed here, or it was used before",
                "sign in again",
            )
        with self._lock:
            self._issued.pop((user, text), None)  # one attempt, be it a wrong one
        session = self._kept().open(
            user,
            text,
            signature,
            wallet_name,
            kind=accounts.kind(message),
            contract=accounts.contract(message.chain_id),
        )
        with self._lock:
            self._users.add(user)
        self._tell()
        return session

    def get(self, user: str) -> WalletSession | None:
        """Return a user's session, unless it has ended."""
        return self._kept().get(user)

    def close(self, user: str) -> None:
        """End a user's session."""
        self._kept().close(user)
        with self._lock:
            self._issued = {key: each for key, each in self._issued.items() if key[0] != user}
        self._tell()

    def all(self) -> Iterator[WalletSession]:
        """Yield the open sessions of all users."""
        with self._lock:
            users = sorted(self._users)
        for user in users:
            session = self.get(user)
            if session is not None:
                yield session

    def was_issued(self, user: str, address: str, text: str) -> bool:
        """Tell whether a sign-in message is one that this user was given, and not yet used."""
        message = self._issued_to(user, text)
        return message is not None and message.address == address

    def _issued_to(self, user: str, text: str) -> SiweMessage | None:
        with self._lock:
            self._drop_old()
            found = self._issued.get((user, text))
        return None if found is None else found[0]

    # — requests —

    def remember(self, showing: Showing) -> None:
        """Note what a user is shown."""
        with self._lock:
            self._drop_old()
            self._shown[showing.user, showing.request_id] = showing

    def showing(self, user: str, request_id: str) -> Showing | None:
        """Return what a user was shown of a request."""
        with self._lock:
            return self._shown.get((user, request_id))

    def showings(self, user: str) -> list[Showing]:
        """Return all that a user is shown now."""
        with self._lock:
            self._drop_old()
            return [each for (whose, _), each in self._shown.items() if whose == user]

    def forget(self, user: str, request_id: str) -> None:
        """Note that a request is over."""
        with self._lock:
            self._shown.pop((user, request_id), None)

    def own(self, user: str, request_id: str) -> None:
        """Note for whom this server has put a request into the mailbox."""
        with self._lock:
            self._drop_old()
            self._owners[request_id] = (user, time.monotonic())

    def owner(self, request_id: str) -> str | None:
        """Return for whom this server asks; ``None`` if somebody else does."""
        with self._lock:
            return self._owners.get(request_id, (None, 0.0))[0]

    def is_as_seen(self, request_id: str, digest: str) -> bool:
        """Tell whether a request is what it was when this server has first seen it.

        Any process can write its row anew, with a digest that fits, between what a person reads
        and what they sign.
        """
        with self._lock:
            known = self._seen.get(request_id)
            if known is None:
                self._drop_old()
                if len(self._seen) >= _MOST_SEEN:
                    return False
                known = self._seen[request_id] = (digest, time.monotonic())
            return known[0] == digest

    def take_transaction(self, user: str, transaction: dict[str, Any]) -> Showing | None:
        """Return the request whose transaction this is, to be sent once; ``None`` if none is."""
        with self._lock:
            self._drop_old()
            for key, each in self._shown.items():
                if key[0] == user and each.params == [transaction] and key not in self._sent:
                    self._sent.add(key)
                    return each
        return None

    def give_back(self, showing: Showing) -> None:
        """Note that a transaction was not sent after all."""
        with self._lock:
            self._sent.discard((showing.user, showing.request_id))

    def _kept(self) -> Sessions:
        from jupyter_ipfs.wallet.sessions import Sessions  # noqa: PLC0415  (starts without it)

        with self._lock:
            if self._sessions is None:
                self._sessions = Sessions()
            return self._sessions

    def _drop_old(self) -> None:
        oldest = time.monotonic() - _KEPT_S
        self._issued = {key: each for key, each in self._issued.items() if each[1] > oldest}
        self._shown = {key: each for key, each in self._shown.items() if each.shown_at > oldest}
        self._owners = {key: each for key, each in self._owners.items() if each[1] > oldest}
        self._seen = {key: each for key, each in self._seen.items() if each[1] > oldest}
        self._sent &= self._shown.keys()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
