"""Assets for searching, written straight into an index."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.sandbox.service import assets, search
from jupyter_ipfs.sandbox.service.database import Database

if TYPE_CHECKING:
    from pathlib import Path

WORDS = (
    "tide", "sea", "wave", "salt", "wind", "storm", "coral", "reef", "depth", "sonar", "harbour",
    "island", "chart", "current", "heat", "ice", "rain", "river", "delta", "sand", "dune", "cloud",
    "star", "orbit", "light",
)  # fmt: skip
KINDS = ("dataset", "model", "algorithm", "notebook")


def document(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return an asset as the index has it; the same number gives the same asset."""
    chance = random.Random(number)
    words = chance.sample(WORDS, 6)
    free = number % 3 == 0
    nft, datatoken = f"0x{number:040x}", f"0x{number + (1 << 150):040x}"
    price = {"type": "dispenser", "price": "0"} if free else {
        "type": "fixedrate", "price": f"{chance.randint(1, 500) / 10}",
    }  # fmt: skip
    made: dict[str, Any] = {
        "id": f"did:op:{number:064x}",
        "version": "4.7.0",
        "chainId": 8996,
        "nftAddress": nft,
        "metadata": {
            "name": f"{words[0]} {words[1]} {number}",
            "description": " ".join(chance.choices(WORDS, k=120)),
            "author": f"author-{number % 50}",
            "license": "CC-BY-4.0",
            "type": "algorithm" if number % 4 == 2 else "dataset",
            "tags": words[2:5],
            "created": "2026-11-23T12:00:00Z",
            "updated": "2026-11-23T12:00:00Z",
            "additionalInformation": {
                "jupyter_ipfs": {"kind": KINDS[number % 4]},
                "units": {"height": "m"},
            },
        },
        "services": [
            {"id": "s", "type": "access", "files": "0x" + "ab" * 400, "timeout": 0,
             "datatokenAddress": datatoken},
        ],
        "indexedMetadata": {
            "nft": {"state": 0, "owner": f"0x{number % 10:040x}",
                    "created": f"2026-11-23T12:{number % 60:02d}:00Z"},
            "event": {"block": number},
            "stats": [{"orders": number % 97, "prices": [price]}],
        },
    }  # fmt: skip
    made["metadata"].update(changes)
    return made


def database(directory: Path, count: int) -> Database:
    """Return an index with so many assets."""
    made = Database(directory / "service.sqlite")
    with made.writing() as db:
        search.prepare(db)
        for number in range(count):
            found = document(number)
            row = assets.save(db, found)
            assets.set_datatokens(db, row, [found["services"][0]["datatokenAddress"]])
    return made
