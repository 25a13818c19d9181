"""``push`` to a Kubo, whichever backend the session itself has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ipfs.backends.kubo import KuboBackend
from jupyter_ipfs.node.walk import walk

if TYPE_CHECKING:
    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks
    from jupyter_ipfs.store.repo import Repo


def push_to_kubo(blocks: Blocks, root: CID, repo: Repo, settings: Settings) -> None:
    """Send the whole DAG under ``root`` to the Kubo that the settings name, and pin it there.

    Raises:
        BackendUnavailableError: Nothing answers there.
        ConsentRequiredError: It announces publicly, and nobody has agreed to that.
    """
    kubo = KuboBackend.create(repo, settings)
    try:
        with kubo.batch() as batch:
            for block in walk(blocks, root):
                batch.put(block)
            batch.commit(root, pin=True)
    finally:
        kubo.close()
