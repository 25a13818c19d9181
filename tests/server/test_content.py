"""Content under Jupyter's own origin: as a download, and in no other way."""

from __future__ import annotations

import http.server
import io
import random
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_ipfs.ipld import car
from jupyter_ipfs.ipld.cid import CID
from jupyter_ipfs.session import Session
from tests.jupyter_process import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.jupyter_process import JupyterProcess

BIG = random.Random(6).randbytes(3 * 1024 * 1024)
TYPES = ("application/octet-stream", "application/vnd.ipld", "application/x-tar")
# What runs, or loads something, where a browser shows it.
ACTIVE = {
    "page.html": b"<script>fetch('/api/contents')</script>",
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "x.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>1</script></html>',
    "notebook.ipynb": b"{}",
    "script.js": b"1",
    "untyped": b"<html><script>1</script>",
}


@pytest.fixture(scope="module")
def root(jupyter: JupyterProcess, tmp_path_factory: pytest.TempPathFactory) -> CID:
    place = tmp_path_factory.mktemp("content")
    (place / "sub").mkdir()
    (place / "sub" / "big.bin").write_bytes(BIG)
    (place / "index.html").write_bytes(ACTIVE["page.html"])
    for name, data in ACTIVE.items():
        (place / name).write_bytes(data)
    with Session(repo=_repo(jupyter)) as session:
        return session.add(place)


def _repo(jupyter: JupyterProcess) -> Path:
    return jupyter.home / "jupyter-data" / "ipfs"


def is_a_safe_download(response: httpx.Response) -> bool:
    headers = response.headers
    return (
        headers["content-disposition"].startswith("attachment")
        and headers["x-content-type-options"] == "nosniff"
        and headers["content-security-policy"] == "sandbox; default-src 'none'"
        and headers["content-type"].startswith(TYPES)
        and "public" not in headers["cache-control"]
        and "location" not in headers
        and "content-location" not in headers
    )


@pytest.mark.parametrize("name", [*ACTIVE, "index.html"])
def test_whatever_it_is_it_is_a_download(client: httpx.Client, root: CID, name: str) -> None:
    response = client.get(f"jupyter-ipfs/ipfs/{root}/{name}", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert is_a_safe_download(response)
    assert response.content == ACTIVE.get(name, ACTIVE["page.html"])


@pytest.mark.parametrize("tail", ["", "/", "/sub", "/sub/"])
def test_a_directory_is_no_page(client: httpx.Client, root: CID, tail: str) -> None:
    for headers in ({}, {"Accept": "text/html"}):
        response = client.get(f"jupyter-ipfs/ipfs/{root}{tail}", headers=headers)
        assert response.status_code == 406
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert "<" not in response.text
    as_car = client.get(f"jupyter-ipfs/ipfs/{root}{tail}?format=car")
    assert is_a_safe_download(as_car)
    assert list(car.Reader(io.BytesIO(as_car.content)).blocks())
    assert is_a_safe_download(client.get(f"jupyter-ipfs/ipfs/{root}{tail}?format=tar"))


def test_the_bytes_of_an_identity_cid_are_a_download_too(client: httpx.Client) -> None:
    data = b"<script>1</script>"
    echo = CID(1, 0x55, bytes([0, len(data)]) + data)
    for query in ("", "?format=raw", "?filename=x.html", "?filename=x.html&download=false"):
        response = client.get(f"jupyter-ipfs/ipfs/{echo}{query}")
        assert response.content == data
        assert is_a_safe_download(response)


def test_a_document_is_not_previewed(client: httpx.Client) -> None:
    document = CID(1, 0x0129, b'\x00\x0b{"a":"<b>"}')
    response = client.get(f"jupyter-ipfs/ipfs/{document}", headers={"Accept": "text/html"})
    assert response.content == b'{"a":"<b>"}'
    assert is_a_safe_download(response)


def test_a_part_of_a_file(client: httpx.Client, root: CID) -> None:
    url = f"jupyter-ipfs/ipfs/{root}/sub/big.bin"
    whole = client.get(url)
    assert whole.content == BIG
    part = client.get(url, headers={"Range": "bytes=1000000-2000000"})
    assert (part.status_code, part.content) == (206, BIG[1_000_000:2_000_001])
    assert part.headers["content-range"] == f"bytes 1000000-2000000/{len(BIG)}"
    again = client.get(url, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(url)
    assert (head.headers["content-length"], head.content) == (str(len(BIG)), b"")
    assert client.get(url, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_a_service_worker_is_refused(client: httpx.Client, root: CID) -> None:
    url = f"jupyter-ipfs/ipfs/{root}/script.js"
    assert client.get(url, headers={"Service-Worker": "script"}).status_code == 400


@pytest.mark.parametrize("tail", ["/%2e%2e/x", "/%00", "/%2E", "/..%2f..%2fetc%2fpasswd"])
def test_a_path_does_not_lead_out(client: httpx.Client, root: CID, tail: str) -> None:
    response = client.get(f"jupyter-ipfs/ipfs/{root}{tail}")
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_what_is_nowhere_is_told_in_plain_text(client: httpx.Client, root: CID) -> None:
    for path in (f"{CID.of(b'nowhere')}", f"{root}/<script>", "nocid"):
        response = client.get(f"jupyter-ipfs/ipfs/{path}", headers={"Accept": "text/html"})
        assert response.status_code in {400, 404, 502}
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.headers["x-content-type-options"] == "nosniff"


def test_a_name_to_save_under_stays_in_its_header(client: httpx.Client, root: CID) -> None:
    name = 'a"\r\nSet-Cookie: x=\u202e.html'
    url = f"jupyter-ipfs/ipfs/{root}/untyped"
    response = client.get(url, params={"filename": name})
    assert is_a_safe_download(response)
    assert "%0D%0A" in response.headers["content-disposition"]
    assert "set-cookie" not in {k for k in response.headers if "x=" in response.headers[k]}


@pytest.fixture
def asked(client: httpx.Client) -> Iterator[list[str]]:
    """What a gateway that is configured has been asked for."""
    found: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        client.put(
            "jupyter-ipfs/config", json={"gateways": [f"http://127.0.0.1:{server.server_port}"]}
        )
        try:
            yield found
        finally:
            client.put("jupyter-ipfs/config", json={"gateways": []})
            server.shutdown()
            thread.join()


def test_nobody_is_asked_for_what_is_not_held(client: httpx.Client, asked: list[str]) -> None:
    for query in ("", "?format=raw", "?format=car", "?format=tar"):
        response = client.get(f"jupyter-ipfs/ipfs/{CID.of(b'held by nobody here')}{query}")
        assert response.status_code == 404
    assert asked == []


def test_a_page_elsewhere_gets_nothing_with_the_browser_s_cookie(
    jupyter: JupyterProcess, root: CID
) -> None:
    url = f"jupyter-ipfs/ipfs/{root}/untyped"
    with jupyter.client(token=None) as browser:
        browser.get("login", params={"token": TOKEN})
        lab = f"{jupyter.url}lab"
        for allowed in ({}, {"Sec-Fetch-Site": "same-origin", "Referer": lab}):
            assert browser.get(url, headers=allowed).content == ACTIVE["untyped"]
        assert browser.get(url, headers={"Sec-Fetch-Site": "none"}).status_code == 200
        for foreign in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Referer": lab},
            {"Referer": "http://evil.example/"},
            {"Referer": "http://[evil/"},
        ):
            assert browser.get(url, headers=foreign).status_code == 403
            assert browser.head(url, headers=foreign).status_code == 403
