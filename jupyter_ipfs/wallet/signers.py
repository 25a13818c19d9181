"""Who signs: a key that is at hand, or somebody's wallet in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.errors import KeystoreError, SignatureError, SigningError
from jupyter_ipfs.wallet import recursion_limit, vouch_text
from jupyter_ipfs.wallet.intent_json import strict_json
from jupyter_ipfs.wallet.recover import (
    V_OFFSET,
    check,
    checksummed,
    message_digest,
    ocean_digest,
)
from jupyter_ipfs.wallet.requests import LONGEST_S

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from eth_account.signers.local import LocalAccount
    from eth_keys.datatypes import PrivateKey, Signature

    from jupyter_ipfs.protocols import TransactionSender
    from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch
    from jupyter_ipfs.wallet.recover import ContractCheck
    from jupyter_ipfs.wallet.requests import Mailbox, Origin

SANDBOX_CHAIN_ID = 8996  # play money; the keys of its accounts sign for no other chain
_ANY_CHAIN_ID = 1  # of a keystore's key, which is the same account on every chain
_MAX_KEYSTORE = 64 * 1024  # bytes
_MAX_WORK = 2**23  # scrypt's n·r and PBKDF2's rounds: 1 GiB of memory, some seconds
_KEY_LENGTH = 32  # bytes of what a password becomes, in all keystores
_TX_HASH = re.compile(r"0x[0-9a-f]{64}")


class LocalSigner:
    """A key in this process's memory, and nowhere else: shown by nothing, pickled by nothing.

    Args:
        key: The private key.
        kind: ``keystore`` or ``sandbox``; the latter signs for the sandbox's chain alone.
    """

    def __init__(self, key: PrivateKey, kind: str) -> None:
        # In a function, since the repr of a key is the key: `vars` and debuggers would show it.
        self._key: Callable[[], PrivateKey] = lambda: key
        self._kind = kind
        self._address = str(key.public_key.to_checksum_address())

    @classmethod
    def of_key(cls, key: bytes, kind: str) -> Self:
        """Make a signer of the 32 bytes of a private key."""
        from eth_keys.datatypes import PrivateKey  # noqa: PLC0415  (eth_account takes a second)

        return cls(PrivateKey(key), kind)

    @property
    def kind(self) -> str:
        """``keystore`` or ``sandbox``."""
        return self._kind

    @property
    def address(self) -> str:
        """The address, with checksum."""
        return self._address

    @property
    def chain_id(self) -> int:
        """The chain that it names when it vouches for something."""
        return SANDBOX_CHAIN_ID if self._kind == "sandbox" else _ANY_CHAIN_ID

    def sign_request(self, request: OceanRequest) -> str:
        """Return the signature of a request to an Ocean Node."""
        return self._sign(ocean_digest(self.address, request.nonce, request.command))

    def sign_message(self, message: str) -> str:
        """Return the signature of a text, as ``personal_sign`` makes it (EIP-191)."""
        return self._sign(message.encode())

    def vouch(self, vouch: Vouch) -> str:
        """Return the signature of the text by which one vouches for content.

        Raises:
            RequestError: It is nothing that can be vouched for.
            SigningError: It is not for this key.
        """
        if self._kind == "sandbox" and vouch.chain_id != SANDBOX_CHAIN_ID:
            raise SigningError("a practice account signs for the practice chain only")
        return self.sign_message(vouch_text.text(vouch, self.address))

    def send(self, call: ContractCall, chain: TransactionSender) -> str:
        """Sign and send a transaction; return its hash.

        Raises:
            SigningError: It is not what was asked for, or not for this key.
        """
        if self._kind == "sandbox" and call.chain_id != SANDBOX_CHAIN_ID:
            raise SigningError("a practice account signs for the practice chain only")
        filled = chain.fill(call, self.address)
        if filled.get("chainId") != call.chain_id or filled.get("to") != call.to:
            raise SigningError("the transaction is not the one that was asked for")
        fields: dict[str, Any] = {name: each for name, each in filled.items() if name != "from"}
        recursion_limit.keep()
        from eth_account import Account  # noqa: PLC0415  (takes a second to import)

        account: LocalAccount = Account.from_key(self._key().to_bytes())
        try:
            raw = bytes(account.sign_transaction(fields).raw_transaction)
        except Exception:  # noqa: BLE001  (verbose tracebacks show arguments: one is the key)
            hint = "the chain's endpoint has given fees or a nonce that cannot be: try another"
            raise SigningError("this transaction cannot be signed", hint) from None
        return chain.submit(raw)

    def _sign(self, message: bytes) -> str:
        signature: Signature = self._key().sign_msg_hash(message_digest(message))
        rs = signature.r.to_bytes(32) + signature.s.to_bytes(32)
        return f"0x{rs.hex()}{signature.v + V_OFFSET:02x}"

    def __repr__(self) -> str:
        """Never the key."""
        return f"<{type(self).__name__} {self._kind} {self.address}>"

    def __reduce__(self) -> str:
        """A key does not leave the process by being pickled."""
        raise TypeError("a signer cannot be pickled: it holds a key")


class KeystoreSigner(LocalSigner):
    """The key of an encrypted keystore (Web3 Secret Storage, version 3), in memory."""

    @classmethod
    def open(cls, file: str | os.PathLike[str], password: str) -> KeystoreSigner:
        """Decrypt a keystore.

        Raises:
            KeystoreError: It is none, or the password is another one.
        """
        recursion_limit.keep()
        from eth_account import Account  # noqa: PLC0415  (takes a second to import)

        document = _keystore(Path(file).expanduser())
        try:
            key = Account.decrypt(document, password)
        except Exception as error:  # noqa: BLE001  (its parts raise what they like; none is shown)
            reason = "that is not its password" if "MAC" in str(error) else "it is damaged"
            raise KeystoreError(f"the keystore {str(file)!r} cannot be opened: {reason}") from None
        return cls.of_key(bytes(key), "keystore")


class BrowserSigner:
    """A wallet in a browser, reached through the mailbox.

    Args:
        mailbox: Where requests are put.
        address: Whose wallet.
        chain_id: The chain that its owner signed in for.
        origin: Who asks.
        timeout_s: How long to wait for a person.
        contract: Asks the chain about wallets that are contracts (EIP-1271).
        note: What it is for, in the asker's words; set it before each step.
    """

    kind = "browser"

    def __init__(
        self,
        mailbox: Mailbox,
        address: str,
        chain_id: int,
        origin: Origin | None = None,
        timeout_s: float = LONGEST_S,
        *,
        contract: ContractCheck | None = None,
        note: str | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._address = checksummed(address)
        self.chain_id = chain_id
        self._origin = origin
        self._timeout_s = timeout_s
        self._contract = contract
        self.note = note

    @property
    def address(self) -> str:
        """The address, with checksum."""
        return self._address

    def sign_request(self, request: OceanRequest) -> str:
        """Ask for the signature of a request to an Ocean Node, and check whose it is.

        Raises:
            SigningError: Nobody signed, or another account.
        """
        signature = self._asked(request)
        self._check(ocean_digest(self._address, request.nonce, request.command), signature)
        return signature

    def vouch(self, vouch: Vouch) -> str:
        """Ask for the signature of the text by which one vouches, and check whose it is.

        Raises:
            RequestError: It is nothing that can be vouched for.
            SigningError: Nobody signed, or another account.
        """
        self._refuse_other_chain(vouch.chain_id)
        text = vouch_text.text(vouch, self._address)
        signature = self._asked(vouch)
        self._check(text, signature)
        return signature

    def send(self, call: ContractCall, chain: TransactionSender) -> str:
        """Ask for a transaction; return its hash.

        The wallet fills in nonce and fees and sends it. Whoever waits for the receipt checks
        that what was mined is from this address and has this call's calldata.

        Raises:
            SigningError: Nobody signed.
        """
        self._refuse_other_chain(call.chain_id)
        chain.fill(call, self._address)  # told at once, rather than in the wallet
        tx_hash = self._asked(call).lower()
        if not _TX_HASH.fullmatch(tx_hash):
            raise SigningError("the wallet's answer is no transaction's hash")
        return tx_hash

    def _refuse_other_chain(self, chain_id: int) -> None:
        if chain_id != self.chain_id:
            hint = "sign in again, for the chain that is set now"
            raise SigningError(f"the login is for chain {self.chain_id}", hint)

    def _check(self, message: str | bytes, signature: str) -> None:
        try:
            check(self._address, message, signature, self._contract)
        except SignatureError as error:
            hint = f"choose {self._address} in the wallet, or sign in again"
            raise SigningError(f"the wallet's answer is worth nothing: {error}", hint) from None

    def _asked(self, intent: OceanRequest | ContractCall | Vouch) -> str:
        request_id = self._mailbox.ask(
            intent,
            address=self._address,
            origin=self._origin,
            note=self.note,
            timeout_s=self._timeout_s,
        )
        return self._mailbox.wait(request_id)

    def __repr__(self) -> str:
        """By address."""
        return f"<BrowserSigner {self._address}>"


def _keystore(file: Path) -> dict[str, Any]:
    """Read a keystore's JSON; refuse one that would take minutes or the memory to open."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_MAX_KEYSTORE + 1)
        document = strict_json(data.decode()) if len(data) <= _MAX_KEYSTORE else None
    except OSError as error:
        raise KeystoreError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    except ValueError:
        document = None
    crypto = document.get("crypto", document.get("Crypto")) if isinstance(document, dict) else None
    parameters = crypto.get("kdfparams") if isinstance(crypto, dict) else None
    if not isinstance(document, dict) or not isinstance(parameters, dict):
        hint = "it takes an encrypted key: Web3 Secret Storage, version 3"
        raise KeystoreError(f"{str(file)!r} is no keystore", hint)
    work = [parameters.get(name, 1) for name in ("n", "r", "p", "c")]
    if not all(type(each) is int and each > 0 for each in work) or (
        work[0] * work[1] * work[2] > _MAX_WORK
        or work[3] > _MAX_WORK
        or parameters.get("dklen", _KEY_LENGTH) != _KEY_LENGTH  # more of it is as many rounds more
    ):
        raise KeystoreError(f"the keystore {str(file)!r} would take too much work to open")
    return document
