"""A Kubo as backend, over its RPC: what it sends is verified, what it gets has our CIDs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from jupyter_ipfs.backends import sources as configured
from jupyter_ipfs.backends.kubo_batch import KuboBatch
from jupyter_ipfs.backends.kubo_mfs import KuboHome
from jupyter_ipfs.backends.kubo_rpc import RPC, RefusedError, RPCError
from jupyter_ipfs.errors import (
    BackendError,
    BackendUnavailableError,
    BlockNotFoundError,
    ConsentRequiredError,
    FetchError,
    LimitError,
    VerificationError,
)
from jupyter_ipfs.ipld.block import MAX_SIZE, Block
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.net.client import Limits
from jupyter_ipfs.node.fetch import Fetcher
from jupyter_ipfs.node.mfs.files import Files
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.protocols import BackendStatus, Pin, Removed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from jupyter_ipfs.backends.settings import Settings
    from jupyter_ipfs.protocols import MFS, Batch, NameVersion, ProgressCallback, Source
    from jupyter_ipfs.store.repo import Repo

TESTED_VERSION = "0.43.1"

# A Kubo that is online may look for a block in its network; others are asked meanwhile.
_BLOCK = Limits(idle_s=12.0, total_s=20.0, rate=0, size=MAX_SIZE)
_LOOK_S = 10


class KuboBackend:
    """A `jupyter_ipfs.protocols.Backend` whose blocks and pins are in a Kubo.

    Names are in the local repo, and what lies there can still be read.

    Args:
        repo: The local repo.
        url: Of Kubo's RPC, without ``/api/v0``.
        token: ``bearer:…`` or ``basic:user:password``.
        announce: The URLs of which the user agreed that what is put there becomes public.
        sources: Asked for what neither the repo nor Kubo has.
    """

    def __init__(
        self,
        repo: Repo,
        url: str,
        *,
        token: str | None = None,
        announce: Collection[str] = (),
        sources: Sequence[Source] = (),
        hint: str | None = None,
    ) -> None:
        self.repo = repo
        self.url = url
        self._rpc = RPC(url, token)
        self._agreed = url in announce
        kubo = _KuboSource(self._rpc)
        self._fetcher = Fetcher(repo, [kubo, *sources], durable=kubo, hint=hint)

    @classmethod
    def create(cls, repo: Repo, settings: Settings) -> KuboBackend:
        """Make it as the settings say; what the entry point ``kubo`` names."""
        return cls(
            repo,
            settings.kubo_url,
            token=settings.kubo_token,
            announce=settings.announce,
            sources=configured.from_settings(settings),
            hint=None if settings.public_gateways else configured.PUBLIC_HINT,
        )

    def get(self, cid: CID) -> Block:
        """Return one block from the local repo, this Kubo or a source; see `Fetcher.get`."""
        return self._fetcher.get(cid)

    def get_many(self, cids: Iterable[CID]) -> Iterator[Block]:
        """Yield blocks in order; see `Fetcher.get_many`."""
        return self._fetcher.get_many(cids)

    def has(self, cid: CID) -> bool:
        """Tell whether this Kubo or the local repo holds the block; its network is not asked."""
        return self._fetcher.has(cid) or self._holds(cid)

    def batch(self, *, size_hint: int | None = None) -> Batch:
        """Start an atomic store: one CAR, sent when it is committed.

        Raises:
            BackendUnavailableError: Kubo does not answer.
            ConsentRequiredError: It announces publicly, and nobody has agreed to that.
            DiskFullError: The CAR would not fit on the disk here.
        """
        self._ask_for_consent()
        return KuboBatch(self.repo, self._rpc, self._holds, size_hint)

    def pin(self, root: CID, *, progress: ProgressCallback | None = None) -> None:  # noqa: ARG002
        """Keep the whole DAG under ``root``; what Kubo lacks is brought and sent to it.

        Raises:
            BackendUnavailableError, ConsentRequiredError: See `batch`.
            FetchError: Something of it is nowhere to be had; nothing is kept then.
        """
        self._ask_for_consent()
        try:
            for _ in self._rpc.lines("pin/add", {"arg": str(root), "offline": "true"}):
                pass
        except RPCError:
            with self.batch() as batch:
                for block in walk(self, root):
                    batch.put(block)
                batch.commit(root, pin=True)

    def unpin(self, root: CID) -> bool:
        """Let Kubo let go of ``root``; ``False`` if it did not keep it as a root.

        What the local repo keeps of it stays kept: that is another place.
        """
        try:
            self._rpc.call("pin/rm", {"arg": str(root)})
        except RPCError as error:
            if "not pinned" not in error.message:
                raise
            return False
        return True

    def pins(self) -> Iterator[Pin]:
        """Yield the kept roots. Kubo has no dates: those of our names are given, else 0."""
        named: dict[CID, list[NameVersion]] = {}
        for name in self.repo.names():
            for version in reversed(self.repo.log(name)):
                named.setdefault(version.root, []).append(version)
        found = []
        for reply in self._rpc.lines("pin/ls", {"type": "recursive", "stream": "true"}):
            root = CID.parse(reply.text("Cid"))
            versions = named.get(root, [])
            names = tuple(f"{each.name}@{each.version}" for each in versions)
            since = min((each.created_at for each in versions), default=0.0)
            found.append(Pin(root, since, names))
        return iter(sorted(found, key=lambda pin: pin.created_at))

    def gc(self) -> Removed:
        """Let Kubo drop what none of its pins and files reaches, whoever put it there."""
        before = self._rpc.call("repo/stat", {"size-only": "true"}).number("RepoSize") or 0
        blocks = 0
        for reply in self._rpc.lines("repo/gc", {"stream-errors": "true"}):
            if reply.text("Error"):
                raise BackendError(f"Kubo's gc failed: {reply.text('Error')}")
            blocks += 1
        after = self._rpc.call("repo/stat", {"size-only": "true"}).number("RepoSize") or 0
        return Removed(blocks, max(before - after, 0))

    def mfs(self) -> MFS:
        """Return this Kubo's own files."""
        return Files(KuboHome(self, self._rpc, self.batch, self._holds))

    def status(self) -> BackendStatus:
        """Tell how it is; it never raises."""
        label = f"Kubo at {self.url}"
        try:
            version = self._rpc.call("version").text("Version")
            public = self._is_public()
            stat = self._rpc.call("repo/stat")
        except BackendError as error:
            return BackendStatus("kubo", label, healthy=False, detail=error.message)
        reach = "announces what it holds publicly" if public else "announces nothing publicly"
        detail = f"Kubo {version}, {reach}"
        if version != TESTED_VERSION:
            detail += f"; tested with {TESTED_VERSION} only"
        return BackendStatus(
            "kubo",
            label,
            healthy=True,
            detail=detail,
            blocks=stat.number("NumObjects"),
            size=stat.number("RepoSize"),
            public=public,
        )

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()
        self._rpc.close()

    def _holds(self, cid: CID) -> bool:
        if cid.is_identity:
            return True
        try:
            self._rpc.call("block/stat", {"arg": str(cid), "offline": "true"})
        except RPCError:
            return False
        return True

    def _is_public(self) -> bool:
        """Tell whether what is put there becomes known to the public network.

        Where Kubo does not say, it is taken to.
        """
        try:
            self._rpc.call("swarm/addrs/listen")
        except RPCError as error:
            if "online mode" in error.message:  # the daemon was started with --offline
                return False
        except RefusedError:
            self._rpc.call("version")  # a token that is good for nothing is another matter
        with contextlib.suppress(RPCError, RefusedError):
            shown = self._rpc.call("config/show").value
            routing, provide = _table(shown, "Routing"), _table(shown, "Provide")
            if routing.get("Type") == "none" or provide.get("Enabled") is False:
                return False
        return True

    def _ask_for_consent(self) -> None:
        if self._agreed or not self._is_public():
            return
        raise ConsentRequiredError(
            f"putting this on Kubo at {self.url} would publish it: that daemon is online and "
            "announces what it holds, so that anyone can find and read it",
            "to agree, once for this Kubo: from jupyter_ipfs.config import agree_to_announce; "
            f"agree_to_announce({str(self.repo.path)!r}, {self.url!r})",
        )


class _KuboSource:
    """Kubo as a `jupyter_ipfs.protocols.Source`, among the others that a fetch asks."""

    def __init__(self, rpc: RPC) -> None:
        self.label = f"Kubo at {rpc.url}"
        self._rpc = rpc

    def get(self, cid: CID) -> Block:
        """Return one block, verified."""
        try:
            data = self._rpc.data(
                "block/get", {"arg": str(cid), "timeout": f"{_LOOK_S}s"}, limits=_BLOCK
            )
        except BackendUnavailableError as error:
            raise FetchError(error.message.removeprefix(f"{self.label}: ")) from None
        except BackendError as error:
            raise BlockNotFoundError(error.message) from None
        except LimitError as error:
            raise VerificationError(error.message) from None
        try:
            return Block.verified(cid, data)
        except VerificationError:
            raise VerificationError("it sent other bytes than those of the CID") from None

    def dag(self, root: CID) -> Iterator[Block]:  # noqa: ARG002  (the protocol's)
        """Yield nothing: on loopback one block at a time is as fast."""
        return iter(())

    def close(self) -> None:
        """The backend closes the RPC."""


def _table(shown: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = shown.get(name)
    return table if isinstance(table, dict) else {}
