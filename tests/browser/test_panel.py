"""The sidebar: first use, what is stored and what can be done with it, the node."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_ipfs.session import Session, connect
from jupyter_ipfs.store import names
from tests.browser.conftest import running_lab, watching
from tests.browser.pages import node_section, toast
from tests.conftest import running_daemon
from tests.store.conftest import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Watched
    from tests.conftest import Kubo
    from tests.jupyter_process import JupyterProcess

THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
HOSTILE = "a\u202egnp.exe <script>alert(1)</script>"
MANY = 10_000


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A JupyterLab whose repo only these tests write."""
    with running_lab(tmp_path_factory.mktemp("panel")) as process:
        yield process


@pytest.fixture(scope="module")
def shown(browser: BrowserContext, own_lab: JupyterProcess) -> Iterator[Watched]:
    """A page of it with the sidebar shown; one for all, since a page takes long to load."""
    with watching(browser, own_lab, expected=("400", "Showing error:")) as watched:
        show(watched)
        yield watched


@pytest.fixture
def panel(shown: Watched) -> Iterator[Watched]:
    """The page, left as it was found: no dialog, no search."""
    yield shown
    for _ in range(2):
        shown.page.keyboard.press("Escape")
    expect(shown.page.get_by_role("dialog")).to_have_count(0)


@contextmanager
def session_of(lab: JupyterProcess) -> Iterator[Session]:
    """A session on the lab's repo, as a kernel has it."""
    with connect("embedded", lab.home / "jupyter-data" / "ipfs") as session:
        yield session


def show(watched: Watched) -> Locator:
    watched.goto("lab")
    expect(watched.page.locator(".jp-Launcher")).to_be_visible()
    watched.execute("ipfs:show-panel", {})
    panel = watched.page.locator("#jupyter-ipfs-panel")
    expect(panel).to_be_visible()
    # The launcher takes the focus once more when the layout has been restored.
    watched.page.wait_for_function("document.querySelector('#jupyterlab-splash') === null")
    return panel


def row(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.locator("#jupyter-ipfs-panel").get_by_role("row").filter(has_text=text)


def choose(watched: Watched, item: Locator, label: str) -> None:
    """Pick an entry of an item's menu, by keyboard."""
    item.focus()
    watched.page.keyboard.press("Shift+F10")
    entry = watched.page.locator(".jp-Ipfs-itemMenu .lm-Menu-item").filter(has_text=label)
    entry.click()


def answer(page: Page, text: str, button: str) -> None:
    """Type into the dialog's field and press a button."""
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill(text)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog.locator("input")).to_have_count(0)


def test_first_use_offers_three_things_and_says_what_a_cid_is(panel: Watched) -> None:
    first = panel.page.locator(".jp-Ipfs-firstUse")
    for step in ("Store files", "Open a link", "Try the tutorial"):
        expect(first.get_by_role("button", name=re.compile(f"^{step}"))).to_be_visible()
    expect(first).to_contain_text("same bytes, same CID")
    assert panel.axe("#jupyter-ipfs-panel") == []
    first.get_by_role("button", name=re.compile("^Open a link")).click()
    expect(panel.page.locator('[data-section="open"] input').first).to_be_focused()


def test_what_a_kernel_stores_appears_without_being_asked_for(
    panel: Watched, own_lab: JupyterProcess
) -> None:
    expect(panel.page.locator(".jp-Ipfs-firstUse")).to_be_visible()
    with session_of(own_lab) as session:
        session.add(b"1", name="appears")
    expect(row(panel.page, "appears")).to_contain_text("Only here")
    expect(panel.page.locator(".jp-Ipfs-firstUse")).to_have_count(0)


def test_the_list_is_used_by_keyboard_alone(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        for name in ("key-1", "key-2", "key-3"):
            session.add(name.encode(), name=name)
    row(page, "key-3").focus()
    page.keyboard.press("ArrowDown")
    expect(row(page, "key-2")).to_be_focused()
    expect(row(page, "key-2")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(row(page, "appears")).to_be_focused()
    page.keyboard.press("Shift+F10")
    menu = page.locator(".jp-Ipfs-itemMenu")
    expect(menu).to_be_visible()
    for label in (
        "Copy CID",
        "Copy Link",
        "Download",
        "Send to…",
        "Stop Keeping",
        "Delete for Good…",
    ):
        expect(menu.locator(".lm-Menu-item").filter(has_text=label)).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(row(page, "appears")).to_be_focused()
    # One stop for the whole list.
    assert page.locator('.jp-Ipfs-holdings [role="row"][tabindex="0"]').count() == 1


def test_unpinning_can_be_undone(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        root = session.add(b"unpinned", name="unpinned")
        row(page, "unpinned").focus()
        page.keyboard.press("Delete")
        toast = page.locator(".Toastify__toast").filter(has_text="kept no longer")
        expect(toast).to_be_visible()
        expect(row(page, "unpinned")).to_contain_text("not kept")
        assert root not in {pin.root for pin in session.pins()}
        toast.get_by_role("button", name="Undo").click()
        expect(row(page, "unpinned")).not_to_contain_text("not kept")
        assert root in {pin.root for pin in session.pins()}


def test_a_name_is_given_another_word(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        root = session.add(b"renamed", name="before")
        row(page, "before").focus()
        page.keyboard.press("F2")
        answer(page, "after", "Rename")
        expect(row(page, "after")).to_be_visible()
        expect(row(page, "before")).to_have_count(0)
        assert session.path("after").root == root


def test_a_name_that_is_taken_is_told_in_words(panel: Watched, own_lab: JupyterProcess) -> None:
    with session_of(own_lab) as session:
        session.add(b"taken", name="taken")
        session.add(b"wants it", name="wants-it")
    choose(panel, row(panel.page, "wants-it"), "Rename…")
    answer(panel.page, "taken", "Rename")
    dialog = panel.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("taken")
    dialog.get_by_role("button", name="Close").click()


def test_deleting_asks_says_what_needs_it_and_deletes(
    panel: Watched, own_lab: JupyterProcess
) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        root = session.add(b"deleted" * 100, name="deleted")
        choose(panel, row(page, "deleted"), "Delete for Good…")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("the only copy that we know of")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        assert panel.axe(".jp-Ipfs-dialog") == []
        dialog.get_by_role("button", name="Delete for good").click()
        # The name's history stays a record of what there was; no list shows it.
        expect(row(page, "deleted")).to_have_count(0)
        assert not session.repo.has(root)


def test_sending_is_evidence_of_a_copy(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    shared = own_lab.root_dir.parent / "lab-share"
    shared.mkdir(exist_ok=True)
    with session_of(own_lab) as session:
        root = session.add(b"sent", name="to-send")
    row(page, "to-send").get_by_role("button", name="Only here").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("If this computer is lost, so is this.")
    assert panel.axe(".jp-Ipfs-dialog") == []
    dialog.get_by_role("button", name="Send to a folder or Kubo…").click()
    answer(page, str(shared), "Send")
    expect(row(page, "to-send")).to_contain_text("Here and in lab-share")
    assert (shared / f"to-send-{str(root)[-8:]}.car").is_file()


def test_a_car_that_is_there_is_replaced_only_after_asking(
    panel: Watched, own_lab: JupyterProcess
) -> None:
    page = panel.page
    (own_lab.root_dir / "there.car").write_text("somebody's work")
    with session_of(own_lab) as session:
        root = session.add(b"to a car", name="to-a-car")
    for decision in ("Cancel", "Overwrite"):
        choose(panel, row(page, "to-a-car"), "Save as CAR…")
        answer(page, "there.car", "Save")
        dialog = page.locator(".jp-Dialog").filter(has_text="Overwrite “there.car”?")
        dialog.get_by_role("button", name=decision).click()
        expect(dialog).to_have_count(0)
        # It was a question, and no failure.
        expect(page.locator('.jp-Ipfs-transfer[data-state="failed"]')).to_have_count(0)
        if decision == "Cancel":
            assert (own_lab.root_dir / "there.car").read_text() == "somebody's work"
    expect(toast(panel, "Saved as there.car")).to_be_visible()
    assert bytes(root) in (own_lab.root_dir / "there.car").read_bytes()


def test_who_has_it_tells_a_copy_from_a_check(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    shared = own_lab.root_dir.parent / "lab-checked"
    shared.mkdir(exist_ok=True)
    with session_of(own_lab) as session:
        session.push(session.add(b"checked", name="to-check"), str(shared))
    row(page, "to-check").get_by_role("button", name="Here and in lab-checked").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".jp-Ipfs-copyPlace")).to_contain_text("not checked since")
    dialog.get_by_role("button", name="Check", exact=True).click()
    expect(dialog).to_contain_text("Blocks were fetched from there just now.")
    expect(dialog.locator(".jp-Ipfs-copyPlace")).not_to_contain_text("not checked")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_the_versions_of_a_name_are_listed(panel: Watched, own_lab: JupyterProcess) -> None:
    with session_of(own_lab) as session:
        for content in (b"first", b"second"):
            session.add(content, name="with-versions")
    choose(panel, row(panel.page, "with-versions").filter(has_text="version 2"), "Versions…")
    dialog = panel.page.get_by_role("dialog")
    expect(dialog.locator(".jp-Ipfs-versions > li")).to_have_count(2)
    assert panel.axe(".jp-Ipfs-dialog") == []


def test_code_is_inserted_into_the_notebook_only_if_there_is_one(
    panel: Watched, own_lab: JupyterProcess
) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        session.add(b"code", name="for-code")
    row(page, "for-code").focus()
    page.keyboard.press("Shift+F10")
    entry = page.locator(".lm-Menu-item").filter(has_text="Insert Code to Load It")
    expect(entry).to_have_class(re.compile("lm-mod-disabled"))
    page.keyboard.press("Escape")
    panel.execute("docmanager:open", {"path": "cards.ipynb"})
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
    choose(panel, row(page, "for-code"), "Insert Code to Load It")
    code = page.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-content")
    expect(code).to_contain_text('jupyter_ipfs.connect().load("for-code")')


def test_serving_is_shown_and_stopped(panel: Watched, own_lab: JupyterProcess) -> None:
    page = panel.page
    with session_of(own_lab) as session:
        session.add(b"served", name="to-serve")
    choose(panel, row(page, "to-serve"), "Serve from Here…")
    page.get_by_role("dialog").get_by_role("button", name="To this computer").click()
    expect(row(page, "to-serve")).to_contain_text(re.compile("Only here.*served"))
    choose(panel, row(page, "to-serve"), "Stop Serving")
    expect(toast(panel, "is served no longer")).to_be_visible()
    expect(row(page, "to-serve")).not_to_contain_text("served")


def test_a_hostile_name_is_text(panel: Watched, own_lab: JupyterProcess) -> None:
    with session_of(own_lab) as session:
        folder = own_lab.root_dir / "hostile"
        folder.mkdir(exist_ok=True)
        (folder / HOSTILE.replace("/", "_")).write_text("x")
        session.add(folder)
    item = row(panel.page, "alert(1)")
    expect(item).to_contain_text("a\ufffdgnp.exe <script>")
    assert panel.page.locator("#jupyter-ipfs-panel script").count() == 0


def test_ten_thousand_items_scroll_to_the_end(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    blocks = leaves(MANY, size=40)
    with session_of(own_lab) as session:
        before = len({pin.root for pin in session.pins()})
        with session.repo.batch() as batch:
            for block in blocks:
                batch.put(block)
            batch.commit(blocks[0].cid)
        with session.repo.changing() as connection:
            for block in blocks:
                names.pin(connection, block.cid)
    with watching(browser, own_lab) as watched:
        show(watched)
        page = watched.page
        count = page.locator(".jp-Ipfs-count")
        expect(count).to_have_text(re.compile(r"^\d{5} items"))
        total = int((count.text_content() or "").split()[0])
        assert total >= MANY + before - 5
        assert page.locator(".jp-Ipfs-row").count() < 100
        page.locator(".jp-Ipfs-holdings .jp-Ipfs-row").first.focus()
        page.keyboard.press("End")
        last = page.locator(f'.jp-Ipfs-row[aria-rowindex="{total}"]')
        expect(last).to_be_focused()
        expect(last).not_to_contain_text("Loading")
        page.keyboard.press("ArrowUp")
        expect(page.locator(f'.jp-Ipfs-row[aria-rowindex="{total - 1}"]')).to_be_focused()
        page.get_by_role("searchbox", name="Search by name or CID").fill("key-2")
        expect(count).to_have_text("1 item")
        page.get_by_role("searchbox", name="Search by name or CID").fill("")
        expect(count).to_have_text(f"{total} items")
        assert watched.axe("#jupyter-ipfs-panel") == []


def test_no_theme_and_no_width_breaks_a_rule_of_accessibility(panel: Watched) -> None:
    page = panel.page
    for theme in (*THEMES[1:], THEMES[0]):
        panel.execute("apputils:change-theme", {"theme": theme})
        expect(page.locator(f'body[data-jp-theme-name="{theme}"]')).to_have_count(1)
        for width in (500, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            expect(node_section(page).locator(".jp-Ipfs-health")).to_be_visible()
            assert panel.axe("#jupyter-ipfs-panel") == [], (theme, width)


def test_a_kubo_that_is_down_says_so_and_comes_back_by_itself(
    panel: Watched, own_lab: JupyterProcess, kubo: Kubo
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kubo.run("config", "Addresses.API", f"/ip4/127.0.0.1/tcp/{port}")
    with session_of(own_lab) as session:
        root = session.add(b"for a Kubo", name="for-a-kubo")
    node = node_section(panel.page)
    expect(node.get_by_text("Works", exact=True)).to_be_visible()
    node.get_by_label("on an IPFS server (Kubo)").check()
    node.get_by_label("Address of its RPC API").fill(f"http://127.0.0.1:{port}")
    node.get_by_role("button", name="Test and use").click()
    expect(node).to_contain_text(re.compile(f"Not used: .*127.0.0.1:{port}"))
    expect(node.get_by_text("Works", exact=True)).to_be_visible()
    assert panel.axe("#jupyter-ipfs-panel") == []
    node.get_by_role("button", name="Use it anyway").click()
    expect(node).to_contain_text("Does not work")
    expect(node).to_contain_text("What was stored on this computer before is still there")
    assert panel.axe("#jupyter-ipfs-panel") == []
    with running_daemon(kubo) as daemon:
        expect(node.get_by_text("Works", exact=True)).to_be_visible()
        item = row(panel.page, "for-a-kubo")
        expect(item).to_contain_text("Only here")
        choose(panel, item, "Copy to Kubo")
        expect(item).to_contain_text(f"Here and on 127.0.0.1:{port}")
        assert daemon.cat(f"/ipfs/{root}") == b"for a Kubo"
        node.get_by_label("on this computer").check()
        node.get_by_role("button", name="Use from now on").click()
        expect(panel.page.locator("#jupyter-ipfs-status")).to_contain_text("on this computer")


def test_a_check_says_what_it_found(panel: Watched, own_lab: JupyterProcess) -> None:
    with session_of(own_lab) as session:
        session.add(b"checked", name="checked")
    node = node_section(panel.page)
    node.get_by_role("button", name="Check", exact=True).click()
    expect(toast(panel, "intact")).to_be_visible()
    expect(node).to_contain_text("Everything was intact")


def test_a_kubo_that_answers_is_used_after_it_was_asked(panel: Watched, kubo: Kubo) -> None:
    node = node_section(panel.page)
    with running_daemon(kubo) as daemon:
        node.get_by_label("on an IPFS server (Kubo)").check()
        node.get_by_label("Address of its RPC API").fill(daemon.api_url)
        node.get_by_role("button", name="Test and use").click()
        expect(node).to_contain_text("Used from now on, by kernels too.")
        expect(node).to_contain_text(daemon.api_url)
        node.get_by_label("on this computer").check()
        node.get_by_role("button", name="Use from now on").click()
        expect(panel.page.locator("#jupyter-ipfs-status")).to_contain_text("on this computer")


def test_freeing_space_asks_first(panel: Watched) -> None:
    node = node_section(panel.page)
    node.get_by_role("button", name="Free space…").click()
    dialog = panel.page.get_by_role("dialog")
    expect(dialog).to_contain_text("What is kept stays.")
    dialog.get_by_role("button", name="Free space").click()
    told = re.compile("free again|nothing to delete")
    expect(panel.page.locator(".Toastify__toast").filter(has_text=told)).to_be_visible()


def test_a_hidden_panel_asks_nothing(browser: BrowserContext, own_lab: JupyterProcess) -> None:
    with watching(browser, own_lab) as watched:
        page = watched.page
        page.clock.install()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        with page.expect_request(re.compile("/jupyter-ipfs/wallet/requests")):
            watched.goto("lab")
        expect(page.locator("#jupyter-ipfs-status")).to_contain_text("on this computer")
        # Kernels may want a signature at any time: the server tells of that by itself.
        assert any("/jupyter-ipfs/watch" in url for url in asked)
        asked.clear()
        page.clock.run_for(30 * 60_000)
        page.evaluate("fetch('.')")
        assert [url for url in asked if "/jupyter-ipfs/" in url] == []
        watched.execute("ipfs:show-panel", {})
        expect(row(page, re.compile("."))).not_to_have_count(0)
        watched.execute("application:toggle-left-area", {})
        expect(page.locator("#jupyter-ipfs-panel")).to_be_hidden()
        page.clock.run_for(1000)
        asked.clear()
        page.clock.run_for(30 * 60_000)
        page.evaluate("fetch('.')")
        assert [url for url in asked if "/jupyter-ipfs/" in url] == []


def test_without_the_server_part_the_panel_says_what_to_do(
    browser: BrowserContext, lab_without_server_part: JupyterProcess
) -> None:
    expected = ("404 (Not Found)", "WebSocket connection")
    with watching(browser, lab_without_server_part, expected=expected) as watched:
        show(watched)
        panel = watched.page.locator("#jupyter-ipfs-panel")
        expect(panel).to_contain_text("jupyter server extension list")
        expect(panel.locator(".jp-Ipfs-section")).to_have_count(1)
        assert watched.axe("#jupyter-ipfs-panel") == []


def test_notebook_7_has_the_panel_behind_its_view_menu(
    browser: BrowserContext, own_lab: JupyterProcess
) -> None:
    with watching(browser, own_lab) as watched:
        watched.goto("tree")
        page = watched.page
        page.get_by_role("menuitem", name="View", exact=True).click()
        page.get_by_role("menuitem", name="Show IPFS").click()
        expect(node_section(page).locator(".jp-Ipfs-health")).to_be_visible()
        assert watched.axe("#jupyter-ipfs-panel") == []
