"""``session.wallet``: who signs, and how."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from jupyter_ipfs.errors import (
    KeystoreError,
    NotSignedInError,
    SignatureError,
    SigningError,
)
from jupyter_ipfs.wallet.intents import SignIn
from jupyter_ipfs.wallet.recover import check
from jupyter_ipfs.wallet.requests import Mailbox, Origin, read_signed_in
from jupyter_ipfs.wallet.siwe import SiweMessage

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ipfs.protocols import Signer
    from jupyter_ipfs.wallet.recover import ContractCheck

LOGIN_S = 120.0
NOT_SIGNED_IN = (
    "%wallet login (the wallet of the page, as its sidebar has it), %wallet open key.json (an "
    "encrypted keystore), or %wallet practice (play money, only on this computer)"
)


class Wallet:
    """The wallet of one session; keeps an opened key in memory only.

    Attributes:
        origin: Who asks for signatures, as the page tells it.

    Args:
        repo: The local repo's directory, where the mailbox and the sandbox's accounts lie.
    """

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._lock = threading.Lock()
        self._mailbox: Mailbox | None = None
        self._signer: Signer | None = None
        self.origin = Origin(process=os.getpid())

    @property
    def mailbox(self) -> Mailbox:
        """Where signatures are asked for."""
        with self._lock:
            if self._mailbox is None:
                self._mailbox = Mailbox(self._repo)
            return self._mailbox

    @property
    def signer(self) -> Signer:
        """Who signs.

        Raises:
            NotSignedInError: Nobody does yet.
        """
        if self._signer is None:
            raise NotSignedInError("nobody is signed in", NOT_SIGNED_IN)
        return self._signer

    @property
    def address(self) -> str | None:
        """Whose wallet it is, with checksum, or ``None``."""
        return None if self._signer is None else self._signer.address

    def login(
        self,
        chain_id: int,
        *,
        timeout_s: float = LOGIN_S,
        contract: ContractCheck | None = None,
    ) -> Signer:
        """Sign in with a wallet in the browser: wait until the person there has signed.

        Args:
            chain_id: The chain that the login is for.
            timeout_s: How long to wait, at most five minutes.
            contract: Asks the chain about wallets that are contracts (EIP-1271).

        Raises:
            NobodyWatchingError: No page is open that could show it; told at once.
            SigningError: Nobody signed.
        """
        from jupyter_ipfs.wallet.signers import BrowserSigner  # noqa: PLC0415  (when needed)

        mailbox = self.mailbox
        request_id = mailbox.ask(SignIn(chain_id), origin=self.origin, timeout_s=timeout_s)
        address = _signed_by(mailbox.wait(request_id), chain_id, contract)
        return self.use(BrowserSigner(mailbox, address, chain_id, self.origin, contract=contract))

    def open(self, file: str | os.PathLike[str], password: str | None = None) -> Signer:
        """Sign with an encrypted keystore (version 3); its key stays in this process's memory.

        Raises:
            KeystoreError: It is none, or the password is missing or another one.
        """
        from jupyter_ipfs.wallet.signers import KeystoreSigner  # noqa: PLC0415  (when needed)

        if password is None:
            hint = "%wallet open asks for it; a headless run has JUPYTER_IPFS_KEYSTORE_PASSWORD"
            raise KeystoreError("the keystore's password is needed", hint)
        return self.use(KeystoreSigner.open(file, password))

    def practice(self, label: str = "author") -> Signer:
        """Sign with an account of the sandbox: play money, only on this computer.

        Args:
            label: ``author`` or ``buyer``.

        Raises:
            WalletError: There is no such account, or their file is damaged.
        """
        from jupyter_ipfs.wallet import sandbox_accounts  # noqa: PLC0415  (when needed)

        return self.use(sandbox_accounts.signer(self._repo, label))

    def use(self, signer: Signer) -> Signer:
        """Let this one sign from now on; return it."""
        self._signer = signer
        return signer

    def sign_out(self) -> None:
        """Forget who signs, and the key."""
        self._signer = None

    def close(self) -> None:
        """Forget keys; idempotent."""
        self.sign_out()
        with self._lock:
            if self._mailbox is not None:
                self._mailbox.close()
                self._mailbox = None


def _signed_by(result: str, chain_id: int, contract: ContractCheck | None) -> str:
    """Return whose login the answer is, which may be the one that the server has already.

    Only an address is learnt from it: every signature is checked when it is made, and what
    lets somebody in at the server is the server's own record (``safety.md`` 13).
    """
    text, signature = read_signed_in(result)
    try:
        message = SiweMessage.parse(text)
        check(message.address, text, signature, contract)
    except SignatureError as error:
        raise SigningError(f"the answer is no sign-in: {error}", "try again") from None
    if message.chain_id != chain_id:
        raise SigningError(f"the answer is a sign-in for chain {message.chain_id}", "try again")
    return message.address
