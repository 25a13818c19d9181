"""Reading an asset's files without being led astray.

``ipfs`` is read from the local repo alone. ``url`` goes to the public internet only
(``safety.md`` 10): loopback, private networks and clouds' metadata addresses are refused, also
where a redirect or a name leads there.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jupyter_ipfs.errors import IPFSError, JupyterIPFSError, UnsafeContentError
from jupyter_ipfs.sandbox.service.file_objects import IPFSFile, URLFile, parse, unsafe
from jupyter_ipfs.sandbox.service.numbers import whole_number
from jupyter_ipfs.sandbox.service.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ipfs.ipld.cid import CID

_UNREACHABLE = 501
_OK = 200

_MOST_S, _MOST_BYTES = 300.0, 1 << 30
_BYTES = "application/octet-stream"


class _Stat(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def size(self) -> int: ...


class LocalContent(Protocol):
    """Content of this computer; nobody else is asked."""

    def stat(self, path: CID, /) -> _Stat:
        """Tell what a CID is.

        Raises:
            BlockNotFoundError: It is not here.
        """

    def stream(self, path: CID, /) -> Iterator[bytes]:
        """Yield a file's bytes, verified."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read.

    Attributes:
        size: In bytes, where it is known.
        content_type: What it is said to be.
        chunks: Its bytes.
    """

    size: int | None
    content_type: str
    chunks: Iterator[bytes]


class Files:
    """Reads file objects.

    Args:
        content: For ``ipfs``.
    """

    def __init__(self, content: LocalContent) -> None:
        self._content = content

    def info(self, file: object, *, told: bool = True) -> dict[str, object]:
        """Return Ocean Node's description of a file, which reads all of it.

        What cannot be fetched is "valid" there too, with no byte: so says Ocean Node 3.2.

        Args:
            file: The file object.
            told: Whether who asks knows its name, since they sent it.

        Raises:
            Refusal: It is no file object, or one that is not read here.
        """
        parsed = parse(file)
        digest, size, content_type = hashlib.sha256(), 0, ""
        try:
            with self.open(parsed) as opened:
                content_type = opened.content_type
                for chunk in opened.chunks:
                    digest.update(chunk)
                    size += len(chunk)
        except UnsafeContentError:
            raise unsafe() from None
        except JupyterIPFSError:
            digest, size, content_type = hashlib.sha256(), 0, ""
        name = parsed.url.url if isinstance(parsed, URLFile) and told else ""
        return {
            "valid": True,
            "contentLength": str(size),
            "contentType": content_type,
            "checksum": digest.hexdigest(),
            "name": name.partition("?")[0].rpartition("/")[2],
            "type": "url" if isinstance(parsed, URLFile) else "ipfs",
        }

    @contextmanager
    def open(self, file: IPFSFile | URLFile) -> Iterator[Opened]:
        """Open a file; its first bytes are known to be there.

        Raises:
            BlockNotFoundError: It is not to be had.
            UnsafeContentError: It leads to where nobody may be led.
        """
        with ExitStack() as stack:
            if isinstance(file, IPFSFile):
                yield self._open_cid(file.cid)
            else:
                yield _open_url(file, stack)

    def start(self, file: object) -> tuple[Opened, ExitStack]:
        """Open a file to be sent: the stack closes it.

        Raises:
            Refusal: It is not to be had.
        """
        stack = ExitStack()
        try:
            return stack.enter_context(self.open(parse(file))), stack
        except UnsafeContentError:
            raise unsafe() from None
        except JupyterIPFSError:
            # Neither the CID nor the address, which its buyer does not know.
            raise Refusal(_UNREACHABLE, "Unknown error: the file cannot be fetched") from None

    def _open_cid(self, cid: CID) -> Opened:
        stat = self._content.stat(cid)
        if stat.kind != "file":
            raise _UnreadableError("a directory")
        return Opened(stat.size, _BYTES, self._content.stream(cid))


class _UnreadableError(IPFSError):
    """It is there and gives no bytes."""


def _open_url(file: URLFile, stack: ExitStack) -> Opened:
    from jupyter_ipfs.net.client import Client, Limits  # noqa: PLC0415  (loads httpx)

    limits = Limits(total_s=_MOST_S, size=_MOST_BYTES)
    client = stack.enter_context(Client(file.url, limits, file.headers))
    answer = stack.enter_context(client.stream("GET"))
    if answer.status != _OK:
        raise _UnreadableError(f"status {answer.status}")
    size = whole_number(answer.headers.get("content-length", ""))
    # What a stranger calls it is not repeated: it would be a browser's business on our origin.
    return Opened(size, _BYTES, answer.chunks())
