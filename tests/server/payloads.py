"""What the labextension's own tests read: ``tests/browser/rest.json``, as this server writes it.

``WRITE_FIXTURES=1 pytest tests/server`` writes it anew; times, places, addresses and hashes are
then the same on every computer.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema

from tests.server.test_routes import schema

FILE = Path(__file__).parents[1] / "browser" / "rest.json"
WRITE = "WRITE_FIXTURES"
TIME = 1_700_000_000.25
TIMES = {
    "at", "bought_at", "checked_at", "created_at", "ended_at", "expires_at", "signed_in_at",
    "since", "started_at", "valid_until",
}  # fmt: skip
# The names of payloads, up to a hyphen, and their schemas in openapi.yaml.
KINDS = {
    "asset": "AssetCard",
    "bundle": "Bundle",
    "config": "Config",
    "difference": "BundleDifference",
    "item": "Item",
    "job": "Job",
    "page": "AssetPage",
    "plan": "Plan",
    "readiness": "Readiness",
    "report": "Report",
    "reports": "Reports",
    "request": "Request",
    "wallet": "Wallet",
}
_HEX = re.compile(
    r"(?<![0-9A-Za-z])(0x[0-9a-fA-F]{40}|(?:0x|did:op:)?[0-9a-f]{64}|[0-9a-f]{32})(?![0-9A-Za-z])"
)
_GAS = re.compile(r"0\.[0-9]+(?= ETH)")


class Steady:
    """Makes payloads the same on every computer and at every time.

    Args:
        places: Local directories, which become ``/shared``.
    """

    def __init__(self, *places: Path) -> None:
        self._places = places
        self._seen: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  (any JSON)
        if isinstance(value, dict):
            return {key: self._field(key, each) for key, each in value.items()}
        if isinstance(value, list):
            return [self(each) for each in value]
        if not isinstance(value, str):
            return value
        for place in self._places:
            value = value.replace(str(place), "/shared")
        return _GAS.sub("0.0032", _HEX.sub(self._same, value))

    def _field(self, key: str, value: Any) -> Any:  # noqa: ANN401
        if key in TIMES and value is not None:
            return "2023-11-14T22:13:20Z" if isinstance(value, str) else TIME
        if key == "updated_at":
            return "2023-11-14T22:13:20Z"
        if key == "gas":
            return "0.0032"
        if key == "block_number":
            return 7
        return self(value)

    def _same(self, found: re.Match[str]) -> str:
        text = found[0]
        prefix = next((each for each in ("0x", "did:op:") if text.startswith(each)), "")
        digits = text.removeprefix(prefix)
        known = self._seen.setdefault(digits.lower(), f"{len(self._seen) + 1:x}")
        return prefix + known.rjust(len(digits), "0")


def compare(told: dict[str, Any]) -> None:
    """Compare what the server writes with the file, or write it there."""
    for name, payload in told.items():
        kind = KINDS.get(name.partition("-")[0])
        if kind is not None:
            jsonschema.validate(payload, schema(kind))
    kept = json.loads(FILE.read_text("utf-8"))
    if os.environ.get(WRITE):
        kept.update(told)
        FILE.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
    assert {name: kept.get(name) for name in told} == told, f"{WRITE}=1 writes it anew"
