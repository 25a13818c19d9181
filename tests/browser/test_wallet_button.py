"""Signing in from a notebook: by a cell that waits, and by the button in an output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.mock_wallet import REJECTED, MockWallet

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Watched

LOGIN = "%load_ext jupyter_ipfs\n%wallet login --timeout 60"
BUTTON = "from jupyter_ipfs import WalletButton\nbutton = WalletButton()\nbutton"
WHO = "print('who:', button.address)"
MARKUP = "<img src=x onerror=alert(1)>"


def open_notebook(watched: Watched, place: str, *sources: str) -> None:
    """Open a notebook of these cells, and wait for its kernel."""
    name = f"wallet-{place.partition('/')[0]}.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": None,
            "source": source, "outputs": [],
        }
        for number, source in enumerate(sources)
    ]  # fmt: skip
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (watched.jupyter.root_dir / name).write_text(json.dumps(book))
    page = watched.page
    with page.expect_websocket(lambda socket: socket.url.partition("?")[0].endswith("/channels")):
        watched.goto(f"{place}/{name}")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()


def run_cell(watched: Watched, number: int) -> None:
    watched.page.locator(".jp-CodeCell .cm-content").nth(number).click()
    watched.page.keyboard.press("Shift+Enter")


def button_of(watched: Watched) -> Locator:
    return watched.page.locator(".jupyter-ipfs-wallet")


def test_a_cell_waits_for_the_page_and_goes_on_by_itself(watched: Watched) -> None:
    wallet = MockWallet(name="Fox")
    wallet.install(watched.page)
    open_notebook(watched, "lab/tree", LOGIN, BUTTON)
    run_cell(watched, 0)
    card = watched.page.locator(".jp-Ipfs-signCard")
    expect(card).to_contain_text("Sign in")
    output = watched.page.locator(".jp-CodeCell").first.locator(".jp-OutputArea")
    expect(output).to_contain_text("Sign in on the JupyterLab page")
    card.get_by_role("button", name="Fox").click()
    expect(output).to_contain_text(wallet.address)
    expect(output).to_contain_text("a wallet in the browser signs")
    run_cell(watched, 1)  # the button is for the same session as the cell
    expect(button_of(watched).get_by_role("status")).to_contain_text(wallet.address)
    watched.execute("ipfs-wallet:sign-out", {})


def test_the_button_signs_in_with_a_wallet_of_the_browser_in_notebook_7(watched: Watched) -> None:
    wallet, other = MockWallet(name="Fox"), MockWallet(name=MARKUP)
    for each in (wallet, other):
        each.install(watched.page)
    open_notebook(watched, "notebooks", BUTTON, WHO)
    run_cell(watched, 0)
    box = button_of(watched)
    expect(box).to_contain_text("Not signed in")
    assert watched.axe(".jupyter-ipfs-wallet") == []
    wallet.next["personal_sign"] = [REJECTED]
    box.get_by_role("button", name="Sign in with a wallet").click()
    expect(box.get_by_role("button", name=MARKUP)).to_be_visible()  # text, and no picture
    box.get_by_role("button", name="Fox").click()
    expect(box.get_by_role("alert")).to_have_text("Declined in the wallet. Nothing was done.")
    box.get_by_role("button", name="Sign in with a wallet").click()
    box.get_by_role("button", name="Fox").click()
    expect(box.get_by_role("status")).to_contain_text(f"Signed in: {wallet.address}")
    run_cell(watched, 1)
    said = watched.page.locator(".jp-OutputArea-output pre").last
    expect(said).to_have_text(f"who: {wallet.address}\n")
    assert other.methods == []
    assert wallet.methods == ["eth_requestAccounts", "personal_sign"] * 2
