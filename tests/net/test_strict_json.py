"""Strangers' JSON, in a process in which the EVM has raised Python's recursion limit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jupyter_ipfs.net import strict_json


def test_what_is_json_is_read() -> None:
    text = '{"a": [1, 2.5, "x\\"[{", true, null], "ü": {}}'.encode()
    assert strict_json.parse(text) == {"a": [1, 2.5, 'x"[{', True, None], "ü": {}}
    assert strict_json.parse(b"[" * 100 + b"]" * 100)
    # Brackets in texts nest nothing.
    assert strict_json.parse(b'"' + b"[" * 100_000 + b'"')
    assert len(strict_json.parse(b"[" + b"[]," * 5000 + b"[]]")) == 5001


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"nul", b'{"a":1,"a":1}', b"[NaN]", b"[Infinity]", b"\xff", b"[1] 2",
        b"[" * 101 + b"]" * 101, b"[" * 100_000, b'{"a":' * 100_000, b'["\\"' + b"[" * 300,
        "[1]".encode("utf-16"), ("\u2230" + "[" * 100_000).encode("utf-16"), b"\xef\xbb\xbf[1]",
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_as_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (of many kinds)
        strict_json.parse(data)


def test_deep_nesting_does_not_end_the_sandboxes_process() -> None:
    program = (
        "import sys, eth\n"
        "from jupyter_ipfs.net import strict_json\n"
        "assert sys.getrecursionlimit() > 10_000\n"
        "try: strict_json.parse(b'[' * 1_000_000)\n"
        "except ValueError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"refused\n"), done.stderr
