"""JSON of strangers that is nested too deeply, found before it is read.

`json.loads` raises `RecursionError` only as long as nobody has raised Python's recursion limit;
py_ecc, which comes with web3 and eth_account, raises it to 100,000 when it is imported, and then
100 KB of brackets end the process (tried on CPython 3.11: SIGSEGV).
"""

from __future__ import annotations

import json
import re

MOST = 100
NOTEBOOK = 400  # of a notebook, whose outputs may hold any JSON

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_BRACKET = re.compile(rb"[][{}]")


def check(data: bytes, most: int = MOST) -> None:
    """Do nothing if no value in a JSON text is nested more than ``most`` deep.

    Raises:
        ValueError: One is.
    """
    if data.count(b"[") + data.count(b"{") <= most:
        return
    # What is left of a string's escapes has no quote in it: every second piece is outside.
    outside = b"".join(_ESCAPE.sub(b"", data).split(b'"')[::2])
    depth = 0
    for bracket in _BRACKET.finditer(outside):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > most:
            raise ValueError("nested too deeply")


def parse_notebook(data: bytes) -> object:
    """Read a notebook's JSON if that is not nested too deeply.

    Raises:
        ValueError: It is, or it is no JSON in UTF-8: in other encodings brackets hide.
    """
    check(data, NOTEBOOK)
    found: object = json.loads(data.decode("utf-8-sig", "surrogatepass"))
    return found
