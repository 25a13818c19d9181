"""The 14 published CIDs of IPIP-499, the 1 GiB ones in constant memory."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest

from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.node.add import OnlyHash, add_stream
from jupyter_ipfs.unixfs import nodes, reader
from jupyter_ipfs.unixfs.profiles import PROFILES
from tests.conformance.memory import Memory, our_add
from tests.vectors import ipip_0499

if TYPE_CHECKING:
    from pathlib import Path

_SMALL = [row for row in ipip_0499.FILES if row[1] < 2**29]
_LARGE = [row for row in ipip_0499.FILES if row not in _SMALL]

_IN_A_PROCESS_OF_ITS_OWN = """
import re, sys
from pathlib import Path
from jupyter_ipfs.node.add import OnlyHash, add_stream
from jupyter_ipfs.unixfs.profiles import PROFILES
from tests.vectors.ipip_0499 import Stream
stream = Stream(int(sys.argv[2]), sys.argv[3])
print(add_stream(OnlyHash(), stream, PROFILES[sys.argv[1]]).cid)
# Not `getrusage`: its peak is the parent's too, since it is kept across fork and exec.
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_all_fourteen_are_there() -> None:
    assert len(ipip_0499.HELLO) + len(ipip_0499.FILES) + len(ipip_0499.DIRECTORIES) == 14


@pytest.mark.parametrize("profile", ipip_0499.HELLO)
def test_hello_world(profile: str) -> None:
    stream = io.BytesIO(b"hello world")
    assert str(add_stream(OnlyHash(), stream, PROFILES[profile]).cid) == ipip_0499.HELLO[profile]


@pytest.mark.parametrize(("profile", "size", "seed", "cid"), _SMALL)
def test_files(profile: str, size: int, seed: str, cid: str) -> None:
    stream = cast("BinaryIO", ipip_0499.Stream(size, seed))
    assert str(add_stream(OnlyHash(), stream, PROFILES[profile]).cid) == cid


@pytest.mark.parametrize(("profile", "size", "seed", "cid"), _LARGE)
def test_files_of_a_gibibyte_in_less_than_200_mib(
    profile: str, size: int, seed: str, cid: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS_OF_ITS_OWN, profile, str(size), seed],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, peak_kib = done.stdout.split()
    assert found == cid
    assert int(peak_kib) < 200 * 1024


@pytest.mark.parametrize(
    ("profile", "count", "length", "last", "seed", "is_sharded", "cid"), ipip_0499.DIRECTORIES
)
def test_directories(  # noqa: PLR0917  (one row)
    profile: str, count: int, length: int, last: int, seed: str,
    is_sharded: bool, cid: str,  # noqa: FBT001
    tmp_path: Path,
) -> None:  # fmt: skip
    tree = ipip_0499.write_directory(tmp_path / "tree", count, length, last, seed)
    memory = Memory()
    assert our_add(tree, memory, profile=PROFILES[profile]) == cid
    node = reader.get(memory, CID.parse(cid))
    assert node.data is not None
    assert (node.data.type == nodes.HAMT_SHARD) is is_sharded
    found = sorted(link.name for link in reader.entries(memory, node) if link.name)
    assert found == sorted(path.name.encode() for path in tree.iterdir())
