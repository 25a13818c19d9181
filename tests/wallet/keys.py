"""Keys of people who live for one test."""

from __future__ import annotations

from functools import cache

from jupyter_ipfs.wallet.signers import LocalSigner


@cache
def person(number: int, kind: str = "keystore") -> LocalSigner:
    """Return one of as many people as a test needs; the same number is the same person."""
    return LocalSigner.of_key(number.to_bytes(32), kind)


ALICE, BOB = person(0xA11CE), person(0xB0B)
