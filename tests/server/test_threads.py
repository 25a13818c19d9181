"""Whose threads a request waits for."""

from __future__ import annotations

import asyncio
import threading

from jupyter_ipfs.server import blocks, contents, entries, preview
from jupyter_ipfs.server.threads import in_look_thread, in_thread


def test_looks_that_are_slow_delay_nothing_else() -> None:
    over = threading.Event()

    async def ask() -> str:
        looks = [asyncio.create_task(in_look_thread(over.wait)) for _ in range(20)]
        await asyncio.sleep(0)  # they all are in line
        try:
            return await asyncio.wait_for(in_thread(lambda: "the status"), 30)
        finally:
            over.set()
            await asyncio.gather(*looks)

    assert asyncio.run(ask()) == "the status"


def test_whatever_reads_content_reads_it_in_those_threads() -> None:
    for module in (blocks, contents, entries, preview):
        assert "in_thread" not in vars(module)
