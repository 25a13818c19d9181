"""Trustless gateways as sources (https://specs.ipfs.tech/http-gateways/trustless-gateway/)."""

from __future__ import annotations

import io
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_ipfs.errors import (
    BlockNotFoundError,
    CodecError,
    FetchError,
    LimitError,
    VerificationError,
)
from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.net.address import ConfiguredEndpoint, UntrustedURL
from jupyter_ipfs.net.client import Client, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.net.client import Address, Answer

BLOCK_LIMITS = Limits(size=MAX_SIZE)
# A DAG may be of any size: it has an hour, as Kubo's own gateway has, and must keep flowing.
DAG_LIMITS = Limits(total_s=3600.0)

# Statuses by which a gateway says that it does not have the block or does not give it.
_WITHOUT = frozenset({401, 403, 404, 410, 412, 451})
_OK = 200


class Gateway:
    """A `jupyter_ipfs.protocols.Source`: one trustless gateway.

    Args:
        address: Of the gateway, without ``/ipfs``.
        block_limits: For one block.
        dag_limits: For a whole DAG in one stream.
    """

    def __init__(
        self,
        address: Address,
        *,
        block_limits: Limits = BLOCK_LIMITS,
        dag_limits: Limits = DAG_LIMITS,
    ) -> None:
        self._client = Client(address, block_limits)
        self._dag_limits = dag_limits
        self._has_cars = True
        self.label = self._client.shown

    @classmethod
    def configured(cls, url: str) -> Gateway:
        """Return the gateway at an address from the user's configuration."""
        return cls(ConfiguredEndpoint.parse(url.rstrip("/").removesuffix("/ipfs")))

    def get(self, cid: CID) -> Block:
        """Return one block (``?format=raw``).

        Raises:
            BlockNotFoundError: It says that it does not have it.
            FetchError: It does not answer, or not in time.
            VerificationError: It sent something else.
            UnsafeContentError: It led somewhere else.
        """
        try:
            answer = self._client.get(
                f"/ipfs/{cid}",
                params={"format": "raw"},
                headers={"Accept": "application/vnd.ipld.raw"},
            )
        except LimitError as error:
            raise VerificationError(error.message) from None
        _refuse_other_than_ok(answer)
        try:
            return Block.verified(cid, answer.read())
        except VerificationError:
            raise VerificationError("it sent other bytes than those of the CID") from None

    def dag(self, root: CID) -> Iterator[Block]:
        """Yield the DAG under ``root`` (``?format=car``), each block verified as it comes.

        The gateway may stop anywhere: what is missing is missed by whoever asked.

        Raises:
            FetchError: It broke off or got too slow.
            VerificationError: It sent a block with other bytes than those of its CID.
        """
        if not self._has_cars:
            return
        with self._client.stream(
            "GET",
            f"/ipfs/{root}",
            params={"format": "car", "dag-scope": "all"},
            headers={"Accept": "application/vnd.ipld.car; version=1; order=dfs; dups=n"},
            limits=self._dag_limits,
        ) as answer:
            if answer.status in {400, 406, 415, 501}:
                self._has_cars = False
                return
            _refuse_other_than_ok(answer)
            try:
                yield from car.Reader(body_stream(answer)).blocks()
            except VerificationError:
                raise VerificationError("it sent a CAR with other bytes than it says") from None
            except (CodecError, LimitError) as error:
                # Kubo ends a CAR with a note when it comes upon a block that it lacks.
                raise BlockNotFoundError(f"the CAR it sent is not whole: {error}") from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def public() -> list[Gateway]:
    """Return the public gateways. Only for a user who agreed that they may learn the CIDs."""
    listed = files("jupyter_ipfs.net").joinpath("public_gateways.toml").read_text("utf-8")
    return [Gateway(UntrustedURL.parse(url)) for url in tomllib.loads(listed)["gateways"]]


class _BodyStream(io.RawIOBase):
    """A body as a binary stream to read from."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._chunks = answer.chunks()
        self._data = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, fewer only at the end."""
        parts, left = [], size
        while left:
            if not self._data:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._data = memoryview(chunk)
            part = self._data[:left] if left > 0 else self._data
            self._data = self._data[len(part) :]
            parts.append(part)
            left -= len(part) if left > 0 else 0
        return b"".join(parts)


def body_stream(answer: Answer) -> BinaryIO:
    """Return an answer's body as a stream that can be read once."""
    return cast("BinaryIO", _BodyStream(answer))


def _refuse_other_than_ok(answer: Answer) -> None:
    if answer.status in _WITHOUT:
        raise BlockNotFoundError(f"it does not have it, or does not give it ({answer.status})")
    if answer.status != _OK:
        raise FetchError(f"it answered with HTTP status {answer.status}")
    if answer.headers.get("content-type", "").startswith("text/html"):
        raise FetchError("it answered with a web page: a login, or no trustless gateway")
