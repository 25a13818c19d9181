"""An Ocean Node over HTTP, as 3.2 speaks it: the Python client that there is none of elsewhere."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from jupyter_ipfs.errors import (
    AccessDeniedError,
    AssetNotFoundError,
    ConfigError,
    FetchError,
    LimitError,
    OceanNodeError,
    UnsafeContentError,
)
from jupyter_ipfs.net.address import ConfiguredEndpoint, shown
from jupyter_ipfs.net.client import Client, Limits
from jupyter_ipfs.ocean import node_answers
from jupyter_ipfs.wallet.intents import OceanRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jupyter_ipfs.net.client import Address, Answer, Options
    from jupyter_ipfs.ocean.node_answers import (
        FileInfo,
        IndexState,
        Initialized,
        NodeRoot,
        Page,
    )
    from jupyter_ipfs.protocols import Signer

LIMITS = Limits(idle_s=30.0, total_s=90.0, size=4 << 20)
QUERY_LIMITS = Limits(idle_s=30.0, total_s=90.0, size=64 << 20)
# The node answers when it has read all of the file.
FILE_LIMITS = Limits(idle_s=600.0, total_s=900.0, size=1 << 20)
DOWNLOAD_LIMITS = Limits(idle_s=60.0, total_s=6 * 3600.0)

_OK = 200
_FORBIDDEN = frozenset({401, 403})
_NOT_FOUND = 404
_TOO_MANY = 429
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # the default allowance is 30 requests a minute
_LONGEST_PAUSE = 15.0

_T = TypeVar("_T")

# A nonce is used once: who asks for the next waits until this one has been.
_asking: defaultdict[tuple[str, str], threading.RLock] = defaultdict(threading.RLock)
_asking_guard = threading.Lock()


class OceanNode:
    """One Ocean Node; safe to share between threads.

    Args:
        address: A configured one may be on this computer; one from a DDO may not.
        pause: What waits when the node says that it is asked too often.
    """

    def __init__(self, address: Address, *, pause: Callable[[float], None] = time.sleep) -> None:
        if "?" in address.url:
            raise ConfigError(f"{shown(address.url)} is no Ocean Node's address: it has a question")
        self._client = Client(address, LIMITS)
        self._pause = pause
        self.url = address.url

    @classmethod
    def configured(cls, url: str) -> OceanNode:
        """Return the Ocean Node at an address from the user's configuration."""
        return cls(ConfiguredEndpoint.parse(url))

    @property
    def shown(self) -> str:
        """The address, as messages name it."""
        return self._client.shown

    # Without a signature

    def root(self) -> NodeRoot:
        """Return what the node says of itself: its chains, its address and its public key."""
        return node_answers.root(self._get("/"))

    def nonce(self, address: str) -> int:
        """Return the last nonce of an address; what is signed next takes one more."""
        return node_answers.nonce(self._get("/api/services/nonce", {"userAddress": address}))

    def file_info(self, file: Mapping[str, Any], *, checksum: bool = False) -> FileInfo:
        """Have the node fetch a file object, before it is published.

        Args:
            file: ``{"type": "ipfs", "hash": …}`` or ``{"type": "url", "url": …, "method": …}``.
            checksum: Whether all of it is to be read, for its SHA-256.
        """
        body = {**file, "checksum": checksum}
        return self._files(body)[0]

    def initialize(self, did: str, service_id: str, consumer: str) -> Initialized:
        """Return what an order of a service takes: the datatoken, and the node's signed fee.

        Raises:
            AccessDeniedError: The node says that this address may not.
        """
        params = {
            "documentId": did, "serviceId": service_id, "fileIndex": "0",
            "consumerAddress": consumer,
        }  # fmt: skip
        return node_answers.initialized(self._get("/api/services/initialize", params))

    def ddo(self, did: str) -> dict[str, Any]:
        """Return the DDO of an asset, as the node has it indexed.

        Raises:
            AssetNotFoundError: The node does not know it, or not yet.
        """
        try:
            found = self._get(f"/api/aquarius/assets/ddo/{quote(did, safe=':')}")
        except OceanNodeError as error:
            if error.status == _NOT_FOUND:
                raise AssetNotFoundError(f"{self.shown} knows no asset {did[:80]!a}") from None
            raise
        if not isinstance(found, dict) or found.get("id") != did:
            raise OceanNodeError(f"{self.shown} gave another asset than it was asked for")
        return found

    def state(
        self, *, did: str | None = None, nft: str | None = None, tx_hash: str | None = None
    ) -> IndexState | None:
        """Return what became of a publication in the node's index, ``None`` if it saw none."""
        asked = {"did": did, "nft": nft, "txId": tx_hash}
        params = {key: value for key, value in asked.items() if value}
        try:
            return node_answers.index_state(self._get("/api/aquarius/state/ddo", params))
        except OceanNodeError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def query(self, query: Mapping[str, Any]) -> Page:
        """Search the node's index, in its own words; see `node_answers.page`."""
        path = "/api/aquarius/assets/metadata/query"
        return node_answers.page(self._post(path, query, QUERY_LIMITS))

    # With a signature

    @contextlib.contextmanager
    def download(
        self, did: str, service_id: str, order_tx: str, signer: Signer
    ) -> Iterator[Answer]:
        """Give the bytes that were ordered; the caller counts them.

        Raises:
            AccessDeniedError: The node does not take the order.
        """
        params = {
            "fileIndex": "0", "documentId": did, "serviceId": service_id,
            "transferTxId": order_tx,
        }  # fmt: skip
        with contextlib.ExitStack() as stack:

            def ask(signed: Mapping[str, str]) -> Answer:
                return stack.enter_context(
                    self._stream(
                        "GET", "/api/services/download", DOWNLOAD_LIMITS,
                        params={**params, **signed},
                    )
                )  # fmt: skip

            yield self._signed(signer, "download", ask)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # Inside

    def _files(self, body: Mapping[str, Any]) -> Sequence[FileInfo]:
        return node_answers.files(self._post("/api/services/fileInfo", body, FILE_LIMITS))

    def _signed(self, signer: Signer, command: str, ask: Callable[[Mapping[str, str]], _T]) -> _T:
        """Ask with a signature; once more where another process has used the nonce meanwhile."""
        with _asking_guard:
            lock = _asking[self.url, signer.address]
        with lock:
            for last in (False, True):
                nonce = self.nonce(signer.address) + 1
                signature = signer.sign_request(OceanRequest(self.url, nonce, command))
                signed = {
                    "consumerAddress": signer.address, "nonce": str(nonce),
                    "signature": signature,
                }  # fmt: skip
                try:
                    return ask(signed)
                except (OceanNodeError, AccessDeniedError) as error:
                    if last or not re.search(r"\bnonce\b", error.message, re.IGNORECASE):
                        raise
        raise AssertionError  # the second time returns or raises

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> object:
        with self._stream("GET", path, LIMITS, params=params) as answer:
            return self._json(answer)

    def _post(self, path: str, body: Mapping[str, Any], limits: Limits = LIMITS) -> object:
        data = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        with self._stream("POST", path, limits, data=data) as answer:
            return self._json(answer)

    @contextlib.contextmanager
    def _stream(
        self,
        method: str,
        path: str,
        limits: Limits,
        *,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Iterator[Answer]:
        """Give an answer of status 200; what the node says instead becomes an error."""
        options: Options = {"headers": {"Accept": "application/json, */*;q=0.5"}, "params": params}
        if data is not None:
            options["content"] = [data]
            options["headers"] = {
                "Content-Type": "application/json", "Content-Length": str(len(data)),
            }  # fmt: skip
        for pause in (*_PAUSES, None):
            with self._translated(), contextlib.ExitStack() as stack:
                answer = stack.enter_context(
                    self._client.stream(method, path, limits=limits, **options)
                )  # fmt: skip
                if answer.status == _OK:
                    yield answer
                    return
                if answer.status != _TOO_MANY or pause is None:
                    raise self._refused(answer)
                wait = _asked_pause(answer) or pause
            self._pause(wait)

    def _refused(self, answer: Answer) -> Exception:
        with contextlib.suppress(FetchError, LimitError, UnsafeContentError):
            answer.read()
        words = node_answers.words(answer)
        said = f": {words}" if words else ""
        if answer.status in _FORBIDDEN:
            return AccessDeniedError(f"{self.shown} does not allow it{said}")
        hint = "wait a minute and try again" if answer.status == _TOO_MANY else None
        return OceanNodeError(
            f"{self.shown} answered with status {answer.status}{said}", hint, answer.status
        )

    def _json(self, answer: Answer) -> object:
        with self._translated():
            return node_answers.parsed(answer.read())

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (FetchError, LimitError) as error:
            raise OceanNodeError(
                f"{self.shown}: {error.message}", "look at ocean_node in the settings"
            ) from None


def _asked_pause(answer: Answer) -> float:
    """Return how long the node asks to wait, within reason; 0 if it does not say."""
    text = answer.headers.get("retry-after", "")
    return min(float(text), _LONGEST_PAUSE) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 0.0
