"""Sign-in messages of every form that the grammar has."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from jupyter_ipfs.wallet import rfc3986
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests.wallet.keys import ALICE, BOB

_LETTERS = string.ascii_letters + string.digits
_STATEMENT = _LETTERS + "-._~:/?#[]@!$&'()*+,;= "
_DOMAINS = [
    "service.org",
    "localhost:8888",
    "127.0.0.1:8888",
    "[::1]:8888",
    "user@hub.example",
    "a%20b.example",
    "xn--bcher-kva.example:443",
]
_URIS = [
    "https://service.org/login",
    "http://localhost:8888/user/a%20b/",
    "did:key:z6Mkf",
    "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/a?b=c#d",
    "http://[2001:db8::7]/c=GB?objectClass?one",
    "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
    "mailto:a@b.example",
    "x:",
]
_times = st.integers(0, 4_000_000_000_000).map(lambda ms: rfc3986.date_time(ms / 1000))

MESSAGES = st.builds(
    SiweMessage,
    domain=st.sampled_from(_DOMAINS),
    address=st.sampled_from([ALICE.address, BOB.address]),
    uri=st.sampled_from(_URIS),
    chain_id=st.integers(1, 2**64),
    nonce=st.text(_LETTERS, min_size=8, max_size=24),
    issued_at=_times,
    statement=st.none() | st.text(_STATEMENT, min_size=1, max_size=60),
    expiration_time=st.none() | _times,
    not_before=st.none() | _times,
    request_id=st.none() | st.text(_LETTERS + "-._~!$&'()*+,;=:@", max_size=20),
    resources=st.none() | st.lists(st.sampled_from(_URIS), max_size=3).map(tuple),
    scheme=st.none() | st.sampled_from(["https", "http"]),
)
