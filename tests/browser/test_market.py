"""The market in the page: a form publishes, and another account finds, buys and gets it."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_ipfs.ocean import local_sandbox
from jupyter_ipfs.session import connect
from tests.browser.conftest import running_lab, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

PRACTICE = "Practice: only on this computer, play money"
DESCRIPTION = "Counts of birds along the river, by week.\n<script>alert(1)</script>"
HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe"
FORM = ".jp-Ipfs-publish"
MARKET = "#jupyter-ipfs-market"


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab with a practice chain of its own."""
    with running_lab(tmp_path_factory.mktemp("market")) as process:
        yield process
        local_sandbox.stop(process.home / "jupyter-data" / "ipfs")


@pytest.fixture(scope="module")
def shown(browser: BrowserContext, own_lab: JupyterProcess) -> Iterator[Watched]:
    """A page of it; one for all, since a page takes long to load and to sign in."""
    # 503: the last of these tests stops the chain under it, and it may just then ask what is there.
    with watching(browser, own_lab, expected=("40", "502", "503")) as watched:
        watched.goto("lab")
        expect(watched.page.locator(".jp-Launcher")).to_be_visible()
        watched.execute("ipfs:show-panel", {})
        watched.page.wait_for_function("document.querySelector('#jupyterlab-splash') === null")
        yield watched


def stored(lab: JupyterProcess, name: str, data: bytes) -> str:
    """Store bytes under a name, as a kernel does."""
    with connect("embedded", lab.home / "jupyter-data" / "ipfs") as session:
        return str(session.add(data, name=name))


def begin(watched: Watched, path: str, title: str) -> Locator:
    """Open the form for something that is stored."""
    watched.execute("ipfs-market:publish", {"path": path, "title": title})
    form = watched.page.locator(f"{FORM}:visible")
    expect(form).to_be_visible()
    return form


def following(form: Locator) -> None:
    form.get_by_role("button", name="Next").click()


def fill(form: Locator, *, price: str | None = None) -> None:
    """Fill in what is needed, up to the preview."""
    following(form)
    form.get_by_label("Author").fill("Ada Lovelace")
    form.get_by_label("Description").fill(DESCRIPTION)
    form.get_by_label("Tags").fill("#Wildlife, river")
    following(form)
    following(form)
    if price is not None:
        form.get_by_label("A fixed price").check()
        form.get_by_role("textbox", name="Price").fill(price)
    following(form)


def publish(watched: Watched, form: Locator, signatures: int = 2) -> None:
    """Sign what the form has to have signed, as whoever is signed in, else as the author."""
    button = form.get_by_role("button", name=f"Publish: sign {signatures} transactions")
    expect(button).to_be_enabled()
    button.click()
    sign(watched.page, signatures)
    expect(form.get_by_role("heading", name="Published", exact=True)).to_be_visible()


def sign(page: Page, times: int) -> None:
    """Look at what is to be signed, and sign it."""
    choice = page.get_by_role("button", name=re.compile("^Practice wallet"))
    button = page.get_by_role("button", name="Sign with play money")
    for _ in range(times):
        expect(choice.or_(button)).to_be_visible()
        if choice.is_visible():
            choice.click()
        expect(button).to_be_enabled()
        text = page.get_by_role("dialog").inner_text()
        button.click()
        # The next one may come at once.
        page.wait_for_function(
            "text => document.querySelector('[role=dialog]')?.innerText !== text", arg=text
        )


def be(watched: Watched, label: str) -> None:
    """Act as the author or as the buyer."""
    switch = watched.page.locator(MARKET).get_by_label("See it as a buyer")
    if switch.is_checked() != (label == "buyer"):
        switch.click()
    expect(switch).to_be_checked(checked=label == "buyer")
    expect(watched.page.locator('[data-section="wallet"]')).to_contain_text(label)


def card(watched: Watched, title: str) -> Locator:
    """An asset in the market's list."""
    return watched.page.locator(f"{MARKET} .jp-Ipfs-assets .jp-Ipfs-asset").filter(has_text=title)


def test_a_file_is_published_free_and_another_account_gets_its_bytes_checked(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    page, data = shown.page, b"week,count\n" + b"1,2\n" * 5000
    root = stored(own_lab, "birds.csv", data)
    shown.execute("ipfs-market:open", {})
    market = page.locator(MARKET)
    expect(market).to_contain_text("Nothing is published here yet.")

    form = begin(shown, f"/ipfs/{root}", "birds.csv")
    expect(form).to_contain_text(PRACTICE)
    expect(form.get_by_label("Title")).to_have_value("birds")
    fill(form)
    expect(form).to_contain_text("fetched all 20,011 bytes, and they are these")
    expect(form).to_contain_text("2 transactions to sign")
    assert shown.axe(FORM) == []
    publish(shown, form)
    for copied in ("Copy DID", "Copy data NFT", "Copy datatoken", "Copy CID"):
        expect(form.get_by_role("button", name=copied)).to_be_visible()
    expect(form.get_by_text("Transaction 0x")).to_have_count(2)
    assert shown.axe(FORM) == []
    did = form.locator(".jp-Ipfs-asset").get_attribute("data-did")

    # It appears in the list by itself, and in the sidebar.
    shown.execute("ipfs-market:open", {})
    expect(card(shown, "birds")).to_contain_text("Free")
    expect(card(shown, "birds")).to_contain_text(PRACTICE)
    section = page.locator('[data-section="market"]')
    expect(section).to_contain_text(PRACTICE)
    expect(section.get_by_role("button", name="birds Free")).to_be_visible()
    # What was published is a draft no longer.
    expect(section.get_by_role("button", name="Discard")).to_have_count(0)

    be(shown, "buyer")
    card(shown, "birds").get_by_role("button", name="birds", exact=True).click()
    expect(market).to_contain_text(DESCRIPTION.splitlines()[1])
    expect(market.locator(".jp-Ipfs-ids")).to_contain_text(root)
    expect(market.locator(".jp-Ipfs-ids")).to_contain_text(str(did))
    expect(market.get_by_text("Your asset")).to_have_count(0)
    market.get_by_role("button", name="Get", exact=True).click()
    sign(page, 2)
    expect(market).to_contain_text("It is in the workspace: ")
    expect(market).to_contain_text("All 20,011 bytes came, and they give the CID")
    got = market.locator(".jp-Ipfs-got code").inner_text()
    assert got == "birds.csv"
    assert (own_lab.root_dir / got).read_bytes() == data
    assert shown.axe(MARKET) == []
    assert shown.axe("#jupyter-ipfs-panel") == []
    be(shown, "author")


def test_one_with_a_price_is_bought_and_never_shows_its_cid(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    page, data = shown.page, bytes(range(256)) * 2000
    root = stored(own_lab, "model.skops", data)
    form = begin(shown, f"/ipfs/{root}", "model.skops")
    expect(form.get_by_label("Kind")).to_have_value("model")
    form.get_by_label("Title").fill(HOSTILE)
    fill(form, price="2.5")
    expect(form).to_contain_text("A buyer can pass the bytes on")
    publish(shown, form)
    expect(form.get_by_role("button", name="Copy CID")).to_have_count(0)
    assert root not in form.inner_text()

    form.get_by_role("button", name="Show in the market").click()
    market = page.locator(MARKET)
    expect(market.get_by_text("Your asset")).to_be_visible()
    assert shown.axe(MARKET) == []
    be(shown, "buyer")
    expect(market.get_by_text("Your asset")).to_have_count(0)
    expect(market).to_contain_text("<img src=x onerror=alert(1)> \ufffdgnp.exe")
    assert root not in market.inner_text()
    market.get_by_role("button", name="Get for 2.5 OCEAN").click()
    sign(page, 3)
    expect(market).to_contain_text("It is in the workspace: ")
    got = own_lab.root_dir / market.locator(".jp-Ipfs-got code").inner_text()
    assert hashlib.sha256(got.read_bytes()).digest() == hashlib.sha256(data).digest()
    market.get_by_role("button", name="Back to the list").click()
    market.get_by_role("button", name="Bought by me").click()
    expect(card(shown, "gnp.exe")).to_be_visible()
    be(shown, "author")
    market.get_by_role("button", name="Published by me").click()
    expect(market).to_contain_text("You have earned 2.5 OCEAN")
    # Withdrawn it is listed no more, but its page can put it back.
    card(shown, "gnp.exe").get_by_role("button").first.click()
    for state in ("revoked", "active"):
        market.get_by_label("State").select_option(state)
        market.get_by_role("button", name="Change the state").click()
        sign(page, 1)
        expect(market.locator(".jp-Ipfs-own")).to_contain_text("Changed")
        expect(market.get_by_label("State")).to_have_value(state)
        expect(market.get_by_role("button", name="Change the state")).to_be_disabled()
        get = market.get_by_role("button", name="Get for 2.5 OCEAN")
        expect(get).to_be_enabled(enabled=state == "active")
    market.get_by_role("button", name="Back to the list").click()
    market.get_by_role("button", name="All", exact=True).click()


def test_the_form_says_what_is_wrong_and_a_draft_outlives_its_tab(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    path = f"/ipfs/{stored(own_lab, 'draft.csv', b'a draft')}"
    form = begin(shown, path, "draft.csv")
    form.get_by_label("Title").fill("abc")
    expect(form.locator('[data-field="title"]')).to_contain_text("At least 4 characters.")
    expect(form.get_by_role("button", name="Next")).to_be_disabled()
    expect(form.locator(".jp-Ipfs-formEnd")).to_contain_text("Title: At least 4 characters.")
    form.get_by_label("Title").fill("A draft")
    following(form)
    form.get_by_label("Description").fill("Begun and left.")
    assert shown.axe(FORM) == []
    shown.execute("application:close", {})
    expect(form).to_have_count(0)
    section = shown.page.locator('[data-section="market"]')
    section.get_by_role("button", name="A draft draft").click()
    form = shown.page.locator(f"{FORM}:visible")
    expect(form.get_by_label("Title")).to_have_value("A draft")
    following(form)
    expect(form.get_by_label("Description")).to_have_value("Begun and left.")
    # Who wrote the last one is likely to have written this one.
    expect(form.get_by_label("Author")).to_have_value("Ada Lovelace")
    following(form)
    following(form)
    form.get_by_label("A fixed price").check()
    for text, problem in (("0", "More than 0"), ("1e30", "A number such as 5"),
                          ("0." + "0" * 18 + "1", "At most 18 digits")):  # fmt: skip
        form.get_by_role("textbox", name="Price").fill(text)
        expect(form.locator('[data-field="price"]')).to_contain_text(problem)
        expect(form.get_by_role("button", name="Next")).to_be_disabled()
    assert shown.axe(FORM) == []


def test_what_is_rejected_can_be_tried_again_and_goes_on(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    page = shown.page
    form = begin(shown, f"/ipfs/{stored(own_lab, 'again.csv', b'once more')}", "again.csv")
    fill(form)
    form.get_by_role("button", name="Publish: sign 2 transactions").click()
    sign(page, 1)
    expect(page.get_by_role("dialog")).to_contain_text("description")
    page.get_by_role("button", name="Reject").click()
    expect(form.get_by_role("heading", name="Not published yet")).to_be_visible()
    expect(form).to_contain_text("Nothing is paid twice")
    form.get_by_role("button", name="Retry").click()
    sign(page, 1)
    expect(form.get_by_role("heading", name="Published", exact=True)).to_be_visible()


def test_for_real_lists_what_is_missing_and_goes_back_to_practice(
    shown: Watched, own_lab: JupyterProcess
) -> None:
    form = begin(shown, f"/ipfs/{stored(own_lab, 'real.csv', b'for real')}", "real.csv")
    fill(form)
    form.get_by_role("button", name="Publish for real").click()
    real = form.get_by_label("Publish for real", exact=True)
    real.get_by_role("combobox", name="Chain").select_option("sepolia")
    real.get_by_label("Ocean Node").fill("http://127.0.0.1:9")
    real.get_by_label("RPC address").fill("http://127.0.0.1:9")
    real.get_by_role("button", name=re.compile("^Use Sepolia")).click()
    expect(real).to_contain_text("What is signed from here on is real")
    expect(real).to_contain_text("Still missing:")
    expect(real).to_contain_text("A wallet: sign in with one on this chain.")
    expect(form).not_to_contain_text(PRACTICE)
    expect(form.get_by_role("button", name=re.compile("^Publish"))).to_be_disabled()
    assert shown.axe(FORM) == []
    real.get_by_role("button", name="Back to practice").click()
    expect(form.locator("header")).to_contain_text(PRACTICE)


def test_the_sidebar_wakes_no_chain_and_the_market_does(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    repo = own_lab.home / "jupyter-data" / "ipfs"
    with connect("embedded", repo) as session:
        session.wallet.practice()
        session.ocean.publish(
            session.add(b"asleep", name="asleep"), title="Asleep", free=True,
            description=DESCRIPTION.splitlines()[0], author="Ada", license="MIT",
        )  # fmt: skip
    local_sandbox.stop(repo)
    with watching(browser, own_lab) as watched:
        watched.goto("lab/workspaces/asleep")
        expect(watched.page.locator(".jp-Launcher")).to_be_visible()
        watched.execute("ipfs:show-panel", {})
        section = watched.page.locator('[data-section="market"]')
        expect(section).to_contain_text("The practice chain is not running")
        assert local_sandbox.status(repo) is None
        watched.execute("ipfs-market:open", {})
        expect(card(watched, "Asleep")).to_be_visible()
        expect(section.get_by_role("button", name="Asleep Free")).to_be_visible()
