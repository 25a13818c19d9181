"""Where a repo's sandbox listens, and how it proves that it is the one that wrote so.

A runtime file can be old: its process has ended, its computer started anew, its port is another
program's. So the file names host, boot and process, and has a secret: whoever listens at the port
must first prove to know it. The secret itself never travels, and the random path below which all
the rest lies is sent to nobody who has not proven it (``safety.md`` 14).
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jupyter_ipfs.net import json_depth
from jupyter_ipfs.store import directory

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"

_FILE = "runtime.json"
_MOST_BYTES = 64 * 1024
_PORTS = range(1, 1 << 16)
_ANSWER_S = 5.0  # a block may be in the making


@dataclass(frozen=True, slots=True)
class Runtime:
    """A running sandbox, as it has written of itself.

    Attributes:
        host: The computer's name.
        boot: Which start of the computer it was.
        pid: The process.
        port: Of 127.0.0.1.
        token: The first part of all its paths.
        secret: What it proves to know, hexadecimal.
        contracts: Its chain's entry in the form of ``address.json``.
    """

    host: str
    boot: str
    pid: int
    port: int
    token: str = field(repr=False)
    secret: str = field(repr=False)
    contracts: Mapping[str, Any] = field(repr=False)

    @classmethod
    def here(cls, port: int, token: str, contracts: Mapping[str, Any]) -> Self:
        """Describe this process."""
        return cls(
            socket.gethostname(), boot(), os.getpid(), port, token, secrets.token_hex(32), contracts
        )

    @classmethod
    def read(cls, repo: Path) -> Self | None:
        """Return what stands in a repo's runtime file; ``None`` if nothing that can be used."""
        try:
            with file_of(repo).open("rb") as reading:
                data = reading.read(_MOST_BYTES)
            json_depth.check(data)
            result = cls(**json.loads(data.decode()))
        except (OSError, ValueError, TypeError):
            return None
        texts = (result.host, result.boot, result.token, result.secret)
        whole = all(isinstance(text, str) and text.isascii() for text in texts)
        numbers = all(type(number) is int for number in (result.port, result.pid))
        if not (whole and numbers and result.port in _PORTS and result.pid > 0):
            return None
        return result if result.token and isinstance(result.contracts, dict) else None

    def write(self, repo: Path) -> None:
        """Write the file, for its owner alone."""
        directory.write_file(file_of(repo), json.dumps(asdict(self)).encode())

    def withdraw(self, repo: Path) -> None:
        """Remove the file, unless another process has written it anew."""
        if Runtime.read(repo) == self:
            file_of(repo).unlink(missing_ok=True)

    @property
    def hello_path(self) -> str:
        """Where the proof is asked for; tells whoever hears it nothing of the token."""
        return "/" + self._mac("path")[:32]

    def proof(self, challenge: str) -> str:
        """Return what answers a challenge at this port."""
        return self._mac(f"proof {self.port} {challenge}")

    def is_alive(self) -> bool:
        """Ask whether it still runs: here, and at its port, where nothing else can prove it."""
        if (self.host, self.boot) != (socket.gethostname(), boot()) or not _runs(self.pid):
            return False
        challenge = secrets.token_hex(32)
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_ANSWER_S)
        try:
            connection.request("GET", f"{self.hello_path}?challenge={challenge}")
            answer = connection.getresponse().read(_MOST_BYTES)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return hmac.compare_digest(answer, self.proof(challenge).encode())

    def _mac(self, text: str) -> str:
        message = f"jupyter_ipfs sandbox {text}".encode()
        return hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()


def file_of(repo: Path) -> Path:
    """Return where a repo's runtime file lies."""
    return repo / "sandbox" / _FILE


def boot() -> str:
    """Return what differs from one start of this computer to the next; empty where unknown."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux: the process and its proof have to do
        return ""


def _runs(pid: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end it there; the challenge decides
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
