"""Multibase, against the tables of multiformats/multibase."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.errors import CIDError
from jupyter_ipfs.ipld import multibase
from tests.vectors import rows

_TABLE = rows("multibase.csv")
_NAMES = sorted(multibase.BY_NAME)


def _label(row: dict[str, str]) -> str:
    return f"{row['case']}-{row['encoding']}"


@pytest.mark.parametrize("row", _TABLE, ids=_label)
def test_published_text_is_decoded(row: dict[str, str]) -> None:
    assert multibase.decode(row["text"]).hex() == row["hex"]


@pytest.mark.parametrize(
    "row", [row for row in _TABLE if row["case"] != "case_insensitivity"], ids=_label
)
def test_published_bytes_are_encoded(row: dict[str, str]) -> None:
    assert multibase.encode(bytes.fromhex(row["hex"]), row["encoding"]) == row["text"]


def test_every_base_has_published_values() -> None:
    assert {row["encoding"] for row in _TABLE} == set(multibase.BY_NAME)


@given(st.sampled_from(_NAMES), st.binary(max_size=40))
def test_round_trip(base: str, data: bytes) -> None:
    assert multibase.decode(multibase.encode(data, base)) == data


@given(st.text(max_size=40))
def test_any_text_decodes_or_raises_a_cid_error(text: str) -> None:
    try:
        multibase.decode(text)
    except CIDError:
        return


@given(st.sampled_from(_NAMES), st.text(alphabet=st.characters(max_codepoint=127), max_size=30))
def test_any_text_after_a_known_prefix_decodes_or_raises_a_cid_error(base: str, text: str) -> None:
    try:
        multibase.decode(multibase.BY_NAME[base].prefix + text)
    except CIDError:
        return


@pytest.mark.parametrize(
    "text", ["", "!abc", "b0", "bab!", "z0OIl", "Cnbswy3dp=", "f0", "fabc", "7\u0131"]
)
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(CIDError):
        multibase.decode(text)
