"""``push``: everything under a root, sent to a folder or to a Kubo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.backends import car_name
from jupyter_ipfs.backends.kubo import KuboBackend
from jupyter_ipfs.errors import ConfigError
from jupyter_ipfs.net.scheme import is_web_address
from jupyter_ipfs.node import archive
from jupyter_ipfs.node.meter import Meter
from jupyter_ipfs.node.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.protocols import Blocks, ProgressCallback
    from jupyter_ipfs.store.repo import Repo


def push(
    blocks: Blocks,
    root: CID,
    target: str,
    repo: Repo,
    at_kubo: Callable[[str], Settings],
    *,
    progress: ProgressCallback | None = None,
) -> str:
    """Send the DAG under ``root``, note in the repo that it is there, and return the place.

    Args:
        blocks: Where the DAG is read from.
        root: What to send.
        target: A directory (it gets a file called as `car_name.of` says), or a Kubo's address.
        repo: Where the copy is noted.
        at_kubo: Gives the settings for the Kubo at an address.
        progress: Told bytes.

    Raises:
        ConfigError: The folder does not exist.
        BackendUnavailableError: Nothing answers at the Kubo's address.
        ConsentRequiredError: The Kubo announces publicly, and nobody has agreed to that.
    """
    if is_web_address(target):
        settings = at_kubo(target)
        place = settings.kubo_url  # one Kubo, one place: however its address was typed
        _to_kubo(blocks, root, repo, settings, progress)
    else:
        place = _to_folder(blocks, root, Path(target).expanduser(), repo, progress)
    repo.record_copy(root, place)
    return place


def _to_folder(
    blocks: Blocks, root: CID, folder: Path, repo: Repo, progress: ProgressCallback | None
) -> str:
    if not folder.is_dir():
        raise ConfigError(f"there is no folder {str(folder)!r}", "make it first")
    file = folder.absolute() / car_name.of(root, car_name.newest_name(repo, root))
    archive.export_file(blocks, root, file, overwrite=True, progress=progress)
    return str(file)


def _to_kubo(
    blocks: Blocks,
    root: CID,
    repo: Repo,
    settings: Settings,
    progress: ProgressCallback | None,
) -> None:
    meter = Meter(progress, "storing")
    kubo = KuboBackend.create(repo, settings)
    try:
        with kubo.batch() as batch:
            for block in walk(blocks, root):
                is_new = batch.put(block)
                meter.advance(len(block.data), existing=not is_new)
            batch.commit(root, pin=True)
    finally:
        kubo.close()
    meter.done()
