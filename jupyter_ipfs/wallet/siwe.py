"""Sign-In with Ethereum: the message, read and written by its grammar, and its verification.

Pure: texts in, values out. A `SiweMessage` is valid by construction, and ``parse`` and ``text``
are each other's inverse, so that what was checked is byte for byte what was signed.
Source: EIP-4361 (https://eips.ethereum.org/EIPS/eip-4361#abnf-message-format).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.errors import SignatureError
from jupyter_ipfs.wallet import recover as recovery
from jupyter_ipfs.wallet import rfc3986

if TYPE_CHECKING:
    from jupyter_ipfs.wallet.recover import ContractCheck

MAX_LENGTH = 8192  # characters; more than a person would read, and no work for a regex
_WANTS = " wants you to sign in with your Ethereum account:"
_FORM = re.compile(
    rf"(?:(?P<scheme>[^\n:/ ]*)://)?(?P<domain>[^\n ]*){re.escape(_WANTS)}\n"
    r"(?P<address>[^\n]*)\n"
    r"\n"
    r"(?:(?P<statement>[^\n]+)\n)?"
    r"\n"
    r"URI: (?P<uri>[^\n]*)\n"
    r"Version: (?P<version>[^\n]*)\n"
    r"Chain ID: (?P<chain_id>[^\n]*)\n"
    r"Nonce: (?P<nonce>[^\n]*)\n"
    r"Issued At: (?P<issued_at>[^\n]*)"
    r"(?:\nExpiration Time: (?P<expiration_time>[^\n]*))?"
    r"(?:\nNot Before: (?P<not_before>[^\n]*))?"
    r"(?:\nRequest ID: (?P<request_id>[^\n]*))?"
    r"(?:\nResources:(?P<resources>(?:\n- [^\n]*)*))?"
)
# statement = 1*( reserved / unreserved / " " ), by RFC 3986 §2.2 and §2.3
_STATEMENT = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]+")
_CHAIN_ID = re.compile(r"0|[1-9][0-9]{0,77}")  # written as the number is: there is one way
_NONCE = re.compile(r"[A-Za-z0-9]{8,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiweMessage:
    """One message, by the names that EIP-4361 gives its fields; times are texts (RFC 3339).

    Attributes:
        domain: The authority that asks, such as ``localhost:8888``.
        address: Whose signature is asked for, with its EIP-55 checksum.
        uri: What the login is for.
        chain_id: The chain that the session is bound to.
        nonce: At least eight letters and digits, used once.
        issued_at: When it was made.
        statement: A sentence in ASCII, or ``None``.
        expiration_time: From when on it is worth nothing.
        not_before: From when on it is worth something.
        request_id: The asker's own name for it.
        resources: URIs; ``None`` when there is no such list.
        scheme: The scheme before the domain, or ``None``.
        version: Always ``1``.

    Raises:
        SignatureError: A field is not as the grammar has it.
    """

    domain: str
    address: str
    uri: str
    chain_id: int
    nonce: str
    issued_at: str
    statement: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None
    scheme: str | None = None
    version: str = "1"

    def __post_init__(self) -> None:
        """Refuse what the grammar does not have."""
        checks = {
            "scheme": self.scheme is None or rfc3986.is_scheme(self.scheme),
            "domain": rfc3986.is_authority(self.domain),
            "address": recovery.is_address(self.address),
            "statement": self.statement is None or _STATEMENT.fullmatch(self.statement),
            "URI": rfc3986.is_uri(self.uri),
            "version": self.version == "1",
            "chain ID": _is_chain_id(self.chain_id),
            "nonce": _NONCE.fullmatch(self.nonce),
            "issue time": _is_time(self.issued_at),
            "expiration time": self.expiration_time is None or _is_time(self.expiration_time),
            "start time": self.not_before is None or _is_time(self.not_before),
            "request ID": self.request_id is None or rfc3986.is_pchars(self.request_id),
            "resources": all(map(rfc3986.is_uri, self.resources or ())),
        }
        for field, fits in checks.items():
            if not fits:
                raise SignatureError(f"no sign-in message: its {field} is not as EIP-4361 has it")

    @classmethod
    def create(
        cls,
        *,
        domain: str,
        address: str,
        uri: str,
        chain_id: int,
        nonce: str,
        now: float,
        lifetime_s: float,
        statement: str | None = None,
    ) -> Self:
        """Make a message that is good from now on.

        Args:
            domain: The host, and the port if there is one, that the browser shows.
            address: Who is to sign, with checksum.
            uri: What the login is for.
            chain_id: The chain that the session is bound to.
            nonce: At least eight letters and digits, used once.
            now: Seconds since the epoch.
            lifetime_s: For how long the signature opens a session.
            statement: What the person reads.

        Raises:
            SignatureError: A field is not as the grammar has it.
        """
        return cls(
            domain=domain,
            address=address,
            uri=uri,
            chain_id=chain_id,
            nonce=nonce,
            issued_at=rfc3986.date_time(now),
            expiration_time=rfc3986.date_time(now + lifetime_s),
            statement=statement,
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message, every byte of it.

        Stricter than the grammar in two places: the address has its EIP-55 checksum (its prose
        asks for that), and a chain id has no leading zeros, so that there is one way to write it.

        Raises:
            SignatureError: It is none.
        """
        found = _FORM.fullmatch(text) if len(text) <= MAX_LENGTH else None
        if found is None:
            raise SignatureError("no sign-in message: it has not the form of EIP-4361")
        fields: dict[str, Any] = found.groupdict()
        if not _CHAIN_ID.fullmatch(fields["chain_id"]):
            raise SignatureError("no sign-in message: its chain ID is not as EIP-4361 has it")
        listed = fields.pop("resources")
        resources = None if listed is None else tuple(listed.split("\n- ")[1:])
        return cls(resources=resources, **{**fields, "chain_id": int(fields["chain_id"])})

    def text(self) -> str:
        """Return what is signed."""
        origin = f"{self.scheme}://{self.domain}" if self.scheme is not None else self.domain
        statement = [] if self.statement is None else [self.statement]
        lines = [origin + _WANTS, self.address, "", *statement, ""]
        lines += [
            f"URI: {self.uri}",
            f"Version: {self.version}",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {self.issued_at}",
        ]
        if self.expiration_time is not None:
            lines.append(f"Expiration Time: {self.expiration_time}")
        if self.not_before is not None:
            lines.append(f"Not Before: {self.not_before}")
        if self.request_id is not None:
            lines.append(f"Request ID: {self.request_id}")
        if self.resources is not None:
            lines += ["Resources:", *(f"- {uri}" for uri in self.resources)]
        return "\n".join(lines)


def verify(
    message: SiweMessage,
    signature: str,
    *,
    domain: str,
    uri: str,
    chain_id: int,
    nonce: str,
    now: float,
    contract: ContractCheck | None = None,
) -> None:
    """Check that this message was signed by its address, here, for this, and in time.

    Args:
        message: What was signed.
        signature: ``0x…``.
        domain: The host that asked.
        uri: What the login is for.
        chain_id: The chain that was asked for.
        nonce: The one that was given out for it.
        now: Seconds since the epoch.
        contract: Asks the chain about wallets that are contracts (EIP-1271): address, digest
            and signature in, whether it is theirs out. Without it they cannot sign in.

    Raises:
        SignatureError: One of these does not hold; the message says which.
    """
    if message.domain != domain or not _fits(message.scheme, uri):
        raise SignatureError("the signed message is for another site", "sign in again, from here")
    if message.uri != uri:
        raise SignatureError("the signed message is for another address of this site")
    if message.chain_id != chain_id:
        hint = "choose that chain in the wallet, and sign in again"
        raise SignatureError(f"the signed message is for chain {message.chain_id}", hint)
    if message.nonce != nonce:
        raise SignatureError("the signed message is not the one that was asked for")
    expires, begins = message.expiration_time, message.not_before
    if expires is not None and now >= rfc3986.timestamp(expires):
        raise SignatureError("the signed message has expired", "sign in again")
    if begins is not None and now < rfc3986.timestamp(begins):
        raise SignatureError("the signed message is not valid yet", "is the clock right here?")
    recovery.check(message.address, message.text(), signature, contract)


def _fits(scheme: str | None, uri: str) -> bool:
    return scheme is None or uri.startswith(f"{scheme}:")


def _is_chain_id(value: object) -> bool:
    return type(value) is int and value >= 0 and _CHAIN_ID.fullmatch(str(value)) is not None


def _is_time(text: str) -> bool:
    try:
        rfc3986.timestamp(text)
    except ValueError:
        return False
    return True
