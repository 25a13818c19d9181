"""``python -m benchmarks.ocean [--repetitions N] [--place DIR]``: the market, on practice money.

Publishing, ordering with a checked download, searching among 10,000 assets, and the sandbox's
start; each with the share of it that was spent waiting for the chain's JSON-RPC. Nothing that is
in an issue's "Speed" is judged here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.session import Session

_ASSETS = 10_000
_WORDS = ("tide", "wine", "cell", "river", "genome", "quartz", "orbit", "maize", "storm", "lichen")
_ABOUT = {
    "description": "Bytes at random, for a benchmark.",
    "author": "Ada",
    "license": "CC0-1.0",
}
_HEADER = "| | median | of that waiting for the chain | worst | n |\n|---|---:|---:|---:|---:|"


class _Clock:
    """Measures what is done, and how much of it the chain took."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[float, float]]] = {}
        self._chain_s = 0.0

    def watch(self) -> None:
        """Count the time in every JSON-RPC request of this process from now on."""
        from jupyter_ipfs.ocean.web3_provider import NetProvider  # noqa: PLC0415  (web3)

        real = NetProvider.make_request

        def timed(provider: NetProvider, method: Any, params: Any) -> Any:  # noqa: ANN401
            begin = time.perf_counter()
            try:
                return real(provider, method, params)
            finally:
                self._chain_s += time.perf_counter() - begin

        NetProvider.make_request = timed  # type: ignore[method-assign]

    @contextmanager
    def measured(self, row: str) -> Iterator[None]:
        """Take the time of the body."""
        self._chain_s, begin = 0.0, time.perf_counter()
        yield
        seconds = time.perf_counter() - begin
        self.rows.setdefault(row, []).append((seconds, self._chain_s))


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser("benchmarks.ocean", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7, help="medians of so many (7)")
    parser.add_argument("--place", type=Path, help="a directory on the disk to measure")
    wanted = parser.parse_args()
    clock = _Clock()
    clock.watch()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=wanted.place) as place:
        repo = Path(place) / "repo"
        try:
            with clock.measured("sandbox ready, cold: chain made, contracts deployed"):
                local_sandbox.ensure(repo)
            with connect(repo=repo) as session:
                _market(session, Path(place), clock, max(1, wanted.repetitions))
            _restarts(repo, "sandbox ready again", clock, wanted.repetitions)
            _seed(repo)
            _restarts(repo, f"… with {_ASSETS:,} assets in its index", clock, wanted.repetitions)
            with connect(repo=repo) as session:
                _searches(session, clock, max(1, wanted.repetitions))
        finally:
            local_sandbox.stop(repo)
    sys.stdout.write(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} CPUs; py-evm; signed by a key in memory\n\n{_HEADER}\n"
    )
    for title, taken in clock.rows.items():
        seconds, chain = (median(each) for each in zip(*taken, strict=True))
        worst = max(each for each, _ in taken)
        share = f"{chain / seconds:.0%}" if chain else "-"
        cells = (title, _ms(seconds), share, _ms(worst), str(len(taken)))
        sys.stdout.write("| " + " | ".join(cells) + " |\n")
    return 0


def _market(session: Session, place: Path, clock: _Clock, times: int) -> None:
    """Publish, order and download; the first of each pays for imports and is left out."""
    for number in range(times + 1):
        is_warm = number > 0
        for price, template in ((None, 1), ("5", 1), ("5", 2)):
            words = f"{'free' if price is None else 'priced'}, template {template}"
            root = session.add(secrets.token_bytes(100_000))
            about = {**_ABOUT, "title": f"Asset {number} {words}"}
            session.wallet.practice("author")
            with clock.measured(f"publish, {words}" if is_warm else "first"):
                asset = session.ocean.publish(
                    root, **about, price=price, free=price is None, template=template
                )
            session.wallet.practice("buyer")
            row = f"order and checked download, {words}" if is_warm else "first"
            with clock.measured(row):
                got = session.ocean.download(asset, place / f"{number}-{words}", buy=True)
            assert got.root == root
    clock.rows.pop("first", None)


def _restarts(repo: Path, title: str, clock: _Clock, times: int) -> None:
    for _ in range(max(1, times // 2)):
        local_sandbox.stop(repo)
        with clock.measured(title):
            local_sandbox.ensure(repo)


def _searches(session: Session, clock: _Clock, times: int) -> None:
    search = session.ocean.search
    assert search("tide").total > _ASSETS // len(_WORDS)
    for _ in range(times):
        for title, text, filters in (
            ("one word", "tide", {}),
            ("two words, half of one typed", "storm ge", {}),
            ("all, newest first", "", {"sort": "newest"}),
            ("one kind, free, by orders", "", {"kind": "model", "price": "free", "sort": "orders"}),
        ):
            with clock.measured(f"search {_ASSETS:,}, page of 50: {title}"):
                search(text, **filters)


def _seed(repo: Path) -> None:
    """Copy one asset 10,000 times into the index, with words, kinds and prices of their own.

    The chain does not know them: publishing so many takes an hour, and searching asks it nothing.
    """
    from jupyter_ipfs.ocean import ddo  # noqa: PLC0415
    from jupyter_ipfs.sandbox.service import assets  # noqa: PLC0415
    from jupyter_ipfs.sandbox.service.database import FILE_NAME, Database  # noqa: PLC0415

    local_sandbox.stop(repo)
    database = Database(repo / "sandbox" / FILE_NAME)
    with database.writing() as rows:
        (text,) = rows.execute(
            "SELECT document FROM documents JOIN assets ON asset = id "
            "WHERE pricing = 'dispenser' LIMIT 1"
        ).fetchone()
        for number in range(_ASSETS):
            document = json.loads(text)
            nft = "0x" + f"{number:040x}"
            metadata = document["metadata"]
            first, second = _WORDS[number % 10], _WORDS[number // 10 % 10]
            metadata["name"] = f"{first} and {second} {number}"
            metadata["description"] = f"Of {first}, {second} and {_WORDS[number // 100 % 10]}."
            metadata["tags"] = [first, f"tag{number % 100}"]
            kind = ("dataset", "model", "notebook")[number % 3]
            metadata["additionalInformation"]["jupyter_ipfs"]["kind"] = kind
            document |= {"nftAddress": nft, "id": ddo.did(nft, document["chainId"])}
            document["indexedMetadata"]["nft"]["address"] = nft
            assets.save(rows, document)
    database.close()


def _ms(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
