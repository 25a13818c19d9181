"""JSON that is nested too deeply is found before it is read."""

from __future__ import annotations

import json

import pytest

from jupyter_ipfs.net import json_depth


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 101,
        b"[" * 1_000_000,
        b'{"a":' * 101,
        b'["\\"",' * 101,
        b"[" * 50 + b'{"a":' * 51,
        b'"' + b"[" * 200 + b'"' + b"[" * 101,
    ],
)
def test_what_is_nested_too_deeply_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="too deeply"):
        json_depth.check(data)


@pytest.mark.parametrize(
    "value",
    [
        [[]] * 10_000,
        {"text": "[" * 10_000},
        {"text": '"[[[\\' * 1_000},
        [{"a": "\\\\", "b": ["{"] * 500}] * 3,
    ],
)
def test_what_is_long_and_not_deep_is_taken(value: object) -> None:
    json_depth.check(json.dumps(value).encode())


def test_a_hundred_levels_are_taken() -> None:
    json_depth.check(b"[" * 100 + b"]" * 100)
