"""The same bytes in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from jupyter_ipfs import adapters
from tests.conftest import CHECKOUT

from .samples import SAMPLES


def digests_of_a_fresh_process(seed: str, *flags: str) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.adapters.samples", *flags],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@cache
def two_processes() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    return digests_of_a_fresh_process("1"), digests_of_a_fresh_process("2000000000", "--unlike")


@pytest.mark.parametrize("label", SAMPLES)
def test_two_processes_write_the_same_bytes(label: str) -> None:
    one, other = two_processes()
    assert one[label] == other[label]
    assert one[label]


@pytest.mark.parametrize("label", SAMPLES)
def test_storing_the_same_object_twice_gives_the_same_bytes(label: str) -> None:
    obj = SAMPLES[label]()
    assert adapters.dump(obj) == adapters.dump(obj)
