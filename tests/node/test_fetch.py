"""Fetching: local first, then sources that may be slow, silent or lying."""

from __future__ import annotations

import _thread
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import FetchError, VerificationError
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.net.address import ConfiguredEndpoint
from jupyter_ipfs.net.client import Limits
from jupyter_ipfs.net.gateway import Gateway
from jupyter_ipfs.node.fetch import Fetcher
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.protocols import Progress
from jupyter_ipfs.testing.blocks import MemoryBlocks, leaves, tree
from jupyter_ipfs.testing.gateway import GatewayServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.testing.gateway import Behaviour

HASTY = Limits(connect_s=1, idle_s=1, total_s=2, grace_s=0.7, size=MAX_SIZE)
STREAM = Limits(connect_s=1, idle_s=1, total_s=20, grace_s=0.7)


def asked(server: GatewayServer) -> Gateway:
    return Gateway(ConfiguredEndpoint.parse(server.url), block_limits=HASTY, dag_limits=STREAM)


class Waiting(MemoryBlocks):
    """A source that answers when it is told to."""

    def __init__(self, blocks: list[Block], label: str = "waiting") -> None:
        super().__init__(blocks, label)
        self.begun = threading.Event()
        self.may_answer = threading.Event()

    def get(self, cid: CID) -> Block:
        self.begun.set()
        self.may_answer.wait(30)
        return super().get(cid)


class Lying(MemoryBlocks):
    def get(self, cid: CID) -> Block:
        self.asked.append(cid)
        return Block.verified(cid, b"other bytes")


def test_what_is_here_is_read_here() -> None:
    block = leaves(1)[0]
    source = MemoryBlocks([block])
    assert Fetcher(MemoryBlocks([block]), [source]).get(block.cid).data == block.data
    assert source.asked == []


def test_what_is_not_here_is_fetched_once_and_kept() -> None:
    block = leaves(1)[0]
    source, repo = MemoryBlocks([block]), MemoryBlocks()
    fetcher = Fetcher(repo, [source])
    assert not fetcher.has(block.cid)
    fetcher.get(block.cid)
    fetcher.get(block.cid)
    assert source.asked == [block.cid]
    assert fetcher.has(block.cid)


def test_what_comes_from_the_users_own_kubo_is_not_copied_into_the_cache() -> None:
    block = leaves(1)[0]
    source, repo = MemoryBlocks([block]), MemoryBlocks()
    Fetcher(repo, [source], durable=source).get(block.cid)
    assert not repo.has(block.cid)


def test_a_cache_that_cannot_take_a_block_is_no_failure() -> None:
    class Full(MemoryBlocks):
        def cache_put(self, block: Block) -> None:  # noqa: ARG002
            raise OSError(28, "full")

    block = leaves(1)[0]
    assert Fetcher(Full(), [MemoryBlocks([block])]).get(block.cid).data == block.data


def test_without_a_source_the_hint_says_how_to_name_one() -> None:
    with pytest.raises(FetchError) as caught:
        Fetcher(MemoryBlocks()).get(leaves(1)[0].cid)
    assert caught.value.tried == ()
    assert "JUPYTER_IPFS_GATEWAYS" in str(caught.value.hint)


def test_a_damaged_local_block_is_fetched_again_or_told() -> None:
    block = leaves(1)[0]

    class Damaged(MemoryBlocks):
        def get(self, cid: CID) -> Block:
            raise VerificationError(f"{cid} is damaged here")

    assert Fetcher(Damaged(), [MemoryBlocks([block])]).get(block.cid).data == block.data
    with pytest.raises(VerificationError, match="damaged here"):
        Fetcher(Damaged()).get(block.cid)


def test_a_slow_first_source_does_not_keep_the_second_waiting() -> None:
    block = leaves(1)[0]
    slow, fast = Waiting([block], "slow"), MemoryBlocks([block], "fast")
    fetcher = Fetcher(MemoryBlocks(), [slow, fast], hedge_s=0.05)
    assert fetcher.get(block.cid).data == block.data
    assert slow.begun.is_set()
    assert fast.asked == [block.cid]
    slow.may_answer.set()


def test_a_source_that_is_often_overtaken_is_asked_last() -> None:
    blocks = leaves(6)
    slow, fast = Waiting(blocks, "slow"), MemoryBlocks(blocks, "fast")
    fetcher = Fetcher(MemoryBlocks(), [slow, fast], hedge_s=0.05)
    for block in blocks[:3]:
        fetcher.get(block.cid)
    slow.begun.clear()
    for block in blocks[3:]:
        fetcher.get(block.cid)
    assert not slow.begun.is_set()
    slow.may_answer.set()


def test_a_source_that_lies_is_named_and_not_asked_again() -> None:
    blocks = leaves(3)
    liar, honest = Lying(label="liar"), MemoryBlocks(blocks, "honest")
    fetcher = Fetcher(MemoryBlocks(), [liar, honest])
    for block in blocks:
        assert fetcher.get(block.cid).data == block.data
    assert len(liar.asked) == 1
    assert list(fetcher.distrusted) == ["liar"]
    with pytest.raises(FetchError) as caught:
        fetcher.get(leaves(1, seed="absent")[0].cid)
    assert caught.value.tried[0].startswith("liar: skipped, ")
    assert caught.value.tried[1].startswith("honest: ")


def test_a_source_with_a_bug_is_one_that_failed() -> None:
    class Broken(MemoryBlocks):
        def get(self, cid: CID) -> Block:  # noqa: ARG002
            raise ZeroDivisionError

    block = leaves(1)[0]
    fetcher = Fetcher(MemoryBlocks(), [Broken(label="broken"), MemoryBlocks([block])])
    assert fetcher.get(block.cid).data == block.data


def test_a_source_without_limits_of_its_own_is_given_up() -> None:
    silent = Waiting([], "silent")
    with pytest.raises(FetchError) as caught:
        Fetcher(MemoryBlocks(), [silent], timeout_s=0.2).get(leaves(1)[0].cid)
    assert "silent: no answer" in caught.value.tried[0]
    silent.may_answer.set()


def test_when_all_fail_the_error_comes_within_seconds_and_lists_what_was_tried() -> None:
    block = leaves(1)[0]
    behaviours: list[Behaviour] = [
        "silent", "drip", "other bytes", "short", "endless", "gzip bomb", "redirect", "broken",
    ]  # fmt: skip
    servers = [GatewayServer([block], each) for each in behaviours]
    servers[6].location = "http://169.254.169.254/latest/"
    nowhere = GatewayServer([])
    nowhere.close()
    fetcher = Fetcher(MemoryBlocks(), [asked(each) for each in [*servers, nowhere]], hedge_s=0.05)
    begun = time.monotonic()
    with pytest.raises(FetchError, match="none of 9 sources") as caught:
        fetcher.get(block.cid)
    assert time.monotonic() - begun < 5
    assert len(caught.value.tried) == 9
    for server in servers:
        assert any(line.startswith(server.url) for line in caught.value.tried)
    assert len(fetcher.distrusted) == 5
    fetcher.close()
    for server in servers:
        server.close()


def test_many_blocks_come_in_order_from_several_sources() -> None:
    blocks = leaves(300)
    halves = [MemoryBlocks(blocks[::2], "even"), MemoryBlocks(blocks[1::2], "odd")]
    repo = MemoryBlocks(blocks[:64])
    got = list(Fetcher(repo, halves).get_many(block.cid for block in blocks))
    assert [block.cid for block in got] == [block.cid for block in blocks]


def test_a_whole_dag_comes_in_one_request() -> None:
    blocks = tree(12)
    repo = MemoryBlocks()
    with GatewayServer(blocks) as server:
        fetcher = Fetcher(repo, [asked(server)])
        gathered = fetcher.prefetch(blocks[0].cid)
        fetcher.close()
        assert len(server.asked) == 2  # the root as a block, which tells who is quick; the CAR
    assert (gathered.blocks, gathered.existing) == (len(blocks), 0)
    assert len(list(walk(repo, blocks[0].cid))) == len(blocks)


@pytest.mark.parametrize("behaviour", ["other bytes", "short", "unrelated", "repeating", "cut"])
def test_the_gaps_that_a_bad_stream_leaves_are_filled_elsewhere(behaviour: Behaviour) -> None:
    blocks = tree(6, size=2000)
    repo = MemoryBlocks()
    with GatewayServer(blocks, behaviour) as bad, GatewayServer(blocks) as good:
        fetcher = Fetcher(repo, [asked(bad), asked(good)], hedge_s=0.05)
        fetcher.prefetch(blocks[0].cid)
        fetcher.close()
    assert set(repo.held) == {block.cid for block in blocks}


def test_a_dag_may_come_in_any_order_and_nothing_else_is_kept() -> None:
    blocks = tree(5)
    strangers = leaves(20, seed="stranger")

    class Shuffled(MemoryBlocks):
        def dag(self, root: CID) -> Iterator[Block]:
            assert root == blocks[0].cid
            return iter([*reversed(blocks), *strangers])

    repo = MemoryBlocks()
    Fetcher(repo, [Shuffled(blocks[:1])]).prefetch(blocks[0].cid)
    assert set(repo.held) == {block.cid for block in blocks}


def test_a_dag_that_is_partly_here_is_completed_with_progress() -> None:
    blocks = tree(5)
    repo, told = MemoryBlocks(blocks[:10]), list[Progress]()
    gathered = Fetcher(repo, [MemoryBlocks(blocks)]).prefetch(blocks[0].cid, progress=told.append)
    assert (gathered.blocks, gathered.existing) == (len(blocks) - 10, 10)
    assert told[-1].phase == "done"
    assert told[-1].size == gathered.size


def test_a_dag_with_a_hole_everywhere_is_told() -> None:
    blocks = tree(5)
    with pytest.raises(FetchError):
        Fetcher(MemoryBlocks(), [MemoryBlocks(blocks[:-1])]).prefetch(blocks[0].cid)


def test_an_interrupt_ends_a_fetch_at_once() -> None:
    silent = Waiting([], "silent")

    def interrupt() -> None:
        silent.begun.wait(10)
        _thread.interrupt_main()

    threading.Thread(target=interrupt).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(Fetcher(MemoryBlocks(), [silent]).get_many([leaves(1)[0].cid]))
    assert time.monotonic() - begun < 3
    silent.may_answer.set()
