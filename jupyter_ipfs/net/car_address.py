"""A CAR at an http(s) address as a source: downloaded once, verified as it comes."""

from __future__ import annotations

import shutil
import tempfile
import threading
from typing import IO, TYPE_CHECKING

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    CodecError,
    DiskFullError,
    FetchError,
    IPFSError,
    LimitError,
)
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.block import Block
from jupyter_ipfs.net.address import ConfiguredEndpoint
from jupyter_ipfs.net.client import Client, Limits
from jupyter_ipfs.net.gateway import body_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.net.client import Address

LIMITS = Limits(total_s=6 * 3600.0, size=1 << 40, connections=1)

_OK = 200
_RESERVE = 1 << 30  # bytes of disk that a download leaves free
_CHECK = 64 << 20  # bytes between two looks at the disk


class CarAddress:
    """A `jupyter_ipfs.protocols.Source`: one CAR, fetched as a whole when first asked.

    A block can be had as soon as it has come by. The bytes lie in a temporary file without
    a name, which ends with this object.

    Args:
        address: Of the CAR.
        limits: Of the whole download.
    """

    def __init__(self, address: Address, *, limits: Limits = LIMITS) -> None:
        self._client = Client(address, limits)
        self.label = self._client.shown
        self._here = threading.Condition()
        self._download: _Download | None = None

    @classmethod
    def configured(cls, url: str) -> CarAddress:
        """Return the CAR at an address from the user's configuration."""
        return cls(ConfiguredEndpoint.parse(url))

    def get(self, cid: CID) -> Block:
        """Return one block, waiting for it while the download goes on.

        Raises:
            BlockNotFoundError: The CAR ended without it.
            FetchError: The address does not answer, or broke off.
            VerificationError: The CAR has other bytes than it says.
        """
        with self._here:
            download = self._download
            if download is not None and download.may_be_tried_again():
                download.stop()
                download = None
            if download is None:
                download = self._download = _Download(self._client, self._here)
                download.start()
            while cid.multihash not in download.places and not download.ended:
                self._here.wait(0.5)
        return download.read(cid)

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing: `get` reads from what is coming in anyway."""
        return iter(())

    def close(self) -> None:
        """Close the connection and drop what was downloaded."""
        self._client.close()
        with self._here:
            download, self._download = self._download, None
        if download is not None:
            download.stop()

    def __del__(self) -> None:
        """What was forgotten leaves no file open."""
        self.close()


class _Download(threading.Thread):
    """One run through the CAR."""

    def __init__(self, client: Client, here: threading.Condition) -> None:
        super().__init__(name="jupyter-ipfs-car", daemon=True)
        self.places: dict[bytes, tuple[int, int]] = {}
        self.ended = False
        self._failure: IPFSError | DiskFullError | None = None
        self._client = client
        self._here = here
        self._stopped = False
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="jupyter-ipfs-")  # noqa: SIM115
        self._using = threading.Lock()

    def run(self) -> None:
        """Download to the end, or to the first thing that is wrong."""
        try:
            with self._client.stream("GET") as answer:
                if answer.status != _OK:
                    raise FetchError(f"it answered with HTTP status {answer.status}")
                self._take(car.Reader(body_stream(answer)))
        except (CodecError, LimitError) as error:
            self._failure = BlockNotFoundError(f"what it sent is no whole CAR: {error.message}")
        except (IPFSError, DiskFullError) as error:
            self._failure = error
        except OSError as error:
            self._failure = BlockNotFoundError(f"its CAR cannot be kept here: {error.strerror}")
        finally:
            with self._here:
                self.ended = True
                self._here.notify_all()

    def may_be_tried_again(self) -> bool:
        """Tell whether it broke off for a reason that may have passed."""
        return self.ended and isinstance(self._failure, FetchError)

    def read(self, cid: CID) -> Block:
        """Return a block that has come, or raise why it has not."""
        place = self.places.get(cid.multihash)
        if place is None:
            raise self._failure or BlockNotFoundError("it is not in this CAR")
        with self._using:
            if self._stopped:
                raise FetchError("it was closed")
            self._file.seek(place[0])
            data = self._file.read(place[1])
        return Block.verified(cid, data)

    def stop(self) -> None:
        """End at the next block, and let go of the file."""
        with self._using:
            self._stopped = True
            self._file.close()

    def _take(self, reader: car.Reader) -> None:
        end, checked = 0, -_CHECK
        for block in reader.blocks():
            if end - checked >= _CHECK:
                checked = end
                if shutil.disk_usage(tempfile.gettempdir()).free < _RESERVE:
                    raise BlockNotFoundError("its CAR does not fit on the disk here")
            with self._using:
                if self._stopped:
                    raise FetchError("it was closed")
                self._file.seek(end)
                self._file.write(block.data)
            with self._here:
                self.places[block.cid.multihash] = (end, len(block.data))
                self._here.notify_all()
            end += len(block.data)
