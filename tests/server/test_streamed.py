"""Nobody's bytes are taken who may not send them (safety.md 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.jupyter_process import TOKEN, JupyterProcess, running_jupyter
from tests.server.uploading import announce, opened, pour, put, until

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 20_000_000
_SPY = """
from jupyter_ipfs.server.uploads import resource
handler = resource.UploadHandler
original = handler.data_received
def spied(self, chunk):
    print("TOOK", self.request.path.rpartition("/")[2], len(chunk), flush=True)
    return original(self, chunk)
handler.data_received = spied
"""


@pytest.fixture(scope="module")
def spied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server that says when a byte of a body reaches our handler."""
    place = tmp_path_factory.mktemp("spied")
    config = place / "config.py"
    config.write_text(_SPY)
    with running_jupyter("server", place, f"--config={config}") as process:
        yield process


def cookies(jupyter: JupyterProcess) -> dict[str, str]:
    """What the browser of somebody who is logged in has."""
    with jupyter.client(token=None) as browser:
        browser.get("login", params={"token": TOKEN})
        browser.get("tree")
        return dict(browser.cookies)


def answer_to(jupyter: JupyterProcess, target: str, headers: dict[str, str]) -> str:
    """The status line for a request, read before its 20 MB are sent nevertheless."""
    with opened(jupyter, target, {**headers, "Content-Length": str(LENGTH)}) as connection:
        status = connection.recv(4096).decode().partition("\r\n")[0]
        pour(connection, LENGTH)
    return status


def taken(jupyter: JupyterProcess) -> set[str]:
    """Whose bytes were taken: those of a welcome upload only, which is sent here."""
    with jupyter.client() as client:
        upload = announce(client, {"welcome": b"x" * len(jupyter.lines)})
        put(client, upload["id"], 0, b"x" * len(jupyter.lines))
    until(lambda: any(f"TOOK {upload['id']}" in line for line in jupyter.lines))
    found = {line.split()[1] for line in jupyter.lines if line.startswith("TOOK")}
    return found - {upload["id"]}


def test_a_stranger_s_bytes_are_not_taken(spied: JupyterProcess) -> None:
    with spied.client() as client:
        upload = announce(client, {"a.bin": bytes(LENGTH)})["id"]
    target = f"PUT /jupyter-ipfs/uploads/{upload}?offset=0 HTTP/1.1"
    browser = cookies(spied)
    jar = "; ".join(f"{name}={value}" for name, value in browser.items())
    place = urlsplit(spied.url)
    own = {"Origin": f"http://{place.netloc}"}
    foreign = {"Origin": "http://evil.example", "Referer": "http://evil.example/"}
    xsrf = {"X-XSRFToken": browser["_xsrf"]}
    refused = {
        "no token": {},
        "a wrong token": {"Authorization": "token guessed"},
        "a cookie and no XSRF token": {"Cookie": jar, **own},
        "a cookie and a wrong XSRF token": {"Cookie": jar, "X-XSRFToken": "2|a|b|1", **own},
        "a page elsewhere": {"Cookie": jar, **xsrf, **foreign},
        "another host's name": {"Authorization": f"token {TOKEN}", "Host": "evil.example"},
    }
    said = {who: answer_to(spied, target, headers) for who, headers in refused.items()}
    assert {who: line.split()[1] for who, line in said.items()} == {
        "no token": "403",
        "a wrong token": "403",
        "a cookie and no XSRF token": "403",
        "a cookie and a wrong XSRF token": "403",
        "a page elsewhere": "404",
        "another host's name": "403",
    }
    before = taken(spied)
    assert upload not in before
    with opened(
        spied, target, {"Cookie": jar, **xsrf, **own, "Content-Length": str(LENGTH)}
    ) as connection:
        pour(connection, LENGTH)
    until(lambda: upload in taken(spied))  # the browser itself may


@pytest.mark.parametrize("verb", ["GET", "DELETE", "POST"])
def test_only_put_has_a_body(spied: JupyterProcess, verb: str) -> None:
    with spied.client() as client:
        upload = announce(client, {f"{verb}.bin": bytes(LENGTH)})["id"]
    target = f"{verb} /jupyter-ipfs/uploads/{upload} HTTP/1.1"
    answer_to(spied, target, {"Authorization": f"token {TOKEN}"})
    assert upload not in taken(spied)


def test_a_body_without_a_length_is_not_taken(spied: JupyterProcess) -> None:
    with spied.client() as client:
        upload = announce(client, {"chunked.bin": bytes(LENGTH)})["id"]
    target = f"PUT /jupyter-ipfs/uploads/{upload}?offset=0 HTTP/1.1"
    headers = {"Authorization": f"token {TOKEN}", "Transfer-Encoding": "chunked"}
    with opened(spied, target, headers) as connection:
        assert connection.recv(4096).split()[1] == b"400"
    assert upload not in taken(spied)


def test_the_limit_for_everybody_else_stays(spied: JupyterProcess) -> None:
    headers = {"Authorization": f"token {TOKEN}", "Content-Length": str(1 << 40)}
    with opened(spied, "POST /jupyter-ipfs/uploads HTTP/1.1", headers) as connection:
        assert connection.recv(4096).split()[1:2] in ([], [b"400"])
