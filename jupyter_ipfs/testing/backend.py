"""What every backend has to do, as tests. Sub-class it, give it a fixture, and run pytest.

Such as::

    class TestMine(BackendConformance):
        @pytest.fixture
        def backend(self, tmp_path):
            with Repo.open(tmp_path) as repo:
                yield MyBackend(repo)

The backend must start out with nothing of the tests' content.
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.errors import BlockNotFoundError, JupyterIPFSError
from jupyter_ipfs.ipld import multihash
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.ipld.cid import CID, DAG_PB, RAW
from jupyter_ipfs.testing.blocks import leaves, tree
from jupyter_ipfs.testing.mfs import MFSConformance

if TYPE_CHECKING:
    from jupyter_ipfs.protocols import Backend, Stored


def stored(
    backend: Backend, blocks: list[Block], *, pin: bool = True, name: str | None = None
) -> Stored:
    """Store blocks in one batch under the first of them."""
    with backend.batch() as batch:
        for block in blocks:
            batch.put(block)
        return batch.commit(blocks[0].cid, pin=pin, name=name)


def pinned(backend: Backend) -> set[CID]:
    """Return the roots that are kept."""
    return {pin.root for pin in backend.pins()}


class BackendConformance(MFSConformance):
    """Tests of `jupyter_ipfs.protocols.Backend`; a sub-class has a fixture ``backend``."""

    @pytest.fixture
    def seed(self) -> str:
        """Makes this test's content its own, for a backend that is shared."""
        return uuid.uuid4().hex

    def test_what_was_stored_is_given_back(self, backend: Backend, seed: str) -> None:
        """Every block, by its CID, whole."""
        blocks = tree(5, seed=seed)
        result = stored(backend, blocks)
        assert result.root == blocks[0].cid
        for block in blocks:
            assert backend.has(block.cid)
            assert backend.get(block.cid).data == block.data

    def test_many_blocks_come_in_the_order_asked(self, backend: Backend, seed: str) -> None:
        """Whatever is read ahead, and with repeats."""
        blocks = tree(12, seed=seed)
        stored(backend, blocks)
        cids = [block.cid for block in reversed(blocks)] + [blocks[3].cid] * 3
        assert [block.cid for block in backend.get_many(cids)] == cids

    def test_of_many_blocks_the_first_can_be_read_without_the_rest(
        self, backend: Backend, seed: str
    ) -> None:
        """An iterator that is left early leaves nothing hanging."""
        blocks = tree(12, seed=seed)
        stored(backend, blocks)
        many = backend.get_many(block.cid for block in blocks)
        assert next(iter(many)).cid == blocks[0].cid

    def test_what_is_nowhere_is_not_found(self, backend: Backend, seed: str) -> None:
        """By an error, and within seconds."""
        absent = leaves(1, seed=seed)[0].cid
        assert not backend.has(absent)
        with pytest.raises(BlockNotFoundError):
            backend.get(absent)
        with pytest.raises(BlockNotFoundError):
            list(backend.get_many([absent]))

    def test_an_identity_cid_is_its_own_content(self, backend: Backend) -> None:
        """Nothing is stored and nothing asked."""
        cid = CID(1, RAW, multihash.digest(multihash.IDENTITY, b"hi"))
        assert backend.has(cid)
        assert backend.get(cid).data == b"hi"

    def test_version_0_and_version_1_lead_to_the_same_block(
        self, backend: Backend, seed: str
    ) -> None:
        """What is held is held by its multihash."""
        data = b"\x0a\x22" + b"\x08\x02\x12\x1e" + seed[:30].encode()
        block = Block.build(data, DAG_PB, version=0)
        stored(backend, [block], pin=False)
        assert backend.get(block.cid.to_v1()).data == data

    def test_a_batch_that_is_not_committed_keeps_nothing(self, backend: Backend, seed: str) -> None:
        """Neither blocks nor a pin, also when it ends by an error."""
        blocks = tree(3, seed=seed)
        with pytest.raises(KeyboardInterrupt), backend.batch() as batch:  # noqa: PT012
            for block in blocks:
                batch.put(block)
            raise KeyboardInterrupt
        assert not any(backend.has(block.cid) for block in blocks)
        assert blocks[0].cid not in pinned(backend)

    def test_a_block_that_was_put_twice_is_new_once(self, backend: Backend, seed: str) -> None:
        """And the batch knows it."""
        block = leaves(1, seed=seed)[0]
        with backend.batch() as batch:
            assert not batch.has(block.cid)
            assert batch.put(block)
            assert not batch.put(block)
            assert batch.has(block.cid)
            result = batch.commit(block.cid, pin=False)
        assert (result.blocks, result.size) == (1, len(block.data))

    def test_a_committed_root_is_pinned_unless_told_otherwise(
        self, backend: Backend, seed: str
    ) -> None:
        """``pin=False`` stores without keeping."""
        kept, loose = leaves(2, seed=seed)
        stored(backend, [kept])
        stored(backend, [loose], pin=False)
        assert kept.cid in pinned(backend)
        assert loose.cid not in pinned(backend)

    def test_a_pin_ends_with_unpin_and_unpin_tells(self, backend: Backend, seed: str) -> None:
        """``False`` when there was nothing to let go of."""
        blocks = tree(2, seed=seed)
        stored(backend, blocks)
        assert backend.unpin(blocks[0].cid)
        assert blocks[0].cid not in pinned(backend)
        assert not backend.unpin(blocks[0].cid)

    def test_what_is_there_can_be_pinned(self, backend: Backend, seed: str) -> None:
        """With everything under it."""
        blocks = tree(3, seed=seed)
        stored(backend, blocks, pin=False)
        backend.pin(blocks[0].cid)
        backend.pin(blocks[0].cid)
        assert blocks[0].cid in pinned(backend)

    def test_what_is_not_whole_is_not_pinned(self, backend: Backend, seed: str) -> None:
        """An error, and no pin."""
        blocks = tree(3, seed=seed)
        stored(backend, blocks[:-1], pin=False)
        with pytest.raises(JupyterIPFSError):
            backend.pin(blocks[0].cid)
        assert blocks[0].cid not in pinned(backend)

    def test_names_have_versions(self, backend: Backend, seed: str) -> None:
        """An equal result adds none."""
        first, second = leaves(2, seed=seed)
        name = f"name-{seed[:8]}"
        one = stored(backend, [first], name=name)
        same = stored(backend, [first], name=name)
        two = stored(backend, [second], name=name)
        assert [(each.name, each.version, each.unchanged) for each in (one, same, two)] == [
            (name, 1, False),
            (name, 1, True),
            (name, 2, False),
        ]
        by_root = {pin.root: pin.names for pin in backend.pins()}
        assert by_root[first.cid] == (f"{name}@1",)
        assert by_root[second.cid] == (f"{name}@2",)

    def test_gc_leaves_what_is_pinned(self, backend: Backend, seed: str) -> None:
        """All of it, down to the leaves."""
        blocks = tree(4, seed=seed)
        stored(backend, blocks)
        removed = backend.gc()
        assert removed.blocks >= 0
        assert removed.size >= 0
        assert [block.cid for block in backend.get_many(block.cid for block in blocks)] == [
            block.cid for block in blocks
        ]

    def test_several_threads_store_and_read_at_once(self, backend: Backend, seed: str) -> None:
        """Each finds what it stored."""
        failures: list[BaseException] = []

        def run(number: int) -> None:
            try:
                blocks = tree(4, seed=f"{seed} {number}")
                stored(backend, blocks)
                assert len(list(backend.get_many(block.cid for block in blocks))) == len(blocks)
            except BaseException as error:  # noqa: BLE001  (told below)
                failures.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_it_tells_how_it_is(self, backend: Backend, seed: str) -> None:
        """In words, and with the numbers that it has."""
        stored(backend, leaves(1, seed=seed))
        status = backend.status()
        assert status.healthy
        assert status.label
        assert status.detail
        assert status.blocks is None or status.blocks > 0

    def test_closing_twice_is_closing_once(self, backend: Backend) -> None:
        """So that nobody has to remember."""
        backend.close()
        backend.close()
