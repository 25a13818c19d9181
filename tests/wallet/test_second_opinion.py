"""`siwe` from PyPI reads and checks the same messages, in an environment of its own.

It needs an older web3 than this package, so it is asked in another process: one for all cases.
"""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import SignatureError
from jupyter_ipfs.wallet import rfc3986, siwe
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.conftest import CHECKOUT, require
from tests.wallet.keys import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Iterator

PEER = CHECKOUT / ".cache" / "siwe" / "bin" / "python"
NOW = 1_800_000_000
ASK = """
import json, sys
from datetime import datetime, timezone
from siwe import SiweMessage
for line in sys.stdin:
    case = json.loads(line)
    try:
        message = SiweMessage.from_message(case["text"])
    except Exception as error:
        print(json.dumps({"read": False, "accepted": False, "why": repr(error)}))
        continue
    try:
        message.verify(case["signature"], domain=case["domain"], nonce=case["nonce"],
                       timestamp=datetime.fromtimestamp(case["now"], timezone.utc))
    except Exception as error:
        print(json.dumps({"read": True, "accepted": False, "why": type(error).__name__}))
    else:
        print(json.dumps({"read": True, "accepted": True, "why": ""}))
"""


@dataclass(frozen=True)
class Case:
    """A signed text, and where and when it is checked."""

    text: str
    signature: str
    domain: str
    nonce: str
    now: float


@dataclass(frozen=True)
class Opinion:
    """What the peer says."""

    read: bool
    accepted: bool
    why: str


def messages() -> Iterator[SiweMessage]:
    """Yield messages of many forms, the same in each run."""
    chance = random.Random(4361)
    domains = ["service.org", "localhost:8888", "127.0.0.1:8888", "[::1]:8888", "u@hub.example:1"]
    uris = [
        "https://service.org/login", "http://localhost:8888/user/a%20b/?c=d#e", "did:key:z6Mkf",
        "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a",
        "http://[2001:db8::7]/c",
    ]  # fmt: skip
    while True:
        start, uri = NOW - chance.randrange(1, 10_000), chance.choice(uris)
        yield SiweMessage(
            domain=chance.choice(domains),
            address=chance.choice([ALICE, BOB]).address,
            uri=uri,
            chain_id=chance.choice([1, 137, 8996, 2**40]),
            nonce="".join(chance.choices("abcXYZ019", k=chance.randrange(8, 20))),
            issued_at=rfc3986.date_time(start),
            statement=chance.choice([None, "Sign in.", "a = b; (c) [d] #e? 'f' URI: g:h!"]),
            expiration_time=chance.choice([None, rfc3986.date_time(NOW + start % 999 + 1)]),
            not_before=chance.choice([None, rfc3986.date_time(start)]),
            request_id=chance.choice([None, "a-b:c", "x"]),
            resources=chance.choice([None, tuple(chance.sample(uris, 2))]),
            scheme=chance.choice([None, uri.partition(":")[0]]),  # ours has to be the URI's
        )


def cases() -> Iterator[Case]:
    """Yield signed messages, and for each a few that are wrong in one way."""
    for number, message in zip(range(16), messages(), strict=False):
        owner, stranger = (ALICE, BOB) if message.address == ALICE.address else (BOB, ALICE)
        good = signed(message, owner.sign_message(message.text()))
        yield good
        early = replace(message, not_before=rfc3986.date_time(NOW + 5))
        late = replace(message, expiration_time=rfc3986.date_time(NOW - 5))
        wrong = [
            replace(good, signature=stranger.sign_message(good.text)),
            replace(good, text=good.text.replace("Nonce: ", "Nonce: z")),
            replace(good, text=good.text.replace(f"Chain ID: {message.chain_id}", "Chain ID: 5")),
            replace(good, domain="evil.example"),
            replace(good, nonce=good.nonce + "0"),
            signed(early, owner.sign_message(early.text())),
            signed(late, owner.sign_message(late.text())),
            replace(good, signature=good.signature[:-2] + "1d"),
            replace(good, signature="0x" + "00" * 65),
            replace(good, text=good.text.replace(message.address, message.address.lower())),
            replace(good, text=good.text.replace("Version: 1", "Version: 2")),
            replace(good, text=good.text + "\n"),
            replace(good, text=good.text.replace("\n", "\r\n")),
            replace(good, text=good.text.replace("Issued At: 20", "Issued At: 2O")),
        ]
        yield from wrong[number % 3 :: 3]


def signed(message: SiweMessage, signature: str) -> Case:
    return Case(message.text(), signature, message.domain, message.nonce, NOW)


def ours(case: Case) -> bool:
    """Tell whether we accept a case, for the URI and the chain that stand in it."""
    try:
        message = SiweMessage.parse(case.text)
        siwe.verify(
            message,
            case.signature,
            domain=case.domain,
            uri=message.uri,
            chain_id=message.chain_id,
            nonce=case.nonce,
            now=case.now,
        )
    except SignatureError:
        return False
    return True


@cache
def opinions() -> list[tuple[Case, Opinion]]:
    asked = list(cases())
    lines = "".join(json.dumps(asdict(case)) + "\n" for case in asked)
    done = subprocess.run(
        [PEER, "-c", ASK], input=lines, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    said = [Opinion(**json.loads(line)) for line in done.stdout.splitlines()]
    return list(zip(asked, said, strict=True))


@pytest.fixture(autouse=True)
def _peer() -> None:
    require(PEER.exists(), "no siwe to compare with: make siwe (builds .cache/siwe)")


def test_what_siwe_accepts_we_accept() -> None:
    accepted = [case for case, opinion in opinions() if opinion.accepted]
    assert len(accepted) >= 16
    assert [case for case in accepted if not ours(case)] == []


def test_what_siwe_refuses_we_refuse() -> None:
    refused = [(case, opinion) for case, opinion in opinions() if not opinion.accepted]
    reasons = {opinion.why for _, opinion in refused if opinion.read}
    assert reasons == {
        "InvalidSignature", "ExpiredMessage", "NotYetValidMessage", "DomainMismatch",
        "NonceMismatch", "BadSignature",
    }  # fmt: skip
    assert len(refused) >= 70
    assert [(case, opinion) for case, opinion in refused if ours(case)] == []
