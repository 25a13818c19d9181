"""A web page in a real browser that knows the sandbox's address, its secret path included."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from playwright.sync_api import sync_playwright

from jupyter_ipfs.wallet import sandbox_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandboxes import Sandbox

# Each way that a page has to send something and to hear an answer.
TRY = """async ([url, body]) => {
  const heard = [];
  const type = {'Content-Type': 'application/json'};
  for (const options of [
    {method: 'POST', body, headers: type},
    {method: 'POST', body},
    {method: 'POST', body, mode: 'no-cors'},
    {method: 'POST', body: new Blob([body], {type: 'application/json'}), mode: 'no-cors'},
    {method: 'GET', mode: 'no-cors'},
    {method: 'GET'},
  ]) {
    try {
      heard.push(await (await fetch(url, {...options, credentials: 'include'})).text());
    } catch (error) {
      heard.push('');
    }
  }
  navigator.sendBeacon(url, body);
  return heard;
}"""


@pytest.fixture
def evil() -> Iterator[str]:
    """The address of a stranger's page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title><body>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    serving.join()
    server.server_close()


def test_a_page_can_neither_read_nor_do_anything(
    sandbox: Sandbox, evil: str, chromium: Path
) -> None:
    account = Account.from_key(sandbox_accounts.private_key(sandbox.repo, "author"))
    nonce = int(sandbox.result("eth_getTransactionCount", account.address, "latest"), 16)
    transaction = {
        "nonce": nonce, "to": account.address, "value": 1, "gas": 21_000, "chainId": 8996,
        "maxFeePerGas": 10**11, "maxPriorityFeePerGas": 1,
    }  # fmt: skip
    raw = "0x" + bytes(account.sign_transaction(transaction).raw_transaction).hex()
    body = f'{{"id": 1, "method": "eth_sendRawTransaction", "params": ["{raw}"]}}'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(evil)
        heard = page.evaluate(TRY, [sandbox.info.rpc_url, body])
        browser.close()
    assert heard == [""] * 6
    # The transaction was good: only nobody took it from a page.
    assert sandbox.result("eth_getTransactionCount", account.address, "latest") == hex(nonce)
    assert sandbox.result("eth_sendRawTransaction", raw).startswith("0x")
