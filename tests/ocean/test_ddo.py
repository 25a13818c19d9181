"""Descriptions of assets: identity, hashes, and a sentence for everything that is wrong."""

from __future__ import annotations

import hashlib
import json

import pytest

from jupyter_ipfs.errors import DDOError
from jupyter_ipfs.ocean import ddo
from tests.ocean.ddos import CASES, LIST, STRICTER, TOKEN, changed, credentials, good


@pytest.mark.parametrize("name", STRICTER)
def test_what_ddo_js_forgets_is_refused_by_the_name_of_its_field(name: str) -> None:
    case, field = STRICTER[name]
    assert field in ddo.validate(case)


@pytest.mark.parametrize("name", CASES)
def test_every_problem_is_a_sentence_for_a_field(name: str) -> None:
    for field, sentence in ddo.validate(CASES[name]).items():
        assert field
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence) < 120


def test_a_title_of_three_letters_is_told_by_its_length() -> None:
    problems = ddo.validate(good(name="abc"))
    assert problems == {"metadata.name": "The title needs at least 4 characters; these are 3."}


def test_an_access_list_has_values_so_that_the_asset_is_indexed() -> None:
    problems = ddo.validate(credentials(LIST))
    assert problems == {
        "credentials.allow[0].values": "The access rule's list of values is missing."
    }
    assert ddo.validate({**good(), "credentials": ddo.allow_access_list(8996, TOKEN)}) == {}


@pytest.mark.parametrize("value", [None, [], "text", 5, {"id": 5}, {"metadata": []}])
def test_what_is_no_description_at_all_is_refused_and_breaks_nothing(value: object) -> None:
    assert ddo.validate(value)  # type: ignore[arg-type]


def test_an_invalid_description_is_an_error_with_all_its_problems() -> None:
    with pytest.raises(DDOError) as caught:
        ddo.require_valid(good(name="abc", author=None))
    assert set(caught.value.problems) == {"metadata.name", "metadata.author"}
    assert "and 1 more" in caught.value.message


def test_line_breaks_of_windows_become_those_that_the_schema_takes() -> None:
    made = good(description="two lines\r\nof text\rand\u2028more")
    assert made["metadata"]["description"] == "two lines\nof text\nand\nmore"
    assert ddo.validate(made) == {}


def test_the_hash_of_an_encrypted_description_is_that_of_its_json() -> None:
    made = good(name="Πουλιά 🐦")
    text = json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode()
    assert ddo.canonical(made) == text
    assert ddo.metadata_hash(text) == hashlib.sha256(text).digest()


def test_the_hash_of_a_plain_description_is_that_of_its_hexadecimal_text() -> None:
    text = ddo.canonical(good())
    expected = hashlib.sha256(f"0x{text.hex()}".encode()).digest()
    assert ddo.metadata_hash(text, flags=ddo.PLAIN) == expected


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        {"0": "a"},
        {"12": "a"},
        {"__proto__": "a"},
        {1: "a"},
        "\ud800",
        {"\ud800": "a"},
        b"bytes",
        {"a set"},
    ],
)
def test_what_javascript_would_write_otherwise_is_refused(value: object) -> None:
    made = changed("metadata.additionalInformation", {"x": value})
    with pytest.raises(DDOError):
        ddo.canonical(made)
    assert ddo.validate(made)


@pytest.mark.parametrize("value", [2**53 - 1, True, None, "", {"00": "a"}, {"-1": "a"}, [[]]])
def test_what_javascript_writes_in_the_same_way_is_taken(value: object) -> None:
    made = changed("metadata.additionalInformation", {"x": value})
    assert ddo.validate(made) == {}
    assert ddo.canonical(made)


def test_the_files_are_bound_to_their_asset() -> None:
    plain = ddo.files_plaintext("0xA", "0xB", [{"type": "ipfs", "hash": "bafy"}])
    assert json.loads(plain) == {
        "nftAddress": "0xA",
        "datatokenAddress": "0xB",
        "files": [{"type": "ipfs", "hash": "bafy"}],
    }


def test_a_service_is_named_by_its_datatoken_and_its_files() -> None:
    made = ddo.service(datatoken=TOKEN, files="0x04", node_url="http://a.example")
    assert made["id"] == hashlib.sha256(f"{TOKEN}0x04".encode()).hexdigest()
    again = ddo.service(
        datatoken=TOKEN, files="0x05", node_url="http://a.example", identifier=made["id"]
    )
    assert again["id"] == made["id"]
