"""Our verdicts on descriptions against those of Ocean's own ddo-js, which Ocean Nodes use."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jupyter_ipfs.ocean import ddo
from tests.ocean.ddos import CASES

SCRIPT = Path(__file__).with_name("ddo_js.mjs")


@pytest.fixture(scope="module")
def answers(node_js: str, ocean_packages: Path) -> dict[str, dict[str, Any]]:
    told = subprocess.run(
        [node_js, SCRIPT, ocean_packages],
        input="".join(json.dumps(case) + "\n" for case in CASES.values()),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return dict(zip(CASES, map(json.loads, told.stdout.splitlines()), strict=True))


def test_ddo_js_and_we_give_the_same_verdicts(answers: dict[str, dict[str, Any]]) -> None:
    ours = {name: not ddo.validate(case) for name, case in CASES.items()}
    assert ours == {name: answer["valid"] for name, answer in answers.items()}
    assert len(CASES) > 60
    assert 15 < sum(ours.values()) < 50


def test_ddo_js_makes_the_same_did_of_a_data_nft(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["good"]["did"] == CASES["good"]["id"]


def test_what_the_ocean_node_would_hash_is_what_we_hash(node_js: str, tmp_path: Path) -> None:
    text = ddo.canonical(
        CASES["additional information with a script"] | {"x": 'Ä\u2028"\\\x7f\x01\t🐦/'}
    )
    file = tmp_path / "ddo.json"
    file.write_bytes(text)
    script = "fs.writeSync(1, JSON.stringify(JSON.parse(fs.readFileSync(process.argv[1], 'utf8'))))"
    again = subprocess.run(
        [node_js, "-e", script, file], capture_output=True, timeout=60, check=True
    )
    assert again.stdout == text
