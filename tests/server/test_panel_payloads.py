"""What the labextension's own tests read is what this server writes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.server.test_routes import schema

PAYLOADS = json.loads(
    (Path(__file__).parents[1] / "browser" / "rest.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_is_as_openapi_describes_it(name: str) -> None:
    kind = {"item": "Item", "config": "Config"}[name.partition("-")[0]]
    jsonschema.validate(PAYLOADS[name], schema(kind))
