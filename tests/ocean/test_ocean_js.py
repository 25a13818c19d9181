"""Ocean's own JavaScript agrees: it finds, orders and downloads what Python has published.

Source of the expectations: ocean.js 8.6.2 and ddo-js 0.2.0 themselves.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ipfs.ocean import ddo
from jupyter_ipfs.session import connect
from jupyter_ipfs.wallet import sandbox_accounts
from tests.conftest import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.sandboxes import Sandbox

SCRIPT = CHECKOUT / "tests" / "oceanjs" / "check.mjs"
DATA = b"hour,height\n" + b"0,1.25\n" * 4000


@pytest.fixture(scope="module")
def ocean_js(node_js: str, ocean_packages: Path) -> list[str]:
    """The command that runs the script."""
    return [node_js, str(SCRIPT), str(ocean_packages)]


def run(command: list[str], task: dict[str, Any]) -> Any:  # noqa: ANN401  (JSON)
    """Run a task of the script."""
    *command, packages = command
    given = json.dumps({"packages": packages, **task})
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def _published(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a DDO without what an index adds."""
    added = {"indexedMetadata", "datatokens"}
    return {name: value for name, value in document.items() if name not in added}


@pytest.mark.parametrize("price", [None, "2"])
def test_ocean_js_orders_and_downloads_what_python_has_published(
    sandbox: Sandbox, ocean_js: list[str], price: str | None
) -> None:
    with connect(repo=sandbox.repo) as session:
        root = session.add(DATA)
        session.wallet.practice("author")
        asset = session.ocean.publish(
            root,
            title="Tides of Lemnos",
            description="Hourly heights, measured for three years.",
            author="Ada",
            license="CC-BY-4.0",
            price=price,
            free=price is None,
            agree_public_cid=True,
        )
    task = {
        "did": asset.did,
        "node": sandbox.info.node_url,
        "rpc": sandbox.info.rpc_url,
        "contracts": dict(sandbox.info.chain.contracts) | {"chainId": sandbox.info.chain.chain_id},
        "key": sandbox_accounts.private_key(sandbox.repo, "buyer").hex(),
    }
    found = run(ocean_js, task)
    assert found["generatedDid"] == asset.did
    assert found["valid"] is True
    assert found["isProvider"] is True
    assert found["validated"] is True
    assert found["hash"] == "0x" + hashlib.sha256(ddo.canonical(_published(asset.ddo))).hexdigest()
    assert found["encrypted"].startswith("0x04")
    assert found["version"] == "3.2.0"
    assert found["indexed"][1:] == [1, asset.did]
    assert (found["status"], found["tokenStatus"], found["statusAfter"]) == (200, 200, 401)
    got = base64.b64decode(found["bytes"])
    assert got == DATA if price is None else DATA in got
    assert base64.b64decode(found["tokenBytes"]) == got
    (file,) = found["files"]
    assert file["contentLength"] == str(len(got))
    assert file["checksum"] == hashlib.sha256(got).hexdigest()
