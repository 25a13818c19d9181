"""The sources that the settings name, in the order in which they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ipfs.backends.folder import CarFile, Folder
from jupyter_ipfs.net.scheme import is_web_address

if TYPE_CHECKING:
    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.protocols import Source

PUBLIC_HINT = (
    "get it as a .car file and import it, or name a gateway or a folder of CARs ([sources] in "
    "config.toml, or JUPYTER_IPFS_GATEWAYS). Public gateways are not asked, since that would show "
    "them the CID; to agree once: [sources] public_gateways = true"
)


def from_settings(settings: Settings) -> list[Source]:
    """Return folders, CAR files and addresses of CARs, then gateways, then the public ones.

    Nothing is opened or contacted before a block is asked for.
    """
    sources: list[Source] = [place(each) for each in settings.sources]
    if settings.gateways or settings.public_gateways:
        from jupyter_ipfs.net import gateway  # noqa: PLC0415  (brings httpx)

        sources += [gateway.Gateway.configured(url) for url in settings.gateways]
        if settings.public_gateways:
            sources += gateway.public()
    return sources


def place(where: str) -> Source:
    """Return the source behind the path of a folder or a CAR file, or the address of a CAR."""
    if is_web_address(where):
        from jupyter_ipfs.net.car_address import CarAddress  # noqa: PLC0415  (brings httpx)

        return CarAddress.configured(where)
    path = Path(where)
    # What is not there now (a stick, a share) is told apart by its name.
    is_file = path.is_file() or (path.suffix.lower() == ".car" and not path.is_dir())
    return CarFile(path) if is_file else Folder(path)
