"""Ethereum's libraries leave the interpreter as it was."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import json, sys
before = sys.getrecursionlimit()
{use}
assert "py_ecc" in sys.modules
assert sys.getrecursionlimit() == before, sys.getrecursionlimit()
try:
    json.loads("[" * 100_000)
except RecursionError:
    print("as before")
"""


def run(use: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{use}", use)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.strip()


def test_a_signer_leaves_the_recursion_limit_as_it_is() -> None:
    use = """
from jupyter_ipfs.wallet.intents import ContractCall
from jupyter_ipfs.wallet.signers import LocalSigner
class Chain:
    def fill(self, call, sender):
        return {"to": call.to, "chainId": 8996, "nonce": 0, "gas": 21000, "gasPrice": 1, "value": 0}
    def submit(self, raw):
        return "0x"
signer = LocalSigner.of_key(b"1" * 32, "sandbox")
signer.send(ContractCall(8996, "c", signer.address, "f"), Chain())
"""
    assert run(use) == "as before"


def test_a_connection_to_a_chain_leaves_the_recursion_limit_as_it_is() -> None:
    use = """
from jupyter_ipfs.errors import ChainError
from jupyter_ipfs.ocean import chains
from jupyter_ipfs.ocean.connection import ChainConnection
try:
    ChainConnection(chains.by_name("sandbox"), "http://127.0.0.1:1").block_number()
except ChainError:
    pass
"""
    assert run(use) == "as before"
