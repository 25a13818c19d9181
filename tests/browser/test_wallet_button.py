"""The wallet's button in a notebook's output: found, signed and checked, in Lab and Notebook 7."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.mock_wallet import REJECTED, MockWallet

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Watched

CELL = "from jupyter_ipfs import WalletButton\nbutton = WalletButton()\nbutton"
MARKUP = "<img src=x onerror=alert(1)>"


def write_notebook(path: Path) -> None:
    """Write a notebook with the button in its first cell, and who is signed in as the second."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": None,
            "source": source, "outputs": [],
        }
        for number, source in enumerate([CELL, "print('who:', button.address)"])
    ]  # fmt: skip
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    path.write_text(
        json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    )


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_a_wallet_of_the_browser_signs_in_by_the_button(watched: Watched, place: str) -> None:
    page, name = watched.page, f"button-{place.partition('/')[0]}.ipynb"
    write_notebook(watched.jupyter.root_dir / name)
    wallet, other = MockWallet(name="Fox"), MockWallet(name=MARKUP)
    for each in (wallet, other):
        each.install(page)
    with page.expect_websocket(lambda socket: socket.url.partition("?")[0].endswith("/channels")):
        watched.goto(f"{place}/{name}")  # and the kernel is there
    if place == "notebooks":  # which does not show its application to a test
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
    else:
        watched.run_all_cells()
    box = page.locator(".jupyter-ipfs-wallet")
    expect(box).to_contain_text("Not signed in")
    wallet.next["personal_sign"] = [REJECTED]
    box.get_by_role("button", name="Sign in with a wallet").click()
    expect(box.get_by_role("button", name=MARKUP)).to_be_visible()  # text, and no picture
    box.get_by_role("button", name="Fox").click()
    expect(box.get_by_role("alert")).to_have_text("Declined in the wallet. Nothing was done.")
    box.get_by_role("button", name="Sign in with a wallet").click()
    box.get_by_role("button", name="Fox").click()
    expect(box.get_by_role("status")).to_contain_text(f"Signed in: {wallet.address}")
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output pre").last).to_have_text(f"who: {wallet.address}\n")
    assert other.methods == []
    assert wallet.methods == ["eth_requestAccounts", "personal_sign"] * 2
