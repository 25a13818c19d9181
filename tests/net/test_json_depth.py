"""JSON that is nested too deeply is found before it is read."""

from __future__ import annotations

import json
import subprocess
import sys

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


def test_a_notebook_may_be_deeper_but_ends_no_process() -> None:
    assert json_depth.parse_notebook(b"\xef\xbb\xbf" + b"[" * 400 + b"]" * 400)
    program = (
        "import sys; sys.setrecursionlimit(100_000)\n"
        "from jupyter_ipfs.net import json_depth\n"
        "for data in (b'[' * 1_000_000, ('\u2230' + '[' * 1_000_000).encode('utf-16')):\n"
        "    try: json_depth.parse_notebook(data)\n"
        "    except ValueError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"refused\nrefused\n"), done.stderr
