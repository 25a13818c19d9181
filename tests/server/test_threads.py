"""Whose threads a request waits for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from jupyter_ipfs.server import blocks, contents, entries, preview
from jupyter_ipfs.server.ocean import status
from jupyter_ipfs.server.threads import (
    in_brief_thread,
    in_chain_thread,
    in_look_thread,
    in_thread,
)
from jupyter_ipfs.server.wallet import resource

Hop: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]


@pytest.mark.parametrize(
    ("slow", "other"), [(in_look_thread, in_thread), (in_chain_thread, in_brief_thread)]
)
def test_looks_that_are_slow_delay_nothing_else(slow: Hop, other: Hop) -> None:
    over = threading.Event()

    async def ask() -> object:
        looks = [asyncio.ensure_future(slow(over.wait)) for _ in range(20)]
        await asyncio.sleep(0)  # they all are in line
        try:
            return await asyncio.wait_for(other(lambda: "the status"), 30)
        finally:
            over.set()
            await asyncio.gather(*looks)

    assert asyncio.run(ask()) == "the status"


def test_whatever_reads_content_reads_it_in_those_threads() -> None:
    for module in (blocks, contents, entries, preview):
        assert "in_thread" not in vars(module)


def test_no_status_waits_for_a_chain_that_is_silent() -> None:
    for module in (status, resource):
        assert "in_chain_thread" not in vars(module)
