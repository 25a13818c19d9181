"""Encryption to an Ocean Node's key."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import OceanNodeError
from jupyter_ipfs.ocean import ecies

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"\x05" * 32

READ = """
const require = (await import('node:module')).createRequire(process.argv[1] + '/package.json');
const { decrypt } = require('eciesjs');
const [key, data] = JSON.parse(process.argv[2]).map((hex) => Buffer.from(hex, 'hex'));
process.stdout.write(Buffer.from(decrypt(key, data)).toString('utf8'));
"""


def public_key() -> bytes:
    from eth_keys.datatypes import PrivateKey  # noqa: PLC0415

    return bytes(PrivateKey(KEY).public_key.to_compressed_bytes())


def test_only_the_holder_of_the_key_can_read_it() -> None:
    import ecies as library  # noqa: PLC0415

    told = ecies.encrypt(public_key(), b"secret")
    assert told.startswith("0x04")
    assert len(told) == 2 + 2 * (97 + len(b"secret"))  # facts, 2.4: an overhead of 97 bytes
    assert library.decrypt(KEY.hex(), bytes.fromhex(told[2:])) == b"secret"
    assert ecies.encrypt(public_key(), b"secret") != told


def test_the_ocean_nodes_own_library_reads_it(node_js: str, ocean_packages: Path) -> None:
    told = ecies.encrypt(public_key(), "Πουλιά".encode())
    given = json.dumps([KEY.hex(), told[2:]])
    read = subprocess.run(
        [node_js, "--input-type=module", "-e", READ, str(ocean_packages), given],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert read.stdout == "Πουλιά"


@pytest.mark.parametrize("key", [b"", b"\x02" * 32, b"\x04" + b"\1" * 64, b"\x02" + b"\xff" * 32])
def test_what_is_no_public_key_is_refused(key: bytes) -> None:
    with pytest.raises(OceanNodeError):
        ecies.encrypt(key, b"secret")
