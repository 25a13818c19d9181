"""EIP-4361: what is a sign-in message, and what proves it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import SignatureError
from jupyter_ipfs.wallet import rfc3986, siwe
from jupyter_ipfs.wallet.siwe import SiweMessage
from tests import vectors
from tests.wallet.keys import ALICE, BOB
from tests.wallet.messages import MESSAGES

PUBLISHED = vectors.document("eip4361.json")
NOW = 1_800_000_000.0
MESSAGE = SiweMessage.create(
    domain="localhost:8888",
    address=ALICE.address,
    uri="http://localhost:8888/",
    chain_id=8996,
    nonce="k3mPz81qW9s",
    now=NOW,
    lifetime_s=600,
    statement="Sign in.",
)


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=title) for title, case in PUBLISHED[name].items()]


def of_fields(fields: dict[str, Any]) -> SiweMessage:
    """Return a message from the names that the JavaScript library gives the fields."""
    names = {
        "domain": "domain", "address": "address", "statement": "statement", "uri": "uri",
        "version": "version", "chainId": "chain_id", "nonce": "nonce", "issuedAt": "issued_at",
        "expirationTime": "expiration_time", "notBefore": "not_before", "requestId": "request_id",
        "resources": "resources", "scheme": "scheme",
    }  # fmt: skip
    known = {names[key]: value for key, value in fields.items() if key in names}
    if "resources" in known:
        known["resources"] = tuple(known["resources"])
    return SiweMessage(**known)


def verify(message: SiweMessage, signature: str, **changes: Any) -> None:  # noqa: ANN401
    expected = {
        "domain": message.domain, "uri": message.uri, "chain_id": message.chain_id,
        "nonce": message.nonce, "now": NOW,
    }  # fmt: skip
    siwe.verify(message, signature, **{**expected, **changes})


@pytest.mark.parametrize("case", cases("parsing_positive"))
def test_a_published_message_is_read_and_written_again(case: dict[str, Any]) -> None:
    message = SiweMessage.parse(case["message"])
    assert message == of_fields(case["fields"])
    assert message.text() == case["message"]


@pytest.mark.parametrize("text", cases("parsing_negative"))
def test_a_published_message_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SignatureError):
        SiweMessage.parse(text)


@pytest.mark.parametrize("case", cases("verification_positive"))
def test_a_published_signature_is_good(case: dict[str, Any]) -> None:
    now = rfc3986.timestamp(case.get("time", "2023-01-01T00:00:00Z"))
    verify(of_fields(case), case["signature"], now=now)


@pytest.mark.parametrize("case", cases("verification_negative"))
def test_a_published_signature_that_proves_nothing_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(SignatureError):
        verify(
            of_fields(case),
            case["signature"],
            domain=case.get("domainBinding", case["domain"]),
            nonce=case.get("matchNonce", case["nonce"]),
            now=rfc3986.timestamp(case.get("time", "2023-01-01T00:00:00Z")),
        )


@pytest.mark.parametrize("case", cases("eip1271"))
def test_a_contracts_signature_is_for_its_chain_to_judge(case: dict[str, Any]) -> None:
    message = SiweMessage.parse(case["message"])
    asked: list[str] = []

    def yes(address: str, digest: bytes, signature: bytes) -> bool:
        asked.append(address)
        return len(digest) == 32 and "0x" + signature.hex() == case["signature"]

    verify(message, case["signature"], contract=yes)
    assert asked == [message.address]
    with pytest.raises(SignatureError):
        verify(message, case["signature"], contract=lambda *_: False)
    with pytest.raises(SignatureError):
        verify(message, case["signature"])


@given(MESSAGES)
def test_reading_is_the_inverse_of_writing(message: SiweMessage) -> None:
    assert SiweMessage.parse(message.text()) == message


@given(MESSAGES, st.data())
def test_a_text_that_was_changed_is_none_or_another_message(
    message: SiweMessage, data: st.DataObject
) -> None:
    text = message.text()
    at = data.draw(st.integers(0, len(text) - 1))
    other = text[:at] + data.draw(st.characters()) + text[at + 1 :]
    try:
        found = SiweMessage.parse(other)
    except SignatureError:
        return
    assert found.text() == other
    assert (found == message) == (other == text)


@given(st.text())
def test_any_text_is_a_message_or_our_error(text: str) -> None:
    with pytest.raises(SignatureError):
        SiweMessage.parse(text)


def test_a_signature_is_good_here_now_and_for_this() -> None:
    verify(MESSAGE, ALICE.sign_message(MESSAGE.text()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"domain": "localhost:8889"}, "another site"),
        ({"domain": "localhost:8888.evil.example"}, "another site"),
        ({"uri": "http://localhost:8888/user/b/"}, "another address"),
        ({"chain_id": 1}, "chain 8996"),
        ({"nonce": "k3mPz81qW9S"}, "not the one"),
        ({"now": NOW + 600}, "expired"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_signature_for_elsewhere_or_of_another_time_is_refused(
    changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(SignatureError, match=said):
        verify(MESSAGE, ALICE.sign_message(MESSAGE.text()), **changes)


def test_a_message_is_not_good_before_its_time() -> None:
    message = replace(MESSAGE, not_before=rfc3986.date_time(NOW + 1))
    signature = ALICE.sign_message(message.text())
    with pytest.raises(SignatureError, match="not valid yet"):
        verify(message, signature)
    verify(message, signature, now=NOW + 1)


def test_a_scheme_must_be_the_sites() -> None:
    for scheme, fits in (("http", True), ("https", False)):
        message = replace(MESSAGE, scheme=scheme)
        if fits:
            verify(message, ALICE.sign_message(message.text()))
        else:
            with pytest.raises(SignatureError, match="another site"):
                verify(message, ALICE.sign_message(message.text()))


def test_another_keys_signature_is_refused() -> None:
    with pytest.raises(SignatureError, match="not signed by"):
        verify(MESSAGE, BOB.sign_message(MESSAGE.text()))


@pytest.mark.parametrize(
    "signature",
    ["", "0x", "0x00", "0x" + "00" * 65, "0x" + "ff" * 65, "0x" + "11" * 64, "no", "0x" + "1" * 131,
     "0x" + "22" * 64 + "02", "0x" + "22" * 64 + "63", "0x" + "22" * 64 + "1d",
     "0x" + "٣" * 130, "0x" + "00" * 9000],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(SignatureError):
        verify(MESSAGE, signature)


@pytest.mark.parametrize(
    "change",
    [
        {"domain": "localhost:8888 wants"},
        {"domain": "local\nhost"},
        {"domain": "localhost:8888/path"},
        {"domain": ""},
        {"domain": ":8888"},
        {"domain": "[::zz]"},
        {"domain": "\u202elocalhost"},
        {"address": ALICE.address.lower()},
        {"address": ALICE.address[:-1]},
        {"address": ALICE.address + "\n"},
        {"statement": "Two\nlines"},
        {"statement": ""},
        {"statement": "Grüße"},
        {"statement": "<script>"},
        {"uri": "localhost"},
        {"uri": "http://localhost/ a"},
        {"uri": "http://localhost/<script>"},
        {"uri": "http://localhost/%zz"},
        {"version": "2"},
        {"chain_id": -1},
        {"chain_id": 10**80},
        {"chain_id": True},
        {"nonce": "1234567"},
        {"nonce": "1234-5678"},
        {"nonce": "١٢٣٤٥٦٧٨"},
        {"issued_at": "2026-02-30T00:00:00Z"},
        {"issued_at": "2026-01-01 00:00:00Z"},
        {"issued_at": "2026-01-01T00:00:00"},
        {"issued_at": "2026-01-01T00:00:00+24:00"},
        {"issued_at": "2026-01-01T23:59:60Z"},
        {"issued_at": "٢٠٢٦-01-01T00:00:00Z"},
        {"request_id": "a b"},
        {"request_id": "a\nResources:"},
        {"resources": ("https://example.com", "not a URI")},
        {"resources": ("https://example.com\n- https://evil.example",)},
        {"scheme": "1http"},
        {"scheme": ""},
    ],
    ids=str,
)
def test_a_field_that_could_be_read_in_two_ways_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SignatureError, match="EIP-4361"):
        SiweMessage(**{**asdict(MESSAGE), **change})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("Chain ID: 8996", "Chain ID: 08996"),
        ("Chain ID: 8996", "Chain ID: 0x2324"),
        ("Version: 1", "Version: 1 "),
        ("Nonce:", "nonce:"),
        ("wants you", "Wants you"),
        ("\nIssued At", "\n\nIssued At"),
        ("0x", "0X"),
    ],
)
def test_another_way_to_write_the_same_is_refused(old: str, new: str) -> None:
    with pytest.raises(SignatureError):
        SiweMessage.parse(MESSAGE.text().replace(old, new))


def test_what_stands_around_a_message_is_refused() -> None:
    for text in (MESSAGE.text() + "\n", "\n" + MESSAGE.text(), MESSAGE.text() + "\nResources"):
        with pytest.raises(SignatureError):
            SiweMessage.parse(text)


def test_a_huge_text_is_refused_at_once() -> None:
    resource = "\n- https://example.com/" + "a" * 100
    with pytest.raises(SignatureError, match="form"):
        SiweMessage.parse(MESSAGE.text() + "\nResources:" + resource * 1000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00.25z", 0.25),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("2024-02-29T12:00:00Z", 1709208000),
    ],
)
def test_a_date_time_is_read_as_rfc_3339_has_it(text: str, seconds: float) -> None:
    assert rfc3986.timestamp(text) == seconds
