"""Every seam of the package, as narrow protocols and the values that cross them.

A layer asks for the narrowest of these that it needs; the concrete classes do not
inherit from them. The conformance suites in `jupyter_ipfs.testing` say in code what
the docstrings here say in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from jupyter_ipfs.ipld.block import Block
    from jupyter_ipfs.ipld.cid import CID
    from jupyter_ipfs.node.ls import Entry, Stat
    from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, Vouch


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long operation has come. ``None`` means not known (yet).

    Attributes:
        phase: ``"preparing"``, ``"storing"``, ``"fetching"``, ``"writing"``, ``"checking"``,
            ``"running"`` or ``"done"``.
        files: Files finished.
        files_total: Files in all.
        size: Content bytes finished.
        size_total: Content bytes in all.
        existing: Of ``size``, the bytes of blocks that were already there.
        label: What is being worked on: a relative path, or empty.
    """

    phase: str
    files: int = 0
    files_total: int | None = None
    size: int = 0
    size_total: int | None = None
    existing: int = 0
    label: str = ""


class ProgressCallback(Protocol):
    """Called from the thread that runs the operation, at most ten times a second."""

    def __call__(self, progress: Progress, /) -> None:
        """Take note; an exception raised here (`KeyboardInterrupt`) aborts the operation."""


class Blocks(Protocol):
    """Where blocks can be read from. Whatever it gives has been verified."""

    def get(self, cid: CID) -> Block:
        """Return one block.

        Raises:
            BlockNotFoundError: It is not here and nothing that was asked has it; where sources
                were asked it is a `FetchError`, which lists them, also if all of them lied.
            VerificationError: The block that is held here is damaged, and there is no source.
        """

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield the blocks in the order of ``cids``, read ahead and in parallel where that pays."""

    def has(self, cid: CID) -> bool:
        """Tell whether the block is held here, without asking anybody else."""


class Source(Protocol):
    """A place that content may come from, and that may lie: everything is verified."""

    label: str

    def get(self, cid: CID) -> Block:
        """Return one verified block, or raise `BlockNotFoundError` or `VerificationError`."""

    def dag(self, root: CID) -> Iterator[Block]:
        """Yield verified blocks of the DAG under ``root`` in any order, perhaps not all of them.

        A source that has no way to send many at once yields nothing.
        """

    def close(self) -> None:
        """Let go of connections and files."""


class Batch(Protocol):
    """One atomic store: nothing of it is visible before `commit`, and nothing stays without.

    A context manager; leaving it without `commit` aborts.
    """

    def has(self, cid: CID) -> bool:
        """Hint whether the block is already there (`commit` checks again)."""

    def put(self, block: Block) -> bool:
        """Take a block; ``False`` if it was already there (or is an identity CID)."""

    def get(self, cid: CID) -> Block | None:
        """Return a block that this batch has written; ``None`` if it is not one of them."""

    def commit(self, root: CID, *, pin: bool = True, name: str | None = None) -> Stored:
        """Make every block durable and set pin and name in the same step."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Abort if `commit` was not called."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a commit did.

    Attributes:
        root: The root's full CID.
        blocks: New blocks written.
        size: Bytes of those blocks.
        name: ``name`` as given, or ``None``.
        version: The name's version that ``root`` now is (1, 2, …), or ``None`` without a name.
        unchanged: The name already stood at this root; no version was added.
    """

    root: CID
    blocks: int
    size: int
    name: str | None = None
    version: int | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """One kept root. ``names`` are the names and versions that keep it, such as ``fig-3@2``."""

    root: CID
    created_at: float  # seconds since the epoch
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameVersion:
    """One version of a name."""

    name: str
    version: int
    root: CID
    created_at: float  # seconds since the epoch
    pinned: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """What gc or forget took away."""

    blocks: int
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class BackendStatus:
    """What a person is told about a backend.

    Attributes:
        backend: ``"embedded"`` or ``"kubo"``.
        label: In words, such as ``this computer (/home/a/.local/share/jupyter/ipfs)``.
        healthy: Whether it answers.
        detail: Version, or what is wrong, in words.
        blocks: Number of blocks held, or ``None`` if the backend cannot tell.
        size: Bytes on disk, or ``None``.
        public: Whether what is put there is announced to the public network.
    """

    backend: str
    label: str
    healthy: bool
    detail: str
    blocks: int | None = None
    size: int | None = None
    public: bool = False


class MFSChanges(Protocol):
    """Changes of the mutable files. A path is ``/a/b``; errors are those of a shell."""

    def write(
        self,
        path: str,
        data: bytes | BinaryIO,
        *,
        offset: int = 0,
        create: bool = True,
        parents: bool = False,
        truncate: bool = True,
    ) -> None:
        """Write a file, from ``offset`` on; ``truncate=False`` keeps what else is in it."""

    def mkdir(self, path: str, *, parents: bool = False) -> None:
        """Make a directory; with ``parents`` those above it too, and it may be there already."""

    def cp(self, source: str, target: str, *, parents: bool = False, force: bool = False) -> None:
        """Let ``target`` stand for the content of a path of the files, or of ``/ipfs/<cid>/…``."""

    def mv(self, source: str, target: str) -> None:
        """Move; into ``target`` if that is a directory, else in its place."""

    def rm(self, path: str, *, recursive: bool = False, force: bool = False) -> None:
        """Take away a file, or with ``recursive`` a directory."""


class MFSBatch(MFSChanges, Protocol):
    """Changes that are made in one step; it reads what it has written."""

    def read(self, path: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a file's bytes."""

    def ls(self, path: str = "/") -> list[Entry]:
        """Return a directory's entries."""

    def stat(self, path: str) -> Stat:
        """Tell what a path is."""


class MFS(MFSBatch, Protocol):
    """The mutable file system of a backend: paths whose one root CID moves with each change.

    The same changes give the same root on every backend.
    """

    def stream(self, path: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file's bytes in parts, with constant memory."""

    def root(self) -> CID:
        """Return the CID of everything."""

    def flush(self, path: str = "/") -> CID:
        """Make durable what is not yet, and return the CID of a path."""

    def batch(self) -> AbstractContextManager[MFSBatch]:
        """Make many changes in one step; nothing of them happens on an error."""


class Backend(Blocks, Protocol):
    """Where a session's blocks and pins live. Names are always in the local repo."""

    def batch(self, *, size_hint: int | None = None) -> Batch:
        """Start an atomic store; ``size_hint`` is compared with the free space first.

        Raises:
            DiskFullError: It cannot fit.
            ConsentRequiredError: It would be announced publicly and nobody has agreed.
        """

    def pin(self, root: CID, *, progress: ProgressCallback | None = None) -> None:
        """Keep the whole DAG under ``root``, fetching what is missing first."""

    def unpin(self, root: CID) -> bool:
        """Let go of ``root``, its names' versions included; ``False`` if it was not kept."""

    def pins(self) -> Iterator[Pin]:
        """Yield the kept roots, oldest first."""

    def gc(self) -> Removed:
        """Drop blocks that no pin, name or MFS root reaches."""

    def mfs(self) -> MFS:
        """Return the mutable files that live there."""

    def status(self) -> BackendStatus:
        """Tell how it is, without raising when it is down."""

    def close(self) -> None:
        """Let go of connections and files; idempotent."""


@runtime_checkable
class Adapter(Protocol):
    """An object ↔ a few named files. Canonical: equal objects give equal bytes anywhere.

    Neither ``matches`` nor importing the adapter's module may import the library that
    it adapts: an object of a library that was never imported cannot be at hand.
    """

    name: str

    def matches(self, obj: object) -> bool:
        """Tell whether this adapter takes ``obj``; the registry asks in order."""

    def dump(self, obj: object) -> Mapping[str, bytes | Path]:
        """Return file names (``a/b`` for sub-directories) and contents.

        Raises:
            AdapterError: See `jupyter_ipfs.errors`.
        """

    def recognises(self, names: Collection[str]) -> bool:
        """Tell whether files of these names were written by `dump`, or can be read like them."""

    def load(
        self,
        files: Mapping[str, Callable[[], BinaryIO]],
        *,
        trusted: Sequence[str] = (),
    ) -> object:
        """Return the object; never runs code from the content.

        Args:
            files: For each name, a function that opens it as a seekable binary file.
            trusted: Fully qualified type names that the user agreed to (models only).

        Raises:
            UntrustedTypesError: It needs types that are not in ``trusted``.
        """


class TransactionSender(Protocol):
    """A chain, as far as a signer with a key of its own needs it."""

    def fill(self, call: ContractCall, sender: str) -> dict[str, object]:
        """Return the transaction, complete but for its signature: nonce, gas, fees, calldata.

        Raises:
            TransactionError: It would be reverted; the message has the contract's reason.
            InsufficientFundsError: The sender has too little.
        """

    def submit(self, raw: bytes) -> str:
        """Send a signed transaction; return its hash (``0x…``)."""


class Signer(Protocol):
    """Somebody who can sign, wherever the key is.

    All raise `SigningError` where the owner does not sign.
    """

    @property
    def kind(self) -> str:
        """``browser``, ``keystore`` or ``sandbox``."""

    @property
    def address(self) -> str:
        """The address, with checksum."""

    @property
    def chain_id(self) -> int:
        """The chain that its owner signed in for; a key's own is the same account on all."""

    def sign_request(self, request: OceanRequest) -> str:
        """Return the signature (``0x…``) of a request to an Ocean Node."""

    def vouch(self, vouch: Vouch) -> str:
        """Return the signature (``0x…``) of the text by which one vouches for content."""

    def send(self, call: ContractCall, chain: TransactionSender) -> str:
        """Sign and send a transaction; return its hash (``0x…``)."""
