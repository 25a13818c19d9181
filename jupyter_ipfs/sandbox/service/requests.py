"""Who asks: signed requests with nonces that count once, and tokens that stand for them.

Source: Ocean Node 3.2, ``signature = personal_sign(keccak256(address + nonce + command))``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

from jupyter_ipfs.errors import OceanError, SignatureError
from jupyter_ipfs.sandbox.service.numbers import whole_number
from jupyter_ipfs.sandbox.service.refusal import Refusal
from jupyter_ipfs.wallet.recover import message_digest, recover, signature_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.sandbox.service.chain_reads import ChainReads
    from jupyter_ipfs.sandbox.service.database import Database
    from jupyter_ipfs.sandbox.service.key import NodeKey

_UNAUTHORIZED = 401
_LONGEST_S = 30 * 24 * 3600.0
_NO_PROOF = (
    "Invalid authentication, you need to provide either a token or an address, signature, "
    "message and nonce"
)
# EIP-1271: what a contract's isValidSignature gives for a valid one, and its selector too.
_MAGIC = bytes.fromhex("1626ba7e")


def address_of(text: object) -> str | None:
    """Return an address with its checksum, ``None`` if it is none."""
    return to_checksum_address(text) if isinstance(text, str) and is_address(text) else None


class Requests:
    """Proofs of who asks.

    Args:
        database: Where nonces and tokens are.
        chain: Asked for contracts' signatures.
        key: Tokens are made with a secret of it.
        now: Seconds since the epoch.
    """

    def __init__(
        self,
        database: Database,
        chain: ChainReads,
        key: NodeKey,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._chain = chain
        self._secret = key.secret_for("tokens")
        self._now = now

    def nonce(self, address: str) -> int:
        """Return the newest nonce that an address has used, 0 for none."""
        with self._database.reading() as db:
            row = db.execute("SELECT nonce FROM nonces WHERE address = ?", (address,)).fetchone()
        return 0 if row is None else int(row[0])

    def check(self, address: str, nonce: str, signature: str, *commands: str) -> None:
        """Accept a signed request, once.

        Args:
            address: As it was sent: that text was signed.
            nonce: Decimal, greater than any before.
            signature: ``0x…``.
            commands: What is asked for, in any of these words.

        Raises:
            Refusal: It was used, or another key has signed, or something else.
        """
        number = whole_number(nonce)
        if number is None or number <= self.nonce(address):
            raise Refusal(_UNAUTHORIZED, f"nonce: {nonce[:40]} is not a valid nonce")
        texts = (f"{address}{nonce}{command}" for command in commands)
        if not any(self._is_signed(address, text, signature) for text in texts):
            raise Refusal(_UNAUTHORIZED, "consumer address and nonce signature mismatch")
        with self._database.writing() as db:
            # Of two requests with one nonce, the second changes no row.
            changed = db.execute(
                "INSERT INTO nonces VALUES (?, ?) ON CONFLICT (address) DO UPDATE "
                "SET nonce = excluded.nonce WHERE excluded.nonce > nonces.nonce",
                (address, number),
            ).rowcount
        if not changed:
            raise Refusal(_UNAUTHORIZED, f"nonce: {nonce} is not a valid nonce")

    def prove(
        self,
        *,
        token: str | None,
        address: str | None,
        nonce: str | None,
        signature: str | None,
        commands: tuple[str, ...],
    ) -> str:
        """Return the address that asks, proven by a signature or else by a token.

        Ocean Node 3.2 takes anybody's token for any address; here it must be the address's own.

        Raises:
            Refusal: It is not proven.
        """
        known = address_of(address)
        if address and nonce and signature:
            if known is None:
                raise Refusal(_UNAUTHORIZED, "consumer address and nonce signature mismatch")
            self.check(address, nonce, signature, *commands)
            return known
        if token:
            owner = self._owner(token)
            if owner is None or (address and owner != known):
                raise Refusal(_UNAUTHORIZED, "Invalid token")
            return owner
        raise Refusal(_UNAUTHORIZED, _NO_PROOF)

    # — tokens —

    def make_token(self, address: str, nonce: str, valid_until: float | None) -> str:
        """Return a token that stands for an address; its request has been checked.

        Args:
            address: With checksum.
            nonce: The request's.
            valid_until: Seconds since the epoch; never more than 30 days from now.
        """
        now = self._now()
        longest = now + _LONGEST_S
        until = longest if valid_until is None else min(valid_until, longest)
        # ocean.js reads the address from it.
        claims = {
            "address": address,
            "nonce": nonce,
            "createdAt": int(now * 1000),
            "iat": int(now),
        }
        head = _base64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = f"{head}.{_base64(json.dumps(claims).encode())}"
        token = f"{body}.{_base64(self._mac(body))}"
        with self._database.writing() as db:
            db.execute("DELETE FROM tokens WHERE valid_until < ?", (now,))
            db.execute(
                "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", (_digest(token), address, until)
            )
        return token

    def drop_token(self, token: str, address: str) -> None:
        """Let a token be none from now on.

        Raises:
            Refusal: It is not that address's.
        """
        if self._owner(token) != address:
            raise Refusal(_UNAUTHORIZED, "Invalid token")
        with self._database.writing() as db:
            db.execute("DELETE FROM tokens WHERE digest = ?", (_digest(token),))

    def _owner(self, token: str) -> str | None:
        body, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac.encode(), _base64(self._mac(body)).encode()):
            return None
        with self._database.reading() as db:
            row = db.execute(
                "SELECT address FROM tokens WHERE digest = ? AND valid_until >= ?",
                (_digest(token), self._now()),
            ).fetchone()
        return None if row is None else str(row[0])

    def _mac(self, body: str) -> bytes:
        return hmac.new(self._secret, body.encode(), hashlib.sha256).digest()

    # — signatures —

    def _is_signed(self, address: str, text: str, signature: str) -> bool:
        digest = keccak(text=text)
        wanted = to_checksum_address(address)
        try:
            # Wallets that take only text sign the digest's 66 characters.
            if wanted in {recover(digest, signature), recover("0x" + digest.hex(), signature)}:
                return True
        except SignatureError:
            pass  # contracts have signatures of any form
        return any(
            self._is_contracts(wanted, each, signature) for each in (digest, message_digest(text))
        )

    def _is_contracts(self, address: str, digest: bytes, signature: str) -> bool:
        from eth_abi.abi import encode  # noqa: PLC0415  (beside its only use)

        try:
            data = _MAGIC + encode(["bytes32", "bytes"], [digest, signature_bytes(signature)])
            return self._chain.raw_call(address, data)[:32] == _MAGIC.ljust(32, b"\0")
        except (OceanError, SignatureError):
            return False


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
