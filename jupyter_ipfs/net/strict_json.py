"""JSON of strangers: no key twice, no NaN, and not so deep that reading it ends the process."""

from __future__ import annotations

import json
from typing import Any

from jupyter_ipfs.net import json_depth


def parse(data: bytes, most: int = json_depth.MOST) -> Any:  # noqa: ANN401  (JSON)
    """Return what a text holds that is nested at most ``most`` deep.

    Raises:
        ValueError: It is no JSON, or holds what is refused here.
    """
    json_depth.check(data, most)
    # As text: json would take bytes in other encodings too, in which brackets hide.
    text = data.decode()
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)
