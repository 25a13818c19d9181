"""A package index on this computer (PEP 503, 691, 700), with wheels of nothing."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

FIRST = "2026-01-05T10:00:00Z"


def wheel(name: str, version: str, tags: str = "py3-none-any") -> tuple[str, bytes]:
    """Return a wheel's file name and bytes; the same every time."""
    stem = f"{name}-{version}"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        + "".join(f"Tag: {tag}\n" for tag in [tags]),
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{stem}.dist-info/RECORD"])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in {**files, f"{stem}.dist-info/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return f"{stem}-{tags}.whl", data.getvalue()


@dataclass(slots=True)
class PackageIndex:
    """It answers on 127.0.0.1 while it is entered.

    Attributes:
        asked: The paths that were asked for.
    """

    asked: list[str] = field(default_factory=list)
    _files: dict[str, dict[str, tuple[bytes, str, str]]] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """What an installer is told."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}/simple/"

    def add(
        self,
        name: str,
        version: str,
        tags: str = "py3-none-any",
        uploaded_at: str = FIRST,
        *,
        python: str = ">=3",
    ) -> str:
        """Put a wheel there; return its SHA-256."""
        filename, data = wheel(name, version, tags)
        self._files.setdefault(name.replace("_", "-"), {})[filename] = data, uploaded_at, python
        return hashlib.sha256(data).hexdigest()

    def add_source(self, name: str, version: str) -> None:
        """Put a source distribution there."""
        self._files.setdefault(name, {})[f"{name}-{version}.tar.gz"] = b"source", FIRST, ">=3"

    def _answer(self, path: str) -> tuple[str, bytes] | None:
        self.asked.append(path)
        _, kind, name, *rest = [*path.split("/"), "", ""]
        files = self._files.get(name, {})
        if kind == "files" and rest[0] in files:
            return "application/octet-stream", files[rest[0]][0]
        if kind != "simple" or name not in self._files:
            return None
        told: dict[str, Any] = {
            "meta": {"api-version": "1.1"},
            "name": name,
            "versions": sorted({file.split("-")[1].removesuffix(".tar.gz") for file in files}),
            "files": [
                {
                    "filename": file,
                    "url": f"/files/{name}/{file}",
                    "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
                    "size": len(data),
                    "upload-time": at,
                    "requires-python": python,
                }
                for file, (data, at, python) in files.items()
            ],
        }
        return "application/vnd.pypi.simple.v1+json", json.dumps(told).encode()

    def __enter__(self) -> Self:
        index = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                found = index._answer(self.path)
                kind, data = found or ("text/plain", b"none")
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
