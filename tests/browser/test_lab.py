"""The node in the status bar, and the tutorial behind the launcher's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import watching

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Watched
    from tests.jupyter_process import JupyterProcess

LIST_COMMANDS = ("jupyter server extension list", "jupyter labextension list")


def test_the_status_bar_says_in_words_where_the_bytes_are(watched: Watched) -> None:
    watched.goto("lab")
    button = watched.page.locator("#jupyter-ipfs-status").get_by_role("button")
    expect(button).to_have_text("IPFS: on this computer")
    assert watched.axe("#jupyter-ipfs-status") == []


def test_the_dialog_says_who_could_read_the_bytes_and_gives_the_focus_back(
    watched: Watched,
) -> None:
    watched.goto("lab")
    button = watched.page.locator("#jupyter-ipfs-status").get_by_role("button")
    expect(button).to_have_text("IPFS: on this computer")
    # It takes the focus once, whenever the layout is there, and would not give it back.
    expect(watched.page.locator(".jp-Launcher")).to_be_focused()
    # Not waited for, since the command ends with the dialog.
    watched.page.evaluate(
        "() => { document.querySelector('#jupyter-ipfs-status button').focus();"
        " window.jupyterapp.commands.execute('ipfs:show-status'); }"
    )
    dialog = watched.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("IPFS node")
    expect(dialog).to_contain_text("Nothing is announced to the public IPFS network.")
    expect(dialog).to_contain_text("it neither keeps nor hides it")
    assert watched.axe(".jp-Ipfs-dialog") == []
    watched.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_the_palette_has_every_command(watched: Watched) -> None:
    watched.goto("lab")
    expect(watched.page.locator("#jupyter-ipfs-status")).to_be_visible()
    # It takes the focus once when the layout is there, which would close the palette.
    expect(watched.page.locator(".jp-Launcher")).to_be_focused()
    watched.execute("apputils:activate-command-palette", {})
    # The palette empties its field once more when it has come to the front.
    expect(watched.page.locator(".lm-CommandPalette-input")).to_be_focused()
    watched.page.locator(".lm-CommandPalette-input").press_sequentially("IPFS", delay=50)
    labels = watched.page.locator(".lm-CommandPalette-itemLabel")
    expect(labels.filter(has_text="Show IPFS Node Status")).to_have_count(1)
    expect(labels.filter(has_text="Open IPFS Tutorial")).to_have_count(1)


def test_the_status_bar_leads_to_the_node_in_the_sidebar(watched: Watched) -> None:
    watched.goto("lab")
    button = watched.page.locator("#jupyter-ipfs-status").get_by_role("button")
    expect(button).to_have_text("IPFS: on this computer")
    button.click()
    expect(watched.page.locator('#jupyter-ipfs-panel [data-section="node"]')).to_be_visible()


def test_the_launcher_card_opens_a_fresh_copy_of_the_tutorial(
    watched: Watched, lab: JupyterProcess
) -> None:
    watched.goto("lab")
    card = watched.page.locator(".jp-LauncherCard", has_text="IPFS tutorial")
    card.click()
    expect(watched.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
    expect(
        watched.page.locator(".lm-TabBar-tabLabel", has_text="quickstart.ipynb").first
    ).to_be_visible()
    assert (lab.root_dir / "ipfs-tutorial" / "quickstart.ipynb").exists()


def test_without_the_server_part_it_says_what_to_do(
    browser: BrowserContext, lab_without_server_part: JupyterProcess
) -> None:
    # The browser reports each 404 itself, and JupyterLab each error that it shows.
    expected = ("404 (Not Found)", "Showing error:")
    with watching(browser, lab_without_server_part, expected=expected) as watched:
        watched.goto("lab")
        button = watched.page.locator("#jupyter-ipfs-status").get_by_role("button")
        expect(button).to_have_text("IPFS: server part missing")
        dialog = watched.page.locator(".jp-Dialog")
        watched.page.evaluate("() => { window.jupyterapp.commands.execute('ipfs:show-status'); }")
        for command in LIST_COMMANDS:
            expect(dialog).to_contain_text(command)
        assert watched.axe(".jp-Ipfs-dialog") == []
        dialog.get_by_role("button", name="Close").click()
        watched.page.locator(".jp-LauncherCard", has_text="IPFS tutorial").click()
        for command in LIST_COMMANDS:
            expect(dialog).to_contain_text(command)
