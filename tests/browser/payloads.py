"""Cards that a cell may show: as our magics write them, and as an attacker would.

The same file is read by the labextension's own tests, so that both sides mean the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAYLOADS: dict[str, Any] = json.loads(Path(__file__).with_name("payloads.json").read_text())
CARD: dict[str, Any] = PAYLOADS["card"]
