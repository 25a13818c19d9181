"""What an author fills in: an asset before it is published."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from jupyter_ipfs.errors import ConfigError, DDOError
from jupyter_ipfs.ocean import price as prices
from jupyter_ipfs.wallet import recover

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ipfs.ipld.cid import CID

KINDS = ("dataset", "model", "algorithm", "notebook")
TEMPLATES = (1, 2, 4)
MAX_TIMEOUT_S = 10 * 31_556_952  # ten years
MAX_ALLOWED = 64  # as values of one credential
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_MAX_KEY = 128
_MAX_URL = 2048

# Where the fields of the form end up in a DDO; its rules speak of the latter.
FIELDS = {
    "metadata.name": "title",
    "metadata.description": "description",
    "metadata.author": "author",
    "metadata.license": "license",
    "metadata.tags": "tags",
    "metadata.type": "kind",
    "metadata.links": "sample",
    "services[0].timeout": "timeout_s",
    "services[0].files": "url",
    "credentials": "allow",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An asset as its author describes it.

    Attributes:
        path: What to publish: a CID, a name, a path below one.
        title: For people: 4 characters at least.
        description: 10 characters at least.
        author: Who made it.
        license: Under what it may be used, such as ``CC-BY-4.0``.
        tags: Words to find it by.
        kind: ``dataset``, ``model``, ``algorithm`` or ``notebook``.
        price: What one order costs, in the chain's token; ``None``: nothing.
        timeout_s: How long an order allows downloads; 0: for ever.
        template: 1, 2 (enterprise) or 4 (with an access list).
        allow: The addresses that may order it; none: everybody.
        sample: The address of a sample, or ``None``.
        url: Where the same bytes can be fetched, for an Ocean Node that has no IPFS gateway
            that has them; ``None``: by their CID.
        agree_public_cid: It is known that whoever has the CID can have it free.
        key: Tells publications of the same content apart; one that was begun with it goes on.
    """

    path: str
    title: str
    description: str
    author: str
    license: str
    tags: tuple[str, ...] = ()
    kind: str = "dataset"
    price: str | None = None
    timeout_s: int = 0
    template: int = 1
    allow: tuple[str, ...] = ()
    sample: str | None = None
    url: str | None = None
    agree_public_cid: bool = False
    key: str | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read what a page sent.

        Raises:
            DDOError: A field is missing, unknown or of another type.
        """
        if not isinstance(value, dict):
            raise DDOError("that is no draft of an asset")
        known = {each.name: each for each in fields(cls)}
        problems: dict[str, str] = {}
        given: dict[str, Any] = {}
        for name, entry in value.items():
            if name not in known:
                problems[str(name)[:40]] = "There is no such field."
            elif not _fits(name, entry):
                problems[name] = "This is not of the kind that is asked for."
            elif entry is not None:
                given[name] = tuple(entry) if isinstance(entry, list) else entry
        for name in ("path", "title", "description", "author", "license"):
            if name not in problems:
                given.setdefault(name, "")
        if problems:
            raise DDOError("the draft cannot be read", "correct it and try again", problems)
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self) | {"tags": list(self.tags), "allow": list(self.allow)}

    @property
    def price_wei(self) -> int | None:
        """The price in the token's smallest unit, ``None`` if it is free.

        Raises:
            ConfigError: It is no amount.
        """
        return None if self.price is None else prices.to_rate(self.price)

    def problems(self) -> dict[str, str]:  # noqa: C901  (one step for each field)
        """Return what is wrong with what a DDO does not say, a sentence for each field."""
        found: dict[str, str] = {}
        if not self.path:
            found["path"] = "Choose what to publish."
        if self.kind not in KINDS:
            found["kind"] = f"It takes one of: {', '.join(KINDS)}."
        try:
            _ = self.price_wei
        except ConfigError as error:
            found["price"] = " ".join(filter(None, (error.message, error.hint)))
        if not 0 <= self.timeout_s <= MAX_TIMEOUT_S:
            found["timeout_s"] = "An order lasts between 1 second and 10 years, or 0: for ever."
        if self.template not in TEMPLATES:
            found["template"] = "It takes template 1, 2 or 4."
        if len(self.allow) > MAX_ALLOWED:
            found["allow"] = f"At most {MAX_ALLOWED} addresses can be allowed."
        bad = [address for address in self.allow if not is_address(address)]
        if bad:
            found["allow"] = f"{bad[0][:60]!a} is no address (0x and 40 digits, with its checksum)."
        for name in ("sample", "url"):
            address = getattr(self, name)
            if address is not None and not is_web_address(address):
                found[name] = "It takes an address that starts with https:// or http://."
        if self.key is not None and not 0 < len(self.key) <= _MAX_KEY:
            found["key"] = f"A key has between 1 and {_MAX_KEY} characters."
        return found

    def terms(self, root: CID, owner: str, chain_id: int) -> str:
        """Return the digest of what the first transaction fixes, in hex.

        It is written into the data NFT, so that a publication that broke off is found again on
        the chain itself, whatever the journal says; and it names content only by digest.
        """
        key = self.key or hashlib.sha256(f"{root}\n{self.title}\n{self.kind}".encode()).hexdigest()
        fixed = [key, str(root), self.price_wei, self.template, sorted(self.allow), owner, chain_id]
        text = json.dumps(["jupyter_ipfs publication 1", *fixed], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def form_problems(problems: Mapping[str, str]) -> dict[str, str]:
    """Return a DDO's problems by the form's fields."""
    found: dict[str, str] = {}
    for path, sentence in problems.items():
        field = next(
            (name for prefix, name in FIELDS.items() if path == prefix or path.startswith(prefix)),
            path,
        )
        found.setdefault(field, sentence)
    return found


def is_address(text: str) -> bool:
    """Tell whether this is an address; mixed case has to be its checksum's (EIP-55)."""
    if not _ADDRESS.fullmatch(text):
        return False
    digits = text[2:]
    return digits in {digits.lower(), digits.upper()} or recover.is_address(text)


def is_web_address(url: str) -> bool:
    """Tell whether this is an http(s) address and nothing that a page would run."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        fine = False
    return fine and len(url) <= _MAX_URL and url.isprintable() and " " not in url


def _fits(name: str, entry: object) -> bool:
    if name in {"tags", "allow"}:
        return isinstance(entry, list) and all(isinstance(each, str) for each in entry)
    if name in {"timeout_s", "template"}:
        return type(entry) is int
    if name == "agree_public_cid":
        return isinstance(entry, bool)
    if name in {"price", "sample", "url", "key"} and entry is None:
        return True
    return isinstance(entry, str)
