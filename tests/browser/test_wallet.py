"""Wallets: signing in from the sidebar, what changes in them, and what is to be signed."""

from __future__ import annotations

import re
import threading
from concurrent.futures import Future
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from playwright.sync_api import expect

from jupyter_ipfs.errors import JupyterIPFSError, RejectedError
from jupyter_ipfs.ipld.cid import CID, DAG_PB
from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.wallet.intents import ContractCall, OceanRequest, SignIn, Vouch
from jupyter_ipfs.wallet.recover import ocean_digest, recover
from jupyter_ipfs.wallet.requests import Mailbox, Origin, read_signed_in
from jupyter_ipfs.wallet.siwe import SiweMessage
from jupyter_ipfs.wallet.vouch_text import text as vouch_text
from tests.browser.conftest import running_lab, watching
from tests.browser.mock_wallet import HANGS, PENDING, REJECTED, UNKNOWN_CHAIN, MockWallet
from tests.browser.test_market import begin, fill, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Route

    from jupyter_ipfs.wallet.intents import Intent
    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

PRACTICE = "Practice: only on this computer, play money"
HOSTILE = "Moose \u202egnp.exe <script>alert(1)</script>"
CHAIN_ID = 8996


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab with a sandbox of its own."""
    with running_lab(tmp_path_factory.mktemp("wallet")) as process:
        yield process
        local_sandbox.stop(repo_of(process))


@pytest.fixture(scope="module")
def wallet() -> MockWallet:
    """The browser's wallet, with two accounts."""
    return MockWallet("Test wallet", [Account.create(), Account.create()])


@pytest.fixture(scope="module")
def shown(
    browser: BrowserContext, own_lab: JupyterProcess, wallet: MockWallet
) -> Iterator[Watched]:
    """One page for all, with two wallets in the browser."""
    # One test gives a signature that the server refuses.
    with watching(browser, own_lab, expected=("403 (Forbidden)",)) as watched:
        wallet.install(watched.page)
        MockWallet(HOSTILE, icon="https://wallets.example/icon.png").install(watched.page)
        show(watched)
        yield watched


@pytest.fixture
def page(shown: Watched, wallet: MockWallet) -> Iterator[Watched]:
    """The page, and nobody signed in."""
    shown.execute("ipfs-wallet:sign-out", {})
    expect(section(shown).get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    wallet.next.clear()
    wallet.calls.clear()
    wallet.chain_id = CHAIN_ID
    yield shown
    wallet.next.clear()
    while card(shown).count():
        card(shown).get_by_role("button", name="Reject").click()


def repo_of(lab: JupyterProcess) -> Path:
    return lab.home / "jupyter-data" / "ipfs"


def show(watched: Watched) -> None:
    watched.goto("lab")
    settle(watched)
    watched.execute("ipfs:show-panel", {"section": "wallet"})
    expect(section(watched)).to_be_visible()


def settle(watched: Watched) -> None:
    """Wait for the launcher, which takes the focus once the layout has been restored."""
    expect(watched.page.locator(".jp-Launcher")).to_be_visible()
    watched.page.wait_for_function("document.querySelector('#jupyterlab-splash') === null")


def section(watched: Watched) -> Locator:
    return watched.page.locator('#jupyter-ipfs-panel [data-section="wallet"]')


def card(watched: Watched) -> Locator:
    return watched.page.locator(".jp-Ipfs-signCard")


def choose(watched: Watched, name: str) -> None:
    """Take a wallet of the list."""
    button = section(watched).get_by_role("button", name="Sign in", exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    section(watched).get_by_role("button", name=name).click()


def sign_in(watched: Watched, name: str) -> None:
    choose(watched, name)
    expect(section(watched).get_by_role("button", name="Sign out")).to_be_visible()


def asked(
    lab: JupyterProcess, intent: Intent, address: str | None, note: str | None = None
) -> Future[str]:
    """What a running cell gets for a request, once somebody answers."""
    answer: Future[str] = Future()

    def wait() -> None:
        with closing(Mailbox(repo_of(lab))) as mailbox:
            try:
                origin = Origin("0123456789", "work/survey.ipynb", 1)
                request_id = mailbox.ask(intent, address=address, origin=origin, note=note)
                answer.set_result(mailbox.wait(request_id))
            except JupyterIPFSError as error:
                answer.set_exception(error)

    threading.Thread(target=wait, daemon=True).start()
    return answer


def approval(lab: JupyterProcess, amount: int = 10**18) -> ContractCall:
    """A transaction that costs nothing but play money."""
    contracts = local_sandbox.ensure(repo_of(lab)).chain.contracts
    arguments = (contracts["FixedPrice"], amount)
    return ContractCall(CHAIN_ID, "MockERC20", contracts["Ocean"], "approve", arguments)


def test_with_no_wallet_installed_one_practises_as_author_and_as_buyer(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    with watching(browser, own_lab) as watched:
        show(watched)
        wallet = section(watched)
        expect(wallet).to_contain_text(PRACTICE)
        expect(wallet).to_contain_text("its keys never leave it")
        wallet.get_by_role("button", name="Sign in", exact=True).click()
        expect(wallet.locator(".jp-Ipfs-wallets li")).to_have_count(1)
        assert watched.axe("#jupyter-ipfs-panel") == []
        wallet.get_by_role("button", name="Practice wallet").click()
        expect(wallet).to_contain_text("OCEAN")
        expect(wallet).to_contain_text("author")
        address = wallet.locator(".jp-Ipfs-walletWho code")
        assert re.fullmatch(r"0x[0-9a-fA-F]{40}", address.get_attribute("title") or "")
        author = address.get_attribute("title") or ""
        wallet.get_by_role("switch", name="See it as a buyer").click()
        expect(wallet.get_by_role("switch")).to_be_checked()
        expect(address).not_to_have_attribute("title", author)
        assert watched.axe("#jupyter-ipfs-panel") == []
        watched.page.reload()
        watched.execute("ipfs:show-panel", {"section": "wallet"})
        expect(wallet.get_by_role("switch")).to_be_checked()
        wallet.get_by_role("switch").click()
        expect(address).to_have_attribute("title", author)
        watched.execute("ipfs-wallet:sign-out", {})
        expect(wallet.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_wallets_are_listed_with_their_names_and_pictures_and_asked_by_a_click_only(
    page: Watched, wallet: MockWallet
) -> None:
    section(page).get_by_role("button", name="Sign in", exact=True).click()
    found = section(page).locator(".jp-Ipfs-wallets li")
    expect(found).to_have_count(3)
    expect(found.nth(0)).to_contain_text("Practice wallet")
    expect(found.nth(1)).to_contain_text("Test wallet")
    expect(found.nth(1).locator("img")).to_have_attribute("src", re.compile("^data:image/"))
    # It turns no writing round, and nothing is fetched for its picture.
    expect(found.nth(2)).to_contain_text("Moose \ufffdgnp.exe <script>alert(1)</script>"[:40])
    expect(found.nth(2).locator("img")).to_have_count(0)
    assert wallet.calls == []
    section(page).get_by_role("button", name="Sign in", exact=True).click()


def test_each_way_of_saying_no_has_its_words(page: Watched, wallet: MockWallet) -> None:
    told = section(page).get_by_role("alert")
    wallet.next = {"eth_requestAccounts": [PENDING]}
    choose(page, "Test wallet")
    expect(told).to_contain_text("not answered yet")
    wallet.next = {"eth_requestAccounts": [REJECTED]}
    choose(page, "Test wallet")
    expect(told).to_contain_text("You said no in the wallet, or closed its window.")
    wallet.next = {"personal_sign": [HANGS]}
    choose(page, "Test wallet")
    expect(section(page)).to_contain_text("shows a message to sign")
    assert page.axe("#jupyter-ipfs-panel") == []
    section(page).get_by_role("button", name="Cancel").click()
    expect(section(page).get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    # A signature of another account is none.
    wallet.next = {"personal_sign": [{"result": "0x" + "11" * 65}]}
    choose(page, "Test wallet")
    expect(told).to_be_visible()
    expect(section(page).get_by_role("button", name="Sign out")).to_have_count(0)


def test_what_changes_in_the_wallet_is_told_at_once(page: Watched, wallet: MockWallet) -> None:
    first, second = wallet.accounts
    sign_in(page, "Test wallet")
    address = section(page).locator(".jp-Ipfs-walletWho code")
    expect(address).to_have_attribute("title", first.address)
    wallet.use(page.page, second)
    expect(section(page)).to_contain_text("Here you are still signed in as")
    assert page.axe("#jupyter-ipfs-panel") == []
    section(page).get_by_role("button", name=re.compile("^Sign in as 0x")).click()
    expect(address).to_have_attribute("title", second.address)
    wallet.switch(page.page, 1)
    expect(section(page)).to_contain_text("another chain (number 1)")
    assert "wallet_switchEthereumChain" not in wallet.methods
    section(page).get_by_role("button", name="Switch the wallet").click()
    wallet.switch(page.page, CHAIN_ID)
    expect(section(page)).not_to_contain_text("another chain")
    wallet.lock(page.page)
    expect(section(page)).to_contain_text("The wallet is locked")
    wallet.connected = True
    wallet.use(page.page, first)
    expect(section(page).get_by_role("button", name=re.compile("^Sign in as 0x"))).to_be_visible()


def test_what_a_kernel_asks_is_signed_by_a_click_and_nothing_else(
    page: Watched, wallet: MockWallet, own_lab: JupyterProcess
) -> None:
    node = local_sandbox.ensure(repo_of(own_lab)).node_url
    sign_in(page, "Test wallet")
    wallet.calls.clear()
    note = "for \u202e<img src=x onerror=alert(1)>"
    answer = asked(own_lab, OceanRequest(node, 3, "download"), wallet.address, note)
    expect(card(page)).to_contain_text("Download an asset")
    expect(card(page)).to_contain_text("work/survey.ipynb")
    expect(card(page)).to_contain_text("for \ufffd<img src=x onerror=alert(1)>")
    expect(card(page)).to_contain_text(PRACTICE)
    expect(card(page).get_by_role("timer")).to_contain_text(re.compile(r"[45]:\d\d"))
    assert page.axe("#jupyter-ipfs-sign") == []
    # Somebody types on: what comes up takes no keys, and asks the wallet for nothing.
    page.page.keyboard.press("Enter")
    page.page.reload()
    expect(card(page)).to_contain_text("Download an asset")
    assert "personal_sign" not in wallet.methods
    settle(page)
    page.execute("ipfs-wallet:go-to-request", {})
    expect(card(page)).to_be_focused()
    expect(card(page).get_by_role("button", name="Sign in wallet")).to_be_enabled()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    expect(card(page)).to_have_count(0)
    signature = answer.result(10)
    assert recover(ocean_digest(wallet.address, 3, "download"), signature) == wallet.address


def test_one_is_shown_at_a_time_and_each_can_be_declined(
    page: Watched, wallet: MockWallet, own_lab: JupyterProcess
) -> None:
    node = local_sandbox.ensure(repo_of(own_lab)).node_url
    sign_in(page, "Test wallet")
    first = asked(own_lab, OceanRequest(node, 4, "download"), wallet.address)
    expect(card(page)).to_contain_text("number 4")
    second = asked(own_lab, OceanRequest(node, 5, "encrypt"), wallet.address)
    expect(card(page)).to_contain_text("1 other request waits")
    expect(card(page)).not_to_contain_text("number 5")
    card(page).get_by_role("button", name="Reject").click()
    expect(card(page)).to_contain_text("number 5")
    with pytest.raises(RejectedError):
        first.result(10)
    # Saying no in the wallet is saying no.
    wallet.next = {"personal_sign": [REJECTED]}
    card(page).get_by_role("button", name="Sign in wallet").click()
    expect(card(page)).to_have_count(0)
    with pytest.raises(RejectedError):
        second.result(10)
    # What one vouches for is told in words; its title is a claim, and no part of what is signed.
    vouch = Vouch(str(CID.of(b"a payload", DAG_PB)), "author", CHAIN_ID, "A \u202e<b>survey</b>")
    third = asked(own_lab, vouch, wallet.address)
    expect(card(page)).to_contain_text("Vouch for a share as its author")
    expect(card(page)).to_contain_text(vouch.payload)
    expect(card(page)).to_contain_text("A \ufffd<b>survey</b>")
    assert page.axe("#jupyter-ipfs-sign") == []
    card(page).get_by_role("button", name="Sign in wallet").click()
    expect(card(page)).to_have_count(0)
    assert recover(vouch_text(vouch, wallet.address), third.result(10)) == wallet.address


def test_a_transaction_waits_for_the_right_account_and_chain(
    page: Watched, wallet: MockWallet, own_lab: JupyterProcess
) -> None:
    info = local_sandbox.ensure(repo_of(own_lab))
    wallet.rpc_url = info.rpc_url
    local_sandbox.fund(repo_of(own_lab), wallet.address)
    sign_in(page, "Test wallet")
    chosen, others = wallet.accounts[0], wallet.accounts[1:]
    answer = asked(own_lab, approval(own_lab), chosen.address)
    expect(card(page)).to_contain_text("1 OCEAN (play money)")
    sign = card(page).get_by_role("button", name="Sign in wallet")
    told = card(page).get_by_role("alert")
    wallet.accounts = others
    sign.click()
    expect(told).to_contain_text("Choose that account in the wallet")
    wallet.accounts = [chosen, *others]
    wallet.chain_id = 1
    sign.click()
    expect(told).to_contain_text("The wallet is on another chain (number 1)")
    assert page.axe("#jupyter-ipfs-sign") == []
    assert "wallet_switchEthereumChain" not in wallet.methods
    wallet.next = {"wallet_switchEthereumChain": [UNKNOWN_CHAIN]}
    told.get_by_role("button", name="Switch the wallet to").click()
    expect(told).to_contain_text("does not know the chain")
    wallet.chain_id = CHAIN_ID
    sign.click()
    expect(card(page)).to_have_count(0)
    assert answer.result(10) == wallet.sent[-1]


def test_a_cell_that_wants_a_sign_in_gets_one_from_the_chosen_wallet(
    page: Watched, wallet: MockWallet, own_lab: JupyterProcess
) -> None:
    answer = asked(own_lab, SignIn(CHAIN_ID), None)
    expect(card(page)).to_contain_text("Sign in")
    card(page).get_by_role("button", name="Test wallet").click()
    expect(card(page)).to_have_count(0)
    text, _ = read_signed_in(answer.result(10))
    assert SiweMessage.parse(text).address == wallet.address
    expect(section(page).get_by_role("button", name="Sign out")).to_be_visible()


def test_by_the_palette_a_dialog_offers_the_wallets(page: Watched, wallet: MockWallet) -> None:
    page.page.evaluate("() => { window.jupyterapp.commands.execute('ipfs-wallet:sign-in'); }")
    dialog = page.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(PRACTICE)
    assert page.axe(".jp-Ipfs-dialog") == []
    dialog.get_by_role("button", name="Test wallet").click()
    expect(dialog).to_have_count(0)
    page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.execute("ipfs-wallet:copy-address", {})
    assert page.page.evaluate("navigator.clipboard.readText()") == wallet.address


def test_a_server_part_that_knows_no_wallets_is_told_of(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    def missing(route: Route) -> None:
        route.fulfill(status=404, body="<html>404</html>")

    with watching(browser, own_lab, expected=("404 (Not Found)",)) as watched:
        watched.page.route(re.compile("/jupyter-ipfs/wallet"), missing)
        show(watched)
        expect(section(watched)).to_contain_text("knows no wallets")
        expect(section(watched)).to_contain_text("pip install -U jupyter_ipfs")
        assert watched.axe("#jupyter-ipfs-panel") == []


def test_in_notebook_7_the_browsers_one_wallet_signs_in(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    with watching(browser, own_lab) as watched:
        injected = MockWallet(injected=True)
        injected.install(watched.page)
        watched.goto("tree")
        watched.page.get_by_role("menuitem", name="View", exact=True).click()
        watched.page.get_by_role("menuitem", name="Show IPFS").click()
        choose(watched, "Browser wallet")
        expect(section(watched).locator(".jp-Ipfs-walletWho code")).to_have_attribute(
            "title", injected.address
        )
        section(watched).get_by_role("button", name="Sign out").click()
        expect(section(watched).get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_a_browsers_wallet_publishes_and_another_account_of_it_buys(
    page: Watched, wallet: MockWallet, own_lab: JupyterProcess
) -> None:
    seller, buyer = wallet.accounts
    wallet.rpc_url = local_sandbox.ensure(repo_of(own_lab)).rpc_url
    for each in (seller, buyer):
        local_sandbox.fund(repo_of(own_lab), each.address)
    sign_in(page, "Test wallet")
    data = b"week,count\n" + b"1,2\n" * 500
    form = begin(page, f"/ipfs/{stored(own_lab, 'survey.csv', data)}", "survey.csv")
    fill(form, price="5")
    form.get_by_role("button", name=re.compile("^Publish: sign")).click()
    sign_until(page, form.get_by_role("heading", name="Published", exact=True))
    published = len(wallet.sent)

    wallet.use(page.page, buyer)
    section(page).get_by_role("button", name=re.compile("^Sign in as 0x")).click()
    expect(section(page)).not_to_contain_text("Here you are still")
    page.execute("ipfs-market:open", {})
    market = page.page.locator("#jupyter-ipfs-market")
    found = market.locator(".jp-Ipfs-assets .jp-Ipfs-asset").filter(has_text="survey")
    found.get_by_role("button", name="survey", exact=True).click()
    market.get_by_role("button", name=re.compile("^(Buy|Get)")).click()
    sign_until(page, market.get_by_text("It is in the workspace: "))
    assert (
        own_lab.root_dir / market.locator(".jp-Ipfs-got code").inner_text()
    ).read_bytes() == data
    assert len(wallet.sent) > published


def sign_until(watched: Watched, end: Locator) -> None:
    """Sign what comes up until something is seen."""
    button = card(watched).locator("button:enabled", has_text="Sign in wallet")
    while True:
        expect(button.or_(end)).to_be_visible()
        if end.is_visible():
            return
        button.click()
        # It waits for the wallet; that of the next one cannot be pressed at once.
        expect(button).to_have_count(0)
