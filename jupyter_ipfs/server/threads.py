"""The thread pools into which async handlers hop (decision 1); jobs have threads of their own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

T = TypeVar("T")

# Handlers wait for disks and other hosts, so a few threads more than cores; each holds a
# connection to the repo's database.
_THREADS = 4


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs")


@cache
def _upload_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-upload")


@cache
def content_pool() -> Executor:
    """Return the threads that read what is downloaded, part by part: a body lasts long."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-content")


@cache
def _look_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-look")


@cache
def _mail_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="jupyter-ipfs-mail")


@cache
def _chain_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-chain")


@cache
def _bundle_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-bundle")


@cache
def _brief_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-ipfs-brief")


async def in_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in the pool while the server goes on with other requests."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), work)


async def in_upload_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in threads of its own: disks that are slow at writing delay nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_upload_pool(), work)


async def in_look_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in threads of its own: content that is slow to look at delays no status."""
    return await asyncio.get_running_loop().run_in_executor(_look_pool(), work)


async def in_chain_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in threads of its own: a chain or an Ocean Node that is slow delays nothing."""
    return await asyncio.get_running_loop().run_in_executor(_chain_pool(), work)


async def in_bundle_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in threads of its own: a lock takes its time, and a share may be far away."""
    return await asyncio.get_running_loop().run_in_executor(_bundle_pool(), work)


async def in_mail_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread of its own: who waits for a signature waits for nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_mail_pool(), work)


async def in_brief_thread(work: Callable[[], T]) -> T:
    """Run ``work`` that ends by itself soon (`waiting.within`): a status waits for nothing."""
    return await asyncio.get_running_loop().run_in_executor(_brief_pool(), work)
