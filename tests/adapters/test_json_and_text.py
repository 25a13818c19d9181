"""JSON values and text."""

from __future__ import annotations

import collections
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs import adapters
from jupyter_ipfs.errors import AdapterError, UnsupportedTypeError

from .roundtrip import back, load

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


def typed(value: Any) -> Any:  # noqa: ANN401
    """Return the value with its types: ``1 == True == 1.0``."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return type(value), repr(value)


@given(VALUES.filter(lambda value: not isinstance(value, str)))
def test_any_json_value_comes_back_equal_and_of_the_same_types(value: object) -> None:
    found = back(value)
    assert typed(found) == typed(value)
    assert adapters.dump(found) == adapters.dump(value)


@given(TEXT)
def test_any_text_comes_back(text: str) -> None:
    assert back(text) == text
    assert adapters.dump(text) == {"text.txt": text.encode()}


def test_the_order_of_keys_does_not_change_the_bytes() -> None:
    assert adapters.dump({"b": 1, "a": [{"y": 1, "x": 2}]}) == {
        "data.json": b'{"a":[{"x":2,"y":1}],"b":1}'
    }


def looped() -> list[object]:
    inner: list[object] = []
    inner.append(inner)
    return inner


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ({"a": math.nan}, "x['a'] is nan", "None"),
        ([math.inf], "x[0] is inf", "None"),
        ({1: 2}, "the key 1 (int)", "str(key)"),
        ({"a": {None: 1}}, "the key None", "str(key)"),
        ({"a": (1, 2)}, "tuple", "list(x)"),
        ([{1}], "set", "sorted(x)"),
        ([b"x"], "bytes", "base64"),
        ({"a": [np.int64(1)]}, "x['a'][0] is a numpy.int64", "x['a'][0].tolist()"),
        ([collections.OrderedDict()], "OrderedDict", "dict(x[0])"),
        (["\ud800"], "surrogate", ""),
        (looped(), "nested", ""),
        ([10**5000], "JSON cannot hold it", ""),
    ],
)
def test_what_would_not_come_back_equal_is_refused_by_place(
    value: object, message: str, hint: str
) -> None:
    with pytest.raises(UnsupportedTypeError) as caught:
        adapters.dump(value)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="character 1 is half"):
        adapters.dump("a\ud800")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[NaN]",
        b'{"a":1,"a":2}',
        b"\xff",
        b"[" * 200_000,
        b"1" * 10_000,
        b'{"a":Infinity}',
    ],
)
def test_bad_json_is_one_error_in_words(content: bytes) -> None:
    with pytest.raises(AdapterError) as caught:
        load({"data.json": content})
    assert caught.value.__cause__ is None
    assert "\n" not in caught.value.message


def test_text_that_is_not_utf8_is_told() -> None:
    with pytest.raises(AdapterError, match="byte 1"):
        load({"text.txt": b"a\xff"})
