"""Published values; each file names its source."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, its comment lines left out."""
    lines = (_HERE / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def document(name: str) -> Any:  # noqa: ANN401  (whatever the file holds)
    """Return what a JSON file holds."""
    return json.loads((_HERE / name).read_text())
